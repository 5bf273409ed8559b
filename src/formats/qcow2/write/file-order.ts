import type { Part } from '../../../model/writer.ts';
import type { Job } from './job.ts';
import { PartOrder, Placer } from './layout.ts';
import { encodeRefcountBlock, refcountShapeOf } from './refcounts.ts';
import { encodePositions, L2Table } from './tables.ts';

/**
 * The parts of an image in one pass over the disk, for files: each L2 table follows its clusters, counts come after
 * all, the header last, so that what is not complete is no image. It has as many clusters as one in the order of a
 * pipe.
 */
export async function* fileParts(job: Job, signal: AbortSignal | undefined): AsyncGenerator<Part> {
  const { settings, shape, size } = job;
  const { clusterSize } = settings;
  const placer = new Placer(settings, shape.l2Entries, (1 + shape.l1Clusters) * clusterSize);
  const { allocator } = placer;
  const order = new PartOrder(allocator, settings, size);
  const l1 = new Float64Array(shape.l1Entries);
  const table = new L2Table(settings, shape);
  let current = -1;
  const finished: { readonly number: number; readonly bytes: Uint8Array }[] = [];
  const endTable = function* (isLast: boolean): Iterable<Part> {
    if (current >= 0) finished.push({ number: current, bytes: table.bytes.slice() });
    table.clear();
    if (!placer.endTable() && !isLast) return;
    allocator.close();
    yield* order.finish();
    for (const { number, bytes } of finished.splice(0)) {
      const at = allocator.take(1);
      l1[number] = at;
      yield { file: 0, at, bytes };
    }
  };
  for await (const unit of job.units(signal)) {
    if (current >= 0 && unit.table !== current) yield* endTable(false);
    current = unit.table;
    yield* order.add(unit, placer.place(unit, unit.packed?.length ?? 0, table));
  }
  yield* endTable(true);
  const first = allocator.end / clusterSize;
  const refcounts = refcountShapeOf(settings, first);
  const { blocks, tableClusters, clusters } = refcounts;
  const fileSize = placer.fileSize(refcounts);
  const countOf = settings.isCompressed ? (cluster: number) => allocator.countOf(cluster) : null;
  const positions = new Float64Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const at = (first + block) * clusterSize;
    positions[block] = at;
    yield { file: 0, at, bytes: encodeRefcountBlock(settings, block, clusters, countOf) };
  }
  const refcountTableOffset = (first + blocks) * clusterSize;
  const bytes = encodePositions(positions, clusterSize, false).subarray(0, fileSize - refcountTableOffset);
  yield { file: 0, at: refcountTableOffset, bytes };
  const l1Offset = shape.l1Entries === 0 ? 0 : clusterSize;
  if (l1Offset > 0) yield { file: 0, at: l1Offset, bytes: encodePositions(l1, clusterSize, true) };
  const places = { l1Offset, refcountTableOffset, refcountTableClusters: tableClusters };
  yield { file: 0, at: 0, bytes: job.header(places) };
}
