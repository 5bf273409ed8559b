import { isWithheld } from '../../../model/reference-state.ts';
import type { ReferenceState } from '../../../model/image.ts';
import type { Severity } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import type { DynamicHeader } from '../../../../generated/vhd.ts';
import { formatTime, formatUuid, isNullUuid, toUnixTime } from '../identity.ts';
import { hasRawParent, parentName } from '../parent.ts';
import { fieldPlace } from '../place.ts';
import { hasLoneSurrogate, looksSwapped } from '../text.ts';
import { isVhdImage, type Found, type VhdImage } from '../types.ts';

const HEADER_FORMAT = 'VHD 1.0, Dynamic Disk Header Format';
const DIFFERENCING = 'VHD 1.0, Differencing Hard Disks';

/** A differencing disk whose header may be judged. */
type Child = VhdImage & { readonly header: Found<DynamicHeader> };

function isChild(image: VhdImage): image is Child {
  return image.variant === 'differencing' && image.header?.isTrusted === true;
}

/** The opened parent, if it is a VHD. */
function vhdParent({ parent }: VhdImage): VhdImage | null {
  const image = parent?.image ?? null;
  return image !== null && isVhdImage(image) ? image : null;
}

/** A child that does not say whose child it is. */
export const parentIdNull: RaisableRule<VhdImage, { readonly isRaw: boolean }> = defineRule({
  id: 'vhd/parent-id-null',
  severity: 'error',
  depth: 'header',
  title: 'A differencing disk without the id of its parent',
  spec: `${HEADER_FORMAT}, Parent Unique ID`,
  repair: 'decision',
  message: ({ isRaw }) =>
    isRaw
      ? 'the id of the parent is null: for disks of blktap the parent is then a raw disk'
      : 'the disk is differencing, but the id of its parent is null',
  check(image, tell) {
    if (!isChild(image) || !isNullUuid(image.header.fields.parentUniqueId)) return;
    const isRaw = hasRawParent(image.footer, image.header);
    const at = fieldPlace(image.file, image.header, 'parent_unique_id');
    tell({ at, data: { isRaw }, severity: isRaw ? 'info' : 'error' });
  },
  explanation: {
    what: 'The disk type is 4, but the parent unique id is all zeros.',
    why: 'Whether a file is the right parent cannot be told; with a wrong one the data of two disks are mixed.',
    how: 'A dynamic disk with a wrong type, or a tool that wiped identities. XenServer means a raw parent by it.',
    readers: 'QEMU ignores parents altogether and shows zeros; blktap takes the parent as raw.',
    repair: 'If the parent is known its unique id is written here; if there is none the type must be 3.',
  },
});

/** A parent other than the one that the child was made of. */
export const parentIdMismatch: RaisableRule<
  VhdImage,
  { readonly expected: string; readonly actual: string; readonly path: string }
> = defineRule({
  id: 'vhd/parent-id-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'The parent is another disk',
  spec: `${HEADER_FORMAT}, Parent Unique ID`,
  repair: 'none',
  message: ({ expected, actual, path }) =>
    `the parent must have the unique id ${expected}, but ${path} has ${actual}`,
  check(image, tell) {
    const parent = vhdParent(image);
    if (!isChild(image) || parent === null || isNullUuid(image.header.fields.parentUniqueId)) return;
    const expected = formatUuid(image.header.fields.parentUniqueId);
    const actual = formatUuid(parent.footer.fields.uniqueId);
    if (expected === actual) return;
    const at = fieldPlace(image.file, image.header, 'parent_unique_id');
    tell({ at, data: { expected, actual, path: parent.file.path }, expected: actual, actual: expected });
  },
  explanation: {
    what: 'The file that the locators lead to is a VHD, but not the one whose id the child has stored.',
    why: 'Everything that the child does not store itself is read from a disk that it does not belong to.',
    how: 'A parent that was replaced or restored, or two disks of the same name.',
    readers:
      'vhd-util and Hyper-V refuse the chain; QEMU does not look at parents; Xen Orchestra does not compare ids.',
    repair:
      'Find the right parent. To overwrite the id is right only where the parent is known to be the same disk.',
  },
});

/** A parent that changed after the child was made. */
export const parentTimestampMismatch: RaisableRule<
  VhdImage,
  { readonly expected: number; readonly actual: number }
> = defineRule({
  id: 'vhd/parent-timestamp-mismatch',
  severity: 'warning',
  depth: 'header',
  title: 'The parent has another time stamp',
  spec: `${HEADER_FORMAT}, Parent Time Stamp`,
  repair: 'lossy',
  derivedFrom: ['vhd/parent-id-mismatch'],
  message: ({ expected, actual }) =>
    `the child was made of a parent changed at ${formatTime(expected)}; the footer of the parent says ${formatTime(actual)}, and its file was not changed at that time either`,
  check(image, tell) {
    const parent = vhdParent(image);
    if (!isChild(image) || parent === null) return;
    const expected = image.header.fields.parentTimeStamp;
    const actual = parent.footer.fields.timeStamp;
    const { modified } = parent.source;
    const isFileTime = modified !== null && Math.floor(modified / 1000) === toUnixTime(expected);
    if (expected === 0 || expected === actual || isFileTime) return;
    const at = fieldPlace(image.file, image.header, 'parent_time_stamp');
    tell({ at, data: { expected, actual }, expected: String(actual), actual: String(expected) });
  },
  explanation: {
    what: 'The time stamp of the parent that the child has stored is neither the one in the footer of the parent nor the time when its file was last changed.',
    why: 'If the parent was written to after the child was made, the child shows a mixture of both states.',
    how: 'A parent that was started by mistake. Most writers store the time of change of the file, which copying alters too.',
    readers: 'vhd-util and Hyper-V complain; the others do not look.',
    repair: 'If the parent is known to be unchanged, its time stamp is written into the child.',
  },
});

/** Whether a parent that is not open is known to be lost, or was only not looked for. */
function severityOf(state: ReferenceState): Severity | undefined {
  if (state === 'refused') return 'error';
  if (isWithheld(state)) return 'warning';
  return state === 'missing' || state === 'unreadable' ? 'error' : undefined;
}

/** A parent that cannot be opened. */
export const parentMissing: RaisableRule<VhdImage, { readonly reason: string }> = defineRule({
  id: 'vhd/parent-missing',
  severity: 'error',
  depth: 'header',
  title: 'The parent is not found',
  spec: DIFFERENCING,
  repair: 'decision',
  derivedFrom: ['vhd/parent-id-null'],
  message: ({ reason }) => `what this disk does not store itself is its parent's, but ${reason}`,
  check({ file, header, parent }, tell) {
    const severity = parent === null ? undefined : severityOf(parent.state);
    if (header === null || parent === null || severity === undefined) return;
    const at = fieldPlace(file, header, 'parent_unicode_name');
    const reason =
      parent.name === '' ? 'neither a name nor a locator says which disk that is' : (parent.reason ?? '');
    tell({ at, data: { reason }, severity, actual: parent.name });
  },
  explanation: {
    what: 'Neither the locators nor the name of the parent lead to a file that can be opened.',
    why: 'All guest data that the child does not store itself are missing.',
    how: 'A child that was copied without its parent, or a parent that was moved or renamed.',
    readers:
      'QEMU opens the child alone and shows zeros in the place of the data of the parent, without a word; the others refuse it.',
    repair: 'Put the parent beside the child under the name in the header, or correct the locators.',
  },
});

/** A parent of another size. */
export const parentSizeMismatch: RaisableRule<
  VhdImage,
  { readonly size: number; readonly parentSize: number }
> = defineRule({
  id: 'vhd/parent-size-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'Child and parent differ in size',
  spec: DIFFERENCING,
  repair: 'none',
  derivedFrom: [
    'vhd/parent-id-mismatch',
    'vhd/parent-type',
    'vhd/current-size-zero',
    'vhd/current-size-limit',
  ],
  message: ({ size, parentSize }) => `the disk has ${size} bytes, its parent ${parentSize}`,
  check({ file, footer, parent, size }, tell) {
    const parentSize = parent?.image?.size ?? size;
    if (!footer.isTrusted || parentSize === size) return;
    tell({
      at: fieldPlace(file, footer, 'current_size'),
      data: { size, parentSize },
      severity: size < parentSize ? 'error' : 'warning',
      expected: String(parentSize),
      actual: String(size),
      guestOffset: Math.min(size, parentSize),
    });
  },
  explanation: {
    what: 'The current size of a differencing disk is not that of its parent.',
    why: 'A child that is smaller hides the end of the disk; one that is larger reads zeros behind the end of its parent.',
    how: 'One of the two was resized.',
    readers: 'blktap does not accept a child that is smaller than its parent; it makes larger ones itself.',
    repair: 'Undo the resize, or merge the chain before the size is changed.',
  },
});

/** Child and parent count in other blocks. */
export const parentBlockSizeMismatch: RaisableRule<
  VhdImage,
  { readonly blockSize: number; readonly parentBlockSize: number }
> = defineRule({
  id: 'vhd/parent-block-size-mismatch',
  severity: 'warning',
  depth: 'header',
  title: 'Child and parent differ in block size',
  spec: DIFFERENCING,
  repair: 'none',
  derivedFrom: ['vhd/parent-id-mismatch', 'vhd/block-size-invalid'],
  message: ({ blockSize, parentBlockSize }) =>
    `the disk has blocks of ${blockSize} bytes, its parent of ${parentBlockSize}`,
  check(image, tell) {
    const parentBlockSize = vhdParent(image)?.blocks?.blockSize;
    const blockSize = image.blocks?.blockSize;
    if (!isChild(image) || blockSize === undefined || parentBlockSize === undefined) return;
    if (blockSize === parentBlockSize) return;
    const at = fieldPlace(image.file, image.header, 'block_size');
    const data = { blockSize, parentBlockSize };
    tell({ at, data, expected: String(parentBlockSize), actual: String(blockSize) });
  },
  explanation: {
    what: 'The block sizes of a differencing disk and its parent are not the same.',
    why: 'Reading works; tools that merge child and parent block by block would put data in wrong places.',
    how: 'Child and parent were made by different tools.',
    readers: 'Merge tools assume equal blocks; some do not check.',
    repair: 'Convert one of the two before they are merged.',
  },
});

/** A chain that comes back to itself. */
export const parentCycle: RaisableRule<VhdImage, { readonly reason: string }> = defineRule({
  id: 'vhd/parent-cycle',
  severity: 'error',
  depth: 'header',
  title: 'The chain of parents comes back to itself',
  spec: DIFFERENCING,
  repair: 'none',
  message: ({ reason }) => reason,
  check(image, tell) {
    if (!isChild(image)) return;
    const at = fieldPlace(image.file, image.header, 'parent_unique_id');
    if (image.parent?.state === 'cycle') tell({ at, data: { reason: image.parent.reason ?? '' } });
    const id = formatUuid(image.footer.fields.uniqueId);
    for (const ancestor of ancestorsOf(image)) {
      if (isNullUuid(ancestor.footer.fields.uniqueId) || formatUuid(ancestor.footer.fields.uniqueId) !== id)
        continue;
      tell({ at, data: { reason: `${ancestor.file.path}, a layer below, has the same unique id ${id}` } });
      return;
    }
  },
  explanation: {
    what: 'A disk is its own ancestor, by its file or by its unique id.',
    why: 'There is no bottom to the chain: readers that follow it never end.',
    how: 'A copy of a disk put in the place of its parent, or locators changed to lead back.',
    readers: 'Readers that do not watch for it hang.',
    repair: 'Find the real parent and correct the locators.',
  },
});

function* ancestorsOf(image: VhdImage): Iterable<VhdImage> {
  for (let layer = vhdParent(image); layer !== null; layer = vhdParent(layer)) yield layer;
}

/** A parent that is no VHD. */
export const parentType: RaisableRule<VhdImage, { readonly path: string; readonly format: string }> =
  defineRule({
    id: 'vhd/parent-type',
    severity: 'error',
    depth: 'header',
    title: 'The parent is no VHD',
    spec: DIFFERENCING,
    repair: 'none',
    message: ({ path, format }) =>
      `the parent ${path} is ${format === 'raw' ? 'no disk image' : format}, must be a VHD`,
    check(image, tell) {
      const parent = image.parent?.image ?? null;
      if (!isChild(image) || parent === null || parent.format === 'vhd') return;
      if (parent.format === 'raw' && hasRawParent(image.footer, image.header)) return;
      const at = fieldPlace(image.file, image.header, 'parent_unicode_name');
      tell({
        at,
        data: { path: image.parent?.path ?? '', format: parent.format },
        expected: 'vhd',
        actual: parent.format,
      });
    },
    explanation: {
      what: 'The file that name and locators lead to is not a VHD.',
      why: 'It cannot be the disk that the child was made of, so everything that the child does not store itself is wrong.',
      how: 'A parent that was converted, or another file of the same name. XenServer has raw parents, and says so by a null id.',
      readers: 'All readers that follow parents refuse the chain.',
      repair: 'Find the right parent.',
    },
  });

/** Layers that XenServer accepts. */
const MAX_DEPTH = 30;

/** A chain with too many layers. */
export const parentChainDepth: RaisableRule<VhdImage, { readonly depth: string }> = defineRule({
  id: 'vhd/parent-chain-depth',
  severity: 'warning',
  depth: 'header',
  title: 'The chain has too many layers',
  spec: 'XenServer: at most 30 layers',
  repair: 'none',
  message: ({ depth }) => `the chain has ${depth} layers; XenServer accepts ${MAX_DEPTH}`,
  check(image, tell) {
    if (!isChild(image) || image.file.role === 'parent') return;
    const layers = [image, ...ancestorsOf(image)];
    const isEndless = layers.at(-1)?.parent?.state === 'too-deep';
    if (layers.length <= MAX_DEPTH && !isEndless) return;
    const at = fieldPlace(image.file, image.header, 'parent_unique_id');
    tell({
      at,
      data: { depth: `${isEndless ? 'more than ' : ''}${layers.length}` },
      expected: `at most ${MAX_DEPTH}`,
    });
  },
  explanation: {
    what: 'More disks are stacked on one another than XenServer accepts.',
    why: 'Data are not affected. Every read may have to look into all layers, and the loss of one loses the disk.',
    how: 'Snapshots or incremental backups that are never merged.',
    readers: 'XenServer stops at 30 layers; others have other limits or none.',
    repair: 'Merge some of the layers.',
  },
});

/** A name of the parent that is none. */
export const parentNameMalformed: RaisableRule<VhdImage, { readonly reason: string }> = defineRule({
  id: 'vhd/parent-name-malformed',
  severity: 'warning',
  depth: 'header',
  title: "The parent's name is malformed",
  spec: `${HEADER_FORMAT}, Parent Unicode Name`,
  repair: 'decision',
  derivedFrom: ['vhd/parent-id-null'],
  message: ({ reason }) => `the parent's name in the header ${reason}`,
  check(image, tell) {
    if (!isChild(image)) return;
    const name = parentName(image.header);
    const reason = findNameFault(name);
    if (reason === null) return;
    const at = fieldPlace(image.file, image.header, 'parent_unicode_name');
    tell({ at, data: { reason }, actual: name.replace(/\0.*$/s, '') });
  },
  explanation: {
    what: 'The name of the parent, which is UTF-16 with the high byte first and padded with zeros, is empty, has other bytes behind its end, lone surrogates, or its bytes swapped.',
    why: 'A parent that is not found by a locator is not found by its name either.',
    how: 'A writer that took the little-endian order of the locators for the name too, or did not clear its buffer.',
    readers: 'vhd-util refuses the file; others go by the locators.',
    repair: 'Write the file name of the parent anew.',
  },
});

function findNameFault(name: string): string | null {
  if (name === '') return 'is empty';
  if (looksSwapped(name)) return 'has its bytes swapped';
  if (name.includes('\0')) return 'is not padded with zeros';
  return hasLoneSurrogate(name) ? 'is not UTF-16' : null;
}

/** The rules on the parent of a differencing disk. */
export const parentRules: readonly RaisableRule<VhdImage, never>[] = [
  parentIdNull,
  parentIdMismatch,
  parentTimestampMismatch,
  parentMissing,
  parentSizeMismatch,
  parentBlockSizeMismatch,
  parentCycle,
  parentType,
  parentChainDepth,
  parentNameMalformed,
];
