import { UsageError } from '../errors.ts';
import type { Disk } from '../model/disk.ts';
import type { Backing } from '../model/writer.ts';
import { openHead } from '../node/open-head.ts';
import { measureHead, unknownHead } from '../ops/measure-head.ts';
import { emptyDisk } from '../ops/watched-disk.ts';
import { measurePlan } from '../ops/write.ts';
import { loadWriter } from '../ops/writers.ts';
import { accessOptions } from './access.ts';
import type { Invocation, RunCommand } from './command.ts';
import { withConversionSource } from './conversion-source.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
import { parseSize } from './sizes.ts';
import type { Terminal } from './terminal.ts';
import { contextOf } from './write-context.ts';

/** `vdcheck measure`. */
export const runMeasure: RunCommand = async (invocation, terminal) => {
  if (isOfHead(invocation) && (await measuresHead(invocation, terminal))) return EXIT.ok;
  const { id, writer } = await loadWriter(invocation.text('output-format') ?? 'raw');
  if (wantsHelp(invocation.texts('options'))) {
    terminal.stdout.write(describeOptions(id, writer));
    return EXIT.ok;
  }
  const values = parseCreationOptions(invocation.texts('options'), id, writer);
  const measure = async (disk: Disk, backing: Backing | null): Promise<typeof EXIT.ok> => {
    const isPipe = invocation.isSet('pipe');
    const plan = await writer.plan(
      disk,
      contextOf(invocation, { values, name: `disk.${id}`, isPipe, backing }),
    );
    const required = await measurePlan(plan);
    const full = Math.max(required, plan.fullSize ?? disk.size);
    terminal.stdout.write(
      invocation.text('output') === 'json'
        ? `${JSON.stringify({ required, 'fully-allocated': full }, null, 4)}\n`
        : `required size: ${required}\nfully allocated size: ${full}\n`,
    );
    return EXIT.ok;
  };
  const size = invocation.text('size');
  const [source] = invocation.operands;
  if ((size === undefined) === (source === undefined))
    throw new UsageError('measure needs either SRC or --size: vdcheck measure [options] [SRC]');
  if (source === undefined) return measure(emptyDisk(parseSize(size ?? '0', '--size')), null);
  return withConversionSource(invocation, terminal, { source, target: '.', values }, ({ disk, backing }) =>
    measure(disk, backing),
  );
};

/** Options that only a new image can use. */
const NEEDED_TO_WRITE = [
  'output-format',
  'options',
  'size',
  'format',
  'compress',
  'level',
  'backing',
  'sparse-size',
  'pipe',
  'experimental',
];

/** Without an output format, and without what only that can use, the image itself is measured. */
function isOfHead(invocation: Invocation): boolean {
  return !NEEDED_TO_WRITE.some((option) => invocation.isSet(option));
}

/** Tells the size of a whole stream by its head; returns false where that has to be read as a disk. */
async function measuresHead(invocation: Invocation, { stdout }: Terminal): Promise<boolean> {
  const [path] = invocation.operands;
  if (path === undefined) return false;
  const source = await openHead(path, accessOptions(invocation));
  try {
    const size = await measureHead(source);
    if (size === null && path === '-') throw unknownHead(path);
    if (size === null) return false;
    stdout.write(
      invocation.text('output') === 'json'
        ? `${JSON.stringify({ required: size }, null, 4)}\n`
        : `required size: ${size}\n`,
    );
    return true;
  } finally {
    await source.close();
  }
}
