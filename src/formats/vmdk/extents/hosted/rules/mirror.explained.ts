import type { Explanations } from '../../../../../model/rule.ts';
import type { mirrorRules } from './mirror.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const mirrorExplanations: Explanations<typeof mirrorRules> = {
  'vmdk4/rgt-mismatch': {
    what: 'Every grain table exists twice, and both copies should have equal entries; this entry differs from its copy.',
    why: 'One of the two is stale or damaged. If it is the one that a reader uses, the guest sees old data, other data or none.',
    how: 'A crash between the two writes, a bad sector, or a tool that keeps only one copy up to date.',
    readers:
      'QEMU reads the first copy and does not compare. VirtualBox compares all tables and refuses the disk.',
    repair:
      'The copy whose grain is inside the file, is aligned and belongs to no other entry is probably the right one; one of 0 is mostly the stale one.',
  },
};
