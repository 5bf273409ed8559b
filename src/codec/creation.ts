import { BareStructure, KEPT, layoutOf, valueOf } from './bare-structure.ts';
import type { BreachSink } from './breach.ts';
import { ByteReader } from './byte-reader.ts';
import { forgetValues } from './reading.ts';
import type { Layout } from './layout.ts';
import { DecodeError } from './errors.ts';

/** The properties of a structure that can be set: its fields. */
export type Values<T> = { -readonly [Key in SettableKeys<T>]?: T[Key] };

type SettableKeys<T> = {
  [Key in keyof T & string]-?: T[Key] extends (...args: never[]) => unknown
    ? never
    : Same<Pick<T, Key>, { -readonly [K in Key]: T[K] }> extends true
      ? Key
      : never;
}[keyof T & string];

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Zeros break most specs; besides, this tells a reader of them from all others. */
const ignoreBreaches: BreachSink = () => undefined;

/** Was the structure made of zeros, so that its stream contains nothing worth keeping? */
export function isMade({ _io: io }: { readonly _io?: ByteReader }): boolean {
  return io?.sink === ignoreBreaches;
}

/** A new structure of fixed size: zeros and constants, and over them the given values. */
export function createWith<T extends BareStructure>(
  type: { readonly layout: Layout },
  values: Values<T>,
  read: (io: ByteReader) => T,
): T {
  const { size = 0, fields } = type.layout;
  const zeros = new ByteReader(new Uint8Array(size), { sink: ignoreBreaches });
  const structure = read(zeros);
  const target = structure as unknown as Record<string, unknown>;
  for (const [id, { initial, property = id }] of Object.entries(fields)) {
    if (initial === undefined) continue;
    const isBig = typeof target[property] === 'bigint' && typeof initial === 'number';
    target[property] = Array.isArray(initial) ? Uint8Array.from(initial) : isBig ? BigInt(initial) : initial;
  }
  // Params of inner structures were computed of zeros.
  forgetValues(structure);
  return adopted(Object.assign(structure, values));
}

/**
 * The properties of a structure that can be set; only those that may be absent can be left out, and `Instance`s:
 * what is stored elsewhere, and need not be.
 */
export type AllValues<T, Instance extends keyof T = never> = {
  -readonly [Key in RequiredKeys<T, Instance>]: T[Key];
} & {
  -readonly [Key in Exclude<SettableKeys<T>, RequiredKeys<T, Instance>>]?: T[Key];
};

type RequiredKeys<T, Instance extends keyof T> = {
  [Key in Exclude<SettableKeys<T>, Instance>]: undefined extends T[Key] ? never : Key;
}[Exclude<SettableKeys<T>, Instance>];

/**
 * A new structure of all its values: it was read from nowhere, so its class's constructor does not run. It has a
 * root only if it is one, or as soon as it is part of one.
 */
export function assemble<T extends BareStructure>(
  type: { readonly prototype: T },
  values: object,
  isRoot = false,
): T {
  const structure = Object.create(type.prototype) as T;
  return adopted(Object.assign(structure, isRoot ? { _root: structure } : {}, values));
}

/** Becomes the parent of the structures in its fields that have none: expressions of theirs may ask for it. */
function adopted<T extends BareStructure>(structure: T): T {
  for (const child of childrenOf(structure)) {
    if (child._parent !== undefined) continue;
    Object.assign(child, { _parent: structure });
    handDownRoot(child, structure._root);
  }
  return structure;
}

/**
 * Gives an instance a value in place of the one that is read. It is written when the structure is; what the value
 * is read from, if there is anything, is looked for first, so that the new value takes that place.
 */
export function setInstance(structure: BareStructure, id: string, value: unknown): void {
  const isRead = (structure as { readonly _io?: ByteReader })._io !== undefined && !isMade(structure);
  const kept = (structure[KEPT] ??= new Map<string, unknown>());
  if (isRead && !kept.has(id)) tryToRead(structure, id);
  kept.set(id, value);
  adopted(structure);
}

/** What cannot be read has no place that a new value could take. */
function tryToRead(structure: BareStructure, id: string): void {
  try {
    valueOf(structure, id);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

/**
 * A root of the same spec that becomes a part of another one is the root no more; one of an imported spec stays it.
 */
function handDownRoot(structure: BareStructure, root: BareStructure | undefined): void {
  const { _root: before } = structure;
  if (root === undefined || (before !== undefined && before.constructor !== root.constructor)) return;
  Object.assign(structure, { _root: root });
  for (const child of childrenOf(structure)) handDownRoot(child, root);
}

function childrenOf(structure: BareStructure): readonly BareStructure[] {
  const { fields, instances = {} } = layoutOf(structure);
  const kept = [...(structure[KEPT] ?? [])].filter(
    ([id]) => id in instances && instances[id]?.type !== 'value',
  );
  const values = [
    ...Object.keys(fields).map((id) => valueOf(structure, id)),
    ...kept.map(([, value]) => value),
  ];
  const all = values.flatMap((value) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]));
  return all.filter((value) => value instanceof BareStructure);
}
