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
