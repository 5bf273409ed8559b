import type { Chunk, Disk } from '../../../model/disk.ts';
import { guestOffset } from '../../../model/offsets.ts';
import { isZero, nonZeroRuns } from '../../shared/zero-runs.ts';
import { SUBCLUSTERS } from '../layout/geometry.ts';

/** Guest clusters that follow one another and are stored alike. */
export interface ClusterRun {
  /** Number of the first guest cluster. */
  readonly index: number;
  readonly count: number;
  /**
   * `data` is stored; `reserved` has a place in the file where nothing is written, so that it is zeros; `zero`
   * reads as zeros by a flag, whatever the layer below has.
   */
  readonly kind: 'data' | 'reserved' | 'zero';
  /** Of `data`, all clusters: valid until the next run is asked for. Else empty. */
  readonly bytes: Uint8Array;
  /**
   * Bitmaps of the 32 subclusters: stored, and zeros by a flag. Without extended entries `allocated` is all of
   * them.
   */
  readonly allocated: number;
  readonly zeros: number;
}

/** What a disk is cut into clusters for. */
export interface ClusterShape {
  readonly clusterSize: number;
  /** Whether subclusters are allocated one by one. */
  readonly isExtended: boolean;
  /** Whether zeros can be stored as a flag (version 3). */
  readonly hasZeroFlag: boolean;
  /** Whether clusters of zeros are stored; else they are left out. */
  readonly isFull: boolean;
  /** Whether what is left out gets a place in the file all the same. */
  readonly reserves: boolean;
  /** The disk of the layer below, of which the written one is a delta; `null` for none. */
  readonly below: Disk | null;
}

const ALL = 0xffff_ffff;
const NO_BYTES = new Uint8Array(0);
/** Bytes of zeros that are stored at once. */
const ZERO_BYTES = 1024 * 1024;

/** A part of a cluster. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly kind: Chunk['kind'];
}

/** Cuts a disk into clusters, in ascending order; what is in no run is left out. */
export async function* readClusters(
  disk: Disk,
  shape: ClusterShape,
  signal?: AbortSignal,
): AsyncGenerator<ClusterRun, void, undefined> {
  const { clusterSize } = shape;
  const cutter = new Cutter(disk.size, shape);
  let next = 0;
  for await (const chunk of disk.chunks(undefined, signal === undefined ? {} : { signal })) {
    const end = chunk.start + chunk.length;
    for (let at: number = chunk.start; at < end;) {
      const whole = at % clusterSize === 0 ? Math.floor((end - at) / clusterSize) : 0;
      const to =
        whole > 0 ? at + whole * clusterSize : Math.min(end, (cutter.clusterOf(at) + 1) * clusterSize);
      if (whole > 0) yield* cutter.whole(chunk, at / clusterSize, whole);
      else yield* await cutter.part(chunk, at, to);
      at = to;
    }
    next = end;
  }
  if (next !== disk.size) throw new Error(`the disk ends at byte ${next} of ${disk.size}`);
}

class Cutter {
  readonly #size: number;
  readonly #shape: ClusterShape;
  /** The cluster that is put together of parts. */
  readonly #buffer: Uint8Array;
  #segments: Segment[] = [];
  readonly #zeros: Uint8Array;

  constructor(size: number, shape: ClusterShape) {
    const { clusterSize } = shape;
    this.#size = size;
    this.#shape = shape;
    this.#buffer = new Uint8Array(clusterSize);
    this.#zeros = new Uint8Array(Math.max(clusterSize, ZERO_BYTES));
  }

  clusterOf(at: number): number {
    return Math.floor(at / this.#shape.clusterSize);
  }

  /** Whole clusters of one chunk. */
  *whole(chunk: Chunk, index: number, count: number): Iterable<ClusterRun> {
    const { clusterSize, isFull, isExtended, below } = this.#shape;
    if (chunk.kind !== 'data') {
      if (chunk.kind === 'zero' || below === null) yield* this.#absent(index, count);
      return;
    }
    const from = index * clusterSize - chunk.start;
    const bytes = chunk.bytes.subarray(from, from + count * clusterSize);
    if (isExtended) {
      for (let number = 0; number < count; number++)
        yield* this.#extended(
          index + number,
          bytes.subarray(number * clusterSize, (number + 1) * clusterSize),
        );
      return;
    }
    let done = 0;
    const runs = isFull
      ? [{ from: 0, to: bytes.length }]
      : nonZeroRuns(bytes, index * clusterSize, clusterSize);
    for (const run of runs) {
      const [first, last] = [run.from / clusterSize, run.to / clusterSize];
      yield* this.#absent(index + done, first - done);
      yield this.#data(index + first, last - first, bytes.subarray(run.from, run.to));
      done = last;
    }
    yield* this.#absent(index + done, count - done);
  }

  /**
   * A part of a cluster: the bytes `at` to `to - 1` of the disk. Gives the cluster's runs where it is complete.
   */
  async part(chunk: Chunk, at: number, to: number): Promise<readonly ClusterRun[]> {
    const { clusterSize, isExtended } = this.#shape;
    const index = this.clusterOf(at);
    const start = index * clusterSize;
    if (this.#segments.length === 0) this.#buffer.fill(0);
    this.#segments.push({ from: at - start, to: to - start, kind: chunk.kind });
    if (chunk.kind === 'data')
      this.#buffer.set(chunk.bytes.subarray(at - chunk.start, to - chunk.start), at - start);
    if (to !== Math.min(this.#size, start + clusterSize)) return [];
    const segments = this.#segments;
    this.#segments = [];
    if (isExtended) return this.#assembleExtended(index, segments);
    return this.#assemble(index, segments);
  }

  async #assemble(index: number, segments: readonly Segment[]): Promise<readonly ClusterRun[]> {
    const { below, isFull, clusterSize } = this.#shape;
    if (segments.every(({ kind }) => kind === 'unallocated') && below !== null) return [];
    if (
      segments.every(({ kind }) => kind !== 'data') &&
      segments.every(({ kind }) => kind === segments[0]?.kind)
    )
      return [...this.#absent(index, 1)];
    await this.#fill(index * clusterSize, segments);
    if (!isFull && isZero(this.#buffer)) return [...this.#absent(index, 1)];
    return [this.#data(index, 1, this.#buffer)];
  }

  /** Reads from the layer below what is its own. */
  async #fill(start: number, segments: readonly Segment[]): Promise<void> {
    const { below } = this.#shape;
    if (below === null) return;
    for (const { from, to, kind } of segments) {
      const end = Math.min(to, below.size - start);
      if (kind !== 'unallocated' || end <= from) continue;
      await below.read(guestOffset(start + from), this.#buffer.subarray(from, end));
    }
  }

  async #assembleExtended(index: number, segments: readonly Segment[]): Promise<readonly ClusterRun[]> {
    const { below, clusterSize } = this.#shape;
    if (below === null) return [...this.#extended(index, this.#buffer)];
    const unit = clusterSize / SUBCLUSTERS;
    let inherited = 0;
    for (let number = 0; number < SUBCLUSTERS; number++) {
      const [from, to] = [number * unit, (number + 1) * unit];
      const parts = segments.filter((segment) => segment.from < to && segment.to > from);
      if (parts.every(({ kind }) => kind === 'unallocated')) inherited |= 1 << number;
      else
        await this.#fill(
          index * clusterSize,
          parts.map(({ from: first, to: last, kind }) => ({
            from: Math.max(from, first),
            to: Math.min(to, last),
            kind,
          })),
        );
    }
    return inherited === ~0 ? [] : [...this.#extended(index, this.#buffer, inherited)];
  }

  /** A cluster of data whose subclusters are looked at; those in `inherited` are up to the layer below. */
  *#extended(index: number, bytes: Uint8Array, inherited = 0): Iterable<ClusterRun> {
    const { clusterSize, isFull, below, reserves } = this.#shape;
    const unit = clusterSize / SUBCLUSTERS;
    let allocated = 0;
    for (let number = 0; number < SUBCLUSTERS; number++)
      if (isFull || !isZero(bytes.subarray(number * unit, (number + 1) * unit))) allocated |= 1 << number;
    allocated = (allocated & ~inherited) >>> 0;
    const zeros = below === null ? 0 : (~allocated & ~inherited) >>> 0;
    if (reserves) yield this.#data(index, 1, bytes);
    else if (allocated !== 0) yield { index, count: 1, kind: 'data', bytes, allocated, zeros };
    else if (zeros !== 0) yield { index, count: 1, kind: 'zero', bytes: NO_BYTES, allocated, zeros };
  }

  #data(index: number, count: number, bytes: Uint8Array): ClusterRun {
    return { index, count, kind: 'data', bytes, allocated: ALL, zeros: 0 };
  }

  /** Clusters that read as zeros. */
  *#absent(index: number, count: number): Iterable<ClusterRun> {
    if (count === 0) return;
    const { isFull, reserves, below, hasZeroFlag, clusterSize } = this.#shape;
    const isFlagged = below !== null && hasZeroFlag && !isFull;
    if (isFlagged) yield { index, count, kind: 'zero', bytes: NO_BYTES, allocated: 0, zeros: ALL };
    else if (isFull || below !== null) {
      const most = Math.floor(this.#zeros.length / clusterSize);
      for (let done = 0; done < count; done += most) {
        const some = Math.min(most, count - done);
        yield this.#data(index + done, some, this.#zeros.subarray(0, some * clusterSize));
      }
    } else if (reserves) yield { index, count, kind: 'reserved', bytes: NO_BYTES, allocated: ALL, zeros: 0 };
  }
}
