import { fileOffset, type Source } from '../../io/source.ts';
import type { ImageFile } from '../../model/image.ts';
import type { RegionKind, RegionRule, RegionSource } from '../../model/owners.ts';
import type { Place, ProblemSink } from '../../model/problem.ts';
import {
  explainDataFile,
  explainL1,
  explainL2,
  explainSubclusters,
  hex64,
  type EntryContext,
  type OddEntry,
} from './entries.ts';
import type { SubclusterFault } from './l2-scan.ts';
import type { PointerTable } from './pointer-table.ts';
import { metadataOverlap } from './rules/locations.ts';
import * as rules from './rules/mapping.ts';
import { snapshotEntryErrors } from './rules/snapshots.ts';

/** What the places of entries are worked out from. */
export interface TreeInput extends EntryContext {
  readonly file: ImageFile;
  readonly source: Source;
}

/** An L1 table with the L2 tables below it. */
export interface Tree {
  readonly l1: PointerTable;
  /** First part of field paths: empty for the active tree, `snapshots[2].` for that of a snapshot. */
  readonly prefix: string;
}

/** Where an L2 entry lies; `index` counts guest clusters. */
export function l2EntryPlace({ file, geometry }: TreeInput, { l1, prefix }: Tree, index: number): Place {
  const { l2Entries, l2EntryBytes } = geometry;
  const table = Math.floor(index / l2Entries);
  const slot = index % l2Entries;
  return {
    file,
    offset: l1.target(table) + slot * l2EntryBytes,
    length: 8,
    field: `${prefix}l2[${table}][${slot}]`,
  };
}

/** Where an L1 entry lies. */
export function l1EntryPlace({ file }: TreeInput, { l1, prefix }: Tree, index: number): Place {
  return { file, offset: l1.entryOffset(index), length: 8, field: `${prefix}l1[${index}]` };
}

/** The kinds of regions that a tree places. Data kinds are indexed by guest cluster, `l2Table` by L1 entry. */
export interface TreeKinds {
  readonly l2Table: RegionKind;
  readonly data: RegionKind;
  readonly compressed: RegionKind;
  /** Explains subcluster bitmaps; claims nothing. */
  readonly subclusters: Readonly<Record<SubclusterFault, RegionKind>>;
  /** Explains entries that map a data file; claims nothing. */
  readonly dataFile: RegionKind;
}

/** How the regions of a tree are counted and whose rules they break. */
interface TreeMode {
  readonly l2Table: Pick<RegionKind, 'rules' | 'counted' | 'weight'>;
  readonly data: Pick<RegionKind, 'rules' | 'counted' | 'weight'>;
  readonly compressed: Pick<RegionKind, 'rules' | 'counted' | 'weight'>;
  /** Takes what entries are found to be; `null` where they have been explained elsewhere. */
  readonly report: ((problems: ProblemSink) => ProblemSink) | null;
}

const L2_TABLE_RULES = {
  pastEnd: rules.l1EntryOutOfFile,
  duplicate: rules.l1EntryDuplicate,
  inMetadata: metadataOverlap,
  overlap: metadataOverlap,
} as const;
const DATA_RULES = {
  pastEnd: rules.l2EntryOutOfFile,
  inMetadata: rules.l2EntryInMetadata,
  duplicate: rules.l2EntryDuplicate,
  overlap: rules.l2EntryDuplicate,
} as const;
const COMPRESSED_RULES = {
  pastEnd: rules.compressedOutOfFile,
  inMetadata: rules.compressedInMetadata,
} as const;

/** The kinds of the active tree: every cluster belongs to one entry, except that compressed ones share. */
export function activeKinds(input: TreeInput, tree: Tree): TreeKinds {
  return makeKinds(input, tree, {
    l2Table: { rules: L2_TABLE_RULES },
    data: { rules: DATA_RULES },
    compressed: { rules: COMPRESSED_RULES, counted: true },
    report: (problems) => problems,
  });
}

/** The kinds of an L2 table that `weight` snapshots share; whatever is wrong in it is reported with the first of them. */
export function snapshotKinds(input: TreeInput, tree: Tree, label: string, weight: number): TreeKinds {
  const { pastEnd, inMetadata } = DATA_RULES;
  const counted = { counted: true, weight };
  const wrap = (rule: RegionRule): RegionRule => ({
    ...rule,
    report: (finding) => toSnapshotReport(rule.report(finding), label),
  });
  const kinds = makeKinds(input, tree, {
    l2Table: {
      rules: { pastEnd: wrap(L2_TABLE_RULES.pastEnd), inMetadata: wrap(metadataOverlap) },
      counted: true,
    },
    data: { rules: { pastEnd: wrap(pastEnd), inMetadata: wrap(inMetadata) }, ...counted },
    compressed: {
      rules: { pastEnd: wrap(COMPRESSED_RULES.pastEnd), inMetadata: wrap(COMPRESSED_RULES.inMetadata) },
      ...counted,
    },
    report: (problems) => ({
      add: (report) => problems.add('settle' in report ? report : toSnapshotReport(report, label)),
    }),
  });
  // That there are snapshots beside a data file has a finding of its own.
  const { explain: _explain, ...dataFile } = kinds.dataFile;
  return { ...kinds, dataFile };
}

/** As `snapshotKinds`, for L2 tables that the active tree has too: what is wrong in them was reported there. */
export function sharedKinds(input: TreeInput, tree: Tree, weight: number): TreeKinds {
  const silent = { rules: {}, counted: true, weight };
  return makeKinds(input, tree, {
    l2Table: { rules: {}, counted: true },
    data: silent,
    compressed: silent,
    report: null,
  });
}

type Report = ReturnType<RegionRule['report']>;

function toSnapshotReport(report: Report, snapshot: string): Report {
  const { at, guestOffset, expected, actual } = report;
  return snapshotEntryErrors.report({
    ...{ at, guestOffset, expected, actual },
    data: { snapshot, problem: report.message() },
  });
}

function makeKinds(input: TreeInput, tree: Tree, mode: TreeMode): TreeKinds {
  const { clusterSize, l2Entries } = input.geometry;
  const oddL1 = (index: number, high: number, low: number): OddEntry => ({
    ...{ at: l1EntryPlace(input, tree, index), guestOffset: index * l2Entries * clusterSize, high, low },
  });
  const oddL2 = (index: number, high: number, low: number): OddEntry => ({
    ...{ at: l2EntryPlace(input, tree, index), guestOffset: index * clusterSize, high, low },
  });
  const sink = mode.report;
  const explaining = (explain: (index: number, high: number, low: number, problems: ProblemSink) => void) =>
    sink === null
      ? {}
      : {
          explain: (index: number, high: number, low: number, problems: ProblemSink) =>
            explain(index, high, low, sink(problems)),
        };
  const locateL2 = (index: number) => locateEntry(input, oddL2(index, 0, 0));
  const explainEntry = explaining((index, high, low, problems) =>
    explainL2(oddL2(index, high, low), input, problems),
  );
  const subclusters = (fault: SubclusterFault): RegionKind => ({
    name: 'subcluster bitmap',
    role: 'data',
    rules: {},
    locate: locateL2,
    ...explaining((index, high, low, problems) => {
      const { at, ...entry } = oddL2(index, high, low);
      explainSubclusters({ ...entry, at: { ...at, offset: (at.offset ?? 0) + 8 } }, fault, problems);
    }),
  });
  return {
    l2Table: {
      name: 'L2 table',
      role: 'table',
      locate: (index) => locateL1(input, tree, index),
      ...mode.l2Table,
      ...explaining((index, high, low, problems) => explainL1(oddL1(index, high, low), input, problems)),
    },
    data: { name: 'guest cluster', role: 'data', locate: locateL2, ...mode.data, ...explainEntry },
    compressed: {
      name: 'compressed cluster',
      role: 'data',
      locate: locateL2,
      ...mode.compressed,
      ...explainEntry,
    },
    subclusters: {
      'allocated-and-zero': subclusters('allocated-and-zero'),
      'without-offset': subclusters('without-offset'),
      compressed: subclusters('compressed'),
    },
    dataFile: {
      name: 'guest cluster',
      role: 'data',
      rules: {},
      locate: locateL2,
      ...explaining((index, high, low, problems) =>
        explainDataFile(oddL2(index, high, low), input, problems),
      ),
    },
  };
}

function locateL1(input: TreeInput, tree: Tree, index: number): RegionSource {
  const { clusterSize, l2Entries } = input.geometry;
  return {
    at: l1EntryPlace(input, tree, index),
    guestOffset: index * l2Entries * clusterSize,
    actual: tree.l1.text(index),
  };
}

/** An L2 entry as it stands, where the source can be read without waiting. */
function locateEntry({ source }: TreeInput, { at, guestOffset }: OddEntry): RegionSource {
  const bytes = source.read(fileOffset(at.offset ?? 0), 8);
  if (bytes instanceof Promise) return { at, guestOffset, actual: null };
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return { at, guestOffset, actual: hex64(view.getInt32(0), view.getInt32(4)) };
}
