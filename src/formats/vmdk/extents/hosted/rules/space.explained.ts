import type { Explanations } from '../../../../../model/rule.ts';
import type { spaceRules } from './space.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const spaceExplanations: Explanations<typeof spaceRules> = {
  'vmdk4/grain-unreferenced': {
    what: 'Between the metadata and the end of the file there is room for whole grains that no table entry names.',
    why: 'The guest loses nothing by it now; the file is larger than it needs to be. If entries were lost, this is where their data is.',
    how: 'A crash after a grain was written and before the table was, or an entry that was damaged or cleared.',
    readers: 'Readers ignore such space; VMware gives it back when the disk is shrunk.',
    repair: 'Look at what is there if something is missing; else convert the image, which drops the space.',
  },
  'vmdk4/trailing-data': {
    what: 'The file goes on after its last grain, by something that is not a whole grain.',
    why: 'The guest never sees these bytes. They may be hidden there, and a writer that appends grains will not expect them.',
    how: 'Two files that were joined, a transfer that added something, or a signature appended by a tool.',
    readers: 'QEMU reads the disk; in a streamOptimized file it then misses the footer and refuses.',
    repair: 'Look at what the bytes are and cut the file off after its last grain.',
  },
  'vmdk4/table-empty-image': {
    what: 'Every entry of every grain table is 0, and the file is much larger than its metadata.',
    why: 'To the guest the disk is empty. The data may be in the file, without anything that points to it.',
    how: 'A copy that lost the tables, a writer that died before it wrote them, or a disk that was wiped.',
    readers: "All readers show zeros, or the parent's data.",
    repair:
      'If the disk should not be empty, try the redundant tables, and restore the file from its source.',
  },
};
