import type { Explanations } from '../../../../../model/rule.ts';
import type { regionRules } from './regions.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const regionExplanations: Explanations<typeof regionRules> = {
  'vmdk4/tables-overlap': {
    what: 'Two of header, descriptor, directories, their tables, footer and markers claim the same sectors.',
    why: 'At most one of them can be right, and a writer that updates one destroys the other; grains found through the wrong one contain other data.',
    how: 'A damaged offset in the header or in a directory, or a tool that computed the layout wrongly.',
    readers: 'QEMU does not notice; VirtualBox refuses some of these.',
    repair: 'Find out which structure is sound by its content; the redundant directory helps.',
  },
  'vmdk4/gde-out-of-file': {
    what: 'An entry of the grain directory points to a table that is not, or not wholly, inside the file.',
    why: 'The entry is for 32 MiB of the disk with the usual sizes: all of it cannot be found, and reads as zeros in tools that do not notice.',
    how: 'A file that was cut off, or a damaged directory.',
    readers: 'QEMU reads zeros and reports no error.',
    repair: 'Take the table that the redundant directory names for the same place, if that one is sound.',
  },
  'vmdk4/gde-in-metadata': {
    what: 'An entry of the grain directory points into the header, the descriptor or a directory.',
    why: 'What is read as a table is text or other numbers, so 32 MiB of the disk show random parts of the file.',
    how: 'A damaged directory.',
    readers: 'QEMU follows such an entry without a check.',
    repair: 'Take the table that the redundant directory names for the same place.',
  },
  'vmdk4/gde-duplicate': {
    what: 'Two entries of the grain directory point to one table, or to tables that share sectors.',
    why: "Two regions of 32 MiB of the guest's disk are one: what is written to one appears in the other.",
    how: 'A damaged directory, or a repair that copied an entry.',
    readers: 'QEMU and VirtualBox do not notice.',
    repair:
      'The redundant directory has the right entry if it differs; otherwise it is unknown which region owns the table.',
  },
  'vmdk4/rgde-out-of-file': {
    what: 'An entry of the redundant grain directory points to a table that is not, or not wholly, inside the file.',
    why: "The guest's data is found through the first directory; the copy for 32 MiB of it is gone.",
    how: 'A file that was cut off, or a damaged redundant directory.',
    readers: 'QEMU does not look at it; VirtualBox refuses the disk.',
    repair: 'Write the copy again from the first directory and its tables.',
  },
  'vmdk4/gte-out-of-file': {
    what: 'An entry of a grain table points to a grain that begins at or past the end of the file.',
    why: 'What the guest wrote there is lost: it reads zeros or gets an error.',
    how: 'A file that was cut off by a copy or a full disk, or a damaged table.',
    readers: 'QEMU reports exactly this one in its check, and fails when the grain is read.',
    repair:
      'The redundant table may have the right entry; else restore from the source, or unallocate the grain and lose it.',
  },
  'vmdk4/gte-straddles-end': {
    what: 'A grain begins inside the file and ends after it. Only the last grain of the disk may be cut, to what the disk needs of it.',
    why: 'The part past the end is lost.',
    how: 'A file that was cut off.',
    readers: 'QEMU does not report it, and reads zeros or fails.',
    repair: 'Restore the file from its source; zeros may be added if the lost part is known to be empty.',
  },
  'vmdk4/gte-in-metadata': {
    what: 'An entry of a grain table points to sectors of header, descriptor, directories or tables, or before the first grain.',
    why: 'The guest reads tables as its data, and when it writes there it destroys the disk.',
    how: 'A damaged table, or a writer that lost track of what it had allocated.',
    readers: 'QEMU serves and overwrites such grains without a check.',
    repair:
      'The redundant table may have the right entry; else the grain must be unallocated, and its data is lost.',
  },
  'vmdk4/gte-duplicate': {
    what: "Two entries of grain tables have the same sector, so two places of the guest's disk are stored in one grain.",
    why: 'At least one of them shows data that belongs to the other, and what the guest writes to one changes the other.',
    how: 'A crash between allocating and writing a table, a repair that went wrong, or two hosts that had the disk open at once.',
    readers: 'No check of QEMU or VirtualBox finds it.',
    repair:
      "The image does not say which entry is right; compare the redundant tables, and the guest's file system.",
  },
  'vmdk4/grain-overlap': {
    what: 'Two grains begin at different sectors, but less than a grain apart.',
    why: 'The end of one is the beginning of the other: what the guest writes to one damages the other.',
    how: 'A damaged table entry, or a writer that allocated after a grain that is not aligned.',
    readers: 'No check of QEMU or VirtualBox finds it.',
    repair: 'The grain that is aligned is probably the sound one; compare the redundant tables.',
  },
  'vmdk4/grain-overlap-compressed': {
    what: 'By the length in its marker a compressed grain reaches into another grain or into metadata.',
    why: 'One of the two was overwritten, and cannot be inflated.',
    how: 'A damaged marker or table entry, or a file put together from two.',
    readers:
      'QEMU fails when the damaged grain is read; importers that read the file as a stream lose their way.',
    repair: 'Inflating both tells which one is whole; the other is lost.',
  },
  'vmdk4/grain-marker-out-of-file': {
    what: 'A compressed grain begins inside the file, and by the length in its marker it ends after it.',
    why: 'The rest of the stream is lost, so the grain cannot be inflated.',
    how: 'A file that was cut off, or a damaged marker.',
    readers: 'QEMU fails when the grain is read.',
    repair: 'Restore the file from its source.',
  },
};
