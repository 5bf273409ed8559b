import type { Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, extentField, textFinding, valueFinding } from './text-rule.ts';

/** The change tracking file is not there, or is something else. */
export const ctkMissing: RaisableRule<VmdkImage, { readonly name: string; readonly flaw: string }> =
  defineRule<VmdkImage, { readonly name: string; readonly flaw: string }>({
    id: 'vmdk/ctk-missing',
    severity: 'info',
    depth: 'header',
    title: 'The change tracking file is not there',
    spec: `${DESCRIPTOR}, changeTrackPath`,
    repair: 'safe',
    message: ({ name, flaw }) => `changed blocks are tracked in ${JSON.stringify(name)}, ${flaw}`,
    explanation: {
      what: 'changeTrackPath names the file in which ESXi notes the blocks that the guest changes; it does not exist, or does not begin with its signature.',
      why: "The guest's data is not concerned. The next incremental backup has nothing to go by.",
      how: 'A disk that was copied without this file, which most tools leave behind.',
      readers: 'QEMU and libvmdk ignore the file; ESXi refuses to open the disk, or starts tracking anew.',
      repair: 'Remove the line, and reset changed block tracking of the virtual machine.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'changeTrackPath');
        if (property === undefined || image.trackingFlaw === null) continue;
        tell(valueFinding(descriptor, property, { name: property.value.text, flaw: image.trackingFlaw }));
      }
    },
  });

/** How the files of extents are called, by the createType; a group in the pattern is the number of the file. */
const NAMES: Readonly<Record<string, { readonly pattern: RegExp; readonly usual: string }>> = {
  twogbmaxextentsparse: { pattern: /-s(\d{3,})\.vmdk$/i, usual: '-s001.vmdk and so on' },
  '2gbmaxextentsparse': { pattern: /-s(\d{3,})\.vmdk$/i, usual: '-s001.vmdk and so on' },
  twogbmaxextentflat: { pattern: /-f(\d{3,})\.vmdk$/i, usual: '-f001.vmdk and so on' },
  '2gbmaxextentflat': { pattern: /-f(\d{3,})\.vmdk$/i, usual: '-f001.vmdk and so on' },
  monolithicflat: { pattern: /-(?:flat|f001)\.vmdk$/i, usual: '-flat.vmdk' },
  vmfs: { pattern: /-flat\.vmdk$/i, usual: '-flat.vmdk' },
  vmfsthin: { pattern: /-flat\.vmdk$/i, usual: '-flat.vmdk' },
  vmfspreallocated: { pattern: /-flat\.vmdk$/i, usual: '-flat.vmdk' },
  vmfseagerzeroedthick: { pattern: /-flat\.vmdk$/i, usual: '-flat.vmdk' },
  vmfssparse: { pattern: /-delta\.vmdk$/i, usual: '-delta.vmdk' },
  sesparse: { pattern: /-sesparse\.vmdk$/i, usual: '-sesparse.vmdk' },
};

/** An extent's name and what is unusual in it. */
interface NameFault {
  readonly extent: number;
  readonly name: string;
  readonly usual: string;
}

/** A name that says something else than the place of the extent. */
export const extentNameConvention: RaisableRule<VmdkImage, NameFault> = defineRule<VmdkImage, NameFault>({
  id: 'vmdk/extent-name-convention',
  severity: 'info',
  depth: 'header',
  title: 'The file of an extent has an unusual name',
  spec: `${DESCRIPTOR}, extent descriptions; names that VMware and QEMU give`,
  repair: 'none',
  derivedFrom: ['vmdk/extent-file-missing', 'vmdk/extent-file-repeated', 'vmdk/extent-self-reference'],
  message: ({ extent, name, usual }) =>
    `extent ${extent} is in ${JSON.stringify(name)}; the usual name ends in ${usual}`,
  explanation: {
    what: 'The files of a disk are called after its kind, and those of a split disk are numbered in order; this name is another, or a number is left out.',
    why: "The line of the extent is what counts, so the guest's data is not concerned. A set whose numbers are not in order may be put together wrongly.",
    how: 'Files that were renamed, a line that was removed, or a tool with names of its own.',
    readers: 'All readers go by the line.',
    repair: 'Nothing needs to be done if the files are the right ones.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) findOddNames(descriptor, tell);
  },
});

function findOddNames(descriptor: Descriptor, tell: Tell<NameFault>): void {
  const createType = findProperty(descriptor, 'createType')?.value.text.toLowerCase() ?? '';
  const names = Object.hasOwn(NAMES, createType) ? NAMES[createType] : undefined;
  if (names === undefined || descriptor.place.isEmbedded) return;
  let next = 1;
  for (const extent of descriptor.extents) {
    if (extent.file === null || !isOnFile(extent)) continue;
    const { text, span } = extent.file;
    const match = names.pattern.exec(text);
    const number = match?.[1];
    const isGap = number !== undefined && Number(number) !== next;
    if (match === null || isGap) {
      const usual = isGap
        ? names.usual.replace(/001.*$/, `${String(next).padStart(3, '0')}.vmdk`)
        : names.usual;
      const data = { extent: extent.index, name: text, usual };
      tell(textFinding(descriptor, span, extentField(extent, 'file'), data, { actual: text }));
    }
    next = (number === undefined ? next : Number(number)) + 1;
  }
}

/** Names of devices follow no such custom. */
function isOnFile({ file }: ExtentLine): boolean {
  return file !== null && !/^(?:\/dev\/|\\\\\.\\)/.test(file.text);
}
