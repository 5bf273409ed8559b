import { UsageError } from '../errors.ts';
import type { Image } from '../model/image.ts';
import { selectStructures, structureNames } from '../ops/dump.ts';
import { renderDumpHuman } from '../report/dump-human.ts';
import { renderDumpJson } from '../report/dump-json.ts';
import type { RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { readImage } from './read-image.ts';
import { findNearest } from './suggest.ts';

/** `vdcheck dump`. */
export const runDump: RunCommand = async (invocation, terminal) => {
  await readImage(invocation, terminal, false, (image) => {
    const structures = selectStructures(image, knownStructure(image, invocation.operands[1]));
    const text =
      invocation.text('output') === 'json'
        ? renderDumpJson(structures)
        : renderDumpHuman(structures, terminal.style);
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
