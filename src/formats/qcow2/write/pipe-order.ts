import type { Part } from '../../../model/writer.ts';
import type { Job } from './job.ts';
import { PartOrder, Placer } from './layout.ts';
import { encodeRefcountBlock, refcountShapeOf, type RefcountShape } from './refcounts.ts';
import type { Survey } from './survey.ts';
import { encodePositions, L2Table } from './tables.ts';

/** How large an image is of which everything is known. */
export interface PipeLayout {
  readonly refcounts: RefcountShape;
  /** Bytes of the file. */
  readonly fileSize: number;
  /** Byte position of the first cluster of data. */
  readonly dataStart: number;
  /** References of the clusters of data, by their number from the first of them on. */
  readonly countOf: (cluster: number) => number;
}

/**
 * Works out the places of an image in the order of a pipe: header, refcount table and blocks, L1, L2 tables, data.
 */
export function pipeLayoutOf({ settings, shape }: Job, survey: Survey): PipeLayout {
  const placer = new Placer(settings, shape.l2Entries, 0);
  let tables = 0;
  for (const _ of survey.replay(placer, null)) tables++;
  const data = placer.allocator.end / settings.clusterSize;
  const refcounts = refcountShapeOf(settings, 1 + shape.l1Clusters + tables + data);
  const dataStart = (refcounts.clusters - data) * settings.clusterSize;
  const fileSize = placer.fileSize(refcounts);
  return { refcounts, fileSize, dataStart, countOf: (cluster) => placer.allocator.countOf(cluster) };
}

/** The parts in ascending order. The disk is read a second time, and has to be as it was the first time. */
export async function* pipeParts(
  job: Job,
  survey: Survey,
  layout: PipeLayout,
  signal: AbortSignal | undefined,
): AsyncGenerator<Part> {
  yield* metadataParts(job, survey, layout);
  const { settings, shape, size } = job;
  const placer = new Placer(settings, shape.l2Entries, layout.dataStart);
  const order = new PartOrder(placer.allocator, settings, size);
  const comparison = survey.compare();
  let current = -1;
  for await (const unit of job.units(signal)) {
    comparison.unit(unit);
    if (current >= 0 && unit.table !== current && placer.endTable()) yield* order.finish();
    current = unit.table;
    yield* order.add(unit, placer.place(unit, unit.packed?.length ?? 0, null));
  }
  yield* order.finish();
  comparison.end();
}

function* metadataParts(job: Job, survey: Survey, layout: PipeLayout): Iterable<Part> {
  const { settings, shape } = job;
  const { clusterSize } = settings;
  const { refcounts, dataStart } = layout;
  const first = dataStart / clusterSize;
  const blockStart = 1 + refcounts.tableClusters;
  const l1Start = blockStart + refcounts.blocks;
  const l2Start = l1Start + shape.l1Clusters;
  const part = (cluster: number, bytes: Uint8Array): Part => ({ file: 0, at: cluster * clusterSize, bytes });
  const l1Offset = shape.l1Entries === 0 ? 0 : l1Start * clusterSize;
  const places = {
    l1Offset,
    refcountTableOffset: clusterSize,
    refcountTableClusters: refcounts.tableClusters,
  };
  yield part(0, job.header(places));
  const blocks = Float64Array.from(
    { length: refcounts.blocks },
    (_, block) => (blockStart + block) * clusterSize,
  );
  yield part(1, encodePositions(blocks, clusterSize, false));
  const countOf = (cluster: number): number => (cluster < first ? 1 : layout.countOf(cluster - first));
  for (let block = 0; block < refcounts.blocks; block++)
    yield part(
      blockStart + block,
      encodeRefcountBlock(settings, block, refcounts.clusters, settings.isCompressed ? countOf : null),
    );
  const l1 = new Float64Array(shape.l1Entries);
  for (const [number, table] of survey.tables.entries()) l1[table] = (l2Start + number) * clusterSize;
  if (l1Offset > 0) yield part(l1Start, encodePositions(l1, clusterSize, true));
  const table = new L2Table(settings, shape);
  let cluster = l2Start;
  for (const _ of survey.replay(new Placer(settings, shape.l2Entries, dataStart), table))
    yield part(cluster++, table.bytes);
}
