import type { GuestRange } from '../model/offsets.ts';
import { differences } from '../ops/compare.ts';
import { openByteProgress } from './byte-progress.ts';
import type { Invocation, RunCommand } from './command.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { openDisk, type OpenedDisk } from './open-disk.ts';
import type { Terminal } from './terminal.ts';

/** Differing ranges that JSON keeps; their count stays exact. */
const MAX_LISTED = 100_000;

/** `vdcheck compare`. */
export const runCompare: RunCommand = async (invocation, terminal) => {
  const [first, second] = [invocation.operand(0), invocation.operand(1)];
  const one = await openDisk(invocation, terminal, first, invocation.text('format'));
  try {
    const other = await openDisk(invocation, terminal, second, invocation.text('second-format'));
    try {
      return await compareDisks(one, other, invocation, terminal);
    } finally {
      await other.close();
    }
  } finally {
    await one.close();
  }
};

async function compareDisks(
  one: OpenedDisk,
  other: OpenedDisk,
  invocation: Invocation,
  terminal: Terminal,
): Promise<ExitCode> {
  const sizes = [one.disk.size, other.disk.size];
  const isAll = invocation.isSet('all');
  const areSizesEqual = sizes[0] === sizes[1];
  const isStrict = invocation.isSet('strict');
  if (!areSizesEqual && !isStrict)
    terminal.stderr.write(
      `vdcheck: the disks have ${sizes[0]} and ${sizes[1]} bytes; where one ends, the other is compared with zeros\n`,
    );
  const progress = openByteProgress(invocation, terminal, Math.max(one.disk.size, other.disk.size));
  const ranges: GuestRange[] = [];
  let count = 0;
  const isJson = invocation.text('output') === 'json';
  if (areSizesEqual || !isStrict || isAll)
    for await (const range of differences(one.disk, other.disk, {
      onProgress: (done) => progress.at(done),
    })) {
      if (ranges.length < MAX_LISTED) ranges.push(range);
      count++;
      if (!isJson && isAll) terminal.stdout.write(`${describe(range)}\n`);
      if (!isAll || terminal.stdout.isClosed) break;
    }
  progress.end();
  one.losses.end();
  other.losses.end();
  const isEqual = count === 0 && (areSizesEqual || !isStrict);
  terminal.stdout.write(
    isJson
      ? toJson(isEqual, sizes, ranges, count, isAll)
      : toText(isEqual, areSizesEqual || !isStrict, ranges, isAll),
  );
  return isEqual ? EXIT.ok : EXIT.different;
}

function describe({ start, length }: GuestRange): string {
  return `bytes ${start} to ${start + length - 1} differ`;
}

/** The lines of `qemu-img compare`, which scripts look for. */
function toText(isEqual: boolean, fits: boolean, ranges: readonly GuestRange[], isAll: boolean): string {
  if (isEqual) return 'Images are identical.\n';
  const lines = fits ? [] : ['Strict mode: Image size mismatch!'];
  const [first] = ranges;
  if (first !== undefined && !isAll) lines.push(`Content mismatch at offset ${first.start}!`);
  return lines.map((line) => `${line}\n`).join('');
}

function toJson(
  isEqual: boolean,
  sizes: readonly number[],
  ranges: readonly GuestRange[],
  count: number,
  isAll: boolean,
): string {
  const listed = ranges.map(({ start, length }) => ({ start, length }));
  const found = isAll ? { 'range-count': count, ranges: listed } : {};
  const document = {
    equal: isEqual,
    'virtual-sizes': sizes,
    'first-difference': ranges[0]?.start ?? null,
    ...found,
  };
  return `${JSON.stringify(document, null, 4)}\n`;
}
