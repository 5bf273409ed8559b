import { typesIn, type Analysis } from './analysis.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Attribute, SpecFile, TypeSpec } from './model.ts';
import { isTotal, type Wire } from './resolve.ts';

/** Warns of types that hold themselves whatever the bytes say: no bytes can be read as such a structure. */
export function checkFinite(specs: readonly SpecFile[], analysis: Analysis, diagnostics: Diagnostics): void {
  const all = specs.flatMap((spec) => [...typesIn(spec.root)]);
  const finite = new Set<TypeSpec>();
  for (let before = -1; before < finite.size;) {
    before = finite.size;
    for (const type of all) if (isFinite(type, finite, analysis)) finite.add(type);
  }
  for (const type of all) {
    if (finite.has(type)) continue;
    diagnostics.warn(
      type.outer === undefined ? type.spec.place : type.place,
      `the type '${type.name}' can hold no finite value: each one holds another one, without end`,
    );
  }
}

/** Can the fields of a type be read, given the types that can? */
function isFinite(type: TypeSpec, finite: ReadonlySet<TypeSpec>, analysis: Analysis): boolean {
  return type.fields.every(
    (field) => !isCertain(field, type, analysis) || isFiniteField(field, type, finite, analysis),
  );
}

/** Is there a value of the field in every structure? */
function isCertain({ condition, repeat }: Attribute, owner: TypeSpec, analysis: Analysis): boolean {
  if (condition !== undefined || repeat?.kind === 'eos') return false;
  return repeat?.kind !== 'count' || (analysis.constant(repeat.count, owner) ?? 0) > 0;
}

function isFiniteField(
  field: Attribute,
  owner: TypeSpec,
  finite: ReadonlySet<TypeSpec>,
  analysis: Analysis,
): boolean {
  const isFiniteWire = (wire: Wire): boolean => {
    if (wire.kind === 'user') return finite.has(wire.type);
    return wire.kind !== 'switch' || !isTotal(wire) || wire.cases.some((one) => isFiniteWire(one.wire));
  };
  return isFiniteWire(analysis.wireOf(field, owner));
}
