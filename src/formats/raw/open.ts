import { fileOffset } from '../../io/source.ts';
import type { OpenContext } from '../../model/format.ts';
import type { Image, ImageInfo, Mapping } from '../../model/image.ts';
import { guestOffset, type GuestRange } from '../../model/offsets.ts';

/** Opens a file as a disk without any structure: every byte of the file is the guest's. */
export function openRawImage({ file, source }: OpenContext): Image {
  const { size } = source;
  return {
    format: 'raw',
    variant: null,
    size,
    files: [file],
    parent: null,
    allocationUnit: null,
    async *mappings({ start, length }: GuestRange): AsyncIterable<readonly Mapping[]> {
      const available = Math.min(length, size - start);
      if (available <= 0) return;
      const at = { file, offset: fileOffset(start) };
      yield [{ kind: 'data', start: guestOffset(start), length: available, at }];
    },
    layout: () => null,
    structures: () => [],
    info: (): ImageInfo => ({ clusterSize: null, formatSpecific: null }),
    close: async () => source.close(),
  };
}
