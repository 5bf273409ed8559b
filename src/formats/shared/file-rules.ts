import { defineRule, type RaisableRule, type RuleInfo } from '../../model/rule.ts';

/** A file with no bytes, or fewer than the smallest header of the format it is taken for. */
export const fileEmpty: RaisableRule<
  unknown,
  { readonly size: number; readonly format: string | null; readonly smallest: number | null }
> = defineRule({
  id: 'file/empty',
  severity: 'error',
  depth: 'header',
  title: 'The file is empty or too small to be an image',
  spec: 'Header sections of VMDK 5.0, VHD 1.0 and the qcow2 specification: the smallest structures',
  repair: 'none',
  message: ({ size, format, smallest }) =>
    size === 0 || smallest === null
      ? `the file has ${size} bytes, so there is nothing to read`
      : `the file has ${size} bytes, but the smallest ${format ?? 'image'} needs ${smallest}`,
  explanation: {
    what: 'The file has no bytes, or fewer than the smallest header of its format.',
    why: 'There is no disk in it: nothing of the guest can be read.',
    how: 'A copy or download that failed at its start, a full disk, or a place holder that was never filled.',
    readers: 'Every reader refuses it, except that readers of raw disks see a disk of that size.',
    repair: 'Nothing here can be mended; copy the image again from its source.',
  },
});

/** Bytes that no format's marks are found in. */
export const fileUnknownFormat: RaisableRule<unknown, { readonly reason: string }> = defineRule({
  id: 'file/unknown-format',
  severity: 'error',
  depth: 'header',
  title: 'No mark of a disk image format is found',
  spec: 'Magic numbers of VMDK 5.0, VHD 1.0 and the qcow2 specification',
  repair: 'none',
  message: ({ reason }) => reason,
  explanation: {
    what: 'The file begins with no known magic number, does not end with a VHD footer, and is no VMDK descriptor.',
    why: 'Without a format there is nothing to check it by. It may be a plain (raw) disk, which has no structure that could be damaged.',
    how: 'A raw disk, an image of a format that is not supported, a file that is no image, or an image that lost all of its marks.',
    readers: 'qemu takes such a file for a raw disk when it may probe; the others refuse it.',
    repair:
      'Say -f raw if it is a plain disk, or name the format that it should have, to see what is damaged.',
  },
});

/** A path that is no regular file. */
export const fileNotRegular: RaisableRule<unknown, { readonly reason: string }> = defineRule({
  id: 'file/not-regular',
  severity: 'warning',
  depth: 'header',
  title: 'Not a regular file',
  spec: 'POSIX.1-2017, stat(): file types',
  repair: 'none',
  message: ({ reason }) => reason,
  explanation: {
    what: 'The path leads, through all links, to a folder, a device, a pipe or a socket.',
    why: 'Reading such a thing may block for ever, never end, or have an effect; it is not opened.',
    how: 'A mistyped path, or a disk that is stored on a device.',
    readers: 'qemu opens block devices; libyal refuses folders and blocks on pipes.',
    repair: 'Copy the contents of a device or a pipe into a file, and check that.',
  },
});

/** Bytes that the system did not hand out. */
export const fileReadError: RaisableRule<unknown, { readonly reason: string }> = defineRule({
  id: 'file/read-error',
  severity: 'error',
  depth: 'header',
  title: 'The file could not be read to its end',
  spec: 'POSIX.1-2017, read(): EIO, and fewer bytes than stat() promised',
  repair: 'none',
  message: ({ reason }) => reason,
  explanation: {
    what: 'The operating system reported an error for bytes inside the file, or handed out fewer than the file has.',
    why: 'What could not be read was not checked, so nothing can be said of the image as a whole.',
    how: 'A failing disk, a network file system that lost its server, or a file that was cut while it was read.',
    readers: 'Every reader fails at the same place, some only when the guest comes to it.',
    repair: 'Copy the file from a sound medium, and check the copy.',
  },
});

/** A file that was written to while it was checked. */
export const fileChangedDuringCheck: RaisableRule<unknown, null> = defineRule({
  id: 'file/changed-during-check',
  severity: 'error',
  depth: 'header',
  title: 'The file changed while it was being checked',
  spec: 'POSIX.1-2017, stat(): size, time of change, inode',
  repair: 'none',
  message: () => 'the file changed while it was read, so findings may mix an older and a newer state of it',
  explanation: {
    what: 'Size, time of change or identity of the file are not the same at the end of the check as at its start.',
    why: 'Tables read before the change may not fit data read after it: problems may be reported that do not exist, or missed.',
    how: 'A guest that runs on the image, a copy or a backup that is still under way, or a snapshot being merged.',
    readers: 'Readers that take no lock see the same mixture and do not notice.',
    repair: 'Stop the writer, or check a snapshot or a copy, and run the check again.',
  },
});

/** A file that should consist of whole sectors and does not. */
export const fileSizeNotSectorMultiple: RaisableRule<unknown, { readonly size: number }> = defineRule({
  id: 'file/size-not-sector-multiple',
  severity: 'warning',
  depth: 'header',
  title: 'The file does not end at a sector boundary',
  // A footer of 511 bytes is the legal case; a footer that is cut off or gone says the same more precisely.
  derivedFrom: ['vhd/footer-short', 'vhd/footer-truncated', 'vhd/footer-missing'],
  spec: 'VMDK 5.0 and VHD 1.0: all structures are whole 512-byte sectors',
  repair: 'lossy',
  message: ({ size }) =>
    `the file has ${size} bytes: ${size % 512} bytes more than ${Math.floor(size / 512)} whole sectors`,
  explanation: {
    what: 'Everything in this format is made of sectors of 512 bytes, but the size of the file is no multiple of 512.',
    why: 'Mostly the file was cut off, and what stood behind the cut is lost.',
    how: 'A copy or download that ended early, or text added to the end. One case is legal: Virtual PC before 2004 wrote VHD footers of 511 bytes.',
    readers: 'qemu and libyal pay no attention to it; vhd-util and VirtualBox refuse some of these files.',
    repair:
      'Compare the size with the source and copy again; zeros may be added only where the end structure of the format allows it.',
  },
});

/** A file that satisfies the recognition of more than one format. */
export const filePolyglotMagic: RaisableRule<
  unknown,
  { readonly format: string; readonly others: readonly string[] }
> = defineRule({
  id: 'file/polyglot-magic',
  severity: 'warning',
  depth: 'header',
  title: 'The file bears the marks of more than one format',
  spec: 'Magic numbers of VMDK 5.0, VHD 1.0 and the qcow2 specification',
  repair: 'none',
  message: ({ format, others }) =>
    `checked as ${format}, but the file also bears the marks of ${others.join(' and ')}`,
  explanation: {
    what: 'The marks of several formats are found in one file, for one at its start, for another at its end.',
    why: 'Which disk it is depends on who reads it, so what was checked may not be what the guest gets.',
    how: 'A guest that wrote an image header to the first sector of its disk, or somebody who wants a scanner and a hypervisor to see two different things.',
    readers:
      'qemu goes by the first bytes, libvhdi and Hyper-V by the last ones; upload services refuse such files.',
    repair: 'Always name the format (-f) when such a file is opened; convert it once under the right format.',
  },
});

/** A file name that promises another format. */
export const fileExtensionMismatch: RaisableRule<
  unknown,
  { readonly extension: string; readonly format: string }
> = defineRule({
  id: 'file/extension-mismatch',
  severity: 'info',
  depth: 'header',
  title: 'The file name promises another format',
  spec: 'Customary file name endings',
  repair: 'safe',
  message: ({ extension, format }) => `the name ends in .${extension}, but the content is ${format}`,
  explanation: {
    what: 'The ending of the file name belongs to another format than the bytes do.',
    why: 'Nothing is lost, but tools that go by the name refuse the image or read it wrongly.',
    how: 'A file that was renamed instead of converted, or an operator who mixed up two files.',
    readers: 'qemu and libyal ignore names; Hyper-V, Azure and VirtualBox go by them.',
    repair: 'Rename the file.',
  },
});

/** A count in the image that is beyond what the checker will work through. */
export const fileLimitExceeded: RaisableRule<
  unknown,
  { readonly what: string; readonly count: number; readonly limit: number }
> = defineRule({
  id: 'file/limit-exceeded',
  severity: 'error',
  depth: 'header',
  title: 'A limit of the checker was reached',
  spec: 'Limits of vdcheck',
  repair: 'none',
  message: ({ what, count, limit }) => `${what}: ${count}, more than the ${limit} that are looked at`,
  explanation: {
    what: 'The image declares more of something than vdcheck is willing to work through.',
    why: 'The rest was not looked at, so the verdict is not complete.',
    how: 'Mostly a damaged count; sometimes an image made to exhaust its reader.',
    readers: 'qemu has limits of its own and refuses some of these images; others run out of memory.',
    repair:
      'If the image is meant to be like this, split or convert it; otherwise restore it from its source.',
  },
});

/** An image that ended its opening without a finding that says why. */
export const fileUnreadable: RaisableRule<unknown, { readonly reason: string }> = defineRule({
  id: 'file/unreadable',
  severity: 'error',
  depth: 'header',
  title: 'The image is too damaged to be opened',
  spec: 'Every structure that the disk hangs on',
  repair: 'none',
  message: ({ reason }) => reason,
  explanation: {
    what: 'The file bears the marks of its format, but what the disk hangs on is lost.',
    why: 'Nothing can be said of the guest data; none of them can be read.',
    how: 'A copy that was cut off, a fault of the storage, or another program that wrote over the file.',
    readers: 'Every reader refuses it, or shows another disk than the one that was stored.',
    repair: 'Restore the file from its source.',
  },
});

/** The rules of family `file`, which any format may raise. */
export const fileRules: readonly RuleInfo[] = [
  fileEmpty,
  fileUnknownFormat,
  fileNotRegular,
  fileReadError,
  fileChangedDuringCheck,
  fileSizeNotSectorMultiple,
  filePolyglotMagic,
  fileExtensionMismatch,
  fileLimitExceeded,
  fileUnreadable,
];
