import type { Explanations } from '../../model/rule.ts';
import type { fileRuleTable } from './file-rules.ts';

/** The rules of family `file` explained. */
export const fileExplanations: Explanations<typeof fileRuleTable> = {
  'file/empty': {
    what: 'The file has no bytes, or fewer than the smallest header of its format.',
    why: 'There is no disk in it: nothing of the guest can be read.',
    how: 'A copy or download that failed at its start, a full disk, or a place holder that was never filled.',
    readers: 'Every reader refuses it, except that readers of raw disks see a disk of that size.',
    repair: 'Nothing here can be mended; copy the image again from its source.',
  },
  'file/unknown-format': {
    what: 'The file begins with no known magic number, does not end with a VHD footer, and is no VMDK descriptor.',
    why: 'Without a format there is nothing to check it by. It may be a plain (raw) disk, which has no structure that could be damaged.',
    how: 'A raw disk, an image of a format that is not supported, a file that is no image, or an image that lost all of its marks.',
    readers: 'qemu takes such a file for a raw disk when it may probe; the others refuse it.',
    repair:
      'Say -f raw if it is a plain disk, or name the format that it should have, to see what is damaged.',
  },
  'file/not-regular': {
    what: 'The path leads, through all links, to a folder, a device, a pipe or a socket.',
    why: 'Reading such a thing may block for ever, never end, or have an effect; it is not opened.',
    how: 'A mistyped path, or a disk that is stored on a device.',
    readers: 'qemu opens block devices; libyal refuses folders and blocks on pipes.',
    repair: 'Copy the contents of a device or a pipe into a file, and check that.',
  },
  'file/read-error': {
    what: 'The operating system reported an error for bytes inside the file, or handed out fewer than the file has.',
    why: 'What could not be read was not checked, so nothing can be said of the image as a whole.',
    how: 'A failing disk, a network file system that lost its server, or a file that was cut while it was read.',
    readers: 'Every reader fails at the same place, some only when the guest comes to it.',
    repair: 'Copy the file from a sound medium, and check the copy.',
  },
  'file/changed-during-check': {
    what: 'Size, time of change or identity of the file are not the same at the end of the check as at its start.',
    why: 'Tables read before the change may not fit data read after it: problems may be reported that do not exist, or missed.',
    how: 'A guest that runs on the image, a copy or a backup that is still under way, or a snapshot being merged.',
    readers: 'Readers that take no lock see the same mixture and do not notice.',
    repair: 'Stop the writer, or check a snapshot or a copy, and run the check again.',
  },
  'file/size-not-sector-multiple': {
    what: 'Everything in this format is made of sectors of 512 bytes, but the size of the file is no multiple of 512.',
    why: 'Mostly the file was cut off, and what was after the cut is lost.',
    how: 'A copy or download that ended early, or text added to the end. One case is legal: Virtual PC before 2004 wrote VHD footers of 511 bytes.',
    readers: 'qemu and libyal pay no attention to it; vhd-util and VirtualBox refuse some of these files.',
    repair:
      'Compare the size with the source and copy again; zeros may be added only where the end structure of the format allows it.',
  },
  'file/polyglot-magic': {
    what: 'The marks of several formats are found in one file, for one at its start, for another at its end.',
    why: 'Which disk it is depends on who reads it, so what was checked may not be what the guest gets.',
    how: 'A guest that wrote an image header to the first sector of its disk, or an attack in which a scanner and a hypervisor see two different things.',
    readers:
      'qemu goes by the first bytes, libvhdi and Hyper-V by the last ones; upload services refuse such files.',
    repair: 'Always name the format (-f) when such a file is opened; convert it once under the right format.',
  },
  'file/extension-mismatch': {
    what: 'The ending of the file name belongs to another format than the bytes do.',
    why: 'Nothing is lost, but tools that go by the name refuse the image or read it wrongly.',
    how: 'A file that was renamed instead of converted, or an operator who mixed up two files.',
    readers: 'qemu and libyal ignore names; Hyper-V, Azure and VirtualBox go by them.',
    repair: 'Rename the file.',
  },
  'file/limit-exceeded': {
    what: 'The image declares more of something than vdcheck is willing to work through.',
    why: 'The rest was not looked at, so the verdict is not complete.',
    how: 'Mostly a damaged count; sometimes an image made to exhaust its reader.',
    readers: 'qemu has limits of its own and refuses some of these images; others run out of memory.',
    repair:
      'If the image is meant to be like this, split or convert it; otherwise restore it from its source.',
  },
  'file/hidden-nonzero-slack': {
    what: 'Headers and tables take whole sectors or clusters. What they leave over is filled with zeros, and here with something else.',
    why: 'The guest is not concerned. The bytes may be a piece of the memory of the machine that wrote the file, or old data.',
    how: 'Space that was used before and not cleared, or data hidden on purpose.',
    readers: 'No reader looks at them.',
    repair: 'Converting the image leaves them out.',
  },
  'file/unreadable': {
    what: 'The file has the marks of its format, but a structure that the disk depends on is lost.',
    why: 'Nothing can be said of the guest data; none of them can be read.',
    how: 'A copy that was cut off, a fault of the storage, or another program that wrote over the file.',
    readers: 'Every reader refuses it, or shows another disk than the one that was stored.',
    repair: 'Restore the file from its source.',
  },
};
