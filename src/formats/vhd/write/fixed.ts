import type { Disk } from '../../../model/disk.ts';
import { guestData } from '../../shared/writing/guest-data.ts';
import type { FilePart } from '../../shared/writing/unit-writer.ts';

/** The parts of a fixed disk: guest bytes, holes left out, and the footer after them. */
export async function* writeFixed(
  disk: Disk,
  size: number,
  footer: Uint8Array,
  options: { readonly sparse: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<FilePart, void, undefined> {
  for await (const { start, bytes } of guestData(disk, options))
    if (bytes !== null) yield { at: start, bytes };
  yield { at: size, bytes: footer };
}
