import type { Explanations } from '../../../model/rule.ts';
import type { extentFilesRules } from './extent-files.ts';

/** The same explained. */
export const extentFilesExplanations: Explanations<typeof extentFilesRules> = {
  'vmdk/embedded-name-mismatch': {
    what: 'The descriptor inside an extent names the extent, by a name that the file does not have.',
    why: 'Readers know that the extent is the file they have open, so the guest sees no difference.',
    how: 'The file was renamed.',
    readers: 'QEMU ignores the name; VMware corrects it when it opens the disk.',
    repair: 'Write the name of the file into the extent line.',
  },
  'vmdk/extent-capacity-mismatch': {
    what: 'The number of sectors in the extent line is not the capacity in the header of the extent.',
    why: 'Depending on which of the two a reader uses the disk has another size, and all extents after this one are elsewhere.',
    how: 'A disk that was resized in one of the two places, or files that changed places.',
    readers: 'QEMU uses the header, libvmdk the line.',
    repair:
      "The tables are made for the header's number; write it into the line if nothing else speaks against it.",
  },
  'vmdk/extent-file-missing': {
    what: 'The file that an extent line names was looked for and does not exist, or cannot be an extent.',
    why: 'All guest data in this part of the disk is unavailable.',
    how: 'The descriptor was copied without its extents, or a file was renamed or moved.',
    readers: 'QEMU refuses the disk; libvmdk opens it and fails when the part is read.',
    repair: 'Put the file beside the descriptor under the name that it has there.',
  },
  'vmdk/extent-not-opened': {
    what: 'The file that an extent line names was not opened, for the reason that the message gives. Nothing is known of it, and nothing is wrong with that.',
    why: 'This part of the disk was not checked.',
    how: 'The extent is a device, an object of a datastore, or a file outside the folder of the descriptor, where files are opened only with --allow-outside.',
    readers: 'QEMU opens extents wherever they are, as far as they are files or devices of its own host.',
    repair: 'Nothing has to be repaired. To have a file checked as well, allow it with --allow-outside.',
  },
  'vmdk/extent-found-elsewhere': {
    what: 'There is no file of the name that the extent line has; one of that last part of the name, or with its backslashes read as folders, was taken.',
    why: 'Readers that take the name by its letters do not find the extent.',
    how: 'The disk was moved with its extents, or comes from Windows.',
    readers: 'QEMU looks for the name as it is written and refuses the disk.',
    repair: 'Write the name of the file beside the descriptor into the extent line.',
  },
  'vmdk/extent-file-repeated': {
    what: 'Two extent lines name the same sparse file.',
    why: "Two parts of the guest's disk are one: what is written to one appears in the other.",
    how: 'A line that was copied and not changed, or two names that are links to one file.',
    readers: 'QEMU and libvmdk do not notice.',
    repair: 'Write the name of the right file.',
  },
  'vmdk/extent-file-wrong-type': {
    what: 'The type in the extent line and the first bytes of the file do not fit together.',
    why: 'The tables of this part of the disk cannot be read by what the line says.',
    how: 'Files that changed places, a wrong type in the line, or a file that was overwritten.',
    readers: 'QEMU refuses some of these disks.',
    repair: 'Write the type that belongs to the file, or put the right file in its place.',
  },
  'vmdk/extent-self-reference': {
    what: 'The file that an extent line names is the descriptor itself. Only a sparse extent with its descriptor inside may do that.',
    why: 'A part of the disk that begins at the text has the letters of the descriptor as its data (an error); one that begins after the text can be read by some programs only.',
    how: 'A name that was not changed after copying, or a file made to trap readers.',
    readers: 'QEMU takes whatever bytes of the file a FLAT line points to, and refuses the file as SPARSE.',
    repair: 'Write the name of the extent file.',
  },
};
