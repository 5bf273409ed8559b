import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import type { Property } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, valueFinding, wholeTextFinding } from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';

const DATABASE = `${DESCRIPTOR}, the disk database`;

const DIMENSIONS = ['cylinders', 'heads', 'sectors'] as const;

const LIMITS = { cylinders: 65_535, heads: 255, sectors: 63 } as const;

/** Disks larger than what 16383 cylinders of IDE reach keep that number. */
const CAPPED_CYLINDERS = 16_383;

/** Bytes of a cylinder of IDE; a smaller disk has none, and QEMU says so. */
const SMALLEST_CYLINDER = 16 * 63 * SECTOR_SIZE;

const ADAPTERS = ['ide', 'buslogic', 'lsilogic', 'pvscsi', 'legacyesx', 'lsisas1068', 'sata', 'nvme'];

const UUID =
  /^(\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|([0-9a-f]{2} ){7}[0-9a-f]{2}-([0-9a-f]{2} ){7}[0-9a-f]{2})$/i;

/** The rules on the disk database. */
export const diskDatabaseRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/adapter-unknown': {
    severity: 'info',
    depth: 'header',
    title: 'Unknown adapter type',
    spec: `${DATABASE}, ddb.adapterType`,
    repair: 'decision',
    message: ({ value }) => `ddb.adapterType is ${JSON.stringify(value)}, which is not in the usual list`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const property = findProperty(descriptor, 'ddb.adapterType');
        const value = property?.value.text ?? '';
        if (property !== undefined && !ADAPTERS.includes(value.toLowerCase()))
          tell(valueFinding(descriptor, property, { value }));
      }
    },
  },
  'vmdk/geometry-invalid': {
    severity: 'warning',
    depth: 'header',
    title: 'The geometry is impossible',
    spec: `${DATABASE}, ddb.geometry`,
    repair: 'safe',
    message: ({ key, value, limit }) => `${key} is ${JSON.stringify(value)}, must be 1 to ${limit}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const [index, property] of geometryOf(descriptor).entries()) {
          const limit = LIMITS[DIMENSIONS[index] ?? 'cylinders'];
          const value = property?.value.text ?? '';
          const isTiny = index === 0 && value === '0' && image.size < SMALLEST_CYLINDER;
          if (property === undefined || isWithin(value, limit) || isTiny) continue;
          const data = { key: property.key.text, value, limit };
          const isUnset = geometryOf(descriptor).every((each) => each?.value.text === '0');
          // QEMU does not cap the cylinders of large disks; the product is right.
          const severity = isUnset || (index === 0 && isTrue(descriptor, image.size)) ? 'info' : 'warning';
          tell(valueFinding(descriptor, property, data, { expected: `1 to ${limit}`, severity }));
        }
    },
  },
  'vmdk/geometry-missing': {
    severity: 'info',
    depth: 'header',
    title: 'The descriptor has no geometry',
    spec: `${DATABASE}, ddb.geometry`,
    repair: 'safe',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
    message: () => 'the descriptor has no ddb.geometry.cylinders, heads and sectors',
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        if (geometryOf(descriptor).every((property) => property === undefined))
          tell(wholeTextFinding(descriptor, 'descriptor.ddb.geometry', null));
    },
  },
  'vmdk/geometry-size-mismatch': {
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
  },
  'vmdk/uuid-malformed': {
    severity: 'info',
    depth: 'header',
    title: 'A uuid that is none',
    spec: `${DATABASE}, ddb.uuid`,
    repair: 'safe',
    message: ({ key, value }) => `${key} is ${JSON.stringify(value)}, which is no uuid`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const property of descriptor.properties) {
          const key = property.key.text;
          if (/^ddb\.uuid(\.|$)/i.test(key) && !UUID.test(property.value.text))
            tell(valueFinding(descriptor, property, { key, value: property.value.text }));
        }
    },
  },
});

function geometryOf(descriptor: Descriptor): readonly (Property | undefined)[] {
  return DIMENSIONS.map((dimension) => findProperty(descriptor, `ddb.geometry.${dimension}`));
}

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
