import { firstNonZero } from '../../shared/zeros.ts';
import type { Geometry } from './geometry.ts';

/** Bit 63 of an entry is the sign of its high half: the cluster has one reference. */
const COMPRESSED = 0x4000_0000;
/** Bits 56 to 62 of an entry, in its high half: the compressed bit and the reserved ones. */
const HIGH_FLAGS = 0x7f00_0000;
const OFFSET_HIGH = 0x00ff_ffff;
const OFFSET_LOW = 0xffff_fe00;
const ZERO_FLAG = 1;
const ALL_SUBCLUSTERS = -1;

/** What a guest cluster with a host cluster reads as: the host cluster's bytes, or zeros in spite of it. */
export type ReadsAs = 'data' | 'zero';

/** What is wrong between an extended entry's two words, each sound by itself or not. */
export type SubclusterFault = 'allocated-and-zero' | 'without-offset' | 'compressed';

/**
 * What a scan of L2 tables meets, ascending by `index`, the number of the guest cluster in its tree. Clusters that
 * nothing is said of are unallocated. `high` and `low` are the halves of an entry, `high` with bit 63 as its sign.
 */
export interface ClusterListener {
  /**
   * `count` guest clusters are stored in host clusters from byte `offset` on that follow one another; `isCopied` is
   * their bit 63.
   */
  stored(index: number, count: number, offset: number, isCopied: boolean, readsAs: ReadsAs): void;
  /** A guest cluster that reads as zeros and has no host cluster. */
  zero(index: number): void;
  /**
   * A guest cluster whose subclusters differ; `offset` is 0 without a host cluster. Bit n of `allocated` and of
   * `zero` means subcluster n.
   */
  subclusters(index: number, offset: number, isCopied: boolean, allocated: number, zero: number): void;
  /** A compressed guest cluster. */
  compressed(index: number, high: number, low: number): void;
  /** An entry that is not plain: reserved bits, misaligned, a flag that has no meaning here. */
  odd(index: number, high: number, low: number): void;
  /** Subcluster bits that contradict their entry or each other; the entry is told as well. */
  oddSubclusters(index: number, fault: SubclusterFault, zero: number, allocated: number): void;
}

/** Byte position in an entry of the host cluster, exact up to 2^53 and more: it is a multiple of 512. */
export function entryOffset(high: number, low: number): number {
  return (high & OFFSET_HIGH) * 2 ** 32 + ((low & OFFSET_LOW) >>> 0);
}

/** How a scan takes entries, beside the geometry. */
export interface ScanOptions {
  /** Whether guest clusters are stored in another file, where position 0 is as good as any. */
  readonly hasDataFile: boolean;
}

/**
 * The one loop over L2 entries: claims, mappings and the comparison of COPIED flags all listen to it. It asks of an
 * entry only whether it is the one before plus a cluster, which it is in the long runs of a sound image, or zero;
 * everything else takes the slow path.
 */
export class L2Scanner {
  readonly #listener: ClusterListener;
  readonly #geometry: Geometry;
  /** Offset bits that must be clear in a low half. */
  readonly #misaligned: number;
  readonly #hasZeroFlag: boolean;
  readonly #hasDataFile: boolean;
  /** The open run: its first guest cluster, -1 for none, and the halves of its first entry. */
  #runIndex = -1;
  #runHigh = 0;
  #runLow = 0;
  /** What the next entry must be to belong to the run, and its guest cluster. */
  #nextHigh = 0;
  #nextLow = 0;
  #nextIndex = 0;
  /** The tables at hand. */
  #words: Int32Array = new Int32Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(geometry: Geometry, listener: ClusterListener, { hasDataFile }: ScanOptions) {
    this.#listener = listener;
    this.#geometry = geometry;
    this.#misaligned = geometry.clusterSize - 1;
    this.#hasZeroFlag = geometry.version === 3 && !geometry.extendedL2;
    this.#hasDataFile = hasDataFile;
  }

  /**
   * Takes the bytes of L2 tables.
   *
   * @param bytes begin at a multiple of 4 of their buffer; must not change until the next ones are taken
   */
  load(bytes: Uint8Array): void {
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Scans one L2 table of those at hand.
   *
   * @param start its first byte among them, a multiple of 8
   * @param length bytes
   * @param index guest cluster of the first entry
   * @returns entries in use
   */
  scan(start: number, length: number, index: number): number {
    if (index !== this.#nextIndex) this.finish();
    return this.#geometry.extendedL2
      ? this.#scanExtended(start, length, index)
      : this.#scanStandard(start, length, index);
  }

  /** Tells the listener of the run that is still open. */
  finish(): void {
    if (this.#runIndex >= 0) this.#endRun(this.#nextIndex);
  }

  #scanStandard(start: number, length: number, index: number): number {
    const view = this.#view;
    const words = this.#words;
    const end = start + length;
    const step = this.#geometry.clusterSize;
    let nextHigh = this.#nextHigh;
    let nextLow = this.#nextLow;
    let isRun = this.#runIndex >= 0;
    let unused = 0;
    let at = start;
    while (at < end) {
      if (isRun) {
        while (at < end && view.getInt32(at + 4) === nextLow && view.getInt32(at) === nextHigh) {
          nextLow = (nextLow + step) | 0;
          if (nextLow === 0) nextHigh++;
          at += 8;
        }
        if (at === end) break;
        this.#endRun(index + ((at - start) >>> 3));
        isRun = false;
      }
      const high = view.getInt32(at);
      const low = view.getInt32(at + 4);
      if ((high | low) === 0) {
        // A word that is not zero may be the second of its entry.
        const next = start + ((4 * firstNonZero(words, (at + 8) >>> 2, end >>> 2) - start) & -8);
        unused += next - at;
        at = next;
        continue;
      }
      isRun = this.#begin(index + ((at - start) >>> 3), high, low);
      nextHigh = high;
      nextLow = (low + step) | 0;
      if (nextLow === 0) nextHigh++;
      at += 8;
    }
    this.#nextHigh = nextHigh;
    this.#nextLow = nextLow;
    this.#nextIndex = index + (length >>> 3);
    return (length - unused) >>> 3;
  }

  /** Takes an entry that continues no run; returns whether it begins one. */
  #begin(index: number, high: number, low: number): boolean {
    if ((high & COMPRESSED) !== 0) {
      this.#listener.compressed(index, high, low);
      return false;
    }
    const flags = low & this.#misaligned;
    const isPlain = (high & HIGH_FLAGS) === 0 && (flags === 0 || (flags === ZERO_FLAG && this.#hasZeroFlag));
    const isPlaced = this.#hasDataFile ? high < 0 || (low & OFFSET_LOW) !== 0 : isHostOffset(high, low);
    if (isPlain && isPlaced) {
      this.#runIndex = index;
      this.#runHigh = high;
      this.#runLow = low;
      return true;
    }
    if (isPlain && high === 0) this.#listener.zero(index);
    else this.#listener.odd(index, high, low);
    return false;
  }

  #endRun(end: number): void {
    const high = this.#runHigh;
    const low = this.#runLow;
    const index = this.#runIndex;
    this.#runIndex = -1;
    const readsAs = (low & ZERO_FLAG) === 0 ? 'data' : 'zero';
    this.#listener.stored(index, end - index, entryOffset(high, low), high < 0, readsAs);
  }

  #scanExtended(start: number, length: number, index: number): number {
    const words = this.#words;
    const end = start + length;
    let unused = 0;
    for (let at = start; at < end; at += 16) {
      const word = at >>> 2;
      if (
        ((words[word] ?? 0) | (words[word + 1] ?? 0) | (words[word + 2] ?? 0) | (words[word + 3] ?? 0)) ===
        0
      )
        unused++;
      else this.#takeExtended(at, index + ((at - start) >>> 4));
    }
    this.#nextIndex = index + (length >>> 4);
    return (length >>> 4) - unused;
  }

  #takeExtended(at: number, index: number): void {
    const view = this.#view;
    const high = view.getInt32(at);
    const low = view.getInt32(at + 4);
    const zero = view.getInt32(at + 8);
    const allocated = view.getInt32(at + 12);
    const offset = entryOffset(high, low);
    const isPlaced = this.#hasDataFile ? high < 0 || offset !== 0 : offset !== 0;
    if ((zero & allocated) !== 0) this.#listener.oddSubclusters(index, 'allocated-and-zero', zero, allocated);
    if ((high & COMPRESSED) !== 0) {
      if ((zero | allocated) !== 0) this.#listener.oddSubclusters(index, 'compressed', zero, allocated);
      this.#listener.compressed(index, high, low);
      return;
    }
    if (!isPlaced && allocated !== 0) this.#listener.oddSubclusters(index, 'without-offset', zero, allocated);
    if ((high & HIGH_FLAGS) !== 0 || (low & this.#misaligned) !== 0 || (!isPlaced && high !== 0))
      this.#listener.odd(index, high, low);
    else this.#tellSubclusters(index, isPlaced ? offset : -1, high < 0, allocated, zero);
  }

  /** @param offset -1 without a host cluster */
  #tellSubclusters(index: number, offset: number, isCopied: boolean, allocated: number, zero: number): void {
    const listener = this.#listener;
    if (offset >= 0 && allocated === ALL_SUBCLUSTERS) listener.stored(index, 1, offset, isCopied, 'data');
    else if (offset >= 0 && zero === ALL_SUBCLUSTERS && allocated === 0)
      listener.stored(index, 1, offset, isCopied, 'zero');
    else if (offset < 0 && zero === ALL_SUBCLUSTERS && allocated === 0) listener.zero(index);
    else listener.subclusters(index, Math.max(0, offset), isCopied, allocated, zero);
  }
}

function isHostOffset(high: number, low: number): boolean {
  return ((high & OFFSET_HIGH) | (low & OFFSET_LOW)) !== 0;
}
