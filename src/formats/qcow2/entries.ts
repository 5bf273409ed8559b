import {
  BitmapTableEntry,
  L1Entry,
  L2CompressedEntry,
  L2ExtendedEntry,
  L2StandardEntry,
  RefcountTableEntry,
} from '../../../generated/qcow2.ts';
import type { BreachSink } from '../../codec/index.ts';
import type { Place, ProblemSink, Report } from '../../model/problem.ts';
import { breachSink } from '../shared/spec-rules.ts';
import { compressedRange } from './compressed.ts';
import { isClusterStart, positionText, type Geometry } from './geometry.ts';
import { entryOffset, type SubclusterFault } from './l2-scan.ts';
import { bitmapTableEntry } from './rules/bitmaps.ts';
import { dataFileCopied, dataFileOffsetMismatch } from './rules/data-file.ts';
import { specRules } from './rules/from-spec.ts';
import * as rules from './rules/mapping.ts';
import { reftableEntryUnaligned } from './rules/refcounts.ts';

/** What an entry's verdict depends on besides its bits. */
export interface EntryContext {
  readonly geometry: Geometry;
  readonly hasDataFile: boolean;
  readonly isEncrypted: boolean;
}

/** One table entry that is not plain. */
export interface OddEntry {
  /** Its place in the file, with its field path. */
  readonly at: Place;
  /** First guest byte that it maps; `null` for a bitmap's or a refcount entry. */
  readonly guestOffset: number | null;
  readonly high: number;
  readonly low: number;
}

/** Explains an L1 entry. */
export function explainL1(entry: OddEntry, { geometry }: EntryContext, problems: ProblemSink): void {
  L1Entry.decode(entryBytes(entry), sinkFor(entry, problems));
  const target = entryOffset(entry.high, entry.low);
  if (target % geometry.clusterSize !== 0)
    raise(problems, entry, (common, name) =>
      rules.l1EntryUnaligned.report({
        ...common,
        data: { entry: name, target: positionText(target), clusterSize: geometry.clusterSize },
        expected: `a multiple of ${geometry.clusterSize}`,
      }),
    );
}

/** Explains an L2 entry, the first word of an extended one. */
export function explainL2(entry: OddEntry, context: EntryContext, problems: ProblemSink): void {
  if ((entry.high & 0x4000_0000) !== 0) explainCompressed(entry, context, problems);
  else explainStandard(entry, context, problems);
}

function explainStandard(entry: OddEntry, context: EntryContext, problems: ProblemSink): void {
  const { geometry, hasDataFile } = context;
  if (geometry.extendedL2) L2ExtendedEntry.decode(entryBytes(entry, 16), sinkFor(entry, problems));
  else L2StandardEntry.decode(entryBytes(entry), sinkFor(entry, problems));
  const target = entryOffset(entry.high, entry.low);
  if (geometry.version === 2 && (entry.low & 1) !== 0)
    raise(problems, entry, (common, name) => rules.l2ZeroBitV2.report({ ...common, data: { entry: name } }));
  if (target % geometry.clusterSize !== 0)
    raise(problems, entry, (common, name) =>
      rules.l2EntryUnaligned.report({
        ...common,
        data: { entry: name, target: positionText(target), clusterSize: geometry.clusterSize },
        expected: `a multiple of ${geometry.clusterSize}`,
      }),
    );
  if (target === 0 && entry.high < 0 && !hasDataFile)
    raise(problems, entry, (common, name) =>
      rules.l2CopiedWithoutOffset.report({ ...common, data: { entry: name } }),
    );
}

function explainCompressed(entry: OddEntry, context: EntryContext, problems: ProblemSink): void {
  const { geometry, hasDataFile, isEncrypted } = context;
  L2CompressedEntry.decode(entryBytes(entry), sinkFor(entry, problems));
  const add = (rule: typeof rules.compressedHighBits): void =>
    raise(problems, entry, (common, name) => rule.report({ ...common, data: { entry: name } }));
  if (hasDataFile) add(rules.compressedWithDataFile);
  if (isEncrypted) add(rules.compressedWithEncryption);
  const range = compressedRange(geometry, entry.high, entry.low);
  if (range.isTooHigh) add(rules.compressedHighBits);
  else if (range.offset < geometry.limit && range.offset + range.length > geometry.sectorEnd)
    raise(problems, entry, (common, name) =>
      rules.compressedOutOfFile.report({
        ...common,
        severity: 'warning',
        data: {
          region: `the compressed cluster of ${name}`,
          start: range.offset,
          length: range.length,
          limit: geometry.sectorEnd,
          other: null,
        },
      }),
    );
}

/** Explains a bitmap of subclusters; `entry` holds the bitmap word: zero bits above, allocation bits below. */
export function explainSubclusters(entry: OddEntry, fault: SubclusterFault, problems: ProblemSink): void {
  const bits = hex64(entry.high, entry.low);
  if (fault === 'allocated-and-zero') {
    const bytes = new Uint8Array(16);
    bytes.set(entryBytes(entry), 8);
    L2ExtendedEntry.decode(bytes, sinkFor(entry, problems));
    return;
  }
  const rule = fault === 'compressed' ? rules.subclusterCompressedBitmap : rules.subclusterNoOffset;
  raise(problems, entry, (common, name) => rule.report({ ...common, data: { entry: name, bits } }));
}

/** Explains an entry that maps a cluster of an external data file. */
export function explainDataFile(entry: OddEntry, { geometry }: EntryContext, problems: ProblemSink): void {
  const target = entryOffset(entry.high, entry.low);
  const guest = entry.guestOffset ?? 0;
  if (target !== guest && target % geometry.clusterSize === 0)
    raise(problems, entry, (common, name) =>
      dataFileOffsetMismatch.report({
        ...common,
        data: { entry: name, target: positionText(target), guest },
        expected: hex64(Math.floor(guest / 2 ** 32), guest | 0),
      }),
    );
  if (entry.high >= 0)
    raise(problems, entry, (common, name) => dataFileCopied.report({ ...common, data: { entry: name } }));
}

/** Explains a refcount table entry. */
export function explainRefcountTable(
  entry: OddEntry,
  { geometry }: EntryContext,
  problems: ProblemSink,
): void {
  RefcountTableEntry.decode(entryBytes(entry), sinkFor(entry, problems));
  const target = (BigInt(entry.high >>> 0) << 32n) | BigInt((entry.low & 0xffff_fe00) >>> 0);
  if (!isClusterStart(target, geometry.clusterSize))
    raise(problems, entry, (common, name) =>
      reftableEntryUnaligned.report({
        ...common,
        data: { entry: name, target: String(target), clusterSize: geometry.clusterSize },
        expected: `a multiple of ${geometry.clusterSize}`,
      }),
    );
}

/** Explains an entry of a bitmap's table. */
export function explainBitmapTable(entry: OddEntry, { geometry }: EntryContext, problems: ProblemSink): void {
  BitmapTableEntry.decode(entryBytes(entry), sinkFor(entry, problems));
  const target = entryOffset(entry.high, entry.low);
  if (target % geometry.clusterSize !== 0)
    raise(problems, entry, (common, name) =>
      bitmapTableEntry.report({
        ...common,
        data: `${name} points at byte ${positionText(target)}, which is no multiple of the cluster size ${geometry.clusterSize}`,
        expected: `a multiple of ${geometry.clusterSize}`,
      }),
    );
}

/** An entry's halves as 16 hex digits. */
export function hex64(high: number, low: number): string {
  return `0x${(high >>> 0).toString(16).padStart(8, '0')}${(low >>> 0).toString(16).padStart(8, '0')}`;
}

interface CommonFinding {
  readonly at: Place;
  readonly guestOffset: number | null;
  readonly actual: string;
}

function raise(
  problems: ProblemSink,
  { at, guestOffset, high, low }: OddEntry,
  make: (common: CommonFinding, name: string) => Report,
): void {
  problems.add(make({ at, guestOffset, actual: hex64(high, low) }, at.field ?? 'an entry'));
}

function entryBytes({ high, low }: OddEntry, size = 8): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, high);
  view.setInt32(4, low);
  return bytes;
}

/** The sink for an entry's spec: one finding of a rule, which stands at the entry and shows it whole. */
function sinkFor({ at, guestOffset, high, low }: OddEntry, problems: ProblemSink): BreachSink {
  const place = { file: at.file, offset: at.offset ?? 0, name: at.field ?? 'entry' };
  const told = new Set<string>();
  return breachSink(specRules, place, {
    add: (report) => {
      if (told.has(report.rule.id)) return;
      told.add(report.rule.id);
      problems.add({ ...report, at, guestOffset, expected: null, actual: hex64(high, low) });
    },
  });
}
