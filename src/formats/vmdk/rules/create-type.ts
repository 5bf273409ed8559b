import { defineRules } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, valueFinding, wholeTextFinding } from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';

const CREATE_TYPE = `${DESCRIPTOR}, createType`;

/** Which extents a disk of each type consists of (vendor documents and files of VMware). `null`: anything. */
const EXPECTED: Readonly<
  Record<string, { readonly types: readonly string[] | null; readonly isSingle?: boolean }>
> = {
  monolithicsparse: { types: ['SPARSE'], isSingle: true },
  streamoptimized: { types: ['SPARSE'], isSingle: true },
  monolithicflat: { types: ['FLAT'], isSingle: true },
  twogbmaxextentsparse: { types: ['SPARSE'] },
  '2gbmaxextentsparse': { types: ['SPARSE'] },
  twogbmaxextentflat: { types: ['FLAT'] },
  '2gbmaxextentflat': { types: ['FLAT'] },
  vmfs: { types: ['VMFS'] },
  vmfsthin: { types: ['VMFS'] },
  vmfspreallocated: { types: ['VMFS'] },
  vmfseagerzeroedthick: { types: ['VMFS'] },
  vmfssparse: { types: ['VMFSSPARSE'] },
  sesparse: { types: ['SESPARSE'] },
  vmfsrdm: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsrawdevicemap: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsrdmp: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfspassthroughrawdevicemap: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsraw: { types: ['VMFSRAW', 'VMFSRDM'] },
  fulldevice: { types: ['FLAT', 'ZERO'] },
  partitioneddevice: { types: ['FLAT', 'ZERO'] },
  vsansparse: { types: null },
  custom: { types: null },
};

/** Types whose one extent is the file that contains the descriptor. */
const MONOLITHIC = ['monolithicsparse', 'streamoptimized'];

/** The rules on `createType`. */
export const createTypeRules = defineRules<VmdkImage, VmdkFindings>()({
  /** A type that the header of its own file contradicts. */
  'vmdk/create-type-embedded-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'createType and the header do not fit together',
    spec: `${CREATE_TYPE}; SparseExtentHeader, flags`,
    repair: 'safe',
    derivedFrom: ['vmdk4/compression-flag-mismatch', 'vmdk4/markers-without-compression'],
    message: ({ type, isCompressed }) =>
      `createType is ${type}, but by the flags in the header grains are ${isCompressed ? 'compressed' : 'not compressed'}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'createType');
        const [extent] = image.hostedExtents;
        if (property === undefined || extent?.geometry == null || !descriptor.place.isEmbedded) continue;
        if (!extent.agrees(({ flags }) => flags.compressed)) continue;
        const type = property.value.text.toLowerCase();
        const { isCompressed } = extent.geometry;
        if (MONOLITHIC.includes(type) && (type === 'streamoptimized') !== isCompressed)
          tell(valueFinding(descriptor, property, { type: property.value.text, isCompressed }));
      }
    },
  },
  'vmdk/create-type-extent-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'createType and the extents do not fit together',
    spec: `${CREATE_TYPE} and extent descriptions`,
    repair: 'decision',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/extent-type-unknown', 'vmdk/extent-none'],
    message: ({ type, reason }) => `createType is ${type}, but ${reason}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'createType');
        const reason = property === undefined ? null : findContradiction(descriptor, property.value.text);
        if (property === undefined || reason === null) continue;
        tell(valueFinding(descriptor, property, { type: property.value.text, reason }));
      }
    },
  },
  'vmdk/create-type-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor has no createType',
    spec: CREATE_TYPE,
    repair: 'decision',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
    message: () => 'the descriptor has no createType',
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        if (findProperty(descriptor, 'createType') === undefined)
          tell(wholeTextFinding(descriptor, 'descriptor.createType', null));
    },
  },
  'vmdk/create-type-unknown': {
    severity: 'warning',
    depth: 'header',
    title: 'Unknown createType',
    spec: CREATE_TYPE,
    repair: 'none',
    message: ({ type }) => `createType is ${JSON.stringify(type)}, which few readers know`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'createType');
        const type = property?.value.text ?? '';
        if (property === undefined) continue;
        const known = Object.hasOwn(EXPECTED, type.toLowerCase());
        if (!known) tell(valueFinding(descriptor, property, { type }));
        else if (EXPECTED[type.toLowerCase()]?.types === null)
          tell(valueFinding(descriptor, property, { type }, { severity: 'info' }));
      }
    },
  },
});

function findContradiction({ extents, place }: Descriptor, createType: string): string | null {
  const type = createType.toLowerCase();
  const { types = null, isSingle = false } =
    (Object.hasOwn(EXPECTED, type) ? EXPECTED[type] : undefined) ?? {};
  if (types === null || extents.length === 0) return null;
  const odd = extents.find((extent) => !types.includes(extent.type.text.toUpperCase()));
  if (odd !== undefined) return `extent ${odd.index} is of type ${odd.type.text}, not ${types.join(' or ')}`;
  if (isSingle && extents.length > 1) return `there are ${extents.length} extents, not one`;
  if (MONOLITHIC.includes(type) && !place.isEmbedded)
    return 'the descriptor is a file of its own, not inside the extent';
  return null;
}
