import type { RuleTable } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';
import { backingRules } from './backing.ts';
import { bitmapRules } from './bitmaps.ts';
import { compressedRules } from './compressed.ts';
import { contentRules } from './content.ts';
import { dataFileRules } from './data-file.ts';
import { extensionRules } from './extensions.ts';
import { featureRules } from './features.ts';
import { headerRules } from './header.ts';
import { l1EntryRules } from './l1-entries.ts';
import { l2EntryRules } from './l2-entries.ts';
import { locationRules } from './locations.ts';
import { luksRules } from './luks.ts';
import { refcountRules } from './refcounts.ts';
import { snapshotRules } from './snapshots.ts';
import { storedDataRules } from './stored-data.ts';
import { subclusterRules } from './subclusters.ts';

/** All rules on qcow2 images, in the order of the structures that they look at. */
export const qcow2Rules = {
  ...headerRules,
  ...featureRules,
  ...extensionRules,
  ...locationRules,
  ...l1EntryRules,
  ...l2EntryRules,
  ...compressedRules,
  ...contentRules,
  ...subclusterRules,
  ...refcountRules,
  ...snapshotRules(describeById),
  ...bitmapRules,
  ...luksRules,
  ...dataFileRules,
  ...backingRules,
  ...storedDataRules,
} satisfies RuleTable<Qcow2Image, Qcow2Findings, Qcow2Walk>;

function describeById(id: string, data: unknown): string {
  const rules: Readonly<Record<string, { message(data: unknown): string }>> = qcow2Rules;
  const rule = rules[id];
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule.message(data);
}
