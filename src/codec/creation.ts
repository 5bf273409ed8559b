import type { BareStructure } from './bare-structure.ts';
import { ByteReader } from './byte-reader.ts';
import type { Layout } from './layout.ts';

/** The properties of a structure that can be set: its fields. */
export type Values<T> = { -readonly [Key in SettableKeys<T>]?: T[Key] };

type SettableKeys<T> = {
  [Key in keyof T]-?: T[Key] extends (...args: never[]) => unknown
    ? never
    : Same<Pick<T, Key>, { -readonly [K in Key]: T[K] }> extends true
      ? Key
      : never;
}[keyof T];

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** A new structure of fixed size: zeros and constants, and over them the given values. */
export function createWith<T extends BareStructure>(
  type: { readonly layout: Layout },
  values: Values<T>,
  read: (io: ByteReader) => T,
): T {
  const { size = 0, fields } = type.layout;
  const zeros = new ByteReader(new Uint8Array(size), { sink: () => undefined });
  const structure = read(zeros);
  const target = structure as unknown as Record<string, unknown>;
  for (const [id, { initial, property = id }] of Object.entries(fields)) {
    if (initial === undefined) continue;
    const isBig = typeof target[property] === 'bigint' && typeof initial === 'number';
    target[property] = Array.isArray(initial) ? Uint8Array.from(initial) : isBig ? BigInt(initial) : initial;
  }
  return Object.assign(structure, values);
}

/** The properties of a structure that can be set; only those that may be absent can be left out. */
export type AllValues<T> = { -readonly [Key in RequiredKeys<T>]: T[Key] } & {
  -readonly [Key in Exclude<SettableKeys<T>, RequiredKeys<T>>]?: T[Key];
};

type RequiredKeys<T> = { [Key in SettableKeys<T>]: undefined extends T[Key] ? never : Key }[SettableKeys<T>];

/** A new structure of variable size: it was read from nowhere, so its class's constructor does not run. */
export function assemble<T extends BareStructure>(type: { readonly prototype: T }, values: object): T {
  const structure = Object.create(type.prototype) as T;
  return Object.assign(structure, { _root: structure }, values);
}
