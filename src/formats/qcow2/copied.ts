import type { Report } from '../../model/problem.ts';
import { tableBatches } from '../shared/table-walk.ts';
import { ClusterSet } from './cluster-set.ts';
import { hex64 } from './entries.ts';
import type { Qcow2Image } from './image.ts';
import type { ClusterListener } from './l2-scan.ts';
import { activeTables, trustedL1 } from './occupied.ts';
import { isCluster } from './pointer-table.ts';
import { GROUP, RefcountReader } from './refcount-blocks.ts';
import { l1CopiedMismatch, l2CopiedMismatch } from './rules/mapping.ts';
import { scanTables } from './tree-walk.ts';
import { l1EntryPlace, l2EntryPlace, type Tree } from './trees.ts';

/** The stored counts, as far as COPIED flags depend on them. */
interface StoredCounts {
  /** Clusters with the count 1. */
  readonly one: ClusterSet;
  /** Clusters with a higher count. */
  readonly shared: ClusterSet;
}

/**
 * Walks the active tree once more and compares each COPIED flag with the stored count. A count of 0 under a flag is not told again: the count is
 * what is wrong there.
 *
 * @param blocks positions of the refcount blocks, by refcount table entry
 */
export async function* checkCopied(
  image: Qcow2Image,
  blocks: Float64Array,
): AsyncGenerator<Report, void, undefined> {
  const counts = await readCounts(image, blocks);
  const tree: Tree = { l1: trustedL1(image), prefix: '' };
  yield* checkL1(image, tree, counts);
  if (image.hasDataFile) return;
  const listener = new CopiedListener(image, tree, counts);
  for await (const _ of scanTables(image, activeTables(image), listener)) yield* listener.take();
}

async function readCounts({ source, geometry }: Qcow2Image, offsets: Float64Array): Promise<StoredCounts> {
  const one = new ClusterSet();
  const shared = new ClusterSet();
  const reader = new RefcountReader(geometry.refcountOrder);
  const { clusterSize: tableBytes, blockEntries } = geometry;
  for await (const { first, count, bytes } of tableBatches(source, { offsets, tableBytes })) {
    reader.load(bytes);
    const groups = (count * blockEntries) / GROUP;
    for (let group = 0; group < groups; group++) {
      const cluster = first * blockEntries + group * GROUP;
      one.setWord(cluster, reader.oneBits(group));
      shared.setWord(cluster, reader.sharedBits(group));
    }
  }
  return { one, shared };
}

/** Whether a flag contradicts the count of its cluster. */
function isWrong({ one, shared }: StoredCounts, cluster: number, isCopied: boolean): boolean {
  return isCopied ? shared.has(cluster) : one.has(cluster);
}

function* checkL1(image: Qcow2Image, tree: Tree, counts: StoredCounts): Iterable<Report> {
  const { geometry } = image;
  const { l1 } = tree;
  for (let index = 0; index < l1.length; index++) {
    const target = l1.target(index);
    const isCopied = l1.high(index) < 0;
    if (!isCluster(geometry, target) || !isWrong(counts, target / geometry.clusterSize, isCopied)) continue;
    const at = l1EntryPlace(image, tree, index);
    yield l1CopiedMismatch.report({
      at,
      guestOffset: index * geometry.l2Entries * geometry.clusterSize,
      data: { entry: at.field ?? '', isCopied, refcount: isCopied ? 'more than 1' : '1' },
      actual: l1.text(index),
    });
  }
}

/** Gathers the L2 entries whose flag is wrong. */
class CopiedListener implements ClusterListener {
  readonly #image: Qcow2Image;
  readonly #tree: Tree;
  readonly #counts: StoredCounts;
  #found: Report[] = [];

  constructor(image: Qcow2Image, tree: Tree, counts: StoredCounts) {
    this.#image = image;
    this.#tree = tree;
    this.#counts = counts;
  }

  /** What was found since it was last asked. */
  take(): readonly Report[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  stored(index: number, count: number, offset: number, isCopied: boolean): void {
    const { clusterSize } = this.#image.geometry;
    const first = offset / clusterSize;
    for (let i = 0; i < count; i++)
      if (isWrong(this.#counts, first + i, isCopied))
        this.#add(index + i, offset + i * clusterSize, isCopied);
  }

  subclusters(index: number, offset: number, isCopied: boolean): void {
    if (offset !== 0) this.stored(index, 1, offset, isCopied);
  }

  zero(): void {
    // Has no host cluster.
  }

  compressed(): void {
    // Never has COPIED, whatever its count.
  }

  odd(): void {
    // Has a finding of its own.
  }

  oddSubclusters(): void {
    // Has a finding of its own.
  }

  #add(index: number, offset: number, isCopied: boolean): void {
    const at = l2EntryPlace(this.#image, this.#tree, index);
    const flag = isCopied ? 0x8000_0000 : 0;
    this.#found.push(
      l2CopiedMismatch.report({
        at,
        guestOffset: index * this.#image.geometry.clusterSize,
        data: { entry: at.field ?? '', isCopied, refcount: isCopied ? 'more than 1' : '1' },
        actual: hex64(Math.floor(offset / 2 ** 32) + flag, offset % 2 ** 32),
      }),
    );
  }
}
