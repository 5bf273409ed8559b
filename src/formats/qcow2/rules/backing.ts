import { judgeReference, type ReferenceVerdict } from '../../../model/reference-state.ts';
import type { ImageFile } from '../../../model/image.ts';
import type { Place, Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { MAX_NAME, type BackingName } from '../layout/backing.ts';
import { bytesText } from '../layout/geometry.ts';
import { sentenceOr } from './sentence.ts';

const NAME = 'QEMU docs/interop/qcow2, "Header", backing_file_offset';
const FORMAT = 'QEMU docs/interop/qcow2, "Header extensions", backing file format name';

/** Names of block drivers that qemu knows as the format of a backing file. */
const DRIVERS: readonly string[] = [
  ...[
    'raw',
    'qcow2',
    'qcow',
    'qed',
    'vmdk',
    'vpc',
    'vhdx',
    'vdi',
    'dmg',
    'cloop',
    'bochs',
    'parallels',
    'luks',
  ],
  ...[
    'file',
    'host_device',
    'host_cdrom',
    'nbd',
    'http',
    'https',
    'ftp',
    'ftps',
    'ssh',
    'iscsi',
    'nfs',
    'rbd',
  ],
  ...[
    'gluster',
    'copy-on-read',
    'blkdebug',
    'blkverify',
    'quorum',
    'replication',
    'throttle',
    'vvfat',
    'nvme',
  ],
];

/** The extension that states the format. */
function formatPlace(file: ImageFile, { record, recordIndex }: BackingName): Place {
  return {
    file,
    offset: record === null ? null : record.dataOffset,
    length: record?.data.length ?? null,
    field: `header_extensions[${recordIndex}].data`,
  };
}

/** Tells of a backing file that is not open, where the verdict on it is `finding`. */
function tellClosed(
  { header, parent }: Qcow2Image,
  finding: ReferenceVerdict['finding'],
  tell: Tell<{ reason: string }>,
): void {
  if (parent === null || parent.reason === null || parent.state === 'not-followed') return;
  const verdict = judgeReference(parent.state);
  if (verdict?.finding !== finding) return;
  const { severity } = verdict;
  const data = { reason: parent.reason };
  tell({ at: header.at('backing_file_offset'), data, severity, actual: parent.name });
}

/** The rules on backing files. */
export const backingRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/backing-name-bounds': {
    severity: 'error',
    depth: 'header',
    title: 'The backing file name is out of bounds',
    spec: NAME,
    repair: 'none',
    message: sentenceOr(
      ({ actual }) => `header.backing_file_size is ${actual}, more than the 1023 bytes that a name may have`,
    ),
    check({ header, backing, geometry, extensions }, tell) {
      if (backing === null || backing.length > MAX_NAME) return;
      const { offset, length } = backing;
      const position = header.fields.backingFileOffset;
      const at = header.at('backing_file_offset');
      const actual = `${position}, ${length} bytes`;
      if (offset + length > geometry.clusterSize)
        tell({
          at,
          data: `the backing file name is at ${bytesText(position, BigInt(length))}, but the first cluster ends at byte ${geometry.clusterSize}`,
          actual,
        });
      else if (length > 0 && offset < extensions.start)
        tell({
          at,
          data: `the backing file name is at byte ${offset}, inside the header of ${extensions.start} bytes`,
          actual,
        });
      else if (
        length > 0 &&
        extensions.records.some(({ offset: start, end }) => offset < end && offset + length > start)
      )
        tell({ at, data: `the backing file name at byte ${offset} is in a header extension`, actual });
    },
  },
  'qcow2/backing-name-empty': {
    severity: 'warning',
    depth: 'header',
    title: 'The backing file name is empty',
    spec: NAME,
    repair: 'safe',
    message: ({ offset }) => `header.backing_file_offset is ${offset}, but the name has 0 bytes`,
    check({ header, backing }, tell) {
      if (backing === null || backing.length > 0) return;
      const offset = String(header.fields.backingFileOffset);
      tell({ at: header.at('backing_file_offset'), data: { offset }, expected: '0', actual: offset });
    },
  },
  'qcow2/backing-name-nul': {
    severity: 'error',
    depth: 'header',
    title: 'The backing file name contains control characters',
    spec: NAME,
    repair: 'decision',
    derivedFrom: ['qcow2/backing-name-bounds'],
    message: ({ name }) =>
      `the backing file name ${JSON.stringify(name)} contains a zero byte or another control character`,
    check({ file, backing }, tell) {
      if (backing === null || !/[\p{Cc}]/u.test(backing.name)) return;
      const at = { file, offset: backing.offset, length: backing.length, field: 'backing_file_name' };
      tell({ at, data: { name: backing.name }, actual: backing.name });
    },
  },
  'qcow2/backing-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The backing file is missing',
    spec: NAME,
    repair: 'decision',
    derivedFrom: ['qcow2/backing-name-bounds', 'qcow2/backing-name-nul', 'qcow2/backing-format-mismatch'],
    message: ({ reason }) => `unallocated clusters are out of reach: ${reason}`,
    check: (image, tell) => tellClosed(image, 'missing', tell),
  },
  'qcow2/backing-not-opened': {
    severity: 'info',
    depth: 'header',
    title: 'The backing file was not opened',
    spec: NAME,
    repair: 'none',
    derivedFrom: ['qcow2/backing-name-bounds', 'qcow2/backing-name-nul'],
    message: ({ reason }) => reason,
    check: (image, tell) => tellClosed(image, 'not-opened', tell),
  },
  'qcow2/backing-format-missing': {
    severity: 'warning',
    depth: 'header',
    title: 'The format of the backing file is not stated',
    spec: FORMAT,
    repair: 'safe',
    derivedFrom: ['qcow2/backing-name-bounds', 'qcow2/ext-overrun'],
    message: ({ name }) =>
      `the image has the backing file ${JSON.stringify(name)}, but does not say which format it has`,
    check({ header, backing }, tell) {
      if (backing !== null && backing.length > 0 && backing.format === null)
        tell({ at: header.at('backing_file_offset'), data: { name: backing.name }, actual: backing.name });
    },
  },
  'qcow2/backing-format-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'The backing file has another format than stated',
    spec: FORMAT,
    repair: 'decision',
    message: ({ stated, found }) =>
      `the backing file should have the format ${stated}, but is found to be ${found}`,
    check({ file, backing, parent }, tell) {
      const found = parent?.recognised ?? null;
      if (backing === null || backing.format === null || found === null) return;
      const stated = backing.format === 'vpc' ? 'vhd' : backing.format;
      if (stated === found || !['raw', 'qcow2', 'vmdk', 'vhd'].includes(stated)) return;
      tell({
        at: formatPlace(file, backing),
        data: { stated: backing.format, found },
        ...(stated === 'raw' ? { severity: 'warning' } : {}),
        expected: backing.format,
        actual: found,
      });
    },
  },
  'qcow2/backing-format-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'The backing file has an unknown format',
    spec: FORMAT,
    repair: 'decision',
    message: ({ format }) =>
      `the image says that its backing file has the format ${JSON.stringify(format)}, which does not exist`,
    check({ file, backing }, tell) {
      if (backing === null || backing.format === null || DRIVERS.includes(backing.format)) return;
      tell({
        at: formatPlace(file, backing),
        data: { format: backing.format },
        actual: backing.format,
      });
    },
  },
  'qcow2/backing-size-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'Image and backing file differ in size',
    spec: NAME,
    repair: 'none',
    derivedFrom: ['qcow2/backing-format-mismatch'],
    message: ({ size, backing }) => `the disk has ${size} bytes, that of its backing file ${backing}`,
    check({ header, size, parent }, tell) {
      const backing = parent?.image?.size ?? size;
      if (backing !== size)
        tell({ at: header.at('backing_file_offset'), data: { size, backing }, actual: String(backing) });
    },
  },
  'qcow2/backing-cycle': {
    severity: 'error',
    depth: 'header',
    title: 'The backing chain is a cycle',
    spec: NAME,
    repair: 'none',
    message: ({ reason }) => `the backing chain never ends: ${reason}`,
    check({ header, parent }, tell) {
      if (parent?.state === 'cycle')
        tell({
          at: header.at('backing_file_offset'),
          data: { reason: parent.reason ?? '' },
          actual: parent.name,
        });
    },
  },
  'qcow2/backing-depth': {
    severity: 'warning',
    depth: 'header',
    title: 'The backing chain is too long',
    spec: NAME,
    repair: 'decision',
    message: ({ reason }) => `the backing chain was not followed to its end: ${reason}`,
    check({ header, parent }, tell) {
      if (parent?.state === 'too-deep')
        tell({
          at: header.at('backing_file_offset'),
          data: { reason: parent.reason ?? '' },
          actual: parent.name,
        });
    },
  },
  'qcow2/backing-newer': {
    severity: 'info',
    depth: 'header',
    title: 'The backing file was modified after the image',
    spec: NAME,
    repair: 'none',
    message: ({ name }) => `the backing file ${JSON.stringify(name)} was modified later than this image`,
    check({ header, parent, opened }, tell) {
      const modified = parent?.image?.files[0]?.source?.modified ?? null;
      if (parent === null || modified === null || opened.modified === null || modified <= opened.modified)
        return;
      tell({ at: header.at('backing_file_offset'), data: { name: parent.name }, actual: parent.name });
    },
  },
});
