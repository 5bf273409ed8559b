import type { FieldSpan, Layout, Structure } from '../../../src/codec/index.ts';
import { outcome } from './compare.ts';

/** Where the reference found something, counted from the start of its stream; no end where reading it failed. */
interface Place {
  /** Absent where the value was computed and not read. */
  readonly start?: number;
  readonly end?: number;
  /** Where that stream begins. */
  readonly ioOffset?: number;
  /** Of the elements of a list. */
  readonly arr?: readonly Place[];
}

/** An object that the reference read in debug mode. */
interface Traced {
  readonly _debug: Readonly<Record<string, Place>>;
  readonly _io: { readonly byteOffset: number; readonly dataView: DataView };
}

/** What came of comparing places. */
export interface Places {
  /** Fields and instances of which both say where they lie. */
  fields: number;
  /** Elements of lists likewise. */
  elements: number;
  readonly differences: string[];
}

/** Levels of objects that are compared: some instances lead to the same type again. */
const MOST_LEVELS = 12;

/** Compares where our object and the reference's say that their fields lie. */
export function comparePlaces(ours: unknown, theirs: object): Places {
  const comparison = new Comparison(theirs);
  comparison.objects(ours, theirs, 'root', 0);
  return comparison.places;
}

class Comparison {
  readonly places: Places = { fields: 0, elements: 0, differences: [] };
  readonly #memory: ArrayBufferLike | undefined;
  readonly #seen = new Set<object>();

  constructor(root: object) {
    this.#memory = isTraced(root) ? root._io.dataView.buffer : undefined;
  }

  objects(ours: unknown, theirs: unknown, path: string, level: number): void {
    if (Array.isArray(theirs) && Array.isArray(ours))
      return theirs.forEach((one, index) => this.objects(ours[index], one, `${path}[${index}]`, level));
    if (!isTraced(theirs) || !isStructure(ours) || this.#seen.has(theirs) || level > MOST_LEVELS) return;
    this.#seen.add(theirs);
    for (const [id, { property = id }] of members(ours)) {
      const { value: own } = outcome(() => Reflect.get(ours, property) as unknown);
      const { value: other } = outcome(() => Reflect.get(theirs, property) as unknown);
      const place = theirs._debug[property] ?? theirs._debug[`_m_${property}`];
      if (other !== undefined && place?.start !== undefined)
        this.#field(ours, theirs, id, place, `${path}.${id}`);
      this.objects(own, other, `${path}.${id}`, level + 1);
    }
  }

  #field(ours: Structure, theirs: Traced, id: string, place: Place, path: string): void {
    const told = ours.at(id);
    this.places.fields++;
    this.#compare(told, place, this.#baseOf(ours, theirs, place, path), path);
    for (const [index, element] of (place.arr ?? []).entries()) {
      const span = ours.at(`${id}[${index}]`);
      // Of elements that are no structures only those of one size have places.
      if (span === undefined) continue;
      this.places.elements++;
      this.#compare(span, element, this.#baseOf(ours, theirs, element, path), `${path}[${index}]`);
    }
  }

  #compare(span: FieldSpan | undefined, { start = NaN, end = NaN }: Place, base: number, path: string): void {
    const told = span && bytesOf(span);
    if (told?.first === start + base && told.last === end + base) return;
    const wanted = `${start + base} to ${end + base}`;
    this.places.differences.push(`${path}: ${told?.first} to ${told?.last} instead of ${wanted}`);
  }

  /** Where the stream of a place begins. Unpacked bytes lie elsewhere for the reference, and where they came from for us. */
  #baseOf(ours: Structure, theirs: Traced, { ioOffset = 0 }: Place, path: string): number {
    const { base } = ours._io;
    if (theirs._io.dataView.buffer !== this.#memory) return base;
    if (base !== theirs._io.byteOffset)
      this.places.differences.push(`${path}: stream at ${base} instead of ${theirs._io.byteOffset}`);
    return ioOffset;
  }
}

/** The reference tells of bits only the byte behind that of the last bit read so far. */
function bytesOf({ offset, size, bitOffset, bitLength }: FieldSpan): {
  readonly first: number;
  readonly last: number;
} {
  if (bitOffset === undefined || bitLength === undefined) return { first: offset, last: offset + size };
  const bit = offset * 8 + bitOffset;
  return { first: Math.ceil(bit / 8), last: Math.ceil((bit + bitLength) / 8) };
}

function members(structure: Structure): readonly (readonly [string, { readonly property?: string }])[] {
  const { layout } = structure.constructor as unknown as { readonly layout: Layout };
  return Object.entries({ ...layout.fields, ...layout.instances });
}

function isTraced(value: unknown): value is Traced {
  return typeof value === 'object' && value !== null && '_debug' in value;
}

function isStructure(value: unknown): value is Structure {
  return typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'function';
}
