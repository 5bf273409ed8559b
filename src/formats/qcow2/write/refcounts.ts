import { UsageError } from '../../../errors.ts';
import type { Qcow2Settings } from './settings.ts';

/** The refcount table of the largest size that readers take, in bytes. */
const MAX_TABLE = 8 * 1024 * 1024;

/** Clusters of an image with those that count them. */
export interface RefcountShape {
  readonly blocks: number;
  readonly tableClusters: number;
  /** Clusters of the file. */
  readonly clusters: number;
}

/** As `refcountShapeOf`; `null` where the image would be larger than readers take. */
export function refcountShapeWithin(settings: Qcow2Settings, used: number): RefcountShape | null {
  try {
    return refcountShapeOf(settings, used);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/**
 * How many clusters counting takes where `used` are used by everything else: blocks and table count themselves,
 * too.
 *
 * @throws UsageError where the table would be larger than readers take
 */
export function refcountShapeOf({ clusterSize, refcountOrder }: Qcow2Settings, used: number): RefcountShape {
  const perBlock = (clusterSize * 8) / 2 ** refcountOrder;
  let shape: RefcountShape = { blocks: 1, tableClusters: 1, clusters: used + 2 };
  for (;;) {
    const blocks = Math.ceil(shape.clusters / perBlock);
    const tableClusters = Math.ceil((8 * blocks) / clusterSize);
    if (tableClusters * clusterSize > MAX_TABLE)
      throw new UsageError(
        `with clusters of ${clusterSize} bytes the counts of so large an image need more than readers take; a larger cluster_size helps`,
      );
    const clusters = used + blocks + tableClusters;
    if (clusters === shape.clusters) return { blocks, tableClusters, clusters };
    shape = { blocks, tableClusters, clusters };
  }
}

/**
 * Encodes refcount block `index`.
 *
 * @param clusters those of the file; what is after them is not counted
 * @param countOf references of a cluster; `null` where each has one
 * @returns the block, which is the caller's
 */
export function encodeRefcountBlock(
  { clusterSize, refcountOrder }: Qcow2Settings,
  index: number,
  clusters: number,
  countOf: ((cluster: number) => number) | null,
): Uint8Array {
  const bytes = new Uint8Array(clusterSize);
  const view = new DataView(bytes.buffer);
  const width = 2 ** refcountOrder;
  const perBlock = (clusterSize * 8) / width;
  const first = index * perBlock;
  const count = Math.min(perBlock, clusters - first);
  for (let entry = 0; entry < count; entry++) {
    const references = countOf === null ? 1 : countOf(first + entry);
    if (width === 16) view.setUint16(2 * entry, references);
    else if (width > 16) view.setUint32((entry + 1) * (width / 8) - 4, references);
    else {
      // From the lowest bit of a byte on.
      const bit = entry * width;
      bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) | (references << (bit & 7));
    }
  }
  return bytes;
}
