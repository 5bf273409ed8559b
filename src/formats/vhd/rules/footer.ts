import { formatHex } from '../../../codec/index.ts';
import { defineRules } from '../../../model/rule.ts';
import type { ChecksumFigures, FooterTrace, VhdFindings } from '../findings.ts';
import type { VhdImage } from '../layout/image.ts';
import type { VhdWalk } from '../walk.ts';

const FOOTER_FORMAT = 'VHD 1.0, Hard Disk Footer Format';

const TRACES: Readonly<Record<FooterTrace, (position: number, size: number) => string>> = {
  nothing: (_, size) => `no footer is found at the end of these ${size} bytes`,
  'damaged-cookie': (position) =>
    `the footer at byte ${position} does not begin with "conectix"; its checksum shows that it is one`,
  'bytes-behind': (position, size) =>
    `the footer is at byte ${position}, and ${size - position - 512} bytes follow it`,
};

/** The rules on where footers are and whether they can be relied on. */
export const footerRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/footer-missing': {
    severity: 'error',
    depth: 'header',
    title: 'No footer at the end of the file',
    spec: FOOTER_FORMAT,
    repair: 'safe',
    message: ({ trace, position, size }) => TRACES[trace](position, size),
  },
  'vhd/footer-truncated': {
    severity: 'error',
    depth: 'header',
    title: 'The footer is cut off',
    spec: FOOTER_FORMAT,
    repair: 'safe',
    message: ({ position, present }) =>
      `the footer begins at byte ${position}, and the file ends after ${present} of its 512 bytes`,
  },
  'vhd/footer-short': {
    severity: 'info',
    depth: 'header',
    title: 'The footer has 511 bytes',
    spec: FOOTER_FORMAT,
    repair: 'safe',
    message: ({ size }) => `the footer has 511 bytes, the last of these ${size} bytes is missing`,
  },
  'vhd/footer-poisoned': {
    severity: 'error',
    depth: 'header',
    title: 'An operation of blktap was not finished',
    spec: 'blktap, libvhd: cookie "v_poison"',
    repair: 'none',
    message: () => 'the cookie is "v_poison": an operation of blktap on this disk was not finished',
  },
  'vhd/footer-checksum': {
    severity: 'error',
    depth: 'header',
    title: 'Footer checksum does not match its content',
    spec: `${FOOTER_FORMAT}, Checksum`,
    repair: 'safe',
    message: describeChecksum,
  },
  'vhd/footer-copy-missing': {
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
  },
  'vhd/footer-copy-checksum': {
    severity: 'error',
    depth: 'header',
    title: 'Checksum of the footer copy does not match its content',
    spec: `${FOOTER_FORMAT}, Checksum`,
    repair: 'safe',
    message: describeChecksum,
  },
  'vhd/footer-copy-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'The footer and its copy differ',
    spec: 'VHD 1.0, Dynamic Disk Image: copy of hard disk footer',
    repair: 'decision',
    message: ({ fields }) => `the footer at the end and its copy at the start differ in ${fields.join(', ')}`,
  },
  'vhd/disk-type-layout-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'The disk type does not fit how the file is laid out',
    spec: `${FOOTER_FORMAT}, Disk Type`,
    repair: 'decision',
    derivedFrom: ['vhd/disk-type'],
    message: ({ diskType, layout }) => `the disk type is ${diskType}, but the file ${layout}`,
  },
});

function describeChecksum({ stored, computed }: ChecksumFigures): string {
  return `the checksum is ${formatHex(stored, 4)}, but the bytes give ${formatHex(computed, 4)}`;
}
