import type { CompressionMethod, ImageFile, Mapping } from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import type { Source } from '../../io/source.ts';
import { MappingRuns } from '../shared/mapping-runs.ts';
import { tableBatches } from '../shared/table-walk.ts';
import { compressedRange } from './layout/compressed.ts';
import { SUBCLUSTERS, type Geometry } from './layout/geometry.ts';
import { entryOffset, L2Scanner, type ClusterListener, type ReadsAs } from './layout/l2-scan.ts';
import { isCluster, type PointerTable } from './layout/pointer-table.ts';

/** What resolving guest clusters needs of an image. */
export interface MappingInput {
  readonly geometry: Geometry;
  readonly l1: PointerTable;
  /** The image's file, readable up to the end of its last cluster. */
  readonly source: Source;
  readonly file: ImageFile;
  /**
   * The file that stores guest clusters: the image itself or its external data file; or why there is none, as the end
   * of a sentence.
   */
  readonly stored: ImageFile | string;
  readonly hasDataFile: boolean;
  readonly method: CompressionMethod;
}

/** Resolves a range of the guest's disk through L1 and L2 tables. */
export async function* mapClusters(
  input: MappingInput,
  range: GuestRange,
): AsyncGenerator<readonly Mapping[], void, undefined> {
  const { geometry, l1 } = input;
  const end = Math.min(range.start + range.length, geometry.size);
  const builder = new MappingBuilder(input, range.start, end);
  const tableSpan = geometry.clusterSize * geometry.l2Entries;
  const first = Math.floor(range.start / tableSpan);
  const last = Math.min(Math.ceil(end / tableSpan), l1.length);
  const offsets = usableTables(geometry, l1, first, last);
  const scanner = new L2Scanner(geometry, builder, input);
  const tables = { offsets, tableBytes: geometry.clusterSize };
  const addUnreadable = (from: number, to: number): void => {
    for (let table = from; table < to; table++) {
      if ((offsets[table] ?? 0) >= 0) continue;
      scanner.finish();
      builder.unreadableTable(first + table);
    }
  };
  let next = 0;
  for await (const batch of tableBatches(input.source, tables, 0, offsets.length)) {
    addUnreadable(next, batch.first);
    next = batch.first + batch.count;
    scanner.load(batch.bytes);
    for (let table = 0; table < batch.count; table++) {
      const index = (first + batch.first + table) * geometry.l2Entries;
      scanner.scan(table * tables.tableBytes, tables.tableBytes, index);
      if (builder.runs.isFull) yield builder.runs.take();
    }
  }
  addUnreadable(next, offsets.length);
  scanner.finish();
  builder.finish(Math.max(range.start, l1.length * tableSpan));
  const rest = builder.runs.finish();
  if (rest.length > 0) yield rest;
}

/** Positions of the L2 tables `first` to `last - 1`: 0 where there is none, -1 where it is not inside the file. */
function usableTables(geometry: Geometry, l1: PointerTable, first: number, last: number): Float64Array {
  const offsets = new Float64Array(Math.max(0, last - first));
  for (let index = 0; index < offsets.length; index++) {
    const target = l1.target(first + index);
    offsets[index] = target === 0 || isCluster(geometry, target) ? target : -1;
  }
  return offsets;
}

/** Makes mappings of what a scan meets, clipped to a range and without gaps. */
class MappingBuilder implements ClusterListener {
  readonly runs = new MappingRuns();
  readonly #input: MappingInput;
  /** First byte that has no mapping yet, and the end of the range. */
  #position: number;
  readonly #end: number;

  constructor(input: MappingInput, start: number, end: number) {
    this.#input = input;
    this.#position = start;
    this.#end = end;
  }

  stored(index: number, count: number, offset: number, _isCopied: boolean, readsAs: ReadsAs): void {
    const { clusterSize } = this.#input.geometry;
    this.#add(index * clusterSize, count * clusterSize, readsAs, offset);
  }

  zero(index: number): void {
    const { clusterSize } = this.#input.geometry;
    this.#add(index * clusterSize, clusterSize, 'zero', 0);
  }

  subclusters(index: number, offset: number, _isCopied: boolean, allocated: number, zero: number): void {
    const { clusterSize } = this.#input.geometry;
    const length = clusterSize / SUBCLUSTERS;
    for (let number = 0; number < SUBCLUSTERS; number++) {
      const start = index * clusterSize + number * length;
      if ((zero >>> number) & 1) this.#add(start, length, 'zero', 0);
      else if ((allocated >>> number) & 1) this.#add(start, length, 'data', offset + number * length);
    }
  }

  compressed(index: number, high: number, low: number): void {
    const { geometry, file, method } = this.#input;
    const unit = { start: index * geometry.clusterSize, length: geometry.clusterSize };
    const clip = this.#clip(unit.start, unit.length);
    if (clip === null) return;
    const { offset, length: storedLength } = compressedRange(geometry, high, low);
    this.runs.compressed(clip.from, clip.to - clip.from, { file, offset, storedLength, method, unit });
  }

  odd(index: number, high: number, low: number): void {
    const offset = entryOffset(high, low);
    if (offset !== 0) this.stored(index, 1, offset, false, 'data');
  }

  oddSubclusters(): void {
    // The check reports them; the bits are read as they are, zero before allocated.
  }

  /** What the table that L1 entry `index` names would tell. */
  unreadableTable(index: number): void {
    const { geometry, l1, file } = this.#input;
    const span = geometry.clusterSize * geometry.l2Entries;
    const clip = this.#clip(index * span, span);
    if (clip === null) return;
    const at = { file, offset: l1.entryOffset(index), length: 8, field: `l1[${index}]` };
    const reason = `the L2 table of l1[${index}] cannot be read: the entry is ${l1.text(index)}`;
    this.runs.unreadable(clip.from, clip.to - clip.from, at, reason);
  }

  /** Maps the rest of the range; what L1 entries that are not in the file would map begins at byte `mapped`. */
  finish(mapped: number): void {
    const { l1, file } = this.#input;
    this.#clip(Math.min(mapped, this.#end), 0);
    const clip = this.#clip(this.#position, this.#end - this.#position);
    if (clip === null) return;
    const at = { file, offset: l1.offset, length: 8 * l1.declared, field: 'l1' };
    const reason = `the L1 table has ${l1.length} entries in ${file.path}, and the disk needs more`;
    this.runs.unreadable(clip.from, clip.to - clip.from, at, reason);
  }

  #add(start: number, length: number, kind: ReadsAs, offset: number): void {
    const clip = this.#clip(start, length);
    if (clip === null) return;
    const { from, to } = clip;
    const { stored } = this.#input;
    if (kind === 'zero') this.runs.hole('zero', from, to - from);
    else if (typeof stored === 'string') this.runs.unreadable(from, to - from, null, stored);
    else this.runs.data(from, to - from, stored, offset + from - start);
  }

  /** Cuts a piece to the range and leaves what is before it unallocated; `null` where nothing remains. */
  #clip(start: number, length: number): { readonly from: number; readonly to: number } | null {
    const from = Math.min(Math.max(start, this.#position), this.#end);
    const to = Math.min(start + length, this.#end);
    if (from > this.#position) this.runs.hole('unallocated', this.#position, from - this.#position);
    this.#position = Math.max(from, to);
    return from < to ? { from, to } : null;
  }
}
