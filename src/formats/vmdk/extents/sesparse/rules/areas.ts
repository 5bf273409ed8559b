import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import { describeBreach } from '../../../../../model/rule.ts';
import { fieldFault } from '../../field-fault.ts';
import { AREA_NAMES, type Area, type AreaName } from '../layout/geometry.ts';
import { areaFault, findSmall, toSectors } from './area-faults.ts';
import { defineSeSparseRules } from './define.ts';

const CONSTANT = 'QEMU 7.2, block/vmdk.c, seSparse constant header';
const INFERRED = `${CONSTANT}; sizes as in all known files`;

/** Sectors to which the areas of all known files are rounded up. */
const ROUNDING = 2048;
const ROUNDED: readonly AreaName[] = ['grain_dir', 'grain_tables', 'free_bitmap', 'backmap', 'grains'];

export const areaRules = defineSeSparseRules({
  'sesparse/area-overlap': {
    severity: 'error',
    depth: 'header',
    title: 'Two areas share sectors',
    spec: CONSTANT,
    repair: 'none',
    message: ({ field, actual, expected }) =>
      `${field} is ${actual}: the area shares sectors with ${expected}`,
    check({ extent }, tell) {
      const header = { name: 'the constant header', offset: 0, length: SECTOR_SIZE };
      const sorted = [header, ...extent.areas]
        // What begins past the end of the file is told as that.
        .filter(({ offset, length }) => length > 0 && offset <= extent.source.size)
        .sort((a, b) => a.offset - b.offset);
      let last: { name: string; offset: number; length: number } = header;
      for (const area of sorted) {
        if (area === header) continue;
        if (area.offset < last.offset + last.length && isArea(area))
          tell(areaFault(extent, area.name, 'offset', last.name, toSectors(area.offset)));
        if (area.offset + area.length > last.offset + last.length) last = area;
      }
    },
  },
  'sesparse/area-order': {
    severity: 'info',
    depth: 'header',
    title: 'The areas are not in the usual order',
    spec: INFERRED,
    repair: 'none',
    derivedFrom: ['sesparse/area-overlap', 'sesparse/area-out-of-file'],
    message: ({ field, expected, actual }) =>
      `${field} is ${actual}; in all known files the area begins ${expected}`,
    check({ extent }, tell) {
      const rounded = extent.areas.filter(({ name }) => ROUNDED.includes(name) || name === 'journal');
      for (const [index, area] of rounded.entries()) {
        const before = rounded[index - 1];
        if (before === undefined || area.offset === before.offset + before.length) continue;
        const expected = `where ${before.name} ends, at ${toSectors(before.offset + before.length)}`;
        tell(areaFault(extent, area.name, 'offset', expected, toSectors(area.offset)));
      }
    },
  },
  'sesparse/area-alignment': {
    severity: 'info',
    depth: 'header',
    title: 'An area is not rounded to 2048 sectors',
    spec: INFERRED,
    repair: 'none',
    message: ({ field, actual }) =>
      `${field} is ${actual}, not a multiple of 2048 sectors as in all known files`,
    check({ extent }, tell) {
      for (const { name, offset, length } of extent.areas) {
        if (!ROUNDED.includes(name)) continue;
        if (toSectors(offset) % ROUNDING !== 0)
          tell(areaFault(extent, name, 'offset', `a multiple of ${ROUNDING}`, toSectors(offset)));
        // The area of grains is as large as the disk.
        else if (name !== 'grains' && toSectors(length) % ROUNDING !== 0)
          tell(areaFault(extent, name, 'size', `a multiple of ${ROUNDING}`, toSectors(length)));
      }
    },
  },
  'sesparse/capacity-alignment': {
    severity: 'info',
    depth: 'header',
    title: 'The disk ends inside a grain',
    spec: INFERRED,
    repair: 'none',
    message: ({ actual }) => `capacity is ${actual} sectors, not a multiple of the grain size of 8`,
    check({ extent: { headers } }, tell) {
      const { capacity } = headers.constant.fields;
      if (capacity % 8n !== 0n)
        tell(fieldFault(headers.constant, 'capacity', 'a multiple of 8', String(capacity)));
    },
  },
  'sesparse/grain-dir-too-small': {
    severity: 'error',
    depth: 'header',
    title: 'The grain directory is too small for the disk',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
    check: ({ extent }, tell) =>
      findSmall(extent, 'grain_dir', (grains) => 8 * Math.ceil(grains / 4096), tell),
  },
  'sesparse/grain-tables-too-small': {
    severity: 'error',
    depth: 'header',
    title: 'The area of grain tables is too small for the disk',
    spec: CONSTANT,
    repair: 'none',
    message: describeBreach,
    check: ({ extent }, tell) =>
      findSmall(extent, 'grain_tables', (grains) => 64 * SECTOR_SIZE * Math.ceil(grains / 4096), tell),
  },
  'sesparse/bitmap-too-small': {
    severity: 'warning',
    depth: 'header',
    title: 'The bitmap is too small for the disk',
    spec: INFERRED,
    repair: 'none',
    message: describeBreach,
    check: ({ extent }, tell) => findSmall(extent, 'free_bitmap', (grains) => grains / 8, tell),
  },
  'sesparse/backmap-too-small': {
    severity: 'info',
    depth: 'header',
    title: 'The backmap is too small for the disk',
    spec: INFERRED,
    repair: 'none',
    message: describeBreach,
    check: ({ extent }, tell) => findSmall(extent, 'backmap', (grains) => 4 * grains, tell),
  },
});

function isArea(area: { readonly name: string }): area is Area {
  return AREA_NAMES.some((name) => name === area.name);
}
