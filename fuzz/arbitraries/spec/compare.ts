import type { Analysis } from '../../../tools/generate/analysis.ts';
import type { Attribute } from '../../../tools/generate/model.ts';
import { propertyNames } from '../../../tools/generate/naming.ts';
import { dependsOnStream } from '../../../tools/generate/writability.ts';
import { ConversionError } from '../../../src/codec/index.ts';
import { fieldOf } from './evaluate.ts';
import { SpecStructure, Unfit, Unserved, type Value } from './values.ts';

/**
 * Where an object of a generated class is not the structure that the spec has, as paths with both values: its fields, and its instances
 * that are computed of them. Those that are read from elsewhere are not looked at.
 */
export function differences(
  structure: SpecStructure,
  object: unknown,
  analysis: Analysis,
  path = '',
): string[] {
  if (typeof object !== 'object' || object === null) return [`${path}: ${show(object)} is no structure`];
  const { type, fields } = structure;
  const names = propertyNames(type);
  const compare = (id: string, wanted: Value): string[] => {
    const actual = Reflect.get(object, names.get(id) ?? id) as unknown;
    return compareValue(wanted, actual, analysis, `${path}.${id}`);
  };
  return [
    ...type.fields.flatMap(({ id }) => compare(id, fields.get(id)?.value)),
    ...type.instances.flatMap((instance) => {
      const wanted = computed(structure, instance, analysis);
      return wanted === undefined ? [] : unlessRefused(() => compare(instance.id, wanted));
    }),
  ];
}

/** Generated code may refuse to compute what no number holds. */
function unlessRefused(compare: () => string[]): string[] {
  try {
    return compare();
  } catch (error) {
    if (error instanceof ConversionError) return [];
    throw error;
  }
}

function computed(structure: SpecStructure, { id, value }: Attribute, analysis: Analysis): Value {
  if (value === undefined || dependsOnStream(value.ast, structure.type)) return undefined;
  try {
    const wanted = fieldOf(structure, id, analysis);
    return wanted instanceof SpecStructure ? undefined : wanted;
  } catch (error) {
    // Instances that ask for each other without end are a RangeError.
    if (error instanceof Unfit || error instanceof Unserved || error instanceof RangeError) return undefined;
    throw error;
  }
}

function compareValue(wanted: Value, actual: unknown, analysis: Analysis, path: string): string[] {
  if (wanted instanceof SpecStructure) return differences(wanted, actual, analysis, path);
  if (Array.isArray(wanted) || wanted instanceof Uint8Array)
    return compareLists(wanted, actual, analysis, path);
  const isInteger = typeof actual === 'number' && typeof wanted === 'bigint' && Number.isSafeInteger(actual);
  const same = isInteger ? BigInt(actual) === wanted : Object.is(actual, wanted);
  return same ? [] : [`${path}: ${show(actual)} instead of ${show(wanted)}`];
}

function compareLists(
  wanted: readonly Value[] | Uint8Array,
  actual: unknown,
  analysis: Analysis,
  path: string,
): string[] {
  const isList = Array.isArray(actual) || ArrayBuffer.isView(actual);
  const elements = isList ? (actual as unknown as ArrayLike<unknown>) : undefined;
  if (elements?.length !== wanted.length) return [`${path}: ${show(actual)} instead of ${show(wanted)}`];
  return Array.from<Value>(wanted).flatMap((one, index) =>
    compareValue(one, elements[index], analysis, `${path}[${index}]`),
  );
}

function show(value: unknown): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as unknown as ArrayLike<unknown>, show).join(', ')}]`;
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
}
