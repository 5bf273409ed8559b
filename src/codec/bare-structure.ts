import type { ByteReader, Standing } from './byte-reader.ts';
import type { Layout } from './layout.ts';

/** Where in the memory of its stream a structure's first whole byte is. */
export const START = Symbol('start');
/** How many bits of the byte before that one are its own as well; absent where it begins with a whole byte. */
export const LEAD = Symbol('lead');
/** Ends of its first fields of variable size, in bits of the memory. */
export const END0 = Symbol('end0');
/** The same of the second one. */
export const END1 = Symbol('end1');
/** The same of the third one. */
export const END2 = Symbol('end2');
/** Ends of those behind them. */
export const ENDS = Symbol('ends');
/** Where its instances lay that were read so far. */
export const SPANS = Symbol('spans');
/** Values of its instances. */
export const KEPT = Symbol('kept');

/** The stream that it was read from. */
export const IO = Symbol('io');
/** The structure that holds it. */
export const PARENT = Symbol('parent');
/** The outermost structure of its spec. */
export const ROOT = Symbol('root');
/** Is the least significant byte the first one, where the bytes say so? */
const LITTLE = Symbol('little');

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
 * Properties that are none of an object's own: what is kept under a symbol is not seen by those who want the fields. Each has functions of its
 * own, since one function for all would be slow: the engine could not tell which symbol it is asked for.
 */
const ACCESSORS: PropertyDescriptorMap & ThisType<BareStructure> = {
  _io: {
    get() {
      return this[IO];
    },
    set(io: ByteReader) {
      this[IO] = io;
    },
    configurable: true,
  },
  _parent: {
    get() {
      return this[PARENT];
    },
    set(parent: BareStructure | undefined) {
      this[PARENT] = parent;
    },
    configurable: true,
  },
  _root: {
    get() {
      return this[ROOT] ?? this[PARENT]?._root;
    },
    set(root: BareStructure | undefined) {
      this[ROOT] = root;
    },
    configurable: true,
  },
  _isLe: {
    get() {
      return this[LITTLE];
    },
    set(isLittle: boolean) {
      this[LITTLE] = isLittle;
    },
    configurable: true,
  },
};

/**
 * A structure of a spec: its fields are its own properties, all that it knows besides is behind accessors and symbols, and it knows where
 * each field lay.
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
  declare [IO]: ByteReader;
  declare [PARENT]: BareStructure | undefined;
  declare [ROOT]: BareStructure | undefined;
  declare [LITTLE]?: boolean;
  declare [START]: number;
  declare [LEAD]?: number;
  declare [END0]?: number;
  declare [END1]?: number;
  declare [END2]?: number;
  declare [ENDS]?: number[];
  declare [SPANS]?: Map<string, BitSpan>;
  declare [KEPT]?: Map<string, unknown>;
  declare [AWAITED]?: string | undefined;

  // Generated classes declare these as what they are in their spec, which they could not do with accessors.
  static {
    Object.defineProperties(this.prototype, ACCESSORS);
  }

  /**
   * Generated constructors hand over nothing, and set what is set here themselves: code that makes objects of one class only is several
   * times as fast as code that makes objects of all.
   */
  constructor(io?: ByteReader, parent?: BareStructure, root?: BareStructure) {
    if (io === undefined) return;
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
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
  if (index === 0) return structure[END0];
  if (index === 1) return structure[END1];
  return index === 2 ? structure[END2] : structure[ENDS]?.[index - 3];
}

/** How many fields of variable size were read. */
export function endCount(structure: BareStructure): number {
  const first = [structure[END0], structure[END1], structure[END2]].filter((end) => end !== undefined);
  return first.length + (structure[ENDS]?.length ?? 0);
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
