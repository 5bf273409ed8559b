import type { Header } from '../../../../generated/qcow2.ts';
import type { ImageFile } from '../../../model/image.ts';
import type { Finding } from '../../../model/problem.ts';
import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { MAX_L1_ENTRIES } from '../geometry.ts';
import type { Qcow2Image } from '../image.ts';
import { headerPlace } from '../places.ts';
import { raisedBySpec } from './spec.ts';

const HEADER = 'QEMU docs/interop/qcow2, "Header"';

/** The first four bytes. */
export const magic = defineSpecRule({
  id: 'qcow2/magic',
  severity: 'error',
  depth: 'header',
  title: 'The file does not begin with the qcow2 magic',
  spec: HEADER,
  repair: 'safe',
  explanation: {
    what: 'The first four bytes are not "QFI" and 0xfb, although the rest of the header is one of qcow2.',
    why: 'The guest data are still there, but nothing finds them: a program that probes takes the file for a raw disk, and a guest would see the tables instead of its disk.',
    how: 'The first sector was overwritten, often by a boot loader or partition tool that was run on the file itself, or by a guest that had the image attached as raw.',
    readers: 'qemu refuses it as qcow2 and opens it as raw when it may probe; libqcow refuses it.',
    repair:
      'Write the four bytes back if the rest of the header is sound, and find out what else was overwritten.',
  },
});

/** The version field. */
export const version = defineSpecRule({
  id: 'qcow2/version',
  severity: 'error',
  depth: 'header',
  title: 'Unknown version',
  spec: HEADER,
  repair: 'none',
  message: ({ actual }) =>
    actual === '1'
      ? 'header.version is 1: this is the older format qcow, which is another one and not supported'
      : `header.version is ${actual}, must be 2 or 3`,
  explanation: {
    what: 'The version is neither 2 nor 3. Version 1 is the older format qcow, which shares the magic but not the layout.',
    why: 'Without a known version no other field has a known meaning, so nothing can be said of the disk.',
    how: 'An image of the old format, or a damaged header.',
    readers: 'qemu opens version 1 with its qcow driver and refuses all other unknown versions.',
    repair: 'Convert a version 1 image with qemu-img; otherwise restore the header from a copy.',
  },
});

/** The header or the rest of its cluster is cut off. */
export const headerTruncated = defineRule<Qcow2Image, string>({
  id: 'qcow2/header-truncated',
  severity: 'error',
  depth: 'header',
  title: 'The header is cut off',
  spec: HEADER,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'The file ends inside the header, or inside the first cluster, which belongs to the header. (Behind header, extensions and backing file name only zeros are missing, and this is a warning.)',
    why: 'Where fields or extensions are missing nothing can be relied on; where only zeros behind them are missing, the tables that should follow are missing with them.',
    how: 'An interrupted download or copy, a full disk, or a header that was cut out for inspection.',
    readers: 'qemu refuses a file shorter than the header; it reads missing bytes behind it as zeros.',
    repair: 'Copy the image again from its source.',
  },
  check({ file, fileSize, geometry, extensions, backing }, tell) {
    if (fileSize >= geometry.clusterSize) return;
    const nameEnd = backing === null ? 0 : backing.offset + backing.length;
    const isContentCut = !extensions.isEnded || (nameEnd > fileSize && nameEnd <= geometry.clusterSize);
    tell({
      at: { file, offset: 0, length: fileSize, field: 'header' },
      ...(isContentCut ? {} : { severity: 'warning' }),
      data: `the file ends after ${fileSize} bytes, inside its first cluster of ${geometry.clusterSize}`,
      expected: String(geometry.clusterSize),
      actual: String(fileSize),
    });
  },
});

/** The header is cut off inside its fields: the spec's side of `headerTruncated`. */
export const headerCutShort = raisedBySpec(
  headerTruncated,
  ({ field, actual }) => `the file ends inside the header: ${field} has ${actual}`,
);

/** The length of a version 3 header. */
export const headerLength = defineRule<Qcow2Image, string>({
  id: 'qcow2/header-length',
  severity: 'error',
  depth: 'header',
  title: 'The header length is impossible',
  spec: `${HEADER}, header_length`,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'A version 3 header must be at least 104 bytes, a multiple of 8, and lie inside the first cluster.',
    why: 'The extensions begin where the header ends, so the backing format, the data file and the bitmaps cannot be found.',
    how: 'A damaged header or a writer that confused versions.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Set 104 or 112 by hand if it is known which fields the writer wrote; otherwise restore the header.',
  },
});

/** The length of a version 3 header, as far as the header alone tells. */
export const headerLengthField = raisedBySpec(
  headerLength,
  ({ actual }) =>
    `header.header_length is ${actual}, must be a multiple of 8 from 104 up to the cluster size`,
);

/** Content behind the fields that are known. */
export const headerUnknownFields = defineSpecRule({
  id: 'qcow2/header-unknown-fields',
  severity: 'info',
  depth: 'header',
  title: 'The header has fields that are not known',
  spec: `${HEADER}, additional fields`,
  repair: 'none',
  message: () => 'the header is longer than the 112 bytes that are known, and the rest is not zero',
  explanation: {
    what: 'The header says that it is longer than 112 bytes, and the bytes behind the known fields are not all zero.',
    why: 'Nothing is wrong: fields that must be understood come with an incompatible feature bit.',
    how: 'A writer newer than the specification that vdcheck knows.',
    readers: 'All readers ignore these fields.',
    repair: 'Leave them as they are; a program that rewrites the header has to keep them.',
  },
});

/** Padding behind the compression type. */
export const headerPadding = defineSpecRule({
  id: 'qcow2/header-padding',
  severity: 'warning',
  depth: 'header',
  title: 'Header padding is not zero',
  spec: `${HEADER}, padding`,
  repair: 'safe',
  message: ({ actual }) => `bytes 105 to 111 of the header must be zero, but are ${actual}`,
  explanation: {
    what: 'Bytes 105 to 111 of the header, which fill it up to a multiple of 8, are not zero.',
    why: 'A later version of the format may give these bytes a meaning and would then misread the image.',
    how: 'A writer that did not clear its buffer, or a damaged header.',
    readers: 'qemu ignores them.',
    repair: 'Set them to zero.',
  },
});

/** The cluster size. */
export const clusterBits = defineRule<Qcow2Image, string>({
  id: 'qcow2/cluster-bits',
  severity: 'error',
  depth: 'header',
  title: 'The cluster size is impossible',
  spec: `${HEADER}, cluster_bits`,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'Clusters are 512 bytes (9) to 2 MiB (21), and at least 16 KiB (14) with extended L2 entries.',
    why: 'Every position in the image counts in clusters, so with a wrong size not a single table can be found.',
    how: 'A damaged header, or an image made to crash or exhaust a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the header; 16 is what nearly all images have.',
  },
});

/** The cluster size, as far as the field alone tells. */
export const clusterBitsField = raisedBySpec(
  clusterBits,
  ({ actual }) => `header.cluster_bits is ${actual}, must be 9 to 21`,
);

/** A disk that does not end at a sector. */
export const sizeUnaligned = defineRule<Qcow2Image, { readonly size: number }>({
  id: 'qcow2/size-unaligned',
  severity: 'warning',
  depth: 'header',
  title: 'The disk is not a whole number of sectors',
  spec: `${HEADER}, size`,
  repair: 'lossy',
  message: ({ size }) => `the disk has ${size} bytes, which is ${size % 512} more than a multiple of 512`,
  explanation: {
    what: 'The virtual size is not a multiple of 512.',
    why: 'A guest sees whole sectors. Depending on the reader the last, partial sector exists or not.',
    how: 'A conversion from a raw file of odd length, or a writer that takes sizes in bytes as they come.',
    readers: 'qemu accepts the size and rounds it up to a sector for the guest; others round down or refuse.',
    repair: 'Resize the disk to the next multiple of 512.',
  },
  check({ header, geometry, file }, tell) {
    if (geometry.size % 512 === 0) return;
    const at = headerPlace(file, header, 'size');
    tell({ at, data: { size: geometry.size }, expected: 'a multiple of 512', actual: String(geometry.size) });
  },
});

/** A disk larger than the format can map. */
export const sizeLimit = defineRule<Qcow2Image, string>({
  id: 'qcow2/size-limit',
  severity: 'error',
  depth: 'header',
  title: 'The disk is larger than its tables can be',
  spec: `${HEADER}, size; QEMU's limit of 32 MiB for an L1 table`,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'The virtual size is above 2^61 bytes, or needs an L1 table of more than 32 MiB with this cluster size.',
    why: 'Such a disk cannot be mapped; a reader that believes the figure computes with overflowing numbers.',
    how: 'A damaged header, or an image made to crash a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the size from a copy, or from the partition table inside the disk.',
  },
  check({ header, geometry, file }, tell) {
    const fault = judgeSize(file, header, geometry.clusterSize * geometry.l2Entries);
    if (fault !== null) tell(fault);
  },
});

/**
 * What is wrong with the size of a disk that needs more L1 entries than there can be; `null` for any other.
 *
 * @param span guest bytes that one L1 entry maps
 */
export function judgeSize(file: ImageFile, header: Header, span: number): Finding<string> | null {
  const { size } = header;
  const unit = BigInt(span);
  const entries = (size + unit - 1n) / unit;
  if (entries <= BigInt(MAX_L1_ENTRIES)) return null;
  const at = headerPlace(file, header, 'size');
  const need = `an L1 table of ${entries} entries, more than the 4194304 that fit into 32 MiB`;
  return { at, data: `a disk of ${size} bytes needs ${need}`, actual: String(size) };
}

/** A disk larger than the format can map, as far as the field alone tells. */
export const sizeLimitField = raisedBySpec(
  sizeLimit,
  ({ actual, expected }) => `header.size is ${actual}, must be ${expected}`,
);

/** Bytes behind a version 2 header. */
export const v2NonzeroTail = defineRule<Qcow2Image, { readonly type: string }>({
  id: 'qcow2/v2-nonzero-tail',
  severity: 'info',
  depth: 'header',
  title: 'Bytes behind a version 2 header',
  spec: `${HEADER}, header extensions`,
  repair: 'none',
  message: ({ type }) =>
    `a version 2 header ends at byte 72, where a header extension of the unknown type ${type} begins`,
  explanation: {
    what: 'Behind the 72 bytes of a version 2 header stands something that is no known header extension.',
    why: 'Version 2 has no feature fields, so whatever it is has no influence on the guest data.',
    how: 'A writer that filled in version 3 fields under version 2, or an image whose version was changed by hand.',
    readers: 'qemu takes the bytes for header extensions and skips unknown ones.',
    repair: 'None is needed; find out whether the version field was meant to be 3.',
  },
  check({ header, extensions, file }, tell) {
    const first = extensions.records[0];
    if (header.version !== 2 || first === undefined || first.isKnown) return;
    tell({
      at: { file, offset: first.offset, length: 8, field: 'header_extensions[0].type' },
      data: { type: first.typeText },
      actual: first.typeText,
    });
  },
});
