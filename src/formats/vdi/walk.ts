import { formatHex } from '../../codec/index.ts';
import { fileOffset } from '../../io/source.ts';
import type { RegionFault, RegionKind, RegionRuleId, WalkListeners } from '../../model/owners.ts';
import type { Place } from '../../model/problem.ts';
import type { VdiFindings } from './findings.ts';
import { blockOffset, entryBatches, FREE, usedBytes, ZERO, type BlockMap } from './layout/block-map.ts';
import { HEADER_SIZE } from './layout/header.ts';
import type { VdiImage } from './layout/image.ts';

/** What was learned about the block map. */
export interface VdiWalk {
  /** Blocks that have a number of a stored block. */
  readonly stored: number;
  /** Of these, how many have number 0. */
  readonly atZero: number;
  /** The greatest number of a stored block that is wholly or partly in the file; -1 where there is none. */
  readonly last: number;
}

/** Goes over the block map and tells who owns the bytes of the file. */
export async function walkFile(image: VdiImage, listeners: WalkListeners<VdiFindings>): Promise<VdiWalk> {
  const { map, file, source } = image;
  const { owners } = listeners;
  if (map === null) return { stored: 0, atZero: 0, last: -1 };
  owners.range(structureKind('header', image.header.whole()), fileOffset(0), HEADER_SIZE, 0);
  const mapBytes = 4 * map.present;
  const mapPlace = { file, offset: map.offset, length: mapBytes, field: 'map' };
  owners.range(structureKind('block map', mapPlace), fileOffset(map.offset), mapBytes, 0);
  const scan = new MapScan(image, map, listeners);
  for await (const { first, entries } of entryBatches(source, map, 0, map.present)) scan.add(first, entries);
  owners.allocated('data', scan.data);
  owners.allocated('zero', scan.zero);
  return scan;
}

/** A structure that blocks may not meet; where it is, the header's own rules say what is wrong with it. */
function structureKind(name: string, place: Place): RegionKind {
  return {
    name,
    role: 'fixed',
    rules: {},
    locate: () => ({ at: place, guestOffset: null, actual: formatHex(place.offset ?? 0) }),
  };
}

/** One pass over the entries of the map, batch by batch. */
class MapScan implements VdiWalk {
  stored = 0;
  atZero = 0;
  last = -1;
  /** Blocks of the disk that are stored. */
  data = 0;
  /** Blocks of the disk that read as zeros by statement of the map. */
  zero = 0;
  readonly #image: VdiImage;
  readonly #map: BlockMap;
  readonly #listeners: WalkListeners<VdiFindings>;
  readonly #kind: RegionKind;

  constructor(image: VdiImage, map: BlockMap, listeners: WalkListeners<VdiFindings>) {
    this.#image = image;
    this.#map = map;
    this.#listeners = listeners;
    this.#kind = blockKind(image, map);
  }

  add(first: number, entries: Uint32Array): void {
    for (let at = 0; at < entries.length;) {
      const entry = entries[at] ?? FREE;
      let end = at + 1;
      if (entry >= ZERO) {
        while (end < entries.length && entries[end] === entry) end++;
        this.#addHole(first + at, end - at, entry);
      } else {
        while (end < entries.length && entries[end] === entry + end - at && entry + end - at < ZERO) end++;
        this.#addRun(first + at, end - at, entry);
      }
      at = end;
    }
  }

  #addHole(first: number, count: number, entry: number): void {
    const { needed, offset } = this.#map;
    const used = Math.max(0, Math.min(count, needed - first));
    if (entry === ZERO) this.zero += used;
    if (this.#image.variant !== 'static' || used === 0) return;
    const at = {
      file: this.#image.file,
      offset: offset + 4 * first,
      length: 4 * used,
      field: `map[${first}]`,
    };
    this.#listeners.findings.tell('vdi/static-block-missing', {
      at,
      data: { first, count: used },
      guestOffset: first * this.#map.blockSize,
      actual: formatHex(entry, 4),
    });
  }

  /** `count` blocks from `first` on are stored one after the other, the first of them as stored block `entry`. */
  #addRun(first: number, count: number, entry: number): void {
    const { needed } = this.#map;
    this.stored += count;
    if (entry === 0) this.atZero++;
    this.data += Math.max(0, Math.min(count, needed - first));
    if (first + count > needed) this.#tellBeyondDisk(Math.max(first, needed), first + count, first, entry);
    this.#claim(first, count, entry);
  }

  #claim(first: number, count: number, entry: number): void {
    const map = this.#map;
    const { owners } = this.#listeners;
    const { limit, inside } = this.#roomFor(entry);
    const present = Math.min(count, inside);
    if (present > 0) this.last = Math.max(this.last, entry + present - 1);
    const outOfRange = Math.max(entry, map.entries);
    if (outOfRange < entry + present) this.#tellOutOfRange(first + outOfRange - entry, outOfRange);
    const start = blockOffset(map, entry);
    const end = start + count * map.stride;
    const lastIndex = first + count - 1;
    const used = map.extra + usedBytes(map, lastIndex, this.#image.size);
    // Behind the end of the disk a block may be cut off: nothing of the guest's is missing.
    if (end > limit && used < map.stride && end - map.stride + used <= limit) {
      if (count > 1) owners.run(this.#kind, fileOffset(start), map.stride, count - 1, first);
      owners.range(this.#kind, fileOffset(end - map.stride), used, lastIndex);
    } else owners.run(this.#kind, fileOffset(start), map.stride, count, first);
  }

  /** Where the file ends, and how many blocks from `entry` on begin before that. */
  #roomFor(entry: number): { limit: number; inside: number } {
    const limit = this.#image.source.size;
    const room = limit - blockOffset(this.#map, entry);
    return { limit, inside: Math.max(0, Math.ceil(room / this.#map.stride)) };
  }

  #tellBeyondDisk(from: number, to: number, first: number, entry: number): void {
    const { needed } = this.#map;
    this.#listeners.findings.tell('vdi/entry-beyond-disk', {
      at: entryPlace(this.#image, this.#map, from, to - from),
      data: { first: from, count: to - from, needed },
      expected: formatHex(FREE, 4),
      actual: formatHex(entry + from - first, 4),
    });
  }

  #tellOutOfRange(index: number, entry: number): void {
    const { entries, needed, blockSize } = this.#map;
    this.#listeners.findings.tell('vdi/entry-out-of-range', {
      at: entryPlace(this.#image, this.#map, index),
      data: { index, entry, entries },
      guestOffset: index < needed ? index * blockSize : null,
      expected: `below ${entries}`,
      actual: formatHex(entry, 4),
    });
  }
}

type BlockRules = Partial<Record<RegionFault, RegionRuleId<VdiFindings>>>;

function blockKind(image: VdiImage, map: BlockMap): RegionKind {
  return {
    name: 'block',
    role: 'data',
    rules: {
      pastEnd: 'vdi/entry-out-of-file',
      straddlesEnd: 'vdi/entry-out-of-file',
      duplicate: 'vdi/entry-duplicate',
    } satisfies BlockRules,
    locate: (index, start) => ({
      at: entryPlace(image, map, index),
      guestOffset: index < map.needed ? index * map.blockSize : null,
      actual: start === undefined ? null : formatHex(Math.round((start - map.dataOffset) / map.stride), 4),
    }),
  };
}

/** The place of entries of the block map. */
function entryPlace({ file }: VdiImage, { offset }: BlockMap, index: number, count = 1): Place {
  return { file, offset: offset + 4 * index, length: 4 * count, field: `map[${index}]` };
}
