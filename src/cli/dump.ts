import { UsageError } from '../errors.ts';
import type { DumpedStructure, Image } from '../model/image.ts';
import { readStructure, selectStructures, structureNames } from '../ops/dump.ts';
import { renderDumpHuman } from '../report/dump-human.ts';
import { renderDumpJson } from '../report/dump-json.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { readImage } from './read-image.ts';
import { findNearest } from './suggest.ts';

/** `vdcheck dump`. */
export const runDump: RunCommand = async (invocation, terminal) => {
  await readImage(invocation, terminal, false, async (image) => {
    const structures = selectStructures(image, knownStructure(image, invocation.operands[1]));
    const bytes = new Map<DumpedStructure, Uint8Array>();
    if (invocation.isSet('hex'))
      for (const structure of structures) bytes.set(structure, await readStructure(structure));
    const text =
      invocation.text('output') === 'json'
        ? renderDumpJson(structures, bytes)
        : renderDumpHuman(structures, terminal.style, bytes);
    terminal.stdout.write(text);
  });
  return EXIT.ok;
};

function knownStructure(image: Image, name: string | undefined): string | undefined {
  const names = structureNames(image);
  if (name === undefined || names.includes(name)) return name;
  const nearest = findNearest(name, names);
  throw new UsageError(
    nearest === undefined
      ? `there is no structure '${name}': ${image.format} has none`
      : `there is no structure '${name}'; did you mean '${nearest}'?`,
  );
}
