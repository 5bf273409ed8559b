import { basename } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Disk } from '../model/disk.ts';
import { deltaDisk } from '../ops/delta.ts';
import { watchDisk } from '../ops/watched-disk.ts';
import { loadWriter } from '../ops/writers.ts';
import { backingRequestOf, openBacking, sharedLayer, type OpenedBacking } from './backing.ts';
import { openByteProgress } from './byte-progress.ts';
import type { Invocation, RunCommand } from './command.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
import { openDisk, type OpenedDisk } from './open-disk.ts';
import { optionsForTarget } from './target-options.ts';
import { contextOf } from './write-context.ts';
import { demandAllowed, goalOf, writeImage } from './write-image.ts';

/** `vdcheck convert`. */
export const runConvert: RunCommand = async (invocation, terminal) => {
  const { id, writer } = await loadWriter(formatOf(invocation));
  if (wantsHelp(invocation.texts('options'))) {
    terminal.stdout.write(describeOptions(id, writer));
    return EXIT.ok;
  }
  const given = parseCreationOptions(invocation.texts('options'), id, writer);
  const values = optionsForTarget(invocation, id, given);
  const { source, path } = operandsOf(invocation);
  const goal = goalOf(invocation, path, id);
  if (invocation.isSet('out-of-order') && (id !== 'qcow2' || goal.isPipe || !isCompressed(invocation)))
    throw new UsageError('-W needs a qcow2 file and -c: everything else is written in order');
  const request = backingRequestOf(invocation, values, 'backing');
  const opened = await openDisk(invocation, terminal, source, invocation.text('format'));
  try {
    // A layer that is copied alone says itself what is up to the one below it.
    const isLayer = invocation.isSet('no-chain');
    const below = await openBacking(invocation, terminal, request, path, isLayer);
    try {
      const sources = [opened.image, ...(below?.opened ? [below.opened.image] : [])];
      demandAllowed(goal, sources);
      const progress = openByteProgress(invocation, terminal, opened.disk.size);
      const disk = watchDisk(isLayer ? opened.disk : toDelta(opened, below), (done) => progress.at(done));
      const { isPipe, isInPlace } = goal;
      const backing = below?.backing ?? null;
      const name = basename(path);
      const plan = await writer.plan(
        disk,
        contextOf(invocation, { values, name, isPipe, isInPlace, backing }),
      );
      await writeImage(plan, goal, { format: id, sources, terminal });
      progress.end();
      opened.losses.end();
      return opened.losses.bytes > 0 ? EXIT.failed : EXIT.ok;
    } finally {
      await below?.close();
    }
  } finally {
    await opened.close();
  }
};

/** `-O`, else what only the name of DST can mean, else raw. */
function formatOf(invocation: Invocation): string {
  const isAppliance = /\.ova$/i.test(invocation.operands[1] ?? '');
  return invocation.text('output-format') ?? (isAppliance ? 'ova' : 'raw');
}

function isCompressed(invocation: Invocation): boolean {
  return invocation.isSet('compress') || invocation.isSet('level');
}

function operandsOf({ operands }: Invocation): { readonly source: string; readonly path: string } {
  const [source, path] = operands;
  if (source === undefined || path === undefined)
    throw new UsageError('convert needs SRC and DST: vdcheck convert [options] SRC DST');
  return { source, path };
}

/** The disk, or what differs from the layer below. */
function toDelta({ image, disk }: OpenedDisk, below: OpenedBacking | null): Disk {
  if (below === null || below.opened === null) return disk;
  return deltaDisk(disk, below.opened.disk, sharedLayer(image, below.opened.image));
}
