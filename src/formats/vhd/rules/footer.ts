import { formatHex } from '../../../codec/index.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';

const FOOTER_FORMAT = 'VHD 1.0, Hard Disk Footer Format';

/** A stored checksum beside the one that the bytes give. */
export interface ChecksumData {
  readonly stored: number;
  readonly computed: number;
}

function describeChecksum({ stored, computed }: ChecksumData): string {
  return `the checksum is ${formatHex(stored, 4)}, but the bytes give ${formatHex(computed, 4)}`;
}

/** What stands in the place of the footer. */
export type FooterTrace = 'nothing' | 'damaged-cookie' | 'bytes-behind';

const TRACES: Readonly<Record<FooterTrace, (position: number, size: number) => string>> = {
  nothing: (_, size) => `no footer is found at the end of these ${size} bytes`,
  'damaged-cookie': (position) =>
    `the footer at byte ${position} does not begin with "conectix"; its checksum shows that it is one`,
  'bytes-behind': (position, size) =>
    `the footer lies at byte ${position}, and ${size - position - 512} bytes follow it`,
};

/** No footer where the file ends. */
export const footerMissing: RaisableRule<
  unknown,
  { readonly trace: FooterTrace; readonly position: number; readonly size: number }
> = defineRule({
  id: 'vhd/footer-missing',
  severity: 'error',
  depth: 'header',
  title: 'No footer at the end of the file',
  spec: FOOTER_FORMAT,
  repair: 'safe',
  message: ({ trace, position, size }) => TRACES[trace](position, size),
  explanation: {
    what: 'Neither the last 512 bytes of the file nor the last 511 begin with the cookie "conectix".',
    why: 'The footer says how large the disk is and how it is stored. A dynamic disk has a copy of it at the start, a fixed disk has none; and where the end was cut off, blocks may be gone with it.',
    how: 'A copy or download that ended early, bytes added to the end, a crash of QEMU while it moved the footer behind a new block, or the first part of a split disk (.vhd, .v01 ...) without the others.',
    readers:
      'libvhdi, vhd-util and Hyper-V refuse the file; QEMU opens a dynamic disk by the copy at the start and notices nothing.',
    repair:
      'For a dynamic disk whose blocks are all there, append the copy from the start. Otherwise copy the file again.',
  },
});

/** A footer that the file ends in the middle of. */
export const footerTruncated: RaisableRule<unknown, { readonly position: number; readonly present: number }> =
  defineRule({
    id: 'vhd/footer-truncated',
    severity: 'error',
    depth: 'header',
    title: 'The footer is cut off',
    spec: FOOTER_FORMAT,
    repair: 'safe',
    message: ({ position, present }) =>
      `the footer begins at byte ${position}, and the file ends after ${present} of its 512 bytes`,
    explanation: {
      what: 'The cookie of a footer is found in the last 512 bytes, but not at their start.',
      why: 'The fields behind the cut are lost. The data in front of the footer are all there.',
      how: 'A writer that was interrupted while it wrote the footer, or a copy that ended a few bytes early.',
      readers:
        'Readers that look for the footer at the end find none; QEMU opens a dynamic disk by the copy at the start.',
      repair:
        'For a dynamic disk, write the copy from the start over it. For a fixed disk with all fields present, append zeros.',
    },
  });

/** A footer of 511 bytes. */
export const footerShort: RaisableRule<unknown, { readonly size: number }> = defineRule({
  id: 'vhd/footer-short',
  severity: 'info',
  depth: 'header',
  title: 'The footer has 511 bytes',
  spec: FOOTER_FORMAT,
  repair: 'safe',
  message: ({ size }) => `the footer has 511 bytes, the last of these ${size} bytes is missing`,
  explanation: {
    what: 'The footer begins 511 bytes before the end of the file; the last reserved byte was left out.',
    why: 'Nothing is lost: the missing byte is a reserved zero. The size of the file is no whole number of sectors.',
    how: 'Virtual PC before 2004 wrote footers like this.',
    readers:
      'vhd-util accepts it, QEMU opens dynamic disks by the copy at the start, libvhdi does not open them.',
    repair: 'Append a zero byte.',
  },
});

/** A footer that blktap marked while it worked on the disk. */
export const footerPoisoned: RaisableRule<unknown, null> = defineRule({
  id: 'vhd/footer-poisoned',
  severity: 'error',
  depth: 'header',
  title: 'An operation of blktap was not finished',
  spec: 'blktap, libvhd: cookie "v_poison"',
  repair: 'none',
  message: () => 'the cookie is "v_poison": an operation of blktap on this disk was not finished',
  explanation: {
    what: 'In the place of "conectix" the footer has the cookie that blktap writes while it changes a disk as a whole.',
    why: 'The operation did not end, so blocks may be partly moved or merged: no byte of the disk is certain.',
    how: 'A host that went down while a disk was being resized or merged.',
    readers: 'blktap refuses the disk until its journal was replayed; the others do not know the cookie.',
    repair: 'Let blktap replay its journal (vhd-util revert or resize), or restore the disk.',
  },
});

/** The footer at the end has a wrong checksum. */
export const footerChecksum: RaisableRule<unknown, ChecksumData> = defineRule({
  id: 'vhd/footer-checksum',
  severity: 'error',
  depth: 'header',
  title: 'Footer checksum does not match its content',
  spec: `${FOOTER_FORMAT}, Checksum`,
  repair: 'safe',
  message: describeChecksum,
  explanation: {
    what: "The checksum in the footer at the end is not the one's complement of the sum of its bytes.",
    why: 'At least one field of the footer is wrong, and nothing says which: size, type and place of the header cannot be relied on.',
    how: 'A damaged sector, a program that changed a field and forgot the sum, or a half-written footer.',
    readers:
      'QEMU, vhd-util and Xen Orchestra refuse the footer they read first if its sum is wrong; libvhdi does not look at sums.',
    repair:
      'Where the copy at the start has a right sum it is written over this one; otherwise compare the fields by hand before the sum is put right.',
  },
});

/** A dynamic disk without the footer copy at its start. */
export const footerCopyMissing: RaisableRule<unknown, { readonly isDamaged: boolean }> = defineRule({
  id: 'vhd/footer-copy-missing',
  severity: 'error',
  depth: 'header',
  title: 'No copy of the footer at the start of the file',
  spec: 'VHD 1.0, Dynamic Disk Image: copy of hard disk footer',
  repair: 'safe',
  derivedFrom: ['vhd/disk-type-layout-mismatch'],
  message: ({ isDamaged }) =>
    isDamaged
      ? 'the copy of the footer at the start does not begin with "conectix"; its checksum shows that it is one'
      : 'the disk is not fixed, but its first sector is no copy of the footer',
  explanation: {
    what: 'A dynamic or differencing disk begins with a copy of its footer, but the first sector is none.',
    why: 'The second copy is lost. The data are all there, as long as the footer at the end is sound.',
    how: 'Something wrote to the first sector: a boot loader or partition table meant for the disk in the image, or a damaged sector.',
    readers:
      'QEMU does not recognise such a file, Xen Orchestra refuses it; libvhdi and blktap open it by the footer at the end.',
    repair: 'The footer at the end is copied to the start.',
  },
});

/** The copy has a wrong checksum. */
export const footerCopyChecksum: RaisableRule<unknown, ChecksumData> = defineRule({
  id: 'vhd/footer-copy-checksum',
  severity: 'error',
  depth: 'header',
  title: 'Checksum of the footer copy does not match its content',
  spec: `${FOOTER_FORMAT}, Checksum`,
  repair: 'safe',
  message: describeChecksum,
  explanation: {
    what: "The checksum in the copy of the footer at the start is not the one's complement of the sum of its bytes.",
    why: 'At least one field of the copy is wrong. The footer at the end counts, so nothing is lost while that one is sound.',
    how: 'A damaged sector, or a program that changed only one of the two footers.',
    readers:
      'QEMU reads the copy first and refuses the file, as does Xen Orchestra; libvhdi and blktap read the end first.',
    repair: 'The footer at the end is copied over it.',
  },
});

/** Both footers are in order, but they say different things. */
export const footerCopyMismatch: RaisableRule<unknown, { readonly fields: readonly string[] }> = defineRule({
  id: 'vhd/footer-copy-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'The footer and its copy differ',
  spec: 'VHD 1.0, Dynamic Disk Image: copy of hard disk footer',
  repair: 'decision',
  message: ({ fields }) => `the footer at the end and its copy at the start differ in ${fields.join(', ')}`,
  explanation: {
    what: 'Both footers have right checksums, but not the same content.',
    why: 'Readers disagree about which disk this is: its size, its identity or its type depend on who reads.',
    how: 'A resize or a change of identity that reached only one of the two, or two files joined.',
    readers:
      'By the specification the end counts, and libvhdi and blktap go by it; QEMU goes by the copy; Xen Orchestra refuses the file.',
    repair:
      'Decide which one is right (the newer time stamp, the size that fits the table) and write it to both places.',
  },
});

/** The disk type says one thing, the layout of the file another. */
export const diskTypeLayoutMismatch: RaisableRule<
  unknown,
  { readonly diskType: number; readonly layout: string }
> = defineRule({
  id: 'vhd/disk-type-layout-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'The disk type does not fit how the file is laid out',
  spec: `${FOOTER_FORMAT}, Disk Type`,
  repair: 'decision',
  derivedFrom: ['vhd/disk-type'],
  message: ({ diskType, layout }) => `the disk type is ${diskType}, but the file ${layout}`,
  explanation: {
    what: 'A fixed disk has neither footer copy nor dynamic header, the other types have both; here the type says the opposite of what the file shows.',
    why: 'Read by its type the guest gets headers and tables in the place of its data, or nothing at all.',
    how: 'A changed type field, or a conversion that wrote the footer of another disk.',
    readers: 'libvhdi refuses it; QEMU goes by the first sector and not by the type.',
    repair: 'Find out which is right, then correct the type and the checksum.',
  },
});

/** The rules on where footers are and whether they can be relied on. */
export const footerRules: readonly RaisableRule<unknown, never>[] = [
  footerMissing,
  footerTruncated,
  footerShort,
  footerPoisoned,
  footerChecksum,
  footerCopyMissing,
  footerCopyChecksum,
  footerCopyMismatch,
  diskTypeLayoutMismatch,
];
