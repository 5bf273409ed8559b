import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Plan, WriteContext } from '../model/writer.ts';
import { nodeCompressor } from '../node/compressor.ts';
import { freshIdentity } from '../node/identity.ts';
import {
  createFiles,
  demandFree,
  demandOther,
  isStream,
  openExisting,
  openStream,
  openStreamFile,
  type Output,
} from '../node/output-files.ts';
import { watchDisk } from '../ops/watched-disk.ts';
import { writePlan } from '../ops/write.ts';
import { loadWriter } from '../ops/writers.ts';
import { openByteProgress } from './byte-progress.ts';
import type { Invocation, RunCommand } from './command.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
import { withCleanup } from './interrupt.ts';
import { openDisk } from './open-disk.ts';
import { parseSize } from './sizes.ts';
import type { Terminal } from './terminal.ts';

/** `vdcheck convert`. */
export const runConvert: RunCommand = async (invocation, terminal) => {
  const format = invocation.text('output-format') ?? 'raw';
  const { id, writer } = await loadWriter(format);
  if (wantsHelp(invocation.texts('options'))) {
    terminal.stdout.write(describeOptions(id, writer));
    return EXIT.ok;
  }
  const [source, target] = operandsOf(invocation);
  const isPipe = target === '-' || isStream(target);
  const isInPlace = invocation.isSet('no-create');
  const output = { force: invocation.isSet('force') };
  if (isInPlace && id !== 'raw') throw new UsageError(`-n writes raw disks only, not ${id}`);
  if (isInPlace && target === '-') throw new UsageError('-n needs a file or a device that exists');
  const values = parseCreationOptions(invocation.texts('options'), id, writer);
  const opened = await openDisk(invocation, terminal, source, invocation.text('format'));
  const { image, disk, losses } = opened;
  try {
    if (target !== '-') demandOther(target, image);
    if (!isPipe && !isInPlace) demandFree(target, output);
    const progress = openByteProgress(invocation, terminal, disk.size);
    const watched = watchDisk(disk, (done) => progress.at(done));
    const plan = await writer.plan(watched, contextOf(invocation, { values, target, isPipe, isInPlace }));
    if (isPipe && !plan.isStreamable)
      throw new UsageError(
        `${id} with these options cannot be written into a pipe: its parts do not come in order`,
      );
    if (isPipe && plan.files.length > 1)
      throw new UsageError(`${id} with these options has ${plan.files.length} files, and a pipe takes one`);
    const opening = (): Output => openOutput(terminal, plan, target, { isPipe, isInPlace, ...output });
    await carryOut(plan, opening);
    progress.end();
    losses.end();
    return losses.bytes > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await opened.close();
  }
};

function operandsOf(invocation: Invocation): readonly [string, string] {
  const [source, target, ...more] = invocation.operands;
  if (source === undefined || target === undefined)
    throw new UsageError('convert needs SRC and DST: vdcheck convert [options] SRC DST');
  if (more.length > 0)
    throw new UsageError(`convert has no use for '${more[0]}': vdcheck convert [options] SRC DST`);
  return [source, target];
}

function contextOf(
  invocation: Invocation,
  {
    values,
    target,
    isPipe,
    isInPlace,
  }: {
    readonly values: WriteContext['values'];
    readonly target: string;
    readonly isPipe: boolean;
    readonly isInPlace: boolean;
  },
): WriteContext {
  // What exists has old bytes where nothing is written.
  const sparse = isInPlace ? 0 : parseSize(invocation.text('sparse-size') ?? '4k', '-S');
  if (sparse % 512 !== 0) throw new UsageError(`-S takes a multiple of 512, not ${sparse}`);
  return {
    values,
    name: basename(target),
    isPipe,
    sparse,
    backing: null,
    compressor: nodeCompressor(),
    identity: freshIdentity(),
  };
}

function openOutput(
  { stdout }: Terminal,
  { files }: Plan,
  target: string,
  options: { readonly isPipe: boolean; readonly isInPlace: boolean; readonly force: boolean },
): Output {
  if (target === '-')
    return openStream(
      (bytes) => stdout.write(bytes),
      () => stdout.isClosed,
    );
  if (options.isPipe) return openStreamFile(target);
  if (options.isInPlace) return openExisting(target, files[0]?.size ?? 0);
  const others = files.slice(1).map(({ name }) => join(dirname(target), name));
  for (const other of others) demandFree(other, options);
  return createFiles([target, ...others], options);
}

/** Writes the plan; whatever ends it early, nothing is left that looks whole. */
async function carryOut(plan: Plan, open: () => Output): Promise<void> {
  const output = open();
  await withCleanup(output.discard, async () => {
    try {
      await writePlan(plan, output.targets);
      output.publish();
    } catch (error) {
      output.discard();
      throw error;
    }
  });
}
