import { judgeReference, type ReferenceVerdict } from '../../../model/reference-state.ts';
import type { ParentLink } from '../../../model/image.ts';
import type { Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { contentId, findProperty, namesParent } from '../descriptor/descriptor.ts';
import { DESCRIPTOR, descriptorOf, valueFinding, type TextOptions } from '../descriptor/text-findings.ts';
import type { LinkFault, VmdkFindings } from '../findings.ts';
import { VmdkImage } from '../image.ts';

const LINK = `${DESCRIPTOR}, parentCID and parentFileNameHint`;

/** Layers that VMware supports. */
const MAX_LEVELS = 32;

/** The rules on the chain of parents. */
export const chainRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/parent-capacity-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'The parent has another size',
    spec: LINK,
    repair: 'none',
    message: ({ own, below }) => `the disk has ${own} bytes, its parent ${below}`,
    check(image, tell) {
      const below = image.parent?.image;
      if (below instanceof VmdkImage && below.size !== image.size)
        tellAtHint(image, { own: image.size, below: below.size }, tell);
    },
  },
  'vmdk/parent-chain-depth': {
    severity: 'warning',
    depth: 'header',
    title: 'The chain of parents is very long',
    spec: 'Limit of vSphere: 32 levels',
    repair: 'none',
    message: ({ levels }) => `the chain has ${levels} levels or more; VMware supports ${MAX_LEVELS}`,
    check(image, tell) {
      let levels = 1;
      for (let layer = image.parent; layer !== null; layer = layer.image?.parent ?? null) levels++;
      if (levels > MAX_LEVELS) tellAtHint(image, { levels }, tell);
    },
  },
  'vmdk/parent-cid-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'The parent was changed after the snapshot',
    spec: LINK,
    repair: 'lossy',
    message: ({ stored, found }) => `parentCID is ${stored}, but the content id of the parent is ${found}`,
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
  },
  'vmdk/parent-cycle': {
    severity: 'error',
    depth: 'header',
    title: 'The chain of parents comes back to itself',
    spec: LINK,
    repair: 'none',
    message: ({ name, reason }) => `the parent ${JSON.stringify(name)} is a layer above itself: ${reason}`,
    check(image, tell) {
      if (image.parent?.state === 'cycle') tellAtHint(image, linkFault(image.parent), tell);
    },
  },
  'vmdk/parent-flat-child': {
    severity: 'warning',
    depth: 'header',
    title: 'A snapshot that stores everything',
    spec: LINK,
    repair: 'decision',
    message: ({ cid }) => `parentCID is ${cid}, but all extents are flat, so nothing can come from a parent`,
    check(image, tell) {
      const areFlat = image.extents.length > 0 && image.extents.every(({ kind }) => kind === 'flat');
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'parentCID');
        if (property !== undefined && namesParent(descriptor) && areFlat)
          tell(valueFinding(descriptor, property, { cid: property.value.text }));
      }
    },
  },
  'vmdk/parent-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The parent is missing',
    spec: LINK,
    repair: 'decision',
    message: ({ name, reason }) => `the parent ${JSON.stringify(name)} cannot be opened: ${reason}`,
    check: (image, tell) => tellClosed(image, 'missing', tell),
  },
  'vmdk/parent-not-opened': {
    severity: 'info',
    depth: 'header',
    title: 'The parent was not opened',
    spec: LINK,
    repair: 'none',
    message: ({ reason }) => `the parent ${reason}`,
    check: (image, tell) => tellClosed(image, 'not-opened', tell),
  },
  'vmdk/parent-found-elsewhere': {
    severity: 'info',
    depth: 'header',
    title: 'The parent was found elsewhere',
    spec: LINK,
    repair: 'safe',
    message: ({ name, found }) =>
      `the parent ${JSON.stringify(name)} was not found where its name says; ${JSON.stringify(found)} beside the descriptor was taken instead`,
    check(image, tell) {
      const { parent } = image;
      if (parent?.foundAs === undefined) return;
      tellAtHint(image, { name: parent.name, found: parent.foundAs }, tell, { expected: parent.foundAs });
    },
  },
  'vmdk/parent-not-vmdk': {
    severity: 'error',
    depth: 'header',
    title: 'The parent is no VMDK',
    spec: LINK,
    repair: 'none',
    message: ({ name, format }) =>
      `the parent ${JSON.stringify(name)} is ${format}, not a VMDK, and has no content id`,
    check(image, tell) {
      const { parent } = image;
      const format = parent?.image?.format ?? 'vmdk';
      if (parent !== null && format !== 'vmdk') tellAtHint(image, { name: parent.name, format }, tell);
    },
  },
});

/** Tells a finding at the name of the parent, where the descriptor has one. */
function tellAtHint<D>(image: VmdkImage, data: D, tell: Tell<D>, options: TextOptions = {}): void {
  for (const descriptor of descriptorOf(image)) {
    const hint = findProperty(descriptor, 'parentFileNameHint');
    if (hint !== undefined) tell(valueFinding(descriptor, hint, data, options));
  }
}

function linkFault({ name, reason }: ParentLink): LinkFault {
  return { name, reason: reason ?? '' };
}

/** Tells of a parent that is not open, where the verdict on it is `finding`. */
function tellClosed(image: VmdkImage, finding: ReferenceVerdict['finding'], tell: Tell<LinkFault>): void {
  const { parent } = image;
  if (parent === null || parent.state === 'not-followed') return;
  const verdict = judgeReference(parent.state);
  if (verdict?.finding === finding)
    tellAtHint(image, linkFault(parent), tell, { severity: verdict.severity });
}

function hex(id: number): string {
  return id.toString(16).padStart(8, '0');
}
