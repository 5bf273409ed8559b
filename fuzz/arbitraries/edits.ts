import { BareStructure, layoutOf, valueOf, type Layout } from '../../src/codec/index.ts';

/** A place in a tree of structures: properties and indexes from the root on. */
export type EditPath = readonly (string | number)[];

/** Another value for one property, or one element, of a tree. */
export interface Edit {
  readonly path: EditPath;
  readonly value: unknown;
}

/** Elements of a list that are looked into; the others are like them. */
const MOST_ELEMENTS = 4;
const MOST_DEPTH = 12;

/** Edits of every field and every stored instance below a structure, of each kind of value several. */
export function editsOf(root: BareStructure): readonly Edit[] {
  const found: Edit[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: EditPath): void => {
    found.push(...othersOf(value).map((other) => ({ path, value: other })));
    if (Array.isArray(value))
      for (const [index, item] of value.slice(0, MOST_ELEMENTS).entries()) visit(item, [...path, index]);
    if (!(value instanceof BareStructure) || seen.has(value) || path.length > MOST_DEPTH) return;
    seen.add(value);
    for (const [id, property] of propertiesOf(layoutOf(value)))
      visit(
        attempt(() => valueOf(value, id)),
        [...path, property],
      );
  };
  visit(root, []);
  return found.filter(({ path }) => path.length > 0);
}

/** Ids and properties of what a structure stores. */
function propertiesOf({ fields, instances = {} }: Layout): readonly (readonly [string, string])[] {
  const stored = Object.entries(instances).filter(([, { type }]) => type !== 'value');
  return [...Object.entries(fields), ...stored].map(([id, { property = id }]) => [id, property]);
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}

/** Other values of the same kind: such as fit as well, and such as may not. */
function othersOf(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return Number.isInteger(value) ? [value ^ 1, value + 2, 255] : [value + 1];
  if (typeof value === 'bigint') return [value ^ 1n, value + (1n << 33n)];
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'string')
    return [`${value.slice(0, -1)}Q`, `Q${value.slice(1)}`, value.slice(1), `${value}QQ`];
  if (value instanceof Uint8Array) return bytesLike(value);
  if (ArrayBuffer.isView(value))
    return [tableLike(value), value.constructor === DataView ? value : sliced(value)];
  if (Array.isArray(value)) return [value.slice(0, -1), [...value, ...value.slice(-1)], [...value].reverse()];
  return value === undefined ? [7, 'Q'] : [];
}

function bytesLike(bytes: Uint8Array): readonly Uint8Array[] {
  const flipped = (at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 0x55 : byte));
  return [flipped(0), flipped(bytes.length - 1), bytes.slice(1), Uint8Array.of(...bytes, 1)];
}

interface Table {
  slice(start?: number): Table;
  readonly length: number;
  [index: number]: number | bigint;
}

function tableLike(view: ArrayBufferView): unknown {
  const copy = (view as unknown as Table).slice();
  const first = copy[0];
  if (first !== undefined) copy[0] = typeof first === 'bigint' ? first ^ 1n : first + 1;
  return copy;
}

function sliced(view: ArrayBufferView): unknown {
  return (view as unknown as Table).slice(1);
}

/** Makes an edit; false where the property cannot be set. */
export function applyEdit(root: object, { path, value }: Edit): boolean {
  const holder = follow(root, path.slice(0, -1));
  const last = path.at(-1);
  return (
    last !== undefined && typeof holder === 'object' && holder !== null && Reflect.set(holder, last, value)
  );
}

/** What is at a path. */
export function follow(root: unknown, path: EditPath): unknown {
  return path.reduce<unknown>(
    (value, step) => (value === undefined ? undefined : Reflect.get(Object(value), step)),
    root,
  );
}
