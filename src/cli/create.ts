import { basename } from 'node:path';
import { UsageError } from '../errors.ts';
import { emptyDisk } from '../ops/watched-disk.ts';
import { loadWriter } from '../ops/writers.ts';
import { backingRequestOf, openBacking } from './backing.ts';
import type { RunCommand } from './command.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
import { parseSize } from './sizes.ts';
import { optionsForTarget } from './target-options.ts';
import { contextOf } from './write-context.ts';
import { demandAllowed, goalOf, writeImage } from './write-image.ts';

/** `vdcheck create`. */
export const runCreate: RunCommand = async (invocation, terminal) => {
  const { id, writer } = await loadWriter(invocation.text('format') ?? 'raw');
  if (wantsHelp(invocation.texts('options'))) {
    terminal.stdout.write(describeOptions(id, writer));
    return EXIT.ok;
  }
  const [path, size] = invocation.operands;
  if (path === undefined) throw new UsageError('create needs FILE: vdcheck create [options] FILE [SIZE]');
  const given = parseCreationOptions(invocation.texts('options'), id, writer);
  const values = optionsForTarget(invocation, id, given);
  const goal = goalOf(invocation, path, id);
  const request = backingRequestOf(invocation, values, 'new-backing');
  const below = await openBacking(invocation, terminal, request, path, size !== undefined);
  try {
    const sources = below?.opened ? [below.opened.image] : [];
    demandAllowed(goal, sources);
    const bytes = size === undefined ? below?.opened?.disk.size : parseSize(size, 'SIZE');
    if (bytes === undefined)
      throw new UsageError('create needs SIZE, unless -b names a parent to take it from');
    const { isPipe } = goal;
    const backing = below?.backing ?? null;
    const context = contextOf(invocation, { values, name: basename(path), isPipe, backing });
    const plan = await writer.plan(emptyDisk(bytes), context);
    await writeImage(plan, goal, { format: id, sources, terminal });
    return EXIT.ok;
  } finally {
    await below?.close();
  }
};
