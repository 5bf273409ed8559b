import type { Breach } from '../../../codec/index.ts';
import { defineRule, defineSpecRule, type RaisableRule } from '../../../model/rule.ts';
import type { RegionRule } from '../../../model/owners.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';
import { formatCode } from '../creator.ts';
import { fieldPlace, locatorPlace } from '../place.ts';
import { parentName } from '../parent.ts';
import { baseName, looksSwapped } from '../text.ts';
import type { Locator, VhdImage } from '../types.ts';

const LOCATOR_ENTRIES = 'VHD 1.0, Dynamic Disk Header Format, Parent Locator Entries';

/** The locators of a header that may be judged. */
function judgedLocators({ header, locators }: VhdImage): readonly Locator[] {
  return header?.isTrusted === true ? locators : [];
}

/** A platform code that is none. */
export const locatorCode: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/locator-code',
  severity: 'error',
  depth: 'header',
  title: 'Unknown kind of parent locator',
  spec: `${LOCATOR_ENTRIES}, Platform Code`,
  repair: 'safe',
  message: ({ field, actual }) =>
    `${field} is ${JSON.stringify(formatCode(Number(actual)))}, which is no known kind of locator`,
  explanation: {
    what: 'The platform code of a parent locator is none of Wi2r, Wi2k, W2ru, W2ku, Mac and MacX.',
    why: 'The parent cannot be found by this entry. If it is the only one, everything that the disk does not store itself is lost.',
    how: 'A damaged header, or a writer with an idea of its own.',
    readers: 'vhd-util refuses the file; others leave the entry out.',
    repair: 'The entry is cleared and the checksum put right, if another one leads to the parent.',
  },
});

/** An unused entry with something in it. */
export const locatorNoneNonzero: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/locator-none-nonzero',
  severity: 'info',
  depth: 'header',
  title: 'An unused parent locator is not empty',
  spec: LOCATOR_ENTRIES,
  repair: 'safe',
  message: ({ field }) =>
    `${field} belongs to an unused locator, but its space, length and offset are not all zero`,
  explanation: {
    what: 'The platform code says that the entry is not used, but other fields of it are filled in.',
    why: 'Nothing is lost; possibly an entry was meant to be there.',
    how: 'A tool that removed a locator by clearing its code only.',
    readers: 'vhd-util refuses the file; others leave the entry out.',
    repair: 'The entry is cleared and the checksum put right.',
  },
});

/** UTF-16 with half a character. */
export const locatorLengthOdd: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/locator-length-odd',
  severity: 'warning',
  depth: 'header',
  title: 'A parent locator of odd or no length',
  spec: `${LOCATOR_ENTRIES}, Platform Data Length`,
  repair: 'none',
  derivedFrom: ['vhd/parent-fields-on-dynamic'],
  message: ({ field, actual }) =>
    `${field} is ${actual}, but text in UTF-16 has an even number of bytes and at least two`,
  explanation: {
    what: 'The path of a W2ru or W2ku locator is UTF-16, but its length is odd or 0.',
    why: 'The path is cut, so the parent may not be found by it.',
    how: 'A writer that counted a terminating byte, or a damaged header.',
    readers: 'Readers drop the odd byte, or leave the entry out.',
    repair: 'Write the locator anew with the path of the parent.',
  },
});

/** A locator whose data cannot be where it says. */
export const locatorBounds: RegionRule = defineRegionRule({
  id: 'vhd/locator-bounds',
  severity: 'error',
  depth: 'metadata',
  title: 'The data of a parent locator cannot be there',
  spec: `${LOCATOR_ENTRIES}, Platform Data Offset`,
  repair: 'none',
  derivedFrom: ['vhd/parent-fields-on-dynamic'],
  message: ({ region, start, length, limit, other }) =>
    other !== null
      ? `${region} has bytes ${start} to ${start + length - 1}, which ${other} owns as well`
      : `${region} has ${length} bytes at byte ${start}; it must begin at a sector and end in front of byte ${limit}`,
  explanation: {
    what: 'The data of a parent locator begin at 0 or inside a sector, lie outside the file, or on another structure.',
    why: 'The path of the parent cannot be read, or a write to the other structure destroys it.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'vhd-util refuses the file; others leave the entry out or fail to find the parent.',
    repair: 'Write the locator anew with the path of the parent.',
  },
});

/** Room for a locator that does not hold it. */
export const locatorSpace: RaisableRule<
  VhdImage,
  { readonly index: number; readonly room: number | null; readonly length: number }
> = defineRule({
  id: 'vhd/locator-space',
  severity: 'warning',
  depth: 'header',
  title: 'The room for a parent locator does not fit',
  spec: `${LOCATOR_ENTRIES}, Platform Data Space`,
  repair: 'safe',
  derivedFrom: ['vhd/locator-code', 'vhd/parent-fields-on-dynamic'],
  message: ({ index, room, length }) =>
    room === null
      ? `the room for locator ${index} is neither a number of sectors nor whole sectors in bytes`
      : `the room for locator ${index} is ${room} bytes, its data have ${length}`,
  check(image, tell) {
    const { file, header } = image;
    for (const { index, space, length } of judgedLocators(image)) {
      if (header === null || (space !== null && space > 0 && space >= length)) continue;
      const at = locatorPlace(file, header, index, 'platform_data_space');
      tell({
        at,
        data: { index, room: space, length },
        expected: `at least ${length}`,
        actual: String(space),
      });
    }
  },
  explanation: {
    what: 'The data space of a locator is 0, less than the length of its data, or neither sectors nor bytes. The specification counts sectors, nearly all writers count bytes; below 512 it can only be sectors.',
    why: 'A tool that rewrites the path may write over what follows it.',
    how: 'Different readings of the specification, or a path that grew.',
    readers: 'vhd-util refuses some of these; others do not look.',
    repair: 'The field is set to what the layout of the file allows.',
  },
});

/** A locator in the wrong encoding. */
export const locatorEncoding: RaisableRule<
  VhdImage,
  { readonly index: number; readonly code: string; readonly reason: string }
> = defineRule({
  id: 'vhd/locator-encoding',
  severity: 'warning',
  depth: 'metadata',
  title: 'A parent locator in the wrong encoding',
  spec: LOCATOR_ENTRIES,
  repair: 'safe',
  derivedFrom: ['vhd/locator-bounds', 'vhd/locator-length-odd', 'vhd/parent-fields-on-dynamic'],
  message: ({ index, code, reason }) => `locator ${index} (${code}) ${reason}`,
  check(image, tell) {
    for (const { index, code, offset, length, data, text } of judgedLocators(image)) {
      const reason = data === null ? null : findEncodingFault(code, text);
      if (reason === null || offset === null) continue;
      const at = { file: image.file, offset, length, field: `header.parent_locators[${index}].data` };
      tell({ at, data: { index, code, reason }, actual: text });
    }
  },
  explanation: {
    what: 'The path of a W2ru or W2ku locator reads as text only with its bytes swapped, or that of a MacX locator is no file URL in UTF-8.',
    why: 'The parent is not found by this locator.',
    how: 'A writer that took the big-endian order of the headers for the paths too.',
    readers: 'Readers that demand the right order do not find the parent; some try both.',
    repair: 'The path is written again in the right encoding.',
  },
});

function findEncodingFault(code: string, text: string | null): string | null {
  if (code === 'MacX') {
    if (text === null) return 'is not UTF-8';
    return /^file:/i.test(text) ? null : 'is no file URL';
  }
  if (code !== 'W2ru' && code !== 'W2ku') return null;
  return text !== null && looksSwapped(text) ? 'is UTF-16 with its bytes swapped' : null;
}

/** Two locators of one kind. */
export const locatorDuplicate: RaisableRule<
  VhdImage,
  { readonly code: string; readonly indices: readonly number[] }
> = defineRule({
  id: 'vhd/locator-duplicate',
  severity: 'warning',
  depth: 'header',
  title: 'Two parent locators of the same kind',
  spec: LOCATOR_ENTRIES,
  repair: 'decision',
  message: ({ code, indices }) => `locators ${indices.join(' and ')} are both ${code}`,
  check(image, tell) {
    const { file, header } = image;
    const locators = judgedLocators(image);
    for (const { code, index } of locators) {
      const first = locators.find((other) => other.code === code);
      if (header === null || first === undefined || first.index === index) continue;
      const at = locatorPlace(file, header, index, 'platform_code');
      tell({ at, data: { code, indices: [first.index, index] }, actual: code });
    }
  },
  explanation: {
    what: 'A platform code is used by more than one parent locator.',
    why: 'If the paths differ, readers may take different parents.',
    how: 'A tool that added a locator instead of changing the one that was there.',
    readers: 'vhd-util refuses the file; others take the first or the last.',
    repair: 'Decide which path is right and clear the other entry.',
  },
});

/** A differencing disk without a path to its parent. */
export const locatorMissing: RaisableRule<VhdImage, null> = defineRule({
  id: 'vhd/locator-missing',
  severity: 'warning',
  depth: 'header',
  title: 'No parent locator',
  spec: LOCATOR_ENTRIES,
  repair: 'decision',
  derivedFrom: ['vhd/parent-id-null', 'vhd/locator-code'],
  message: () => 'the disk has a parent, but none of its locators is W2ru, W2ku or MacX',
  check(image, tell) {
    const { file, header, variant } = image;
    if (variant !== 'differencing' || header?.isTrusted !== true) return;
    if (judgedLocators(image).some(({ code }) => ['W2ru', 'W2ku', 'MacX'].includes(code))) return;
    tell({ at: fieldPlace(file, header, 'parent_locators'), data: null });
  },
  explanation: {
    what: 'A differencing disk has no locator of a kind that is in use today.',
    why: 'The parent can only be looked for by its name in the folder of the child.',
    how: 'A writer that fills in the name only.',
    readers: 'Hyper-V wants a W2ku or W2ru locator; others go by the name.',
    repair: 'Add a locator with the path of the parent.',
  },
});

/** A locator that leads to a file of another name. */
export const locatorNameMismatch: RaisableRule<
  VhdImage,
  { readonly index: number; readonly name: string; readonly expected: string }
> = defineRule({
  id: 'vhd/locator-name-mismatch',
  severity: 'warning',
  depth: 'metadata',
  title: 'A parent locator names another file than the header',
  spec: LOCATOR_ENTRIES,
  repair: 'decision',
  derivedFrom: [
    'vhd/parent-name-malformed',
    'vhd/locator-encoding',
    'vhd/locator-length-odd',
    'vhd/locator-bounds',
  ],
  message: ({ index, name, expected }) =>
    `locator ${index} leads to ${JSON.stringify(name)}, the parent's name in the header is ${JSON.stringify(expected)}`,
  check(image, tell) {
    const { file, header, variant } = image;
    if (header === null || variant !== 'differencing') return;
    const expected = baseName(parentName(header));
    for (const { index, offset, length, text } of judgedLocators(image)) {
      if (text === null || offset === null || expected === '') continue;
      const name = baseName(text);
      if (name.toLowerCase() === expected.toLowerCase()) continue;
      const at = { file, offset, length, field: `header.parent_locators[${index}].data` };
      tell({ at, data: { index, name, expected }, expected, actual: name });
    }
  },
  explanation: {
    what: 'The file name at the end of a locator is not the one in the parent name of the header.',
    why: 'Which of them is the parent depends on the reader; with the wrong one the data of two disks are mixed.',
    how: 'A parent that was renamed, after which only some of the fields were changed.',
    readers: 'vhd-util refuses the file; others go by one of the two.',
    repair: 'Decide which is right (the unique id of the parent tells) and correct the others.',
  },
});

/** Locators that lead to different files. */
export const locatorDisagree: RaisableRule<
  VhdImage,
  { readonly index: number; readonly path: string; readonly first: string }
> = defineRule({
  id: 'vhd/locator-disagree',
  severity: 'warning',
  depth: 'header',
  title: 'Parent locators lead to different files',
  spec: LOCATOR_ENTRIES,
  repair: 'decision',
  message: ({ index, path, first }) =>
    `locator ${index} leads to ${path}, another one to ${first}; both exist`,
  check({ file, header, locatedParents }, tell) {
    const [first, ...others] = locatedParents;
    if (header?.isTrusted !== true || first === undefined) return;
    for (const { locator, path, identity } of others) {
      if (identity === first.identity) continue;
      const at = locatorPlace(file, header, locator.index);
      tell({
        at,
        data: { index: locator.index, path, first: first.path },
        expected: first.path,
        actual: path,
      });
    }
  },
  explanation: {
    what: 'The paths of two locators belong to two files that both exist and are not the same.',
    why: 'Which of them is the parent depends on the reader; with the wrong one the data of two disks are mixed.',
    how: 'A child that was copied to another folder where a parent of the same name lies, or a path that was changed in one locator only.',
    readers: 'Hyper-V tries the relative path first, others the absolute one.',
    repair: 'Decide which file is the parent (its unique id tells) and correct the other locator.',
  },
});

/** The rules on parent locators. */
export const locatorRules: readonly RaisableRule<VhdImage, never>[] = [
  locatorCode,
  locatorNoneNonzero,
  locatorLengthOdd,
  locatorBounds,
  locatorSpace,
  locatorEncoding,
  locatorDuplicate,
  locatorMissing,
  locatorNameMismatch,
  locatorDisagree,
];

/** Those that the spec states. */
export const locatorSpecRules: readonly RaisableRule<VhdImage, Breach>[] = [
  locatorCode,
  locatorNoneNonzero,
  locatorLengthOdd,
];
