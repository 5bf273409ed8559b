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

/** Packs every cluster of data, several at once, and gives them in their order. What does not get smaller stays as it is. */
export async function* packedUnits(
  units: AsyncIterable<Unit>,
  { method, clusterSize }: Qcow2Settings,
  compressor: Compressor,
  level: number | undefined,
): AsyncGenerator<Unit, void, undefined> {
  const work: Promise<Unit>[] = [];
  const most = compressor.lanes;
  const pack = async (unit: Unit): Promise<Unit> => {
    const packed = await compressor.compress(method, unit.bytes, level);
    return { ...unit, packed: packed.length < clusterSize ? packed : null };
  };
  try {
    for await (const unit of units) {
      for (const one of unit.kind === 'data' ? singles(unit, clusterSize) : [unit]) {
        const packing = one.kind === 'data' ? pack(one) : Promise.resolve(one);
        // Whoever waits for it is told; until then nobody is.
        packing.catch(() => undefined);
        work.push(packing);
        const first = work.length > most ? work.shift() : undefined;
        if (first !== undefined) yield await first;
      }
    }
    for (let next = work.shift(); next !== undefined; next = work.shift()) yield await next;
  } finally {
    await Promise.allSettled(work);
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
