import { UsageError } from '../errors.ts';
import type { Disk } from '../model/disk.ts';
import { openHead } from '../node/open-head.ts';
import { measureHead, unknownHead } from '../ops/measure-head.ts';
import { emptyDisk } from '../ops/watched-disk.ts';
import { measurePlan } from '../ops/write.ts';
import { loadWriter } from '../ops/writers.ts';
import { accessOptions } from './access.ts';
import type { Invocation, RunCommand } from './command.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
import { openDisk } from './open-disk.ts';
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
  return withDisk(invocation, terminal, async (disk) => {
    const plan = await writer.plan(
      disk,
      contextOf(invocation, { values, name: `disk.${id}`, isPipe: invocation.isSet('pipe') }),
    );
    const required = await measurePlan(plan);
    const full = Math.max(required, plan.fullSize ?? disk.size);
    terminal.stdout.write(
      invocation.text('output') === 'json'
        ? `${JSON.stringify({ required, 'fully-allocated': full }, null, 4)}\n`
        : `required size: ${required}\nfully allocated size: ${full}\n`,
    );
  });
};

/** Without an output format, and without what only that can use, the image itself is measured. */
function isOfHead(invocation: Invocation): boolean {
  return !['output-format', 'options', 'size', 'format'].some((option) => invocation.isSet(option));
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

async function withDisk(
  invocation: Invocation,
  terminal: Terminal,
  body: (disk: Disk) => Promise<void>,
): Promise<typeof EXIT.ok> {
  const size = invocation.text('size');
  const [source] = invocation.operands;
  if ((size === undefined) === (source === undefined))
    throw new UsageError('measure needs either SRC or --size: vdcheck measure [options] [SRC]');
  if (source === undefined) {
    await body(emptyDisk(parseSize(size ?? '0', '--size')));
    return EXIT.ok;
  }
  const opened = await openDisk(invocation, terminal, source, invocation.text('format'));
  try {
    await body(opened.disk);
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}
