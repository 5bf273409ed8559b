import { fileOffset } from '../../../io/source.ts';
import type { Content, ContentFault, ContentRuleId } from '../../../model/content.ts';
import type { RegionFault, RegionKind, RegionRuleId, RegionSource } from '../../../model/owners.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Layout } from '../image.ts';
import { hex64 } from '../layout/geometry.ts';
import { l1EntryPlace, l2EntryPlace, type Tree } from './places.ts';

/** The kinds of regions that a tree places. Data kinds are indexed by guest cluster, `l2Table` by L1 entry. */
export interface TreeKinds {
  readonly l2Table: RegionKind;
  readonly data: RegionKind;
  readonly compressed: RegionKind;
}

/** What may be wrong with where a kind's regions are. */
export type KindRules = Partial<Record<RegionFault, RegionRuleId<Qcow2Findings>>>;

/** How the regions of a tree are counted and whose rules they break. */
type TreeMode = Readonly<
  Record<keyof TreeKinds, Pick<RegionKind, 'rules' | 'counted' | 'weight' | 'within' | 'content'>>
>;

const L2_TABLE_RULES = {
  pastEnd: 'qcow2/l1-entry-out-of-file',
  duplicate: 'qcow2/l1-entry-duplicate',
  inMetadata: 'qcow2/metadata-overlap',
  overlap: 'qcow2/metadata-overlap',
} as const satisfies KindRules;
const DATA_RULES = {
  pastEnd: 'qcow2/l2-entry-out-of-file',
  inMetadata: 'qcow2/l2-entry-in-metadata',
  duplicate: 'qcow2/l2-entry-duplicate',
  overlap: 'qcow2/l2-entry-duplicate',
} as const satisfies KindRules;
const COMPRESSED_RULES = {
  pastEnd: 'qcow2/compressed-out-of-file',
  inMetadata: 'qcow2/compressed-in-metadata',
} as const satisfies KindRules;

const CONTENT_RULES = {
  damaged: 'qcow2/compressed-corrupt',
  long: 'qcow2/compressed-corrupt',
  needsMore: 'qcow2/compressed-too-short',
  short: 'qcow2/compressed-short-output',
  trailing: 'qcow2/compressed-oversized-n',
} as const satisfies Partial<Record<ContentFault, ContentRuleId<Qcow2Findings>>>;

/** Bytes of a stream that its descriptor may count too many: nearly the sector that it ends in, and one more. */
const TOLERANCE = 2 * 512 - 1;

// Snapshots share tables and clusters: only the end of the file and the structures are out of bounds.
const SNAPSHOT_TABLE_RULES = {
  pastEnd: 'qcow2/l1-entry-out-of-file',
  inMetadata: 'qcow2/metadata-overlap',
} as const satisfies KindRules;
const SNAPSHOT_DATA_RULES = {
  pastEnd: 'qcow2/l2-entry-out-of-file',
  inMetadata: 'qcow2/l2-entry-in-metadata',
} as const satisfies KindRules;

/** The kinds of the active tree: every cluster belongs to one entry, but compressed ones may share. */
export function activeKinds(layout: Qcow2Layout, tree: Tree): TreeKinds {
  return makeKinds(layout, tree, {
    l2Table: { rules: L2_TABLE_RULES },
    data: { rules: DATA_RULES },
    compressed: { rules: COMPRESSED_RULES, counted: true, ...contentOf(layout) },
  });
}

/** The kinds of an L2 table that `weight` snapshots share; whatever is wrong in it is told of the first of them. */
export function snapshotKinds(layout: Qcow2Layout, tree: Tree, weight: number): TreeKinds {
  const common = {
    counted: true,
    ...(tree.within === null ? {} : { within: { name: tree.within, rule: 'qcow2/snapshot-entry-errors' } }),
  };
  return makeKinds(layout, tree, {
    l2Table: { rules: SNAPSHOT_TABLE_RULES, ...common },
    data: { rules: SNAPSHOT_DATA_RULES, ...common, weight },
    compressed: { rules: COMPRESSED_RULES, ...common, weight, ...contentOf(layout) },
  });
}

/** As `snapshotKinds`, for L2 tables that the active tree has too: what is wrong in them was told there. */
export function sharedKinds(layout: Qcow2Layout, tree: Tree, weight: number): TreeKinds {
  const silent = { rules: {}, counted: true, weight };
  return makeKinds(layout, tree, { l2Table: { rules: {}, counted: true }, data: silent, compressed: silent });
}

/** What compressed clusters store; nothing can be said of what is encrypted besides. */
function contentOf({ geometry, method, snapshots, isEncrypted }: Qcow2Layout): {
  readonly content?: Content;
} {
  if (isEncrypted) return {};
  const { clusterSize: size } = geometry;
  return {
    content: {
      ...{ method, size, least: () => size, tolerance: TOLERANCE },
      isShared: snapshots.entries.length > 0,
      rules: CONTENT_RULES,
    },
  };
}

function makeKinds(layout: Qcow2Layout, tree: Tree, { l2Table, data, compressed }: TreeMode): TreeKinds {
  const locate = (index: number): Promise<RegionSource> => locateL2(layout, tree, index);
  return {
    l2Table: {
      name: 'L2 table',
      role: 'table',
      locate: (index) => locateL1(layout, tree, index),
      ...l2Table,
    },
    data: { name: 'guest cluster', role: 'data', locate, ...data },
    compressed: { name: 'compressed cluster', role: 'data', locate, ...compressed },
  };
}

function locateL1(layout: Qcow2Layout, tree: Tree, index: number): RegionSource {
  const { clusterSize, l2Entries } = layout.geometry;
  const guestOffset = index * l2Entries * clusterSize;
  return { at: l1EntryPlace(layout, tree, index), guestOffset, actual: tree.l1.text(index) };
}

/** The entry is read once more: the walk keeps none. */
async function locateL2(layout: Qcow2Layout, tree: Tree, index: number): Promise<RegionSource> {
  const at = l2EntryPlace(layout, tree, index);
  const bytes = await layout.source.read(fileOffset(at.offset ?? 0), 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const actual = hex64(view.getInt32(0), view.getInt32(4));
  return { at, guestOffset: index * layout.geometry.clusterSize, actual };
}
