import { UsageError } from '../errors.ts';
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
