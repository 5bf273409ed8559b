import type { Explanations } from '../../../model/rule.ts';
import type { fileNamesRules } from './file-names.ts';

/** The same explained. */
export const fileNamesExplanations: Explanations<typeof fileNamesRules> = {
  'vmdk/ctk-missing': {
    what: 'changeTrackPath names the file in which ESXi notes the blocks that the guest changes; it does not exist, or does not begin with its signature.',
    why: "The guest's data is not concerned. The next incremental backup has nothing to go by.",
    how: 'A disk that was copied without this file, which most tools do not copy.',
    readers: 'QEMU and libvmdk ignore the file; ESXi refuses to open the disk, or starts tracking anew.',
    repair: 'Remove the line, and reset changed block tracking of the virtual machine.',
  },
  'vmdk/extent-name-convention': {
    what: 'The files of a disk are called after its kind, and those of a split disk are numbered in order; this name is another, or a number is left out.',
    why: "The line of the extent is what counts, so the guest's data is not concerned. A set whose numbers are not in order may be put together wrongly.",
    how: 'Files that were renamed, a line that was removed, or a tool with names of its own.',
    readers: 'All readers go by the line.',
    repair: 'Nothing needs to be done if the files are the right ones.',
  },
};
