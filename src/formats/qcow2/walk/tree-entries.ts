import { L1Entry, L2CompressedEntry, L2ExtendedEntry, L2StandardEntry } from '../../../../generated/qcow2.ts';
import type { Findings } from '../../../model/findings.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Layout } from '../image.ts';
import { compressedRange } from '../layout/compressed.ts';
import { hex64, positionText } from '../layout/geometry.ts';
import { entryOffset, type SubclusterFault } from '../layout/l2-scan.ts';
import { OddEntry } from './odd-entry.ts';
import { l1EntryPlace, l2EntryPlace, type Tree } from './places.ts';

/**
 * Tells what is wrong with those entries of a tree that are not plain. Halves are as the tables have them, bit 63 as
 * the sign of `high`.
 */
export class TreeEntries {
  readonly #layout: Qcow2Layout;
  readonly #tree: Tree;
  readonly #findings: Findings<Qcow2Findings>;

  constructor(layout: Qcow2Layout, tree: Tree, findings: Findings<Qcow2Findings>) {
    this.#layout = layout;
    this.#tree = tree;
    this.#findings = tree.within === null ? findings : findingsWithin(tree.within, findings);
  }

  /** An L1 entry. */
  l1(index: number, high: number, low: number): void {
    const { clusterSize, l2Entries } = this.#layout.geometry;
    const at = l1EntryPlace(this.#layout, this.#tree, index);
    const entry = new OddEntry(this.#findings, at, [high, low], index * l2Entries * clusterSize);
    L1Entry.decode(entry.bytes(), entry.sink);
    const target = entryOffset(high, low);
    if (target % clusterSize !== 0)
      entry.tellUnaligned('qcow2/l1-entry-unaligned', positionText(target), clusterSize);
  }

  /** An L2 entry, the first word of an extended one. `index` counts guest clusters, here as below. */
  l2(index: number, high: number, low: number): void {
    const entry = this.#l2Entry(index, high, low);
    if ((high & 0x4000_0000) !== 0) this.#tellCompressed(entry);
    else this.#tellStandard(entry);
  }

  /** A guest cluster that the file ends in, at byte `start`, with `missing` guest bytes past its end. */
  cut(index: number, start: number, missing: number): void {
    if (this.#tree.within !== null) return;
    const { clusterSize } = this.#layout.geometry;
    const at = l2EntryPlace(this.#layout, this.#tree, index);
    const limit = this.#layout.fileSize;
    const region = `the guest cluster of ${at.field ?? ''}`;
    this.#findings.tell('qcow2/l2-entry-out-of-file', {
      at,
      severity: 'warning',
      guestOffset: index * clusterSize + limit - start,
      data: { region, start, length: limit - start + missing, limit, other: null },
    });
  }

  /** The bitmap of an extended L2 entry. */
  subclusters(index: number, fault: SubclusterFault, zero: number, allocated: number): void {
    const entry = this.#l2Entry(index, zero, allocated, 8);
    if (fault === 'allocated-and-zero') {
      L2ExtendedEntry.decode(entry.bytes(16, true), entry.sink);
      return;
    }
    const rule = fault === 'compressed' ? 'qcow2/subcluster-compressed-bitmap' : 'qcow2/subcluster-no-offset';
    entry.tell(rule, { entry: entry.name, bits: hex64(zero, allocated) });
  }

  /** An L2 entry that maps a cluster of an external data file. */
  dataFile(index: number, high: number, low: number): void {
    // That there are snapshots beside a data file has a finding of its own.
    if (this.#tree.within !== null) return;
    const { clusterSize } = this.#layout.geometry;
    const entry = this.#l2Entry(index, high, low);
    const target = entryOffset(high, low);
    const guest = index * clusterSize;
    if (target !== guest && target % clusterSize === 0)
      entry.tell(
        'qcow2/data-file-offset-mismatch',
        { entry: entry.name, target: positionText(target), guest },
        { expected: hex64(Math.floor(guest / 2 ** 32), guest | 0) },
      );
    if (high >= 0) entry.tell('qcow2/data-file-copied', { entry: entry.name });
  }

  #l2Entry(index: number, high: number, low: number, skip = 0): OddEntry {
    const { offset, ...at } = l2EntryPlace(this.#layout, this.#tree, index);
    const place = { ...at, offset: (offset ?? 0) + skip };
    return new OddEntry(this.#findings, place, [high, low], index * this.#layout.geometry.clusterSize);
  }

  #tellStandard(entry: OddEntry): void {
    const { geometry, hasDataFile } = this.#layout;
    const { high, low } = entry;
    if (geometry.extendedL2) L2ExtendedEntry.decode(entry.bytes(16), entry.sink);
    else L2StandardEntry.decode(entry.bytes(), entry.sink);
    const target = entryOffset(high, low);
    if (geometry.version === 2 && (low & 1) !== 0) entry.tell('qcow2/l2-zero-bit-v2', { entry: entry.name });
    if (target % geometry.clusterSize !== 0)
      entry.tellUnaligned('qcow2/l2-entry-unaligned', positionText(target), geometry.clusterSize);
    if (target === 0 && high < 0 && !hasDataFile)
      entry.tell('qcow2/l2-copied-without-offset', { entry: entry.name });
  }

  #tellCompressed(entry: OddEntry): void {
    const { geometry, hasDataFile, isEncrypted } = this.#layout;
    const { name, high, low } = entry;
    L2CompressedEntry.decode(entry.bytes(), entry.sink);
    if (hasDataFile) entry.tell('qcow2/compressed-with-data-file', { entry: name });
    if (isEncrypted) entry.tell('qcow2/compressed-with-encryption', { entry: name });
    const { offset: start, length, isTooHigh } = compressedRange(geometry, high, low);
    const { limit: end, sectorEnd: limit } = geometry;
    if (isTooHigh) entry.tell('qcow2/compressed-high-bits', { entry: name });
    else if (start < end && start + length > limit) {
      const region = `the compressed cluster of ${name}`;
      const facts = { region, start, length, limit, other: null };
      entry.tell('qcow2/compressed-out-of-file', facts, { severity: 'warning' });
    }
  }
}

/** Where findings on a snapshot's tables are told: all of them are of one rule. */
function findingsWithin(within: string, findings: Findings<Qcow2Findings>): Findings<Qcow2Findings> {
  return {
    tell(rule, { at, guestOffset = null, expected = null, actual = null, data }) {
      const finding = { at, guestOffset, expected, actual, data: { within, rule, data } };
      findings.tell('qcow2/snapshot-entry-errors', finding);
    },
  };
}
