import type { Explanations } from '../../../model/rule.ts';
import type { flatFilesRules } from './flat-files.ts';

/** The same explained. */
export const flatFilesExplanations: Explanations<typeof flatFilesRules> = {
  'vmdk/extent-flat-has-magic': {
    what: 'The file of a flat extent contains nothing but sectors, but this one begins with the magic of a sparse extent or of another image format.',
    why: 'The guest sees the header and tables of an image where its boot sector should be.',
    how: 'A sparse extent that is described as flat, or a guest that wrote an image to the start of its disk.',
    readers: 'All readers show the bytes as they are.',
    repair: 'If the file is a sparse extent, write its type into the line.',
  },
  'vmdk/extent-flat-long': {
    what: 'The file goes on after the sectors that extent lines take from it.',
    why: 'The guest does not see the rest.',
    how: 'A disk that was made smaller, or bytes that were appended.',
    readers: 'All readers ignore the rest.',
    repair: 'Cut the file off, or correct the number of sectors, if the disk should be larger.',
  },
  'vmdk/extent-flat-short': {
    what: 'The extent line promises more sectors than the file has from its offset on.',
    why: 'The end of this part of the disk is lost.',
    how: 'A copy that broke off, a full disk, or a size changed in the descriptor only.',
    readers: 'QEMU shows zeros for what is missing, without a word.',
    repair: 'Copy the file again; zeros may be added only if the lost part is known to be empty.',
  },
  'vmdk/extent-overlap': {
    what: 'Two extent lines take ranges of one file that share bytes.',
    why: "Two parts of the guest's disk are one: what is written to one appears in the other.",
    how: 'A wrong offset, or a line that was copied and not changed.',
    readers: 'QEMU and libvmdk do not notice.',
    repair: 'Correct the offset.',
  },
};
