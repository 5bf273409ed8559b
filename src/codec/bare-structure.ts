import type { ByteReader, Standing } from './byte-reader.ts';
import type { Layout } from './layout.ts';

/** Where in the memory of its stream a structure's first whole byte is. */
export const START = Symbol('start');
/** How many bits of the byte before that one are its own as well; absent where it begins with a whole byte. */
export const LEAD = Symbol('lead');
/** Ends of its fields of variable size, in bits of the memory: a list only where there are several. */
export const ENDS = Symbol('ends');
/** Where its instances lay that were read so far. */
export const SPANS = Symbol('spans');
/** Values of its instances. */
export const KEPT = Symbol('kept');

/** The field or instance whose structure it awaits, because others ask for that while it is read. */
export const AWAITED = Symbol('awaited');

/** The name that Node knows `inspect` methods by. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Where something lies in the memory of its stream, in bits; without an end while it is being read, or where that failed. */
export interface BitSpan {
  readonly io: ByteReader;
  readonly start: number;
  readonly end: number | undefined;
  /** Where the stream of the structure itself was when it was read. */
  readonly when: Standing;
  /** What was there of it when reading failed. */
  readonly unfinished?: unknown;
}

/**
 * A structure of a spec: its fields are properties, and it knows where each of them lay.
 *
 * The class without methods to call is there for specs whose own fields are called `at` or `fields`, for which the generator
 * writes the other methods; all others extend `Structure`.
 */
export abstract class BareStructure {
  /** The stream that the structure was read from. */
  declare readonly _io: ByteReader;
  /** The structure that holds this one. */
  declare readonly _parent: BareStructure | undefined;
  /** The outermost structure of the spec. */
  declare readonly _root: BareStructure | undefined;
  declare readonly [START]: number;
  declare readonly [LEAD]?: number;
  declare [ENDS]?: number | number[];
  declare [SPANS]?: Map<string, BitSpan>;
  declare [KEPT]?: Map<string, unknown>;
  declare [AWAITED]?: string | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: BareStructure, isRoot = false) {
    this._io = io;
    this._parent = parent;
    this._root = root ?? (isRoot ? this : undefined);
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
  }

  /** What `console.log` shows in Node: the fields by their properties, many of which are read only when they are asked for. */
  [INSPECT](_depth: number, options: unknown, inspect: (value: unknown, options: unknown) => string): string {
    const entries = Object.entries(layoutOf(this).fields).map(
      ([id, { property = id }]) => [property, valueOf(this, id)] as const,
    );
    return `${this.constructor.name} ${inspect(Object.fromEntries(entries), options)}`;
  }
}

/** The end of variable field number `index`, where that was read. */
export function endAt(structure: BareStructure, index: number): number | undefined {
  const ends = structure[ENDS];
  return typeof ends === 'object' ? ends[index] : index === 0 ? ends : undefined;
}

/** How many fields of variable size were read. */
export function endCount(structure: BareStructure): number {
  const ends = structure[ENDS];
  return typeof ends === 'object' ? ends.length : ends === undefined ? 0 : 1;
}

/** The layout table of a structure's class. */
export function layoutOf(structure: BareStructure): Layout {
  const { layout } = structure.constructor as { readonly layout?: Layout };
  return layout ?? { type: structure.constructor.name, fields: {} };
}

/** The value of a field or instance by its id. */
export function valueOf(structure: BareStructure, id: string): unknown {
  const { fields, instances = {} } = layoutOf(structure);
  const { property = id } = fields[id] ?? instances[id] ?? {};
  return (structure as unknown as Readonly<Record<string, unknown>>)[property];
}
