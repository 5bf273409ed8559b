import type { Compressor } from '../../../model/writer.ts';
import { roundUp } from '../layout/geometry.ts';
import type { ClusterRun } from './clusters.ts';
import type { Qcow2Settings } from './settings.ts';

/** Clusters of one L2 table that are stored alike, or one compressed cluster. */
export interface Unit extends ClusterRun {
  /** Number of the L2 table. */
  readonly table: number;
  /** The stream of a cluster that is smaller packed; valid as `bytes` are. */
  readonly packed: Uint8Array | null;
}

/** Cuts runs at the ends of L2 tables. */
export async function* unitsOf(
  runs: AsyncIterable<ClusterRun>,
  l2Entries: number,
  clusterSize: number,
): AsyncGenerator<Unit, void, undefined> {
  for await (const run of runs) {
    const { index, count, kind, bytes, allocated, zeros } = run;
    for (let done = 0; done < count;) {
      const first = index + done;
      const some = Math.min(count - done, roundUp(first + 1, l2Entries) - first);
      const part =
        bytes.length === 0 ? bytes : bytes.subarray(done * clusterSize, (done + some) * clusterSize);
      const table = Math.floor(first / l2Entries);
      yield { index: first, count: some, kind, bytes: part, allocated, zeros, table, packed: null };
      done += some;
    }
  }
}

/** How clusters are packed. */
export interface Packing {
  readonly compressor: Compressor;
  readonly level: number | undefined;
  /** Whether they may come as they get ready, within each L2 table, instead of in their order. */
  readonly isAnyOrder: boolean;
}

/** Packs every cluster of data, several at once. What does not get smaller stays as it is. */
export async function* packedUnits(
  units: AsyncIterable<Unit>,
  { method, clusterSize }: Qcow2Settings,
  { compressor, level, isAnyOrder }: Packing,
): AsyncGenerator<Unit, void, undefined> {
  const work = new Map<number, Promise<readonly [number, Unit]>>();
  const pack = async (key: number, unit: Unit): Promise<readonly [number, Unit]> => {
    if (unit.kind !== 'data') return [key, unit];
    const packed = await compressor.compress(method, unit.bytes, level);
    return [key, { ...unit, packed: packed.length < clusterSize ? packed : null }];
  };
  const next = async (): Promise<Unit> => {
    const [first] = work.values();
    const [key, unit] = await (isAnyOrder || first === undefined ? Promise.race(work.values()) : first);
    work.delete(key);
    return unit;
  };
  let key = 0;
  let table = -1;
  try {
    for await (const unit of units) {
      if (isAnyOrder && unit.table !== table) while (work.size > 0) yield await next();
      table = unit.table;
      for (const one of unit.kind === 'data' ? singles(unit, clusterSize) : [unit]) {
        const packing = pack(++key, one);
        // The one who waits for it is told; until then no one is.
        packing.catch(() => undefined);
        work.set(key, packing);
        if (work.size > compressor.lanes) yield await next();
      }
    }
    while (work.size > 0) yield await next();
  } finally {
    await Promise.allSettled(work.values());
  }
}

/** The clusters of a unit one by one, with bytes of their own. */
function* singles(unit: Unit, clusterSize: number): Iterable<Unit> {
  for (let number = 0; number < unit.count; number++)
    yield {
      ...unit,
      index: unit.index + number,
      count: 1,
      bytes: unit.bytes.slice(number * clusterSize, (number + 1) * clusterSize),
    };
}
