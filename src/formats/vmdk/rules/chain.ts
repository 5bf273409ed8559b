import { isWithheld } from '../../../model/reference-state.ts';
import type { ReferenceState } from '../../../model/image.ts';
import type { Severity, Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { contentId, findProperty, namesParent } from '../descriptor/descriptor.ts';
import { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, valueFinding } from './text-rule.ts';

const LINK = `${DESCRIPTOR}, parentCID and parentFileNameHint`;

/** Layers that VMware supports. */
const MAX_LEVELS = 32;

/** A link to a parent. */
interface LinkFault {
  readonly name: string;
  readonly reason: string;
}

type LinkRule = RaisableRule<VmdkImage, LinkFault>;

/** A finding at the name of the parent, where the link is in one of the states. */
function linkFindings(
  image: VmdkImage,
  states: (state: ReferenceState) => boolean,
  tell: Tell<LinkFault>,
  severity?: Severity,
): void {
  const { parent } = image;
  if (parent === null || !states(parent.state)) return;
  for (const descriptor of descriptorOf(image)) {
    const hint = findProperty(descriptor, 'parentFileNameHint');
    const data = { name: parent.name, reason: parent.reason ?? '' };
    if (hint !== undefined)
      tell(valueFinding(descriptor, hint, data, severity === undefined ? {} : { severity }));
  }
}

/** A parent that is not there. */
export const parentMissing: LinkRule = defineRule<VmdkImage, LinkFault>({
  id: 'vmdk/parent-missing',
  severity: 'error',
  depth: 'header',
  title: 'The parent is not there',
  spec: LINK,
  repair: 'decision',
  message: ({ name, reason }) => `the parent ${JSON.stringify(name)} cannot be opened: ${reason}`,
  explanation: {
    what: 'The disk is a snapshot, and the file that it names as its parent cannot be opened (or lies where vdcheck does not look without being told).',
    why: 'Everything that was not written since the snapshot is unavailable.',
    how: 'The snapshot was copied without the disk below it, or that one was renamed or moved.',
    readers: 'QEMU refuses the disk; tools that do not follow parents show zeros.',
    repair: 'Put the parent beside the snapshot, or correct parentFileNameHint.',
  },
  check(image, tell) {
    linkFindings(image, (state) => state === 'missing' || state === 'unreadable', tell);
    linkFindings(image, isWithheld, tell, 'warning');
  },
});

/** A chain that bites its tail. */
export const parentCycle: LinkRule = defineRule<VmdkImage, LinkFault>({
  id: 'vmdk/parent-cycle',
  severity: 'error',
  depth: 'header',
  title: 'The chain of parents comes back to itself',
  spec: LINK,
  repair: 'none',
  message: ({ name, reason }) => `the parent ${JSON.stringify(name)} is a layer above itself: ${reason}`,
  explanation: {
    what: 'Following the parents one comes back to a file that is already part of the chain.',
    why: 'There is no lowest disk, so what was not written since the snapshots cannot be known.',
    how: 'A name that was not changed after copying a descriptor, or a file made to trap readers.',
    readers: 'QEMU hangs.',
    repair: 'Write the name of the right parent.',
  },
  check: (image, tell) => linkFindings(image, (state) => state === 'cycle', tell),
});

/** A chain that is longer than supported. */
export const parentChainDepth: RaisableRule<VmdkImage, { readonly levels: number }> = defineRule<
  VmdkImage,
  { readonly levels: number }
>({
  id: 'vmdk/parent-chain-depth',
  severity: 'warning',
  depth: 'header',
  title: 'The chain of parents is very long',
  spec: 'Limit of vSphere: 32 levels',
  repair: 'none',
  message: ({ levels }) => `the chain has ${levels} levels or more; VMware supports ${MAX_LEVELS}`,
  explanation: {
    what: 'More disks lie below this one than VMware supports.',
    why: 'Nothing is wrong with the data; each read may have to ask every level.',
    how: 'Snapshots of a backup product that were never merged.',
    readers: 'vSphere refuses to take further snapshots; QEMU has no limit.',
    repair: 'Merge snapshots.',
  },
  check(image, tell) {
    let levels = 1;
    for (let layer = image.parent; layer !== null; layer = layer.image?.parent ?? null) levels++;
    if (levels <= MAX_LEVELS) return;
    for (const descriptor of descriptorOf(image)) {
      const hint = findProperty(descriptor, 'parentFileNameHint');
      if (hint !== undefined) tell(valueFinding(descriptor, hint, { levels }));
    }
  },
});

/** A parent that was changed. */
export const parentCidMismatch: RaisableRule<VmdkImage, { readonly stored: string; readonly found: string }> =
  defineRule<VmdkImage, { readonly stored: string; readonly found: string }>({
    id: 'vmdk/parent-cid-mismatch',
    severity: 'error',
    depth: 'header',
    title: 'The parent was changed after the snapshot',
    spec: LINK,
    repair: 'lossy',
    message: ({ stored, found }) => `parentCID is ${stored}, but the content id of the parent is ${found}`,
    explanation: {
      what: 'The content id that the snapshot remembers of its parent is not the one that the parent has now.',
      why: 'The parent was written to after the snapshot, or is another disk: old and new data are mixed, and file systems break.',
      how: 'The parent was started by itself, resized or replaced; or the snapshot was put over another disk.',
      readers: 'QEMU opens the disk and fails as soon as data of the parent is read; VMware refuses it.',
      repair: 'Restore the parent. Only if it is certain that it was not changed may parentCID be corrected.',
    },
    check(image, tell) {
      const below = image.parent?.image;
      if (!(below instanceof VmdkImage) || below.descriptor === null) return;
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'parentCID');
        const stored = contentId(descriptor, 'parentCID');
        const found = contentId(below.descriptor, 'CID');
        if (property === undefined || stored === null || found === null || stored === found) continue;
        const data = { stored: hex(stored), found: hex(found) };
        tell(valueFinding(descriptor, property, data, { expected: data.found }));
      }
    },
  });

function hex(id: number): string {
  return id.toString(16).padStart(8, '0');
}

/** A parent of another size. */
export const parentCapacityMismatch: RaisableRule<
  VmdkImage,
  { readonly own: number; readonly below: number }
> = defineRule<VmdkImage, { readonly own: number; readonly below: number }>({
  id: 'vmdk/parent-capacity-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'The parent has another size',
  spec: LINK,
  repair: 'none',
  message: ({ own, below }) => `the disk has ${own} bytes, its parent ${below}`,
  explanation: {
    what: 'A snapshot and the disk below it have the same number of sectors; these do not.',
    why: 'The parent was resized or is another disk. Part of it is out of reach, or part of this disk has nothing below it.',
    how: 'A disk was made larger while it had snapshots.',
    readers: 'VMware refuses it; QEMU shows zeros behind the end of the parent.',
    repair: 'Bring the parent back to its old size, or restore it.',
  },
  check(image, tell) {
    const below = image.parent?.image;
    if (!(below instanceof VmdkImage) || below.size === image.size) return;
    for (const descriptor of descriptorOf(image)) {
      const hint = findProperty(descriptor, 'parentFileNameHint');
      if (hint !== undefined) tell(valueFinding(descriptor, hint, { own: image.size, below: below.size }));
    }
  },
});

/** A parent that is no VMDK. */
export const parentNotVmdk: RaisableRule<VmdkImage, { readonly name: string; readonly format: string }> =
  defineRule<VmdkImage, { readonly name: string; readonly format: string }>({
    id: 'vmdk/parent-not-vmdk',
    severity: 'error',
    depth: 'header',
    title: 'The parent is no VMDK',
    spec: LINK,
    repair: 'none',
    message: ({ name, format }) =>
      `the parent ${JSON.stringify(name)} is ${format}, not a VMDK, and has no content id`,
    explanation: {
      what: 'The file that is named as parent is of another format.',
      why: 'It has no content id, so nobody can tell whether it is the disk that the snapshot was taken of.',
      how: 'The parent was converted, or the name leads to another file.',
      readers: 'QEMU fails as soon as data of the parent is read.',
      repair: 'Convert the parent back to VMDK with the content id that the snapshot remembers.',
    },
    check(image, tell) {
      const below = image.parent?.image ?? null;
      if (below === null || below.format === 'vmdk' || image.parent === null) return;
      for (const descriptor of descriptorOf(image)) {
        const hint = findProperty(descriptor, 'parentFileNameHint');
        if (hint !== undefined)
          tell(valueFinding(descriptor, hint, { name: image.parent.name, format: below.format }));
      }
    },
  });

/** A snapshot that cannot be one. */
export const parentFlatChild: RaisableRule<VmdkImage, { readonly cid: string }> = defineRule<
  VmdkImage,
  { readonly cid: string }
>({
  id: 'vmdk/parent-flat-child',
  severity: 'warning',
  depth: 'header',
  title: 'A snapshot that stores everything',
  spec: LINK,
  repair: 'decision',
  message: ({ cid }) => `parentCID is ${cid}, but all extents are flat, so nothing can come from a parent`,
  explanation: {
    what: 'The descriptor names a parent, and the extents are FLAT or VMFS, which store every sector.',
    why: 'The parent is never asked. If the extents hold differences only, the guest sees zeros for the rest.',
    how: 'A descriptor of a snapshot put over the extents of its base, or a tool that forgot to reset the id.',
    readers: 'QEMU opens the parent and never reads it; VMware refuses it.',
    repair: 'Write parentCID=ffffffff if the extents are complete.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'parentCID');
      const areFlat = image.extents.length > 0 && image.extents.every(({ kind }) => kind === 'flat');
      if (property !== undefined && namesParent(descriptor) && areFlat)
        tell(valueFinding(descriptor, property, { cid: property.value.text }));
    }
  },
});
