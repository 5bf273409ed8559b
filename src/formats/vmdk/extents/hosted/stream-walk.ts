import { GrainMarker } from '../../../../../generated/vmdk4.ts';
import { fileOffset, type Source } from '../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { Owners, RegionKind } from '../../../../model/owners.ts';
import { tableBatches } from '../../../shared/table-walk.ts';
import { asWords } from '../../../shared/words.ts';
import { tablesToWalk } from '../directory-walk.ts';
import type { GrainTables } from '../grain-tables.ts';
import type { HostedLayout } from './layout/hosted-layout.ts';
import type { MirrorCheck } from './mirror.ts';
import type { OddEntries } from './odd-entries.ts';

/** Bytes of the footer with the markers on both sides of it. */
export const FOOTER_AREA = 3 * SECTOR_SIZE;

/** Who listens to a walk over a stream. */
export interface StreamListeners {
  readonly kind: RegionKind;
  readonly odd: OddEntries;
  readonly owners: Owners;
}

/** What a walk over a stream learns on its way. */
export interface StreamOrder {
  /** Whether grains are in the file in the order of the disk. */
  readonly isInOrder: boolean;
  /** The sector of the last grain in the file; 0 where there is none. */
  readonly lastGrain: number;
}

/** Tells the grains of a streamOptimized extent, whose lengths are in the marker before each. */
export async function walkStream(
  extent: HostedLayout,
  tables: GrainTables,
  lowest: number,
  listeners: StreamListeners,
  mirror: MirrorCheck,
): Promise<StreamOrder> {
  const { odd, owners } = listeners;
  const markers = new MarkerWindow(tables.source);
  const metadata = new MetadataPlaces(extent, tables);
  const tableBytes = tables.entriesPerTable * 4;
  const set = { offsets: tablesToWalk(tables.offsets, tableBytes, tables.source.size), tableBytes };
  const grains = Math.ceil(tables.size / tables.grainSize);
  let last = 0;
  let isInOrder = true;
  let lastGrain = 0;
  for await (const batch of tableBatches(tables.source, set)) {
    const { first, bytes } = batch;
    const compared = mirror.compare(batch);
    if (compared !== undefined) await compared;
    const entries = asWords(bytes);
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] ?? 0;
      if (entry === 0) continue;
      if (entry > 1) {
        if (entry < last) isInOrder = false;
        last = entry;
        lastGrain = Math.max(lastGrain, entry);
      }
      const grain = first * tables.entriesPerTable + index;
      const isZero = entry === 1 && tables.hasZeroedGrains;
      if (grain >= grains) {
        odd.beyond(grain, entry);
        continue;
      }
      owners.allocated(isZero ? 'zero' : 'compressed', 1);
      if (isZero) continue;
      if (entry < lowest) odd.tooLow(grain, entry);
      else await walkCompressed(tables, markers, metadata, grain, entry, listeners);
    }
    const settled = owners.settle?.();
    if (settled !== undefined) await settled;
  }
  return { isInOrder, lastGrain };
}

/** Claims one compressed grain by its marker, or says what is wrong with the marker. */
async function walkCompressed(
  { source, grainSize, markerSize }: GrainTables,
  markers: MarkerWindow,
  metadata: MetadataPlaces,
  grain: number,
  entry: number,
  { kind, odd, owners }: StreamListeners,
): Promise<void> {
  const start = entry * SECTOR_SIZE;
  const available = source.size - start;
  if (markerSize === null || markerSize === 0 || available < markerSize) {
    // Without a marker the length of the stream is unknown; it has at least one sector.
    owners.range(kind, fileOffset(start), SECTOR_SIZE, grain);
    return;
  }
  const found = markers.read(start, markerSize);
  const { lba = 0n, cmpSize = 0 } = (found instanceof Promise ? await found : found) ?? {};
  const isForeign = lba !== BigInt(grain) * BigInt(grainSize / SECTOR_SIZE);
  if ((isForeign || cmpSize === 0) && metadata.includes(start)) {
    odd.stray(grain, entry);
    return;
  }
  if (cmpSize === 0) {
    odd.empty(grain, entry);
    return;
  }
  if (isForeign) odd.foreign(grain, lba);
  const isTooLong = isExcessive(cmpSize, grainSize);
  // The size in another grain's marker, or in what is none, says nothing of this one.
  if (isTooLong && !isForeign) odd.oversized(grain, entry, cmpSize);
  const stored = isTooLong ? markerSize : markerSize + cmpSize;
  const padded = Math.ceil(stored / SECTOR_SIZE) * SECTOR_SIZE;
  owners.range(kind, fileOffset(start), stored <= available ? Math.min(padded, available) : padded, grain);
}

/** Whether a marker gives a stream more bytes than a grain can take, even if it cannot be compressed. */
export function isExcessive(cmpSize: number, grainSize: number): boolean {
  return cmpSize > grainSize * 1.001 + 64;
}

/**
 * Directories, tables and the footer after the grains of a stream: what begins in them is no grain, whatever
 * its bytes say.
 */
class MetadataPlaces {
  readonly #extent: HostedLayout;
  readonly #tables: GrainTables;
  #starts: Float64Array | null = null;

  constructor(extent: HostedLayout, tables: GrainTables) {
    this.#extent = extent;
    this.#tables = tables;
  }

  /** Whether byte `start` is in one of them. */
  includes(start: number): boolean {
    const { geometry, headers } = this.#extent;
    const { gd = null, rgd = null } = geometry ?? {};
    const footer =
      headers.footer === null ? null : { offset: headers.footer.offset - SECTOR_SIZE, length: FOOTER_AREA };
    const isFixed = [gd, rgd, footer].some(
      (place) => place !== null && start >= place.offset && start < place.offset + place.length,
    );
    return isFixed || this.#isInTable(start);
  }

  #isInTable(start: number): boolean {
    this.#starts ??= Float64Array.from(this.#tables.offsets).sort();
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const table = starts[low - 1] ?? 0;
    return table > 0 && start < table + this.#tables.entriesPerTable * this.#tables.entrySize;
  }
}

/**
 * Bytes that are read for one marker: small grains follow one another closely, and a page costs no more than 12
 * bytes.
 */
const WINDOW_BYTES = 4096;

/** Reads grain markers, several at once where they are near each other. */
class MarkerWindow {
  readonly #source: Source;
  readonly #scratch = new Uint8Array(WINDOW_BYTES);
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The marker of `size` bytes at byte `start`, which is inside the file. */
  read(start: number, size: number): GrainMarker | undefined | Promise<GrainMarker | undefined> {
    if (start >= this.#start && start + size <= this.#start + this.#bytes.length)
      return this.#decode(start, size);
    const length = Math.min(WINDOW_BYTES, this.#source.size - start);
    const read = this.#source.read(fileOffset(start), length, this.#scratch);
    if (read instanceof Promise) return read.then((bytes) => this.#keep(bytes, start, size));
    return this.#keep(read, start, size);
  }

  #keep(bytes: Uint8Array, start: number, size: number): GrainMarker | undefined {
    this.#bytes = bytes;
    this.#start = start;
    return this.#decode(start, size);
  }

  #decode(start: number, size: number): GrainMarker | undefined {
    const from = start - this.#start;
    return GrainMarker.decode(this.#bytes.subarray(from, from + size), ignoreBreach);
  }
}

function ignoreBreach(): void {
  // The walk tells about odd markers itself.
}
