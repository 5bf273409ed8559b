import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import type { VmdkImage } from '../image.ts';
import { agrees, hostedExtents } from './field-rule.ts';
import { DESCRIPTOR, descriptorOf, textFinding, valueFinding } from './text-rule.ts';

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

/** Types whose one extent is the file that holds the descriptor. */
const MONOLITHIC = ['monolithicsparse', 'streamoptimized'];

/** No type. */
export const createTypeMissing: RaisableRule<VmdkImage, null> = defineRule<VmdkImage, null>({
  id: 'vmdk/create-type-missing',
  severity: 'error',
  depth: 'header',
  title: 'The descriptor has no createType',
  spec: CREATE_TYPE,
  repair: 'decision',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
  message: () => 'the descriptor has no createType',
  explanation: {
    what: 'There is no line createType=, which says what kind of disk this is.',
    why: 'The extents tell how the data is stored, but most programs do not open the disk.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU and VirtualBox refuse it.',
    repair: 'Write the type that belongs to the extents.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image))
      if (findProperty(descriptor, 'createType') === undefined)
        tell(
          textFinding(
            descriptor,
            { offset: 0, length: descriptor.textLength },
            'descriptor.createType',
            null,
          ),
        );
  },
});

/** A type that nobody knows. */
export const createTypeUnknown: RaisableRule<VmdkImage, { readonly type: string }> = defineRule<
  VmdkImage,
  { readonly type: string }
>({
  id: 'vmdk/create-type-unknown',
  severity: 'warning',
  depth: 'header',
  title: 'Unknown createType',
  spec: CREATE_TYPE,
  repair: 'none',
  message: ({ type }) => `createType is ${JSON.stringify(type)}, which few readers know`,
  explanation: {
    what: 'createType has a value that is in no list (custom and vsanSparse are known, but hardly anybody reads them).',
    why: 'The extents tell how the data is stored, but most programs do not open the disk.',
    how: 'A typing error, or a product that nobody described.',
    readers: 'QEMU refuses all but its own list.',
    repair: 'Write the type that belongs to the extents.',
  },
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
});

/** A type that the extents contradict. */
export const createTypeExtentMismatch: RaisableRule<
  VmdkImage,
  { readonly type: string; readonly reason: string }
> = defineRule<VmdkImage, { readonly type: string; readonly reason: string }>({
  id: 'vmdk/create-type-extent-mismatch',
  severity: 'warning',
  depth: 'header',
  title: 'createType and the extents do not fit together',
  spec: `${CREATE_TYPE} and extent descriptions`,
  repair: 'decision',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/extent-type-unknown', 'vmdk/extent-none'],
  message: ({ type, reason }) => `createType is ${type}, but ${reason}`,
  explanation: {
    what: 'Each createType goes with certain extents, one or several; those of this disk are others.',
    why: 'The extents decide what the guest sees. A program that goes by the type refuses the disk or opens it wrongly.',
    how: 'A descriptor put together by hand, or a text descriptor split from a disk that is one file.',
    readers:
      'QEMU ignores most of this, but takes monolithicSparse only inside the extent; VMware refuses it.',
    repair: 'Write the type that belongs to the extents.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'createType');
      const reason = property === undefined ? null : findContradiction(descriptor, property.value.text);
      if (property === undefined || reason === null) continue;
      tell(valueFinding(descriptor, property, { type: property.value.text, reason }));
    }
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

/** A type that the header of its own file contradicts. */
export const createTypeEmbeddedMismatch: RaisableRule<
  VmdkImage,
  { readonly type: string; readonly isCompressed: boolean }
> = defineRule<VmdkImage, { readonly type: string; readonly isCompressed: boolean }>({
  id: 'vmdk/create-type-embedded-mismatch',
  severity: 'warning',
  depth: 'header',
  title: 'createType and the header do not fit together',
  spec: `${CREATE_TYPE}; SparseExtentHeader, flags`,
  repair: 'safe',
  derivedFrom: ['vmdk4/compression-flag-mismatch', 'vmdk4/markers-without-compression'],
  message: ({ type, isCompressed }) =>
    `createType is ${type}, but by the flags in the header grains are ${isCompressed ? 'compressed' : 'not compressed'}`,
  explanation: {
    what: 'The descriptor inside an extent says streamOptimized and the header says that nothing is compressed, or the other way round.',
    why: 'The header decides how data is read; importers that go by the text refuse the disk or read it wrongly.',
    how: 'A tool that converted the extent and kept the text.',
    readers: 'QEMU goes by the header; VMware importers look at both.',
    repair: 'Write the type that belongs to the header.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'createType');
      const [extent] = hostedExtents(image);
      if (property === undefined || extent?.geometry == null || !descriptor.place.isEmbedded) continue;
      if (!agrees(extent, ({ flags }) => flags.compressed)) continue;
      const type = property.value.text.toLowerCase();
      const { isCompressed } = extent.geometry;
      if (MONOLITHIC.includes(type) && (type === 'streamoptimized') !== isCompressed)
        tell(valueFinding(descriptor, property, { type: property.value.text, isCompressed }));
    }
  },
});
