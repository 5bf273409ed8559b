import type { Explanations } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import { backingExplanations } from './backing.explained.ts';
import { bitmapExplanations } from './bitmaps.explained.ts';
import { compressedExplanations } from './compressed.explained.ts';
import { contentExplanations } from './content.explained.ts';
import { dataFileExplanations } from './data-file.explained.ts';
import { extensionExplanations } from './extensions.explained.ts';
import { featureExplanations } from './features.explained.ts';
import { headerExplanations } from './header.explained.ts';
import { l1EntryExplanations } from './l1-entries.explained.ts';
import { l2EntryExplanations } from './l2-entries.explained.ts';
import { locationExplanations } from './locations.explained.ts';
import { luksExplanations } from './luks.explained.ts';
import { refcountExplanations } from './refcounts.explained.ts';
import { snapshotExplanations } from './snapshots.explained.ts';
import { storedDataExplanations } from './stored-data.explained.ts';
import { subclusterExplanations } from './subclusters.explained.ts';

/** The rules on qcow2 images explained. */
export const qcow2Explanations: Explanations<Qcow2Findings> = {
  ...headerExplanations,
  ...featureExplanations,
  ...extensionExplanations,
  ...locationExplanations,
  ...l1EntryExplanations,
  ...l2EntryExplanations,
  ...compressedExplanations,
  ...contentExplanations,
  ...subclusterExplanations,
  ...refcountExplanations,
  ...snapshotExplanations,
  ...bitmapExplanations,
  ...luksExplanations,
  ...dataFileExplanations,
  ...backingExplanations,
  ...storedDataExplanations,
};
