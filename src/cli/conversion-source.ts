import type { Disk } from '../model/disk.ts';
import type { Image } from '../model/image.ts';
import type { Backing, OptionValues } from '../model/writer.ts';
import { deltaDisk } from '../ops/delta.ts';
import { backingRequestOf, openBacking, sharedLayer, type OpenedBacking } from './backing.ts';
import type { Invocation } from './command.ts';
import { openDisk, type LossLog, type OpenedDisk } from './open-disk.ts';
import type { Terminal } from './terminal.ts';

/** What a new image is made of. */
export interface ConversionSource {
  /** The disk, or what differs from the layer below. */
  readonly disk: Disk;
  readonly backing: Backing | null;
  /** All that is read. */
  readonly images: readonly Image[];
  readonly losses: LossLog;
}

/**
 * Opens a source and the layer below the new image, as the options ask, hands them to `body`, and closes them
 * again.
 */
export async function withConversionSource<T>(
  invocation: Invocation,
  terminal: Terminal,
  {
    source,
    target,
    values,
  }: { readonly source: string; readonly target: string; readonly values: OptionValues },
  body: (source: ConversionSource) => Promise<T>,
): Promise<T> {
  const request = backingRequestOf(invocation, values, 'backing');
  const opened = await openDisk(invocation, terminal, source, invocation.text('format'));
  try {
    // A layer that is copied alone says itself what is up to the one below it.
    const isLayer = invocation.isSet('no-chain');
    const below = await openBacking(invocation, terminal, request, target, isLayer);
    try {
      return await body({
        disk: isLayer ? opened.disk : toDelta(opened, below),
        backing: below?.backing ?? null,
        images: [opened.image, ...(below?.opened ? [below.opened.image] : [])],
        losses: opened.losses,
      });
    } finally {
      await below?.close();
    }
  } finally {
    await opened.close();
  }
}

function toDelta({ image, disk }: OpenedDisk, below: OpenedBacking | null): Disk {
  if (below === null || below.opened === null) return disk;
  return deltaDisk(disk, below.opened.disk, sharedLayer(image, below.opened.image));
}
