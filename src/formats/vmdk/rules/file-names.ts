import type { Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import {
  DESCRIPTOR,
  descriptorOf,
  extentField,
  textFinding,
  valueFinding,
} from '../descriptor/text-findings.ts';
import type { VmdkFindings, NameFault } from '../findings.ts';

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

/** The rules on the names of a disk's other files. */
export const fileNamesRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/ctk-missing': {
    severity: 'info',
    depth: 'header',
    title: 'The change tracking file is missing',
    spec: `${DESCRIPTOR}, changeTrackPath`,
    repair: 'safe',
    message: ({ name, flaw }) => `changed blocks are tracked in ${JSON.stringify(name)}, ${flaw}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'changeTrackPath');
        if (property === undefined || image.trackingFlaw === null) continue;
        tell(valueFinding(descriptor, property, { name: property.value.text, flaw: image.trackingFlaw }));
      }
    },
  },
  'vmdk/extent-name-convention': {
    severity: 'info',
    depth: 'header',
    title: 'The file of an extent has an unusual name',
    spec: `${DESCRIPTOR}, extent descriptions; names that VMware and QEMU give`,
    repair: 'none',
    derivedFrom: ['vmdk/extent-file-missing', 'vmdk/extent-file-repeated', 'vmdk/extent-self-reference'],
    message: ({ extent, name, usual }) =>
      `extent ${extent} is in ${JSON.stringify(name)}; the usual name ends in ${usual}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) findOddNames(descriptor, tell);
    },
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
