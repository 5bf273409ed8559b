import { UsageError } from '../errors.ts';
import { fileOffset, readAvailable } from '../io/source.ts';
import type { DumpedStructure, Image } from '../model/image.ts';

/** The names that `selectStructures` takes for an image, each once, in file order. */
export function structureNames(image: Image): readonly string[] {
  return [...new Set(image.structures().flatMap(({ name }) => [name, baseName(name)]))];
}

/**
 * An image's structures, all or those of one name: `markers[3]` is one of them, `markers` all.
 *
 * @throws UsageError where there is none of that name
 */
export function selectStructures(image: Image, name?: string): readonly DumpedStructure[] {
  const structures = image.structures();
  if (name === undefined) return structures;
  const selected = structures.filter(
    (structure) => structure.name === name || baseName(structure.name) === name,
  );
  if (selected.length === 0) throw new UsageError(`there is no structure '${name}'`);
  return selected;
}

/** `markers` of `markers[3]`. */
function baseName(name: string): string {
  return name.replace(/\[\d+\]$/, '');
}

/** The bytes of a structure, as far as they are inside its file. */
export async function readStructure({ file, offset, size }: DumpedStructure): Promise<Uint8Array> {
  return file.source === null ? new Uint8Array(0) : readAvailable(file.source, fileOffset(offset), size);
}
