import { dirname, join } from 'node:path';
import { UsageError, VdcheckError } from '../errors.ts';
import type { Image } from '../model/image.ts';
import type { Plan } from '../model/writer.ts';
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
import { writePlan } from '../ops/write.ts';
import type { Invocation } from './command.ts';
import { withCleanup } from './interrupt.ts';
import type { Terminal } from './terminal.ts';

/** Where a new image goes. */
export interface Goal {
  readonly path: string;
  /** A pipe or the like. */
  readonly isPipe: boolean;
  /** Written into what exists (`-n`). */
  readonly isInPlace: boolean;
  readonly force: boolean;
}

export function goalOf(invocation: Invocation, path: string, format: string): Goal {
  const isInPlace = invocation.isSet('no-create');
  if (isInPlace && format !== 'raw') throw new UsageError(`-n writes raw disks only, not ${format}`);
  if (isInPlace && path === '-') throw new UsageError('-n needs a file or a device that exists');
  return { path, isPipe: path === '-' || isStream(path), isInPlace, force: invocation.isSet('force') };
}

/**
 * Refuses targets before any work is done: what is read for the new image, and what exists.
 *
 * @throws UsageError
 */
export function demandAllowed(goal: Goal, sources: readonly Image[]): void {
  if (goal.path === '-') return;
  for (const image of sources) demandOther(goal.path, image);
  if (!goal.isPipe && !goal.isInPlace) demandFree(goal.path, goal);
}

/**
 * Writes a plan. Whatever ends it early, nothing is left that looks whole.
 *
 * @param sources what is read for it; none of them may change meanwhile
 * @throws UsageError where a pipe cannot take it
 */
export async function writeImage(
  plan: Plan,
  goal: Goal,
  {
    format,
    sources,
    terminal,
  }: { readonly format: string; readonly sources: readonly Image[]; readonly terminal: Terminal },
): Promise<void> {
  demandStreamable(plan, goal, format);
  // Signals are heard before the first file is there: one that comes right after it was made finds it, too.
  let output: Output | null = null;
  const discard = (): void => output?.discard();
  await withCleanup(discard, async () => {
    output = openOutput(plan, goal, sources, terminal);
    const { targets, publish } = output;
    try {
      await writePlan(plan, targets);
      for (const image of sources) await demandUnchanged(image);
      publish();
    } catch (error) {
      discard();
      throw error;
    }
  });
}

function demandStreamable({ isStreamable, files }: Plan, { isPipe }: Goal, format: string): void {
  if (!isPipe) return;
  if (files.length > 1)
    throw new UsageError(`${format} with these options has ${files.length} files, and a pipe takes one`);
  if (!isStreamable)
    throw new UsageError(
      `${format} with these options cannot be written into a pipe: its parts do not come in order`,
    );
}

function openOutput({ files }: Plan, goal: Goal, sources: readonly Image[], { stdout }: Terminal): Output {
  const { path } = goal;
  if (path === '-')
    return openStream(
      (bytes) => stdout.write(bytes),
      () => stdout.isClosed,
    );
  if (goal.isPipe) return openStreamFile(path);
  if (goal.isInPlace) return openExisting(path, files[0]?.size ?? 0);
  const others = files.slice(1).map(({ name }) => join(dirname(path), name));
  for (const other of others) {
    for (const image of sources) demandOther(other, image);
    demandFree(other, goal);
  }
  return createFiles([path, ...others], goal);
}

async function demandUnchanged(image: Image): Promise<void> {
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null)
    for (const { source, path } of layer.files)
      if (source !== null && !(await source.isUnchanged()))
        throw new VdcheckError('changed', `${path} was changed while it was read; nothing was written`);
}
