import { defineRules } from '../../../model/rule.ts';
import type { VhdFindings } from '../findings.ts';
import { formatCode } from '../layout/creator.ts';
import type { Locator, VhdImage } from '../layout/image.ts';
import { parentName } from '../layout/locators.ts';
import { locatorPlace } from '../layout/place.ts';
import { baseName, looksSwapped } from '../layout/text.ts';
import type { VhdWalk } from '../walk.ts';

const LOCATOR_ENTRIES = 'VHD 1.0, Dynamic Disk Header Format, Parent Locator Entries';

/** The rules on parent locators. */
export const locatorRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/locator-code': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown kind of parent locator',
    spec: `${LOCATOR_ENTRIES}, Platform Code`,
    repair: 'safe',
    message: ({ field, actual }) =>
      `${field} is ${JSON.stringify(formatCode(Number(actual)))}, which is no known kind of locator`,
  },
  'vhd/locator-none-nonzero': {
    severity: 'info',
    depth: 'header',
    title: 'An unused parent locator is not empty',
    spec: LOCATOR_ENTRIES,
    repair: 'safe',
    message: ({ field }) =>
      `${field} belongs to an unused locator, but its space, length and offset are not all zero`,
  },
  'vhd/locator-length-odd': {
    severity: 'warning',
    depth: 'header',
    title: 'A parent locator of odd or no length',
    spec: `${LOCATOR_ENTRIES}, Platform Data Length`,
    repair: 'none',
    derivedFrom: ['vhd/parent-fields-on-dynamic'],
    message: ({ field, actual }) =>
      `${field} is ${actual}, but text in UTF-16 has an even number of bytes and at least two`,
  },
  'vhd/locator-bounds': {
    severity: 'error',
    depth: 'metadata',
    title: 'The data of a parent locator cannot be there',
    spec: `${LOCATOR_ENTRIES}, Platform Data Offset`,
    repair: 'none',
    derivedFrom: ['vhd/parent-fields-on-dynamic'],
    message: ({ region, start, length, limit, other }) =>
      other !== null
        ? `${region} has bytes ${start} to ${start + length - 1}, which overlap ${other}`
        : `${region} has ${length} bytes at byte ${start}; it must begin at a sector and end before byte ${limit}`,
  },
  'vhd/locator-space': {
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
      const { header } = image;
      for (const { index, space, length } of judgedLocators(image)) {
        if (header === null || (space !== null && space > 0 && space >= length)) continue;
        const at = locatorPlace(header, index, 'platform_data_space');
        tell({
          at,
          data: { index, room: space, length },
          expected: `at least ${length}`,
          actual: String(space),
        });
      }
    },
  },
  'vhd/locator-encoding': {
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
  },
  'vhd/locator-duplicate': {
    severity: 'warning',
    depth: 'header',
    title: 'Two parent locators of the same kind',
    spec: LOCATOR_ENTRIES,
    repair: 'decision',
    message: ({ code, indices }) => `locators ${indices.join(' and ')} are both ${code}`,
    check(image, tell) {
      const { header } = image;
      const locators = judgedLocators(image);
      for (const { code, index } of locators) {
        const first = locators.find((other) => other.code === code);
        if (header === null || first === undefined || first.index === index) continue;
        const at = locatorPlace(header, index, 'platform_code');
        tell({ at, data: { code, indices: [first.index, index] }, actual: code });
      }
    },
  },
  'vhd/locator-missing': {
    severity: 'warning',
    depth: 'header',
    title: 'No parent locator',
    spec: LOCATOR_ENTRIES,
    repair: 'decision',
    derivedFrom: ['vhd/parent-id-null', 'vhd/locator-code'],
    message: () => 'the disk has a parent, but none of its locators is W2ru, W2ku or MacX',
    check(image, tell) {
      const { header, variant } = image;
      if (variant !== 'differencing' || header?.isTrusted !== true) return;
      if (judgedLocators(image).some(({ code }) => ['W2ru', 'W2ku', 'MacX'].includes(code))) return;
      tell({ at: header.at('parent_locators'), data: null });
    },
  },
  'vhd/locator-name-mismatch': {
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
      `locator ${index} points to ${JSON.stringify(name)}, the parent's name in the header is ${JSON.stringify(expected)}`,
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
  },
  'vhd/locator-disagree': {
    severity: 'warning',
    depth: 'header',
    title: 'Parent locators point to different files',
    spec: LOCATOR_ENTRIES,
    repair: 'decision',
    message: ({ index, path, first }) =>
      `locator ${index} points to ${path}, another one to ${first}; both exist`,
    check({ header, locatedParents }, tell) {
      const [first, ...others] = locatedParents;
      if (header?.isTrusted !== true || first === undefined) return;
      for (const { locator, path, identity } of others) {
        if (identity === first.identity) continue;
        const at = locatorPlace(header, locator.index);
        tell({
          at,
          data: { index: locator.index, path, first: first.path },
          expected: first.path,
          actual: path,
        });
      }
    },
  },
});

/** The locators of a header that may be judged. */
function judgedLocators({ header, locators }: VhdImage): readonly Locator[] {
  return header?.isTrusted === true ? locators : [];
}

function findEncodingFault(code: string, text: string | null): string | null {
  if (code === 'MacX') {
    if (text === null) return 'is not UTF-8';
    return /^file:/i.test(text) ? null : 'is no file URL';
  }
  if (code !== 'W2ru' && code !== 'W2ku') return null;
  return text !== null && looksSwapped(text) ? 'is UTF-16 with its bytes swapped' : null;
}
