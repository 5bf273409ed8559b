import { tableOf, type Analysis } from '../../../tools/generate/analysis.ts';
import type { TypeSpec } from '../../../tools/generate/model.ts';
import { propertyNames } from '../../../tools/generate/naming.ts';
import type { Wire } from '../../../tools/generate/resolve.ts';
import type { ValueType } from '../../../tools/generate/types.ts';
import { SpecStructure, type FieldValue, type Value } from './values.ts';

/** A generated class that can be made of values. */
export interface GeneratedClass {
  of(values: Readonly<Record<string, unknown>>, ...params: readonly unknown[]): object;
}

/** Finds the class of a type. */
export type ClassOf = (type: TypeSpec) => GeneratedClass;

/** The object of the generated class that a structure is. */
export function objectOf(structure: SpecStructure, analysis: Analysis, classOf: ClassOf): object {
  const { type, fields } = structure;
  const names = propertyNames(type);
  const values: Record<string, unknown> = {};
  for (const field of type.fields) {
    const found = fields.get(field.id);
    if (found?.value === undefined) continue;
    const table = tableOf(field, analysis.wireOf(field, type));
    values[names.get(field.id) ?? field.id] = heldField(found, table, analysis, classOf);
  }
  return classOf(type).of(values, ...paramsOf(structure, analysis, classOf));
}

/** The params of a structure as generated classes take them. */
export function paramsOf(structure: SpecStructure, analysis: Analysis, classOf: ClassOf): readonly unknown[] {
  const { type, params } = structure;
  return type.params.map((param) =>
    heldParam(params.get(param.id), analysis.parameterType(param, type), analysis, classOf),
  );
}

function heldField(
  { value, places }: FieldValue,
  table: string | undefined,
  analysis: Analysis,
  classOf: ClassOf,
): unknown {
  if (!Array.isArray(value)) return held(value, places[0]?.wire, analysis, classOf);
  const elements = (value as readonly Value[]).map((one, index) =>
    held(one, places[index]?.wire, analysis, classOf),
  );
  if (table === undefined) return elements;
  const Table = Reflect.get(globalThis, table) as new (elements: readonly unknown[]) => unknown;
  return new Table(elements);
}

/** A value as generated classes hold it. */
export function held(value: Value, wire: Wire | undefined, analysis: Analysis, classOf: ClassOf): unknown {
  if (value instanceof SpecStructure) return objectOf(value, analysis, classOf);
  if (typeof value !== 'bigint') return value;
  const isBig =
    wire?.kind === 'bits' ? wire.bits > 32 : wire?.kind === 'integer' && wire.value.held === 'bigint';
  return isBig ? value : Number(value);
}

function heldParam(value: Value, type: ValueType, analysis: Analysis, classOf: ClassOf): unknown {
  if (value instanceof SpecStructure) return objectOf(value, analysis, classOf);
  if (type.kind === 'array' && Array.isArray(value))
    return (value as readonly Value[]).map((one) => heldParam(one, type.of, analysis, classOf));
  if (typeof value !== 'bigint') return value;
  const integer = type.kind === 'enum' ? type.of : type;
  return integer.kind === 'integer' && integer.held === 'bigint' ? value : Number(value);
}
