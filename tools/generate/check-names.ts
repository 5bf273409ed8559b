import { typesIn, type Analysis } from './analysis.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { SpecFile } from './model.ts';
import { attributesOf } from './read-spec.ts';
import { requireEnum } from './resolve.ts';

/**
 * Looks up every type and enum that a spec names. This comes before any expression is looked at: a wrong name is told
 * once, and not again wherever its field is used.
 */
export function checkNames(spec: SpecFile, analysis: Analysis, diagnostics: Diagnostics): void {
  checkFileName(spec, diagnostics);
  for (const type of typesIn(spec.root)) {
    for (const parameter of type.params) diagnostics.attempt(() => analysis.parameterType(parameter, type));
    for (const attribute of attributesOf(type)) {
      const { enumName } = attribute;
      if (attribute.value === undefined) diagnostics.attempt(() => analysis.elementType(attribute, type));
      else if (enumName !== undefined)
        diagnostics.attempt(() => requireEnum(enumName.path, type, enumName.place));
    }
  }
}

/** Imports look for a file, and find the id that stands in it. */
function checkFileName({ id, file, place }: SpecFile, diagnostics: Diagnostics): void {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  if (name === `${id}.ksy` || !name.endsWith('.ksy')) return;
  diagnostics.warn(
    place,
    `the id is '${id}', but the file is ${name}: the module is ${id}.ts, and imports look for ${id}.ksy`,
  );
}
