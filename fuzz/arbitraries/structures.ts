import { fileURLToPath } from 'node:url';
import type fc from 'fast-check';
import { specFiles } from '../../test/specs/spec-files.ts';
import { typesIn, type Analysis } from '../../tools/generate/analysis.ts';
import type { Attribute, TypeSpec } from '../../tools/generate/model.ts';
import { structuresOf, type Made } from './spec/index.ts';
import { loadSpec } from './spec/load.ts';

/** One field whose demands can be broken, in a structure or in one inside it. */
export interface Damage {
  /** The field's path without indices, to name a test by. */
  readonly label: string;
  readonly damaged: fc.Arbitrary<Made>;
}

/** One type of a spec of ours, with sound values of it and with damaged ones, all made from the spec alone. */
export interface StructureArbitrary {
  /** `vhd.footer` */
  readonly name: string;
  readonly type: TypeSpec;
  readonly analysis: Analysis;
  readonly sound: fc.Arbitrary<Made>;
  /** One for each field of which the spec demands anything. */
  readonly damages: readonly Damage[];
}

/** Every structure of every spec in `specs/`. */
export const structures: readonly StructureArbitrary[] = (
  await Promise.all(specFiles.map(({ id }) => structuresIn(id)))
).flat();

async function structuresIn(id: string): Promise<readonly StructureArbitrary[]> {
  const file = fileURLToPath(new URL(`../../specs/${id}.ksy`, import.meta.url));
  const { spec, analysis } = await loadSpec(file);
  const types = [...typesIn(spec.root)].filter(({ fields }) => fields.length > 0);
  return types.map((type) => structureOf(`${id}.${type.name}`, type, analysis));
}

/** As `describe.each` takes them. */
export const namedStructures = structures.map((structure) => [structure.name, structure] as const);

function structureOf(name: string, type: TypeSpec, analysis: Analysis): StructureArbitrary {
  const damages = demandingFields(type, analysis).map(([label, broken]): Damage => {
    return { label, damaged: structuresOf(type, analysis, { broken }) };
  });
  return { name, type, analysis, sound: structuresOf(type, analysis), damages };
}

/** Fields with demands by their paths, those of inner structures included. */
function demandingFields(type: TypeSpec, analysis: Analysis, prefix = ''): [string, Attribute][] {
  return type.fields.flatMap((field): [string, Attribute][] => {
    const path = prefix + field.id;
    const wire = analysis.wireOf(field, type);
    const inner = wire.kind === 'user' ? demandingFields(wire.type, analysis, `${path}.`) : [];
    return field.checks.length === 0 ? inner : [[path, field], ...inner];
  });
}
