import { fileOffset, type MaybePromise } from '../../../io/source.ts';
import type { Owners } from '../../../model/owners.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import { collide, compressedRange } from '../layout/compressed.ts';
import {
  entryOffset,
  L2Scanner,
  type ClusterListener,
  type ReadsAs,
  type SubclusterFault,
} from '../layout/l2-scan.ts';
import type { Qcow2Layout, Qcow2Walk } from '../image.ts';
import type { TreeKinds } from './kinds.ts';
import type { TreeEntries } from './tree-entries.ts';

/** The figures before a walk. */
function newWalk(): Qcow2Walk {
  return {
    uncopied: 0,
    storedEnd: 0,
    beyondSize: 0,
    firstBeyondSize: -1,
    areStreamsInOrder: true,
    emptyTables: [],
  };
}

/** Called around the tables of a walk. */
export interface ScanHooks {
  /** Before each table, with what was found so far told. */
  readonly beforeTable?: (l1Index: number) => void;
  /** After each table, with its entries in use. */
  readonly afterTable?: (l1Index: number, used: number) => void;
  /** After each batch of tables, with what was found so far told: the scan goes on when it is done. */
  readonly afterBatch?: () => MaybePromise<void>;
}

/** The hook by which a scan waits for those of its owners who let it. */
export function settling(owners: Owners): Pick<ScanHooks, 'afterBatch'> {
  return owners.settle === undefined ? {} : { afterBatch: () => owners.settle?.() };
}

/**
 * Reads L2 tables and tells a listener what they contain.
 *
 * @param offsets position by L1 entry, 0 for those to leave out
 */
export async function scanTables(
  layout: Qcow2Layout,
  offsets: Float64Array,
  listener: ClusterListener,
  { beforeTable, afterTable, afterBatch }: ScanHooks = {},
): Promise<void> {
  const { geometry, source } = layout;
  const { clusterSize: tableBytes, l2Entries } = geometry;
  const scanner = new L2Scanner(geometry, listener, layout);
  for await (const { first, count, bytes } of tableBatches(source, { offsets, tableBytes })) {
    scanner.load(bytes);
    for (let table = 0; table < count; table++) {
      if (beforeTable !== undefined) {
        scanner.finish();
        beforeTable(first + table);
      }
      const used = scanner.scan(table * tableBytes, tableBytes, (first + table) * l2Entries);
      afterTable?.(first + table, used);
    }
    if (afterBatch === undefined) continue;
    scanner.finish();
    const settled = afterBatch();
    if (settled !== undefined) await settled;
  }
  scanner.finish();
}

/** Claims what L2 entries point to. */
export class ClusterClaims implements ClusterListener {
  readonly walk: Qcow2Walk = newWalk();
  /** The kinds of the table that is being scanned. */
  kinds: TreeKinds;
  /** Takes that table's odd entries; `null` where they were told elsewhere. */
  entries: TreeEntries | null;
  readonly #layout: Qcow2Layout;
  readonly #owners: Owners;
  /** The compressed cluster before. */
  #lastStream = { start: 0, end: 0 };
  readonly #allocated = { data: 0, zero: 0, compressed: 0 };

  constructor(layout: Qcow2Layout, owners: Owners, kinds: TreeKinds, entries: TreeEntries) {
    this.#layout = layout;
    this.#owners = owners;
    this.kinds = kinds;
    this.entries = entries;
  }

  /** Tells the listener how many clusters of the disk are in which state. */
  tellAllocation(): void {
    for (const state of ['data', 'zero', 'compressed'] as const)
      this.#owners.allocated(state, this.#allocated[state]);
  }

  stored(index: number, count: number, offset: number, isCopied: boolean, readsAs: ReadsAs): void {
    this.#store(index, count, offset, isCopied, readsAs);
    const { geometry, hasDataFile } = this.#layout;
    if (!hasDataFile && readsAs === 'data') this.#judgeEnd(index, count, offset, geometry.clusterSize);
  }

  #store(index: number, count: number, offset: number, isCopied: boolean, readsAs: ReadsAs): void {
    const { geometry, hasDataFile } = this.#layout;
    if (hasDataFile) this.#inDataFile(index, count, offset, isCopied, readsAs);
    else this.#owners.run(this.kinds.data, fileOffset(offset), geometry.clusterSize, count, index);
    if (!isCopied) this.walk.uncopied += count;
    this.#count(readsAs, index, count);
  }

  zero(index: number): void {
    this.#count('zero', index, 1);
  }

  subclusters(index: number, offset: number, isCopied: boolean, allocated: number): void {
    if (offset !== 0 || (this.#layout.hasDataFile && allocated !== 0)) {
      const { clusterSize } = this.#layout.geometry;
      this.#store(index, 1, offset, isCopied, allocated === 0 ? 'zero' : 'data');
      const used = ((32 - Math.clz32(allocated)) / 32) * clusterSize;
      if (!this.#layout.hasDataFile && used > 0) this.#judgeEnd(index, 1, offset, used);
    } else this.#count('zero', index, 1);
  }

  compressed(index: number, high: number, low: number): void {
    const { geometry, hasDataFile, isEncrypted } = this.#layout;
    const { offset, length, isTooHigh } = compressedRange(geometry, high, low);
    const isCut = offset < geometry.limit && offset + length > geometry.sectorEnd;
    if (high < 0 || hasDataFile || isEncrypted || isTooHigh || isCut) this.entries?.l2(index, high, low);
    if (hasDataFile || isTooHigh) return;
    const available = offset < geometry.limit ? Math.min(length, geometry.limit - offset) : length;
    this.#owners.range(this.kinds.compressed, fileOffset(offset), available, index);
    const stream = { start: offset, end: offset + length };
    if (offset < this.#lastStream.start || collide(this.#lastStream, offset))
      this.walk.areStreamsInOrder = false;
    this.#lastStream = stream;
    this.#count('compressed', index, 1);
  }

  odd(index: number, high: number, low: number): void {
    const { geometry, hasDataFile } = this.#layout;
    this.entries?.l2(index, high, low);
    const target = entryOffset(high, low);
    if (target === 0 || hasDataFile) return;
    this.#count('data', index, 1);
    // What a misaligned entry means is not known: the cluster that it begins in is owned, but not exclusively.
    const start = target - (target % geometry.clusterSize);
    const kind = start === target ? this.kinds.data : { ...this.kinds.data, rules: {}, counted: true };
    this.#owners.range(kind, fileOffset(start), geometry.clusterSize, index);
  }

  oddSubclusters(index: number, fault: SubclusterFault, zero: number, allocated: number): void {
    this.entries?.subclusters(index, fault, zero, allocated);
  }

  /**
   * Tells a cluster of which the file has only the beginning, where guest bytes of the rest are missing. `used`:
   * its bytes that are guest data.
   */
  #judgeEnd(index: number, count: number, offset: number, used: number): void {
    const { geometry, fileSize } = this.#layout;
    const { clusterSize, size } = geometry;
    const last = offset + (count - 1) * clusterSize;
    const kept = fileSize - last;
    const missing = Math.min(used, size - (index + count - 1) * clusterSize) - kept;
    if (kept > 0 && missing > 0) this.entries?.cut(index + count - 1, last, missing);
  }

  #inDataFile(index: number, count: number, offset: number, isCopied: boolean, readsAs: ReadsAs): void {
    const { clusterSize } = this.#layout.geometry;
    if (isCopied && offset === index * clusterSize) return;
    const zero = readsAs === 'zero' ? 1 : 0;
    for (let i = 0; i < count; i++) {
      const at = offset + i * clusterSize;
      const high = Math.floor(at / 2 ** 32) | (isCopied ? -0x8000_0000 : 0);
      this.entries?.dataFile(index + i, high, at | zero);
    }
  }

  #count(state: 'data' | 'zero' | 'compressed', index: number, count: number): void {
    const { clusterSize, guestClusters } = this.#layout.geometry;
    const { walk } = this;
    const end = index + count;
    const inside = Math.max(0, Math.min(end, guestClusters) - index);
    this.#allocated[state] += inside;
    if (state !== 'zero') walk.storedEnd = Math.max(walk.storedEnd, end * clusterSize);
    if (inside === count) return;
    if (walk.firstBeyondSize < 0) walk.firstBeyondSize = Math.max(index, guestClusters);
    walk.beyondSize += count - inside;
  }
}
