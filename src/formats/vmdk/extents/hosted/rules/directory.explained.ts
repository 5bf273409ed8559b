import type { Explanations } from '../../../../../model/rule.ts';
import type { directoryRules } from './directory.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const directoryExplanations: Explanations<typeof directoryRules> = {
  'vmdk4/gde-zero': {
    what: 'An entry of the grain directory is 0. In streams that is how empty tables are saved; other extents have all their tables from the start.',
    why: "The part of the disk reads as the parent's or as zeros. If the entry was lost, so is what it pointed to.",
    how: 'A damaged directory, or a writer that creates tables only when it needs them.',
    readers: 'All readers take it for a hole; VMware refuses to write to it.',
    repair: 'Take the entry of the redundant directory, if that one is not 0.',
  },
  'vmdk4/gde-shared-with-rgd': {
    what: 'The entries of both directories for one part of the disk point to the same table.',
    why: 'There is no second copy of this table: if it is damaged, 32 MiB of the disk are lost.',
    how: 'A writer that misunderstood the redundancy, or a repair that copied the directory but not the tables.',
    readers: 'QEMU does not notice; VirtualBox refuses the disk.',
    repair: 'Write a second table from the first, and let the redundant directory point there.',
  },
  'vmdk4/gd-padding-nonzero': {
    what: 'The directory takes whole sectors; what is left of the last one after its last entry should be zeros.',
    why: 'The guest never sees it. The bytes may be old entries of a disk that was larger, or left-over memory.',
    how: 'A disk that was made smaller, or a writer that did not clear its buffer.',
    readers: 'All readers ignore it.',
    repair: 'Write zeros.',
  },
};
