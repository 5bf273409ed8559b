import type { Plan } from '../model/writer.ts';
import type { Target } from '../model/target.ts';

/** How a plan is carried out. */
export interface WriteOptions {
  /** Ends the writing; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Milliseconds of work after which others get their turn. */
const PAUSE_AFTER = 100;

/**
 * Carries a plan out: the one loop that writes images of all formats.
 *
 * @param targets where each of the plan's files goes, in their order
 * @throws what reading the disk or writing throws; what was written by then is incomplete
 */
export async function writePlan(
  plan: Plan,
  targets: readonly Target[],
  { signal }: WriteOptions = {},
): Promise<void> {
  let rest = performance.now();
  for await (const { file, at, bytes } of plan.parts(signal)) {
    signal?.throwIfAborted();
    const written = targetOf(targets, file).write(at, bytes);
    if (written !== undefined) await written;
    if (performance.now() - rest < PAUSE_AFTER) continue;
    // Where all is at hand at once, nothing else would get its turn: no signal, no timer.
    await new Promise((resolve) => setTimeout(resolve));
    rest = performance.now();
  }
  for (const [file, { size }] of plan.files.entries()) await targetOf(targets, file).end(size);
}

function targetOf(targets: readonly Target[], file: number): Target {
  const target = targets[file];
  if (target === undefined) throw new RangeError(`the plan has no file ${file}`);
  return target;
}

/** Bytes of all of a plan's files; where only writing tells, everything is worked out for it, and nothing kept. */
export async function measurePlan(plan: Plan, signal?: AbortSignal): Promise<number> {
  if (plan.files.every(({ size }) => size !== null))
    return plan.files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const ends = plan.files.map(({ size }) => size ?? 0);
  for await (const { file, at, bytes } of plan.parts(signal))
    if (plan.files[file]?.size === null) ends[file] = Math.max(ends[file] ?? 0, at + bytes.length);
  return ends.reduce((sum, end) => sum + end, 0);
}
