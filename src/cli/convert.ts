import { basename } from 'node:path';
import { UsageError } from '../errors.ts';
import { watchDisk } from '../ops/watched-disk.ts';
import { loadWriter } from '../ops/writers.ts';
import { openByteProgress } from './byte-progress.ts';
import type { Invocation, RunCommand } from './command.ts';
import { withConversionSource } from './conversion-source.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
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
  const request = { source, target: path, values };
  return withConversionSource(invocation, terminal, request, async ({ disk, backing, images, losses }) => {
    demandAllowed(goal, images);
    const progress = openByteProgress(invocation, terminal, disk.size);
    const watched = watchDisk(disk, (done) => progress.at(done));
    const { isPipe, isInPlace } = goal;
    const context = contextOf(invocation, { values, name: basename(path), isPipe, isInPlace, backing });
    const plan = await writer.plan(watched, context);
    await writeImage(plan, goal, { format: id, sources: images, terminal });
    progress.end();
    losses.end();
    return losses.bytes > 0 ? EXIT.failed : EXIT.ok;
  });
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
