import { isWithheld } from '../../../model/reference-state.ts';
import { defineRule } from '../../../model/rule.ts';
import { backingFormatPlace, backingPlace, MAX_NAME } from '../backing.ts';
import { bytesText } from '../geometry.ts';
import type { Qcow2Image } from '../image.ts';
import { raisedBySpec } from './spec.ts';

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

/** A name that does not fit. */
export const backingNameBounds = defineRule<Qcow2Image, string>({
  id: 'qcow2/backing-name-bounds',
  severity: 'error',
  depth: 'header',
  title: 'The backing file name is out of bounds',
  spec: NAME,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'The name of the backing file does not lie in the first cluster behind the header, or is longer than 1023 bytes.',
    why: 'The backing file cannot be found, and all unallocated clusters with it.',
    how: 'A damaged header, or an image made to make a reader read out of bounds.',
    readers: 'qemu refuses to open the image.',
    repair: 'Set the backing file anew (qemu-img rebase -u) if its name is known.',
  },
  check({ file, header, backing, geometry, extensions }, tell) {
    if (backing === null || backing.length > MAX_NAME) return;
    const { offset, length } = backing;
    const position = header.backingFileOffset;
    const at = backingPlace(file, header);
    const actual = `${position}, ${length} bytes`;
    if (offset + length > geometry.clusterSize)
      tell({
        at,
        data: `the backing file name lies at ${bytesText(position, BigInt(length))}, but the first cluster ends at byte ${geometry.clusterSize}`,
        actual,
      });
    else if (length > 0 && offset < extensions.start)
      tell({
        at,
        data: `the backing file name lies at byte ${offset}, inside the header of ${extensions.start} bytes`,
        actual,
      });
    else if (
      length > 0 &&
      extensions.records.some(({ offset: start, end }) => offset < end && offset + length > start)
    )
      tell({ at, data: `the backing file name at byte ${offset} lies in a header extension`, actual });
  },
});

/** A name that is too long. */
export const backingNameSize = raisedBySpec(
  backingNameBounds,
  ({ actual }) => `header.backing_file_size is ${actual}, more than the 1023 bytes that a name may have`,
);

/** A place for a name, and no name. */
export const backingNameEmpty = defineRule<Qcow2Image, { readonly offset: string }>({
  id: 'qcow2/backing-name-empty',
  severity: 'warning',
  depth: 'header',
  title: 'The backing file name is empty',
  spec: NAME,
  repair: 'safe',
  message: ({ offset }) => `header.backing_file_offset is ${offset}, but the name has 0 bytes`,
  explanation: {
    what: 'There is a position for the name of a backing file, but its length is 0.',
    why: 'Readers take it for no backing file. If there was one, unallocated clusters now read as zeros.',
    how: 'A writer that cleared only one of the two fields, or a damaged length.',
    readers: 'qemu opens the image without a backing file.',
    repair: 'Set the position to 0 too, once it is certain that there is no backing file.',
  },
  check({ file, header, backing }, tell) {
    if (backing === null || backing.length > 0) return;
    const offset = String(header.backingFileOffset);
    tell({ at: backingPlace(file, header), data: { offset }, expected: '0', actual: offset });
  },
});

/** Bytes that no name has. */
export const backingNameNul = defineRule<Qcow2Image, { readonly name: string }>({
  id: 'qcow2/backing-name-nul',
  severity: 'error',
  depth: 'header',
  title: 'The backing file name holds control characters',
  spec: NAME,
  repair: 'decision',
  derivedFrom: ['qcow2/backing-name-bounds'],
  message: ({ name }) =>
    `the backing file name ${JSON.stringify(name)} holds a zero byte or another control character`,
  explanation: {
    what: 'The name of the backing file contains a zero byte or another control character.',
    why: 'Programs that end a name at the zero byte open another file than those that do not: what is checked is not what is used.',
    how: 'An image made to mislead a check, or a damaged name.',
    readers: 'qemu cuts the name at the zero byte and opens what is left.',
    repair: 'Set the backing file anew (qemu-img rebase -u).',
  },
  check({ file, backing }, tell) {
    if (backing === null || !/[\p{Cc}]/u.test(backing.name)) return;
    const at = { file, offset: backing.offset, length: backing.length, field: 'backing_file_name' };
    tell({ at, data: { name: backing.name }, actual: backing.name });
  },
});

/** A backing file that cannot be opened. */
export const backingMissing = defineRule<Qcow2Image, { readonly reason: string }>({
  id: 'qcow2/backing-missing',
  severity: 'error',
  depth: 'header',
  title: 'The backing file is not there',
  spec: NAME,
  repair: 'decision',
  derivedFrom: ['qcow2/backing-name-bounds', 'qcow2/backing-name-nul', 'qcow2/backing-format-mismatch'],
  message: ({ reason }) => `unallocated clusters are out of reach: ${reason}`,
  explanation: {
    what: 'The backing file that the image names could not be opened. (Where it may be there, but was not opened because of where it lies, this is a warning.)',
    why: 'All clusters that are not allocated in this image are read from it; without it the disk is incomplete.',
    how: 'The image was copied or moved without its backing file, the file was renamed, or the name is a path of another machine.',
    readers: 'qemu refuses to open the image.',
    repair: 'Put the backing file where the image names it, or set the right name (qemu-img rebase -u).',
  },
  check({ file, header, parent }, tell) {
    if (parent === null || parent.reason === null) return;
    if (!['missing', 'unreadable'].includes(parent.state) && !isWithheld(parent.state)) return;
    tell({
      at: backingPlace(file, header),
      data: { reason: parent.reason },
      ...(isWithheld(parent.state) ? { severity: 'warning' } : {}),
      actual: parent.name,
    });
  },
});

/** No format for the backing file. */
export const backingFormatMissing = defineRule<Qcow2Image, { readonly name: string }>({
  id: 'qcow2/backing-format-missing',
  severity: 'warning',
  depth: 'header',
  title: 'The format of the backing file is not stated',
  spec: FORMAT,
  repair: 'safe',
  derivedFrom: ['qcow2/backing-name-bounds', 'qcow2/ext-overrun'],
  message: ({ name }) =>
    `the image has the backing file ${JSON.stringify(name)}, but does not say which format it has`,
  explanation: {
    what: 'There is a backing file, but no extension with its format.',
    why: 'Readers guess by content. A guest that could once write a raw backing file can put a qcow2 header into it, and so make the host open any file.',
    how: 'Images made by old versions of qemu, or without -F.',
    readers: 'qemu probes the format; libvirt takes it for raw and so reads something else.',
    repair: 'Set the format (qemu-img rebase -u -F).',
  },
  check({ file, header, backing }, tell) {
    if (backing !== null && backing.length > 0 && backing.format === null)
      tell({ at: backingPlace(file, header), data: { name: backing.name }, actual: backing.name });
  },
});

/** Another format than stated. */
export const backingFormatMismatch = defineRule<
  Qcow2Image,
  { readonly stated: string; readonly found: string }
>({
  id: 'qcow2/backing-format-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'The backing file has another format than stated',
  spec: FORMAT,
  repair: 'decision',
  message: ({ stated, found }) =>
    `the backing file should have the format ${stated}, but is found to be ${found}`,
  explanation: {
    what: 'The format that the image states for its backing file is not the one that the file shows. (Raw over a file that shows a format is a warning: a guest may have a disk that looks like an image.)',
    why: 'Read in the wrong format the backing file gives wrong data, or none.',
    how: 'The backing file was converted and kept its name, or the format was set wrongly.',
    readers: 'qemu uses the stated format and fails, or shows the tables of the backing file as guest data.',
    repair: 'Set the right format (qemu-img rebase -u -F), after a look at what the file is.',
  },
  check({ file, backing, parent }, tell) {
    const found = parent?.recognised ?? null;
    if (backing === null || backing.format === null || found === null) return;
    const stated = backing.format === 'vpc' ? 'vhd' : backing.format;
    if (stated === found || !['raw', 'qcow2', 'vmdk', 'vhd'].includes(stated)) return;
    tell({
      at: backingFormatPlace(file, backing),
      data: { stated: backing.format, found },
      ...(stated === 'raw' ? { severity: 'warning' } : {}),
      expected: backing.format,
      actual: found,
    });
  },
});

/** A format that does not exist. */
export const backingFormatUnknown = defineRule<Qcow2Image, { readonly format: string }>({
  id: 'qcow2/backing-format-unknown',
  severity: 'error',
  depth: 'header',
  title: 'The backing file has an unknown format',
  spec: FORMAT,
  repair: 'decision',
  message: ({ format }) =>
    `the image says that its backing file has the format ${JSON.stringify(format)}, which does not exist`,
  explanation: {
    what: 'The format stated for the backing file is no name of a format.',
    why: 'The backing file cannot be opened, and all unallocated clusters with it.',
    how: 'A misspelt -F, or a damaged extension.',
    readers: 'qemu refuses to open the image.',
    repair: 'Set the right format (qemu-img rebase -u -F).',
  },
  check({ file, backing }, tell) {
    if (backing === null || backing.format === null || DRIVERS.includes(backing.format)) return;
    tell({ at: backingFormatPlace(file, backing), data: { format: backing.format }, actual: backing.format });
  },
});

/** Layers of different sizes. */
export const backingSizeMismatch = defineRule<
  Qcow2Image,
  { readonly size: number; readonly backing: number }
>({
  id: 'qcow2/backing-size-mismatch',
  severity: 'info',
  depth: 'header',
  title: 'Image and backing file differ in size',
  spec: NAME,
  repair: 'none',
  derivedFrom: ['qcow2/backing-format-mismatch'],
  message: ({ size, backing }) => `the disk has ${size} bytes, that of its backing file ${backing}`,
  explanation: {
    what: 'The disk of this image is larger or smaller than that of its backing file.',
    why: 'Nothing is wrong: what the backing file does not have reads as zeros, what it has in excess is not seen.',
    how: 'The image was resized after it was made.',
    readers: 'All readers accept it.',
    repair: 'None is needed.',
  },
  check({ file, header, size, parent }, tell) {
    const backing = parent?.image?.size ?? size;
    if (backing !== size)
      tell({ at: backingPlace(file, header), data: { size, backing }, actual: String(backing) });
  },
});

/** A backing file that changed. */
export const backingNewer = defineRule<Qcow2Image, { readonly name: string }>({
  id: 'qcow2/backing-newer',
  severity: 'info',
  depth: 'header',
  title: 'The backing file was modified after the image',
  spec: NAME,
  repair: 'none',
  message: ({ name }) => `the backing file ${JSON.stringify(name)} was modified later than this image`,
  explanation: {
    what: 'The time of the last change of the backing file is later than that of the image over it.',
    why: 'A backing file must not change: where it did, clusters from it no longer fit those stored here, and a file system on the disk is inconsistent.',
    how: 'A guest was started from the backing file, or the files were copied, which changes their times and is harmless.',
    readers: 'No reader looks at the times.',
    repair: 'Nothing can be mended; find out what changed the backing file.',
  },
  check({ file, header, parent, opened }, tell) {
    const modified = parent?.image?.files[0]?.source?.modified ?? null;
    if (parent === null || modified === null || opened.modified === null || modified <= opened.modified)
      return;
    tell({ at: backingPlace(file, header), data: { name: parent.name }, actual: parent.name });
  },
});

/** A chain that bites its tail. */
export const backingCycle = defineRule<Qcow2Image, { readonly reason: string }>({
  id: 'qcow2/backing-cycle',
  severity: 'error',
  depth: 'header',
  title: 'The backing chain is a cycle',
  spec: NAME,
  repair: 'none',
  message: ({ reason }) => `the backing chain never ends: ${reason}`,
  explanation: {
    what: 'The backing file of this image is the image itself, or a layer above it.',
    why: 'Unallocated clusters cannot be read: there is no last layer.',
    how: 'A file of the chain was renamed over another, or the image was made to hang a reader.',
    readers: 'qemu-img hangs or runs out of memory.',
    repair: 'Find the real base and set it (qemu-img rebase -u).',
  },
  check({ file, header, parent }, tell) {
    if (parent?.state === 'cycle')
      tell({ at: backingPlace(file, header), data: { reason: parent.reason ?? '' }, actual: parent.name });
  },
});

/** A chain without end. */
export const backingDepth = defineRule<Qcow2Image, { readonly reason: string }>({
  id: 'qcow2/backing-depth',
  severity: 'warning',
  depth: 'header',
  title: 'The backing chain is too long',
  spec: NAME,
  repair: 'decision',
  message: ({ reason }) => `the backing chain was not followed to its end: ${reason}`,
  explanation: {
    what: 'The backing chain has more layers than are followed.',
    why: 'Each layer costs memory and slows down every read; the layers below were not checked.',
    how: 'Snapshots that were taken for years and never merged, or an image made to exhaust a reader.',
    readers: 'qemu opens such chains as long as memory and file handles last.',
    repair: 'Merge layers (qemu-img commit, or rebase).',
  },
  check({ file, header, parent }, tell) {
    if (parent?.state === 'too-deep')
      tell({ at: backingPlace(file, header), data: { reason: parent.reason ?? '' }, actual: parent.name });
  },
});
