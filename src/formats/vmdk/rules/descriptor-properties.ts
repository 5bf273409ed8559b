import type { Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { findProperty, namesParent, type Descriptor } from '../descriptor/descriptor.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, lineSpan, textFinding, valueFinding } from './text-rule.ts';

/** Where everything is garbage, or in an encoding that is not read, nothing is missing in particular. */
const NO_TEXT = ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'];

/** A property that must be there. */
type MissingRule = RaisableRule<VmdkImage, { readonly key: string }>;

function findMissing(image: VmdkImage, key: string, tell: Tell<{ readonly key: string }>): void {
  for (const descriptor of descriptorOf(image))
    if (findProperty(descriptor, key) === undefined)
      tell(
        textFinding(descriptor, { offset: 0, length: descriptor.textLength }, `descriptor.${key}`, {
          key,
        }),
      );
}

const messageMissing = ({ key }: { readonly key: string }): string => `the descriptor has no ${key}`;

/** No version. */
export const versionMissing: MissingRule = defineRule<VmdkImage, { readonly key: string }>({
  id: 'vmdk/version-missing',
  severity: 'error',
  depth: 'header',
  title: 'The descriptor has no version',
  spec: `${DESCRIPTOR}, version`,
  repair: 'safe',
  derivedFrom: NO_TEXT,
  message: messageMissing,
  explanation: {
    what: 'There is no line version=.',
    why: 'Nothing is lost, but most programs do not take the file for a disk.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU recognises descriptors by it and takes the file for a raw disk; VirtualBox refuses it.',
    repair: 'Write version=1 as the first statement.',
  },
  check: (image, tell) => findMissing(image, 'version', tell),
});

/** A version that nobody knows. */
export const versionUnsupported: RaisableRule<VmdkImage, { readonly version: string }> = defineRule<
  VmdkImage,
  { readonly version: string }
>({
  id: 'vmdk/version-unsupported',
  severity: 'error',
  depth: 'header',
  title: 'Unknown version of the descriptor',
  spec: `${DESCRIPTOR}, version`,
  repair: 'none',
  message: ({ version }) =>
    version === '2' || version === '3'
      ? `version is ${version}, which VirtualBox does not take`
      : `version is ${JSON.stringify(version)}, must be 1, 2 or 3`,
  explanation: {
    what: 'The version is none of 1, 2 and 3. (2 and 3 are rare: VirtualBox takes 1 only.)',
    why: 'What the lines mean is not known for another version.',
    how: 'A typing error, or a writer newer than its readers.',
    readers: 'QEMU takes the file for a raw disk; VirtualBox refuses everything but 1.',
    repair: 'Write 1 if nothing newer is used.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'version');
      const version = property?.value.text ?? '1';
      if (property === undefined || version === '1') continue;
      tell(
        valueFinding(
          descriptor,
          property,
          { version },
          /^[23]$/.test(version) ? { severity: 'info' } : { expected: '1, 2 or 3' },
        ),
      );
    }
  },
});

/** A statement before the version. */
export const versionNotFirst: RaisableRule<VmdkImage, { readonly line: number }> = defineRule<
  VmdkImage,
  { readonly line: number }
>({
  id: 'vmdk/version-not-first',
  severity: 'warning',
  depth: 'header',
  title: 'version is not the first statement',
  spec: `${DESCRIPTOR}, version; QEMU 7.2, probing`,
  repair: 'safe',
  message: ({ line }) => `version stands in line ${line}, behind other statements`,
  explanation: {
    what: 'Another statement stands before version=.',
    why: 'A program that recognises descriptors by their first statement shows a raw disk of a few hundred bytes.',
    how: 'A tool that writes encoding= first, or a descriptor edited by hand.',
    readers: 'QEMU probes it as raw; with the format named it opens it.',
    repair: 'Move the line version= to the front.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'version');
      const first = descriptor.statements.find(
        ({ kind }) => kind === 'property' || kind === 'extent' || kind === 'unparsed',
      );
      if (property === undefined || first === undefined || first === property) continue;
      const { number } = property.line;
      tell(textFinding(descriptor, lineSpan(property), 'descriptor.version', { line: number }));
    }
  },
});

/** No content id. */
export const cidMissing: MissingRule = defineRule<VmdkImage, { readonly key: string }>({
  id: 'vmdk/cid-missing',
  severity: 'error',
  depth: 'header',
  title: 'The descriptor has no content id',
  spec: `${DESCRIPTOR}, CID`,
  repair: 'lossy',
  derivedFrom: NO_TEXT,
  message: messageMissing,
  explanation: {
    what: 'There is no line CID=.',
    why: 'Whether a snapshot belongs to this disk, or to an older state of it, cannot be told: their data could be mixed.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU takes the digits of parentCID for it; others refuse the disk.',
    repair: 'A new content id can be written; snapshots of this disk must then be told.',
  },
  check: (image, tell) => findMissing(image, 'CID', tell),
});

/** No content id of the parent. */
export const parentCidMissing: MissingRule = defineRule<VmdkImage, { readonly key: string }>({
  id: 'vmdk/parentcid-missing',
  severity: 'error',
  depth: 'header',
  title: 'The descriptor does not say whether there is a parent',
  spec: `${DESCRIPTOR}, parentCID`,
  repair: 'safe',
  derivedFrom: NO_TEXT,
  message: messageMissing,
  explanation: {
    what: 'There is no line parentCID=, which is ffffffff for a disk without parent.',
    why: 'If the disk is a snapshot, what lies below it is not found, and the guest sees zeros.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU refuses the disk.',
    repair: 'Write ffffffff if the disk has no parent.',
  },
  check: (image, tell) => findMissing(image, 'parentCID', tell),
});

/** A content id that is none. */
export const cidMalformed: RaisableRule<VmdkImage, { readonly key: string; readonly value: string }> =
  defineRule<VmdkImage, { readonly key: string; readonly value: string }>({
    id: 'vmdk/cid-malformed',
    severity: 'warning',
    depth: 'header',
    title: 'A content id is not 8 hex digits',
    spec: `${DESCRIPTOR}, CID and parentCID`,
    repair: 'lossy',
    derivedFrom: ['vmdk/descriptor-not-text'],
    message: ({ key, value }) => `${key} is ${JSON.stringify(value)}, must be up to 8 hex digits`,
    explanation: {
      what: 'A content id is a 32-bit number in hex; this one has other characters or more than 8 digits.',
      why: 'Readers make different numbers of it, so a snapshot may be refused or taken for one of another state.',
      how: 'Xen Orchestra writes the number in decimal.',
      readers: 'libvmdk refuses more than 8 digits; QEMU takes what it can.',
      repair: 'Write the number in hex, in this disk and in the parentCID of its snapshots.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const key of ['CID', 'parentCID']) {
          const property = findProperty(descriptor, key);
          if (property !== undefined && !/^[0-9a-f]{1,8}$/i.test(property.value.text))
            tell(valueFinding(descriptor, property, { key, value: property.value.text }));
        }
    },
  });

/** A content id with a meaning of its own. */
export const cidReserved: RaisableRule<VmdkImage, { readonly value: string }> = defineRule<
  VmdkImage,
  { readonly value: string }
>({
  id: 'vmdk/cid-reserved',
  severity: 'info',
  depth: 'header',
  title: 'The content id is a reserved one',
  spec: `${DESCRIPTOR}, CID`,
  repair: 'lossy',
  message: ({ value }) =>
    /^f{8}$/i.test(value)
      ? `CID is ${value}, which in parentCID means that there is no parent`
      : `CID is ${value}: the disk was never written to since it was made`,
  explanation: {
    what: 'fffffffe is the id of a disk that was never written to; ffffffff must not be used, since it means "no parent".',
    why: 'A snapshot of a disk with ffffffff looks like a disk without parent, and the guest sees zeros.',
    how: 'VMware writes fffffffe into new disks. ffffffff comes from tools that do not know its meaning.',
    readers: 'All readers accept both.',
    repair: 'Write another content id in place of ffffffff.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'CID');
      const value = property?.value.text ?? '';
      if (property !== undefined && /^f{7}[ef]$/i.test(value))
        tell(
          valueFinding(descriptor, property, { value }, /^f{8}$/i.test(value) ? { severity: 'warning' } : {}),
        );
    }
  },
});

/** A content id without leading zeros. */
export const cidNotPadded: RaisableRule<VmdkImage, { readonly key: string; readonly value: string }> =
  defineRule<VmdkImage, { readonly key: string; readonly value: string }>({
    id: 'vmdk/cid-not-padded',
    severity: 'info',
    depth: 'header',
    title: 'A content id has fewer than 8 digits',
    spec: `${DESCRIPTOR}, CID`,
    repair: 'safe',
    message: ({ key, value }) => `${key} is ${value}, with fewer than 8 digits`,
    explanation: {
      what: 'The id is written without leading zeros.',
      why: 'It is the same number; only readers that compare text take it for another one.',
      how: 'QEMU writes ids like this.',
      readers: 'All readers accept it.',
      repair: 'Add zeros in front.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const key of ['CID', 'parentCID']) {
          const property = findProperty(descriptor, key);
          if (property !== undefined && /^[0-9a-f]{1,7}$/i.test(property.value.text))
            tell(
              valueFinding(
                descriptor,
                property,
                { key, value: property.value.text },
                { expected: property.value.text.padStart(8, '0') },
              ),
            );
        }
    },
  });

/** The long content id does not end in the short one. */
export const longCidMismatch: RaisableRule<VmdkImage, { readonly long: string; readonly cid: string }> =
  defineRule<VmdkImage, { readonly long: string; readonly cid: string }>({
    id: 'vmdk/longcid-mismatch',
    severity: 'info',
    depth: 'header',
    title: 'The long content id does not end in the content id',
    spec: 'Files written by VMware: ddb.longContentID',
    repair: 'lossy',
    message: ({ long, cid }) => `ddb.longContentID ends in ${long.slice(-8)}, but CID is ${cid}`,
    explanation: {
      what: 'VMware keeps both ids in step: the last 8 digits of ddb.longContentID are those of CID.',
      why: 'Nothing in the data depends on it. It shows that somebody else wrote to the disk or edited its descriptor.',
      how: 'Tools that change CID after writing and do not know the long one.',
      readers: 'All readers ignore it.',
      repair: 'Remove the line; VMware makes a new one.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const long = findProperty(descriptor, 'ddb.longContentID');
        const cid = findProperty(descriptor, 'CID')?.value.text ?? '';
        if (long === undefined || !/^[0-9a-f]{8}$/i.test(cid)) continue;
        if (long.value.text.slice(-8).toLowerCase() !== cid.toLowerCase())
          tell(valueFinding(descriptor, long, { long: long.value.text, cid }));
      }
    },
  });

/** Whether a content id property and a hint contradict, or one is missing. */
export const parentHintMissing: RaisableRule<VmdkImage, { readonly cid: string }> = defineRule<
  VmdkImage,
  { readonly cid: string }
>({
  id: 'vmdk/parent-hint-missing',
  severity: 'error',
  depth: 'header',
  title: 'There is a parent, and nothing says where',
  spec: `${DESCRIPTOR}, parentCID and parentFileNameHint`,
  repair: 'decision',
  message: ({ cid }) => `parentCID is ${cid}, but there is no parentFileNameHint`,
  explanation: {
    what: 'parentCID says that the disk is a snapshot of another one, and no line names the file of that one.',
    why: 'Everything that was not written since the snapshot is missing.',
    how: 'A descriptor that was made anew, or a line that was lost.',
    readers: 'QEMU opens it without a parent and shows zeros, silently.',
    repair: 'Find the disk with that content id and name it in parentFileNameHint.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'parentCID');
      if (property === undefined || !namesParent(descriptor) || hasHint(descriptor)) continue;
      tell(valueFinding(descriptor, property, { cid: property.value.text }));
    }
  },
});

/** A hint without a parent. */
export const parentHintOrphan: RaisableRule<VmdkImage, { readonly hint: string }> = defineRule<
  VmdkImage,
  { readonly hint: string }
>({
  id: 'vmdk/parent-hint-orphan',
  severity: 'warning',
  depth: 'header',
  title: 'A parent is named where there is none',
  spec: `${DESCRIPTOR}, parentCID and parentFileNameHint`,
  repair: 'decision',
  message: ({ hint }) =>
    `parentFileNameHint names ${JSON.stringify(hint)}, but parentCID says that there is no parent`,
  explanation: {
    what: 'The descriptor names the file of a parent, and its parentCID is ffffffff, which means that there is none.',
    why: 'One of the two is wrong: either the guest misses what lies in the parent, or it would see what it should not.',
    how: 'A snapshot that was merged by hand, or a tool that reset the id only.',
    readers: 'Readers go by parentCID and ignore the name; QEMU opens the named file.',
    repair: "Remove the name if the disk is complete by itself; else write the parent's id.",
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const hint = findProperty(descriptor, 'parentFileNameHint');
      const parentCid = findProperty(descriptor, 'parentCID');
      if (hint === undefined || hint.value.text === '' || parentCid === undefined || namesParent(descriptor))
        continue;
      tell(valueFinding(descriptor, hint, { hint: hint.value.text }));
    }
  },
});

function hasHint(descriptor: Descriptor): boolean {
  return (findProperty(descriptor, 'parentFileNameHint')?.value.text ?? '') !== '';
}
