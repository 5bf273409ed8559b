import type { Layout } from '../../../src/codec/index.ts';

/** A parsed object of a class that can be written. */
export interface Written {
  toBytes(): Uint8Array;
}

/** Has the object's class a writer? */
export function isWritten(object: object): object is Written {
  return 'toBytes' in object;
}

/**
 * Makes a tree of objects forget the streams they were read from, so that writing them has nothing but their fields
 * to go by.
 */
export function forgetStreams(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  for (const inner of fieldValues(value)) forgetStreams(inner, seen);
  // The fields of a record are in the bytes until it is given others.
  for (const name of layoutNames(value)) Reflect.set(value, name, Reflect.get(value, name));
  if ('_io' in value) Object.defineProperty(value, '_io', { value: undefined });
}

/** The fields of a tree of objects as plain data, without instances and without links upwards. */
export function fieldTree(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, String);
  if (Array.isArray(value)) return value.map(fieldTree);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(fieldNames(value).map((name) => [name, fieldTree(Reflect.get(value, name))]));
}

function fieldValues(object: object): unknown[] {
  return Array.isArray(object)
    ? object
    : fieldNames(object).map((name) => Reflect.get(object, name) as unknown);
}

function fieldNames(object: object): string[] {
  const own = Object.keys(object).filter((name) => !name.startsWith('_'));
  return [...new Set([...own, ...layoutNames(object)])];
}

/** The properties of the fields that an object's class has by its spec. */
function layoutNames({ constructor }: object): string[] {
  const { layout } = constructor as { readonly layout?: Layout };
  return Object.entries(layout?.fields ?? {}).map(([id, { property = id }]) => property);
}
