import { CompressAlgorithm, GrainMarker } from '../../../../generated/vmdk4.ts';
import { fileOffset, type Source } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Owners, RegionKind } from '../../../model/owners.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import { asWords } from '../words.ts';
import { claimGrains, claimTables, withoutRepeats, type GrainTables } from './grain-tables.ts';
import { FOOTER_AREA } from './hosted-headers.ts';
import { createHostedKinds, type HostedKinds } from './hosted-kinds.ts';
import type { DirectoryPlace, HostedGeometry } from './hosted-geometry.ts';
import type { HostedSparseExtent } from './hosted-sparse.ts';
import { MirrorCheck } from './mirror.ts';
import { isAmongGrains } from './table-places.ts';
import { findStreamMarkers } from './stream-markers.ts';

/** What a walk over tables finds out on its way; where it was not made nothing is certain. */
export interface TableWalk {
  /** Whether all tables are equal to their redundant copies. */
  readonly hasEqualMirror: boolean;
  /** Whether compressed grains lie in the file in the order of the disk. */
  readonly isInOrder: boolean;
}

/** Nothing is certain. */
export const NO_WALK: TableWalk = { hasEqualMirror: false, isInOrder: false };

/** Tells every range of the file that a hosted sparse extent uses. */
export async function claimHosted(extent: HostedSparseExtent, owners: Owners): Promise<TableWalk> {
  const { geometry } = extent;
  if (geometry === null) return NO_WALK;
  const directories = await extent.directories();
  const kinds = createHostedKinds(extent, geometry, directories);
  claimStructures(extent, geometry, kinds, owners);
  await claimAllTables(extent, geometry, kinds, owners);
  const tables = await extent.grainTables();
  if (tables === null || !isStorageKnown(extent)) return NO_WALK;
  const lowest = Math.max(2, geometry.overheadSectors);
  const mirror = new MirrorCheck(extent.source, geometry.tableSize, directories.rgd);
  if (geometry.isCompressed) {
    const isInOrder = await claimCompressed(extent, tables, lowest, kinds, owners, mirror);
    return { hasEqualMirror: mirror.isEqual, isInOrder };
  }
  const alignment = geometry.overheadSectors === 0 ? 1 : geometry.grainSectors;
  await claimGrains(tables, { lowest, alignment }, kinds, owners, (batch) => mirror.compare(batch));
  return { hasEqualMirror: mirror.isEqual, isInOrder: false };
}

/** Whether the header is of one mind about compression; else nobody knows what the entries lead to. */
function isStorageKnown({ headers }: HostedSparseExtent): boolean {
  const { flags, compressAlgorithm } = headers.current.fields;
  return flags.compressed === (compressAlgorithm === CompressAlgorithm.deflate);
}

function claimStructures(
  { headers, descriptorArea }: HostedSparseExtent,
  { gd, rgd }: HostedGeometry,
  kinds: HostedKinds,
  owners: Owners,
): void {
  owners.range(kinds.header, fileOffset(0), SECTOR_SIZE, 0);
  if (headers.footer !== null)
    owners.range(kinds.footer, fileOffset(headers.footer.offset - SECTOR_SIZE), FOOTER_AREA, 0);
  if (descriptorArea !== null)
    owners.range(kinds.descriptor, fileOffset(descriptorArea.offset), descriptorArea.length, 0);
  const isSame = gd !== null && rgd !== null && gd.offset === rgd.offset;
  if (rgd !== null && !isSame) claimDirectory(rgd, kinds, owners);
  if (gd !== null) claimDirectory(gd, kinds, owners);
}

/** A directory takes whole sectors. What lies outside the file was reported when the extent was opened. */
function claimDirectory(
  { name, offset, length, available }: DirectoryPlace,
  kinds: HostedKinds,
  owners: Owners,
): void {
  if (available < length) return;
  owners.range(kinds[name], fileOffset(offset), Math.ceil(length / SECTOR_SIZE) * SECTOR_SIZE, 0);
}

async function claimAllTables(
  extent: HostedSparseExtent,
  geometry: HostedGeometry,
  kinds: HostedKinds,
  owners: Owners,
): Promise<void> {
  const { gd, rgd } = await extent.directories();
  // A table that both directories share is reported once, as the mirror that it is not.
  const copies = new Float64Array(rgd.length);
  for (let index = 0; index < rgd.length; index++)
    copies[index] = rgd[index] === gd[index] ? 0 : (rgd[index] ?? 0) * SECTOR_SIZE;
  leaveOutStray(extent, copies, { entries: rgd, others: gd }, kinds.rgt, owners);
  claimTables(copies, geometry.tableSize, kinds.rgt, owners);
  const primary = new Float64Array(gd.length);
  for (let index = 0; index < gd.length; index++) primary[index] = (gd[index] ?? 0) * SECTOR_SIZE;
  leaveOutStray(extent, primary, { entries: gd, others: rgd }, kinds.gt, owners);
  claimTables(primary, geometry.tableSize, kinds.gt, owners);
  for (const { offset } of await findStreamMarkers(extent))
    owners.range(kinds.marker, fileOffset(offset), SECTOR_SIZE, 0);
}

/** Tells of tables that reach into the grains, and lets them own nothing: the grains there are not to blame. */
function leaveOutStray(
  { geometry, source }: HostedSparseExtent,
  offsets: Float64Array,
  { entries, others }: { readonly entries: Uint32Array; readonly others: Uint32Array },
  kind: RegionKind,
  owners: Owners,
): void {
  const lastStart = source.size - (geometry?.tableSize ?? 0);
  for (let index = 0; index < offsets.length; index++) {
    const entry = entries[index] ?? 0;
    if (entry * SECTOR_SIZE > lastStart || !isAmongGrains(geometry, entry, others[index] ?? 0)) continue;
    owners.odd(kind, index, 0, entry);
    offsets[index] = 0;
  }
}

/**
 * Tells the grains of a streamOptimized extent, whose lengths stand in the marker in front of each. Returns whether they lie in the order of the
 * disk.
 */
async function claimCompressed(
  extent: HostedSparseExtent,
  tables: GrainTables,
  lowest: number,
  kinds: HostedKinds,
  owners: Owners,
  mirror: MirrorCheck,
): Promise<boolean> {
  const markers = new MarkerWindow(tables.source);
  const metadata = new MetadataPlaces(extent, tables);
  const set = { offsets: withoutRepeats(tables.offsets), tableBytes: tables.entriesPerTable * 4 };
  const grains = Math.ceil(tables.size / tables.grainSize);
  let last = 0;
  let isInOrder = true;
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
      }
      const grain = first * tables.entriesPerTable + index;
      const isZero = entry === 1 && tables.hasZeroedGrains;
      if (grain >= grains) {
        owners.odd(kinds.beyond, grain, 0, entry);
        continue;
      }
      owners.allocated(isZero ? 'zero' : 'compressed', 1);
      if (isZero) continue;
      if (entry < lowest) owners.odd(kinds.grain, grain, 0, entry);
      else await claimStream(tables, markers, metadata, grain, entry, kinds, owners);
    }
  }
  return isInOrder;
}

/** Claims one compressed grain by its marker, or says what is wrong with the marker. */
async function claimStream(
  { source, grainSize, markerSize }: GrainTables,
  markers: MarkerWindow,
  metadata: MetadataPlaces,
  grain: number,
  entry: number,
  kinds: HostedKinds,
  owners: Owners,
): Promise<void> {
  const start = entry * SECTOR_SIZE;
  const available = source.size - start;
  if (markerSize === null || markerSize === 0 || available < markerSize) {
    // Without a marker nobody knows how long the stream is; it has at least one sector.
    owners.range(kinds.grain, fileOffset(start), SECTOR_SIZE, grain);
    return;
  }
  const found = markers.read(start, markerSize);
  const { lba = 0n, cmpSize = 0 } = (found instanceof Promise ? await found : found) ?? {};
  const isForeign = lba !== BigInt(grain) * BigInt(grainSize / SECTOR_SIZE);
  if ((isForeign || cmpSize === 0) && metadata.includes(start)) {
    owners.odd(kinds.strayGrain, grain, 0, entry);
    return;
  }
  if (cmpSize === 0) {
    owners.odd(kinds.emptyGrain, grain, 0, entry);
    return;
  }
  if (isForeign) owners.odd(kinds.foreignGrain, grain, Number(lba >> 32n), Number(lba & 0xffff_ffffn));
  const isExcessive = cmpSize > grainSize * 1.001 + 64;
  // The size in another grain's marker, or in what is none, says nothing of this one.
  if (isExcessive && !isForeign) owners.odd(kinds.oversizedGrain, grain, cmpSize, entry);
  const stored = isExcessive ? markerSize : markerSize + cmpSize;
  const padded = Math.ceil(stored / SECTOR_SIZE) * SECTOR_SIZE;
  owners.range(
    kinds.grain,
    fileOffset(start),
    stored <= available ? Math.min(padded, available) : padded,
    grain,
  );
}

/** Where directories, tables and the footer of a stream stand behind its grains: what begins there is no grain, whatever its bytes say. */
class MetadataPlaces {
  readonly #extent: HostedSparseExtent;
  readonly #tables: GrainTables;
  #starts: Float64Array | null = null;

  constructor(extent: HostedSparseExtent, tables: GrainTables) {
    this.#extent = extent;
    this.#tables = tables;
  }

  /** Whether byte `start` lies in one of them. */
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

/** Bytes that are read for one marker: small grains follow one another closely, and a page costs no more than 12 bytes. */
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

  /** The marker of `size` bytes at byte `start`, which lies inside the file. */
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
  // The walk tells its listener about odd markers itself.
}
