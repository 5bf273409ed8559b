import type { FileOffset, MaybePromise } from '../io/source.ts';
import type { Content } from './content.ts';
import type { Findings, NamedFindings } from './findings.ts';
import type { Place } from './problem.ts';

/**
 * What can be wrong with the place of a region.
 *
 * `pastEnd` begins at or past the end of what the file may contain; `straddlesEnd` begins inside and ends past it;
 * `inMetadata` overlaps a region of a higher role; `duplicate` begins where another of its kind begins; `overlap`
 * overlaps another of its role without being equal to it.
 */
export type RegionFault = 'pastEnd' | 'straddlesEnd' | 'inMetadata' | 'duplicate' | 'overlap';

/** The figures of a region fault; positions and lengths in bytes of the file. */
export interface RegionFacts {
  /** The region's kind and index, as messages name it: `grain of gt[3][17]`. */
  readonly region: string;
  readonly start: number;
  readonly length: number;
  /** Where the file's usable part ends. */
  readonly limit: number;
  /** The region that it overlaps; `null` where it overlaps none. */
  readonly other: string | null;
}

/** A fault in a part of the image that has one rule for all of them: which rule is broken there, and its figures. */
export interface PartFacts {
  /** The part, as messages name it: the label of a snapshot. */
  readonly within: string;
  readonly rule: string;
  readonly data: unknown;
}

/** Ids of the rules in `M` whose figures are those of a region: what `RegionKind.rules` may name. */
export type RegionRuleId<M> = {
  [Id in keyof M]: RegionFacts extends M[Id] ? Id : never;
}[keyof M];

/** The entry that placed a region: the bytes to look at and what they say. */
export interface RegionSource {
  /** Position of the pointer (table entry, header field) that names the region, with its field path. */
  readonly at: Place;
  /** First guest byte that the region contains or maps; `null` where it is not about guest data. */
  readonly guestOffset: number | null;
  /** The pointer as it is stored in the image. */
  readonly actual: string | null;
}

/**
 * One kind of thing that owns bytes of a file. Made per image, since `locate` looks at its tables.
 *
 * Roles rank who is blamed when two regions overlap: `fixed` structures (headers, directories), `table`s that
 * directories point at, and `data` units that tables point at.
 */
export interface RegionKind {
  /** In the format's own words: `header`, `BAT`, `grain table`, `grain`. */
  readonly name: string;
  readonly role: 'fixed' | 'table' | 'data';
  /**
   * Legally claimed more than once (clusters of snapshots, several compressed streams in one cluster): every unit
   * that a region touches gets a reference. Such regions may overlap each other and any region of their own role,
   * but not one of a higher role that was claimed before.
   */
  readonly counted?: boolean;
  /** References that each region of a counted kind stands for; default 1. */
  readonly weight?: number;
  /** Present where one rule is told for all faults in a part of the image (a snapshot), with `PartFacts`. */
  readonly within?: { readonly name: string; readonly rule: string };
  /** The rule for each fault; a fault without a rule is tolerated. */
  readonly rules: Readonly<Partial<Record<RegionFault, string>>>;
  /** Present where regions store something packed, which depth `data` unpacks. */
  readonly content?: Content;
  /**
   * Names the entry that placed region `index` of this kind, at byte `start` where that is known. Called only for
   * culprits and for those that they overlap.
   */
  locate(index: number, start?: number): RegionSource | Promise<RegionSource>;
}

/** Who listens to a walk over a file: owners to its regions, findings to what is odd about its tables. */
export interface WalkListeners<M> {
  readonly owners: Owners;
  readonly findings: Findings<M>;
}

/** The same to the code of any format: findings take every id. */
export interface AnyWalkListeners {
  readonly owners: Owners;
  readonly findings: NamedFindings;
}

/** What a unit of guest data is, for the allocation figures. */
export type AllocationState = 'data' | 'zero' | 'compressed';

/**
 * A listener to the walk over an image's file. The same walk serves three of them: one that counts, one that remembers
 * names for the few places where something collides, one that unpacks what regions store.
 */
export interface Owners {
  /** One region: a header, a table, one odd unit. */
  range(kind: RegionKind, start: FileOffset, length: number, index: number): void;
  /**
   * `count` regions of `unitLength` bytes that follow one another in the file and have indices `index`, `index + 1`
   * ...
   */
  run(kind: RegionKind, start: FileOffset, unitLength: number, count: number, index: number): void;
  /** `units` allocation units of guest data are in `state`. */
  allocated(state: AllocationState, units: number): void;
  /** Asked between batches of tables: a listener that works on what it was told lets the walk wait until it has. */
  settle?(): MaybePromise<void>;
}

/**
 * How units are placed in a file, which decides how cheaply they are counted. Regions that are not whole units are
 * kept as single ranges, exact but dearer, and have no part in `references`: a format that asks for reference
 * counts claims whole units.
 *
 * `aligned`: every region begins at `origin` plus a multiple of `unit` (1 bit a unit). `uniform`: all data units
 * are `unit` bytes long and begin at any sector (1 to 2 bytes a unit).
 */
export interface FileLayout {
  readonly placement: 'aligned' | 'uniform';
  /** Bytes; a power of two where `aligned`, a multiple of 512 where `uniform`. */
  readonly unit: number;
  /** Byte position that unit numbers count from. */
  readonly origin: number;
  /** Bytes from the start of the file that regions may use: its size, or less where a footer ends it. */
  readonly limit: number;
}

/** A run of file bytes. */
export interface FileRange {
  readonly start: number;
  readonly length: number;
}

/** What the counting walk found out about one file. */
export interface Ownership {
  readonly layout: FileLayout;
  /** First byte after the last region. */
  readonly end: number;
  /** Ranges between `from` and `to` that no region owns, ascending, in whole units of the layout. */
  gaps(from: number, to: number): Iterable<FileRange>;
  /** References to unit `unit` of all kinds (`aligned` layouts only, as is all below). */
  references(unit: number): number;
  /** References to unit `unit` of kinds that are not counted ones: 2 and more have a finding of their own. */
  exclusiveReferences(unit: number): number;
  /**
   * Units with at least one reference, one bit each, least significant first: word `i % 32768` of `bitmapChunk(i
   * >>> 15)` contains units `32 * i` to `32 * i + 31`. `undefined`: none in that chunk. The caller must not change
   * it.
   */
  bitmapChunk(chunk: number): Uint32Array | undefined;
  /** The same for units with two references or more. */
  sharedChunk(chunk: number): Uint32Array | undefined;
}
