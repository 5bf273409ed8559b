import type { Explanations } from '../../../../../model/rule.ts';
import type { redundancyRules } from './redundancy.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const redundancyExplanations: Explanations<typeof redundancyRules> = {
  'sesparse/journal-nonzero-clean': {
    what: 'replay_journal is 0, so the disk was closed, and the journal is not empty.',
    why: 'Nothing is wrong with the data: transactions that were carried out stay in the journal. If the flag was set back by hand, the last changes are missing.',
    how: 'A disk that was in use, or one whose flag was cleared to get it opened.',
    readers: 'Readers ignore the journal.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/table-unreferenced-nonzero': {
    what: 'Tables below free_gt_number are believed to be handed out. No entry of the grain directory points to this one, and it is not empty.',
    why: 'If its directory entry was lost, 16 MiB of the disk show the parent in place of what the guest wrote.',
    how: 'A damaged directory, or a crash between writing a table and its entry.',
    readers: 'Readers ignore it.',
    repair: 'The image does not say which part of the disk the table belongs to; the backmap may say it.',
  },
  'sesparse/bitmap-mismatch': {
    what: 'The bitmap has a bit for each slot. How it is meant is not published, so four readings are tried; where one of them explains 99 in 100 slots, the rest are deviations.',
    why: 'Reading does not need the bitmap. If a slot in use counts as free there, ESXi may hand it out again and overwrite it.',
    how: 'A crash whose journal was not replayed, a damaged bitmap or table, or a meaning that is not documented.',
    readers: 'Readers ignore the bitmap.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/backmap-mismatch': {
    what: 'The backmap points from each slot back to the table that names it, by 8 bytes each. What the number counts is not published, so four readings are tried; where one of them explains 99 in 100 slots, the rest are deviations.',
    why: 'Reading does not need the backmap. ESXi uses it when it moves or reclaims grains, and then takes the wrong ones.',
    how: 'A crash whose journal was not replayed, a damaged backmap or table, or a meaning that is not documented.',
    readers: 'Readers ignore the backmap.',
    repair: 'Open the disk on ESXi.',
  },
};
