import { reportedBy, type Rule } from '../../../model/rule.ts';
import type { Qcow2Image } from '../image.ts';
import { checkCompressedOverlaps } from '../compressed-overlaps.ts';
import { checkRefcounts } from '../refcounts.ts';
import { l1EntryPlace, l2EntryPlace } from '../trees.ts';
import * as mapping from './mapping.ts';
import { refcountLeak } from './refcounts.ts';

/** The comparison of reference counts. It raises the other rules on counts, and those on COPIED flags, in the same pass. */
export const refcountComparison: Rule<Qcow2Image> = { ...refcountLeak, check: reportedBy(checkRefcounts) };

/** What the walk over the active tree met behind the end of the disk. */
export const l2BeyondSize: Rule<Qcow2Image> = {
  ...mapping.l2BeyondSize,
  async check(image, _, facts, problems) {
    if (facts.ownership(image.file) === undefined) return;
    const { beyondSize, firstBeyondSize } = await image.activeScan();
    if (beyondSize === 0) return;
    const at = l2EntryPlace(image, { l1: image.l1, prefix: '' }, firstBeyondSize);
    const guestOffset = firstBeyondSize * image.geometry.clusterSize;
    const data = { clusters: beyondSize, entry: at.field ?? '', size: image.size };
    problems.add(mapping.l2BeyondSize.report({ at, guestOffset, data }));
  },
};

/** The L2 tables in which the walk found no entry in use. */
export const l2UnallocatedTable: Rule<Qcow2Image> = {
  ...mapping.l2UnallocatedTable,
  async check(image, _, facts, problems) {
    if (facts.ownership(image.file) === undefined) return;
    const { emptyTables } = await image.activeScan();
    for (const index of emptyTables) {
      const at = l1EntryPlace(image, { l1: image.l1, prefix: '' }, index);
      const guestOffset = index * image.geometry.l2Entries * image.geometry.clusterSize;
      const data = { entry: at.field ?? '' };
      const actual = image.l1.text(index);
      problems.add(mapping.l2UnallocatedTable.report({ at, guestOffset, data, actual }));
    }
  },
};

/** The comparison of where compressed clusters lie. */
export const compressedOverlap: Rule<Qcow2Image> = {
  ...mapping.compressedOverlap,
  check: reportedBy(checkCompressedOverlaps),
};
