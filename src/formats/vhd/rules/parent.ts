import type { DynamicHeader } from '../../../../generated/vhd.ts';
import { judgeReference, type ReferenceVerdict } from '../../../model/reference-state.ts';
import type { Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import type { Placed } from '../../shared/placed.ts';
import type { VhdFindings } from '../findings.ts';
import { formatTime, formatUuid, isNullUuid, toUnixTime } from '../layout/identity.ts';
import { isVhdImage, type VhdImage } from '../layout/image.ts';
import { hasRawParent, parentName } from '../layout/locators.ts';
import { hasLoneSurrogate, looksSwapped } from '../layout/text.ts';
import type { VhdWalk } from '../walk.ts';

const HEADER_FORMAT = 'VHD 1.0, Dynamic Disk Header Format';

const DIFFERENCING = 'VHD 1.0, Differencing Hard Disks';

/** A differencing disk whose header may be judged. */
type Child = VhdImage & { readonly header: Placed<DynamicHeader> };

/** Tells of a parent that is not open, where the verdict on it is `finding`. */
function tellClosed(
  { header, parent }: VhdImage,
  finding: ReferenceVerdict['finding'],
  tell: Tell<{ reason: string }>,
): void {
  if (header === null || parent === null || parent.state === 'not-followed') return;
  const isUnnamed = parent.name === '' && parent.state === 'refused';
  const verdict = judgeReference(isUnnamed ? 'missing' : parent.state);
  if (verdict?.finding !== finding) return;
  const reason = isUnnamed ? 'neither a name nor a locator says which disk that is' : (parent.reason ?? '');
  const at = header.at('parent_unicode_name');
  tell({ at, data: { reason }, severity: verdict.severity, actual: parent.name });
}

/** Layers that XenServer accepts. */
const MAX_DEPTH = 30;

/** The rules on the parent of a differencing disk. */
export const parentRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/parent-id-null': {
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
      const at = image.header.at('parent_unique_id');
      tell({ at, data: { isRaw }, severity: isRaw ? 'info' : 'error' });
    },
  },
  'vhd/parent-id-mismatch': {
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
      const at = image.header.at('parent_unique_id');
      tell({ at, data: { expected, actual, path: parent.file.path }, expected: actual, actual: expected });
    },
  },
  'vhd/parent-timestamp-mismatch': {
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
      const at = image.header.at('parent_time_stamp');
      tell({ at, data: { expected, actual }, expected: String(actual), actual: String(expected) });
    },
  },
  'vhd/parent-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The parent is not found',
    spec: DIFFERENCING,
    repair: 'decision',
    derivedFrom: ['vhd/parent-id-null'],
    message: ({ reason }) => `what this disk does not store itself is its parent's, but ${reason}`,
    check: (image, tell) => tellClosed(image, 'missing', tell),
  },
  'vhd/parent-not-opened': {
    severity: 'info',
    depth: 'header',
    title: 'The parent was not opened',
    spec: DIFFERENCING,
    repair: 'none',
    derivedFrom: ['vhd/parent-id-null'],
    message: ({ reason }) => reason,
    check: (image, tell) => tellClosed(image, 'not-opened', tell),
  },
  'vhd/parent-size-mismatch': {
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
    check({ footer, parent, size }, tell) {
      const parentSize = parent?.image?.size ?? size;
      if (!footer.isTrusted || parentSize === size) return;
      tell({
        at: footer.at('current_size'),
        data: { size, parentSize },
        severity: size < parentSize ? 'error' : 'warning',
        expected: String(parentSize),
        actual: String(size),
        guestOffset: Math.min(size, parentSize),
      });
    },
  },
  'vhd/parent-block-size-mismatch': {
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
      const at = image.header.at('block_size');
      const data = { blockSize, parentBlockSize };
      tell({ at, data, expected: String(parentBlockSize), actual: String(blockSize) });
    },
  },
  'vhd/parent-cycle': {
    severity: 'error',
    depth: 'header',
    title: 'The chain of parents comes back to itself',
    spec: DIFFERENCING,
    repair: 'none',
    message: ({ reason }) => reason,
    check(image, tell) {
      if (!isChild(image)) return;
      const at = image.header.at('parent_unique_id');
      if (image.parent?.state === 'cycle') tell({ at, data: { reason: image.parent.reason ?? '' } });
      const id = formatUuid(image.footer.fields.uniqueId);
      for (const ancestor of ancestorsOf(image)) {
        if (isNullUuid(ancestor.footer.fields.uniqueId) || formatUuid(ancestor.footer.fields.uniqueId) !== id)
          continue;
        tell({ at, data: { reason: `${ancestor.file.path}, a layer below, has the same unique id ${id}` } });
        return;
      }
    },
  },
  'vhd/parent-type': {
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
      const at = image.header.at('parent_unicode_name');
      tell({
        at,
        data: { path: image.parent?.path ?? '', format: parent.format },
        expected: 'vhd',
        actual: parent.format,
      });
    },
  },
  'vhd/parent-chain-depth': {
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
      const at = image.header.at('parent_unique_id');
      tell({
        at,
        data: { depth: `${isEndless ? 'more than ' : ''}${layers.length}` },
        expected: `at most ${MAX_DEPTH}`,
      });
    },
  },
  'vhd/parent-name-malformed': {
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
      const at = image.header.at('parent_unicode_name');
      tell({ at, data: { reason }, actual: name.split('\0', 1)[0] ?? '' });
    },
  },
});

function isChild(image: VhdImage): image is Child {
  return image.variant === 'differencing' && image.header?.isTrusted === true;
}

/** The opened parent, if it is a VHD. */
function vhdParent({ parent }: VhdImage): VhdImage | null {
  const image = parent?.image ?? null;
  return image !== null && isVhdImage(image) ? image : null;
}

function* ancestorsOf(image: VhdImage): Iterable<VhdImage> {
  for (let layer = vhdParent(image); layer !== null; layer = vhdParent(layer)) yield layer;
}

function findNameFault(name: string): string | null {
  if (name === '') return 'is empty';
  if (looksSwapped(name)) return 'has its bytes swapped';
  if (name.includes('\0')) return 'is not padded with zeros';
  return hasLoneSurrogate(name) ? 'is not UTF-16' : null;
}
