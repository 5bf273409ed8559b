import type { Findings } from '../../../model/findings.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { hex64 } from '../layout/geometry.ts';
import type { ClusterListener } from '../layout/l2-scan.ts';
import { isCluster } from '../layout/pointer-table.ts';
import { scanTables } from '../walk/clusters.ts';
import { activeTables, trustedL1 } from '../walk/occupied.ts';
import { activeTree, l1EntryPlace, l2EntryPlace, type Tree } from '../walk/places.ts';
import { ClusterSet } from './cluster-set.ts';
import { GROUP, RefcountReader } from './refcount-blocks.ts';

/** The stored counts, as far as COPIED flags depend on them. */
interface StoredCounts {
  /** Clusters with the count 1. */
  readonly one: ClusterSet;
  /** Clusters with a higher count. */
  readonly shared: ClusterSet;
}

/**
 * Walks the active tree once more and compares each COPIED flag with the stored count. A count of 0 under a flag is
 * not told again: the count is what is wrong there.
 *
 * @param blocks positions of the refcount blocks, by refcount table entry
 */
export async function compareCopied(
  image: Qcow2Image,
  blocks: Float64Array,
  findings: Findings<Qcow2Findings>,
): Promise<void> {
  const counts = await readCounts(image, blocks);
  const tree = activeTree(trustedL1(image));
  compareL1(image, tree, counts, findings);
  if (image.hasDataFile) return;
  await scanTables(image, activeTables(image), new CopiedListener(image, tree, counts, findings));
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

function compareL1(
  image: Qcow2Image,
  tree: Tree,
  counts: StoredCounts,
  findings: Findings<Qcow2Findings>,
): void {
  const { geometry } = image;
  const { l1 } = tree;
  for (let index = 0; index < l1.length; index++) {
    const target = l1.target(index);
    const isCopied = l1.high(index) < 0;
    if (!isCluster(geometry, target) || !isWrong(counts, target / geometry.clusterSize, isCopied)) continue;
    const at = l1EntryPlace(image, tree, index);
    findings.tell('qcow2/l1-copied-mismatch', {
      at,
      guestOffset: index * geometry.l2Entries * geometry.clusterSize,
      data: { entry: at.field ?? '', isCopied, refcount: isCopied ? 'more than 1' : '1' },
      actual: l1.text(index),
    });
  }
}

/** Tells the L2 entries whose flag is wrong. */
class CopiedListener implements ClusterListener {
  readonly #image: Qcow2Image;
  readonly #tree: Tree;
  readonly #counts: StoredCounts;
  readonly #findings: Findings<Qcow2Findings>;

  constructor(image: Qcow2Image, tree: Tree, counts: StoredCounts, findings: Findings<Qcow2Findings>) {
    this.#image = image;
    this.#tree = tree;
    this.#counts = counts;
    this.#findings = findings;
  }

  stored(index: number, count: number, offset: number, isCopied: boolean): void {
    const { clusterSize } = this.#image.geometry;
    const first = offset / clusterSize;
    for (let i = 0; i < count; i++)
      if (isWrong(this.#counts, first + i, isCopied))
        this.#tell(index + i, offset + i * clusterSize, isCopied);
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

  #tell(index: number, offset: number, isCopied: boolean): void {
    const at = l2EntryPlace(this.#image, this.#tree, index);
    const flag = isCopied ? 0x8000_0000 : 0;
    this.#findings.tell('qcow2/l2-copied-mismatch', {
      at,
      guestOffset: index * this.#image.geometry.clusterSize,
      data: { entry: at.field ?? '', isCopied, refcount: isCopied ? 'more than 1' : '1' },
      actual: hex64(Math.floor(offset / 2 ** 32) + flag, offset % 2 ** 32),
    });
  }
}
