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
  monolithicSparse: { types: ['SPARSE'], isSingle: true },
  streamOptimized: { types: ['SPARSE'], isSingle: true },
  monolithicFlat: { types: ['FLAT'], isSingle: true },
  twoGbMaxExtentSparse: { types: ['SPARSE'] },
  '2GbMaxExtentSparse': { types: ['SPARSE'] },
  twoGbMaxExtentFlat: { types: ['FLAT'] },
  '2GbMaxExtentFlat': { types: ['FLAT'] },
  vmfs: { types: ['VMFS'] },
  vmfsThin: { types: ['VMFS'] },
  vmfsPreallocated: { types: ['VMFS'] },
  vmfsEagerZeroedThick: { types: ['VMFS'] },
  vmfsSparse: { types: ['VMFSSPARSE'] },
  seSparse: { types: ['SESPARSE'] },
  vmfsRDM: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsRawDeviceMap: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsRDMP: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsPassthroughRawDeviceMap: { types: ['VMFSRDM', 'VMFSRAW'] },
  vmfsRaw: { types: ['VMFSRAW', 'VMFSRDM'] },
  fullDevice: { types: ['FLAT', 'ZERO'] },
  partitionedDevice: { types: ['FLAT', 'ZERO'] },
  vsanSparse: { types: null },
  custom: { types: null },
};

/** The types as they are usually written, by the type in lower case. */
const USUAL_CASE = new Map(Object.keys(EXPECTED).map((type) => [type.toLowerCase(), type]));

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
    message: ({ type, usual }) =>
      usual === null
        ? `createType is ${JSON.stringify(type)}, which few readers know`
        : `createType is ${JSON.stringify(type)}, which is usually written ${usual}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'createType');
        if (property === undefined) continue;
        const type = property.value.text;
        const usual = USUAL_CASE.get(type.toLowerCase());
        if (usual === undefined) tell(valueFinding(descriptor, property, { type, usual: null }));
        else if (usual !== type)
          tell(valueFinding(descriptor, property, { type, usual }, { expected: usual }));
        else if (EXPECTED[usual]?.types === null)
          tell(valueFinding(descriptor, property, { type, usual: null }, { severity: 'info' }));
      }
    },
  },
});

function findContradiction({ extents, place }: Descriptor, createType: string): string | null {
  const type = createType.toLowerCase();
  const { types = null, isSingle = false } = EXPECTED[USUAL_CASE.get(type) ?? ''] ?? {};
  if (types === null || extents.length === 0) return null;
  const odd = extents.find((extent) => !types.includes(extent.type.text.toUpperCase()));
  if (odd !== undefined) return `extent ${odd.index} is of type ${odd.type.text}, not ${types.join(' or ')}`;
  if (isSingle && extents.length > 1) return `there are ${extents.length} extents, not one`;
  if (MONOLITHIC.includes(type) && !place.isEmbedded)
    return 'the descriptor is a file of its own, not inside the extent';
  return null;
}
