import type { Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { isStreamOptimized, findProperty, namesParent, type Descriptor } from '../descriptor/descriptor.ts';
import type { VmdkImage } from '../image.ts';
import {
  DESCRIPTOR,
  descriptorOf,
  lineFinding,
  valueFinding,
  type TextOptions,
  wholeTextFinding,
} from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';

/** Where everything is garbage, or in an encoding that is not read, nothing is missing in particular. */
const NO_TEXT = ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'];

const messageMissing = ({ key }: { readonly key: string }): string => `the descriptor has no ${key}`;

/** The rules on version, content ids and the parent's name. */
export const descriptorPropertiesRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/cid-malformed': {
    severity: 'warning',
    depth: 'header',
    title: 'A content id is not 8 hex digits',
    spec: `${DESCRIPTOR}, CID and parentCID`,
    repair: 'lossy',
    derivedFrom: ['vmdk/descriptor-not-text'],
    message: ({ key, value }) => `${key} is ${JSON.stringify(value)}, must be up to 8 hex digits`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const key of ['CID', 'parentCID']) {
          const property = findProperty(descriptor, key);
          const value = property?.value.text ?? '';
          if (property === undefined || /^[0-9a-f]{1,8}$/i.test(value)) continue;
          // QEMU reads as many digits as there are, after a sign or 0x; where there is none it refuses the disk.
          const severity = /^[+-]?[0-9a-f]/i.test(value) ? 'warning' : 'error';
          tell(valueFinding(descriptor, property, { key, value }, { severity }));
        }
    },
  },
  'vmdk/cid-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor has no content id',
    spec: `${DESCRIPTOR}, CID`,
    repair: 'lossy',
    derivedFrom: NO_TEXT,
    message: messageMissing,
    check: (image, tell) => findMissing(image, 'CID', tell),
  },
  'vmdk/cid-not-padded': {
    severity: 'info',
    depth: 'header',
    title: 'A content id has fewer than 8 digits',
    spec: `${DESCRIPTOR}, CID`,
    repair: 'safe',
    message: ({ key, value }) => `${key} is ${value}, with fewer than 8 digits`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const key of ['CID', 'parentCID']) {
          const property = findProperty(descriptor, key);
          const value = property?.value.text ?? '';
          if (property !== undefined && /^[0-9a-f]{1,7}$/i.test(value))
            tell(valueFinding(descriptor, property, { key, value }, { expected: value.padStart(8, '0') }));
        }
    },
  },
  'vmdk/cid-reserved': {
    severity: 'info',
    depth: 'header',
    title: 'The content id is a reserved one',
    spec: `${DESCRIPTOR}, CID`,
    repair: 'lossy',
    message: ({ value }) =>
      /^f{8}$/i.test(value)
        ? `CID is ${value}, which in parentCID means that there is no parent`
        : `CID is ${value}: the disk was never written to since it was made`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'CID');
        const value = property?.value.text ?? '';
        const options: TextOptions = /^f{8}$/i.test(value) ? { severity: 'warning' } : {};
        if (property !== undefined && /^f{7}[ef]$/i.test(value))
          tell(valueFinding(descriptor, property, { value }, options));
      }
    },
  },
  'vmdk/longcid-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'The long content id does not end in the content id',
    spec: 'Files written by VMware: ddb.longContentID',
    repair: 'lossy',
    message: ({ long, cid }) => `ddb.longContentID ends in ${long.slice(-8)}, but CID is ${cid}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const long = findProperty(descriptor, 'ddb.longContentID');
        const cid = findProperty(descriptor, 'CID')?.value.text ?? '';
        if (long === undefined || !/^[0-9a-f]{8}$/i.test(cid)) continue;
        // VMware's own exports have a long id of another origin.
        if (isStreamOptimized(descriptor)) continue;
        if (long.value.text.slice(-8).toLowerCase() !== cid.toLowerCase())
          tell(valueFinding(descriptor, long, { long: long.value.text, cid }));
      }
    },
  },
  'vmdk/parentcid-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor does not say whether there is a parent',
    spec: `${DESCRIPTOR}, parentCID`,
    repair: 'safe',
    derivedFrom: NO_TEXT,
    message: messageMissing,
    check: (image, tell) => findMissing(image, 'parentCID', tell),
  },
  'vmdk/parent-hint-missing': {
    severity: 'error',
    depth: 'header',
    title: 'There is a parent, and nothing says where',
    spec: `${DESCRIPTOR}, parentCID and parentFileNameHint`,
    repair: 'decision',
    message: ({ cid }) => `parentCID is ${cid}, but there is no parentFileNameHint`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'parentCID');
        if (property === undefined || !namesParent(descriptor) || hasHint(descriptor)) continue;
        tell(valueFinding(descriptor, property, { cid: property.value.text }));
      }
    },
  },
  'vmdk/parent-hint-orphan': {
    severity: 'warning',
    depth: 'header',
    title: 'A parent is named where there is none',
    spec: `${DESCRIPTOR}, parentCID and parentFileNameHint`,
    repair: 'decision',
    message: ({ hint }) =>
      `parentFileNameHint names ${JSON.stringify(hint)}, but parentCID says that there is no parent`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const hint = findProperty(descriptor, 'parentFileNameHint');
        const parentCid = findProperty(descriptor, 'parentCID');
        const isNamed = hint !== undefined && hint.value.text !== '';
        if (isNamed && parentCid !== undefined && !namesParent(descriptor))
          tell(valueFinding(descriptor, hint, { hint: hint.value.text }));
      }
    },
  },
  'vmdk/version-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor has no version',
    spec: `${DESCRIPTOR}, version`,
    repair: 'safe',
    derivedFrom: NO_TEXT,
    message: messageMissing,
    check: (image, tell) => findMissing(image, 'version', tell),
  },
  'vmdk/version-not-first': {
    severity: 'warning',
    depth: 'header',
    title: 'version is not the first statement',
    spec: `${DESCRIPTOR}, version; QEMU 7.2, probing`,
    repair: 'safe',
    message: ({ line }) => `version is in line ${line}, after other statements`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'version');
        const first = descriptor.statements.find(
          ({ kind }) => kind === 'property' || kind === 'extent' || kind === 'unparsed',
        );
        if (property === undefined || first === undefined || first === property) continue;
        tell(lineFinding(descriptor, property, { line: property.line.number }, 'descriptor.version'));
      }
    },
  },
  'vmdk/version-unsupported': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version of the descriptor',
    spec: `${DESCRIPTOR}, version`,
    repair: 'none',
    message: ({ version }) =>
      version === '2' || version === '3'
        ? `version is ${version}, which VirtualBox does not take`
        : `version is ${JSON.stringify(version)}, must be 1, 2 or 3`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'version');
        const version = property?.value.text ?? '1';
        if (property === undefined || version === '1') continue;
        const isRare = version === '2' || version === '3';
        const options: TextOptions = isRare ? { severity: 'info' } : { expected: '1, 2 or 3' };
        tell(valueFinding(descriptor, property, { version }, options));
      }
    },
  },
});

function findMissing(image: VmdkImage, key: string, tell: Tell<{ readonly key: string }>): void {
  for (const descriptor of descriptorOf(image))
    if (findProperty(descriptor, key) === undefined)
      tell(wholeTextFinding(descriptor, `descriptor.${key}`, { key }));
}

function hasHint(descriptor: Descriptor): boolean {
  return (findProperty(descriptor, 'parentFileNameHint')?.value.text ?? '') !== '';
}
