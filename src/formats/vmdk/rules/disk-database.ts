import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import type { Property } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, textFinding, valueFinding } from './text-rule.ts';

const DATABASE = `${DESCRIPTOR}, the disk database`;
const DIMENSIONS = ['cylinders', 'heads', 'sectors'] as const;
const LIMITS = { cylinders: 65_535, heads: 255, sectors: 63 } as const;
/** Disks beyond what 16383 cylinders of IDE reach keep that number. */
const CAPPED_CYLINDERS = 16_383;

/** Bytes of a cylinder of IDE; a smaller disk has none, and QEMU says so. */
const SMALLEST_CYLINDER = 16 * 63 * SECTOR_SIZE;

function geometryOf(descriptor: Descriptor): readonly (Property | undefined)[] {
  return DIMENSIONS.map((dimension) => findProperty(descriptor, `ddb.geometry.${dimension}`));
}

/** No geometry. */
export const geometryMissing: RaisableRule<VmdkImage, null> = defineRule<VmdkImage, null>({
  id: 'vmdk/geometry-missing',
  severity: 'info',
  depth: 'header',
  title: 'The descriptor has no geometry',
  spec: `${DATABASE}, ddb.geometry`,
  repair: 'safe',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
  message: () => 'the descriptor has no ddb.geometry.cylinders, heads and sectors',
  explanation: {
    what: 'The lines that give cylinders, heads and sectors are missing.',
    why: 'The data is found without them; very old systems may see another geometry.',
    how: 'Tools that leave them out.',
    readers: 'Most readers ignore geometry; older products guess one.',
    repair: 'Write the geometry that the capacity gives.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image))
      if (geometryOf(descriptor).every((property) => property === undefined))
        tell(
          textFinding(
            descriptor,
            { offset: 0, length: descriptor.textLength },
            'descriptor.ddb.geometry',
            null,
          ),
        );
  },
});

/** A geometry that cannot be. */
export const geometryInvalid: RaisableRule<
  VmdkImage,
  { readonly key: string; readonly value: string; readonly limit: number }
> = defineRule<VmdkImage, { readonly key: string; readonly value: string; readonly limit: number }>({
  id: 'vmdk/geometry-invalid',
  severity: 'warning',
  depth: 'header',
  title: 'The geometry cannot be',
  spec: `${DATABASE}, ddb.geometry`,
  repair: 'safe',
  message: ({ key, value, limit }) => `${key} is ${JSON.stringify(value)}, must be 1 to ${limit}`,
  explanation: {
    what: 'Cylinders, heads or sectors are no number, 0, or more than a disk can have (65535, 255, 63).',
    why: 'The data is found without them; a guest that uses the geometry may not boot.',
    how: 'A tool that computed them wrongly, or a line edited by hand.',
    readers: 'VirtualBox sets them anew; QEMU ignores them.',
    repair: 'Write the geometry that the capacity gives.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image))
      for (const [index, property] of geometryOf(descriptor).entries()) {
        const limit = LIMITS[DIMENSIONS[index] ?? 'cylinders'];
        const value = property?.value.text ?? '';
        const isTiny = index === 0 && value === '0' && image.size < SMALLEST_CYLINDER;
        if (property === undefined || isWithin(value, limit) || isTiny) continue;
        tell(
          valueFinding(
            descriptor,
            property,
            { key: property.key.text, value, limit },
            // QEMU does not cap the cylinders of large disks; the product is right.
            {
              expected: `1 to ${limit}`,
              ...(index === 0 && isTrue(descriptor, image.size) ? { severity: 'info' } : {}),
            },
          ),
        );
      }
  },
});

/** Whether the geometry gives the size of the disk, give or take a cylinder. */
function isTrue(descriptor: Descriptor, size: number): boolean {
  const [cylinders = 0, heads = 0, sectors = 0] = geometryOf(descriptor).map((property) =>
    Number(property?.value.text ?? Number.NaN),
  );
  const cylinder = heads * sectors * SECTOR_SIZE;
  return cylinder > 0 && Math.abs(cylinders * cylinder - size) <= cylinder;
}

function isWithin(text: string, limit: number): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= limit;
}

/** A geometry of another disk. */
export const geometrySizeMismatch: RaisableRule<
  VmdkImage,
  { readonly product: number; readonly size: number }
> = defineRule<VmdkImage, { readonly product: number; readonly size: number }>({
  id: 'vmdk/geometry-size-mismatch',
  severity: 'info',
  depth: 'header',
  title: 'Geometry and size do not fit together',
  spec: `${DATABASE}, ddb.geometry`,
  repair: 'safe',
  derivedFrom: [
    'vmdk/geometry-invalid',
    'vmdk/extent-none',
    'vmdk/extent-capacity-mismatch',
    'vmdk/extent-size-invalid',
  ],
  message: ({ product, size }) => `the geometry gives ${product} bytes, the disk has ${size}`,
  explanation: {
    what: 'Cylinders times heads times sectors is more than a cylinder away from the size of the disk.',
    why: 'The data is found without the geometry; only a guest that uses it sees a difference.',
    how: 'A disk that was resized, or a geometry of another disk.',
    readers: 'Most readers ignore it.',
    repair: 'Write the geometry that the capacity gives.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const properties = geometryOf(descriptor);
      const [cylinders = 0, heads = 0, sectors = 0] = properties.map((property) =>
        Number(property?.value.text ?? Number.NaN),
      );
      const [first] = properties;
      const product = cylinders * heads * sectors * SECTOR_SIZE;
      if (first === undefined || !Number.isFinite(product) || product === 0 || image.size === 0) continue;
      const isCapped = cylinders >= CAPPED_CYLINDERS && product < image.size;
      if (!isCapped && Math.abs(product - image.size) > heads * sectors * SECTOR_SIZE)
        tell(valueFinding(descriptor, first, { product, size: image.size }));
    }
  },
});

const ADAPTERS = ['ide', 'buslogic', 'lsilogic', 'pvscsi', 'legacyesx', 'lsisas1068', 'sata', 'nvme'];

/** An adapter that nobody knows. */
export const adapterUnknown: RaisableRule<VmdkImage, { readonly value: string }> = defineRule<
  VmdkImage,
  { readonly value: string }
>({
  id: 'vmdk/adapter-unknown',
  severity: 'info',
  depth: 'header',
  title: 'Unknown adapter type',
  spec: `${DATABASE}, ddb.adapterType`,
  repair: 'decision',
  message: ({ value }) => `ddb.adapterType is ${JSON.stringify(value)}, which is not in the usual list`,
  explanation: {
    what: 'ddb.adapterType names the controller that the disk was made for; this one is not known.',
    why: 'The data is not concerned. Import tools choose a controller by it.',
    how: 'A newer product, or a line edited by hand.',
    readers: 'QEMU ignores it; VMware takes a default.',
    repair: 'Write lsilogic or ide, whichever the guest has drivers for.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const property = findProperty(descriptor, 'ddb.adapterType');
      const value = property?.value.text ?? '';
      if (property !== undefined && !ADAPTERS.includes(value.toLowerCase()))
        tell(valueFinding(descriptor, property, { value }));
    }
  },
});

const UUID =
  /^(\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|([0-9a-f]{2} ){7}[0-9a-f]{2}-([0-9a-f]{2} ){7}[0-9a-f]{2})$/i;

/** A uuid that is none. */
export const uuidMalformed: RaisableRule<VmdkImage, { readonly key: string; readonly value: string }> =
  defineRule<VmdkImage, { readonly key: string; readonly value: string }>({
    id: 'vmdk/uuid-malformed',
    severity: 'info',
    depth: 'header',
    title: 'A uuid that is none',
    spec: `${DATABASE}, ddb.uuid`,
    repair: 'safe',
    message: ({ key, value }) => `${key} is ${JSON.stringify(value)}, which is no uuid`,
    explanation: {
      what: "ddb.uuid is 16 hex bytes with blanks and a dash, VirtualBox's ddb.uuid.* are uuids in the usual form; this one is neither.",
      why: 'The data is not concerned.',
      how: 'A line edited by hand.',
      readers: 'VirtualBox refuses a disk with a malformed ddb.uuid.image; others ignore it.',
      repair: 'Remove the line; the products make a new one.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const property of descriptor.properties) {
          const key = property.key.text;
          if (/^ddb\.uuid(\.|$)/i.test(key) && !UUID.test(property.value.text))
            tell(valueFinding(descriptor, property, { key, value: property.value.text }));
        }
    },
  });
