import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding, Severity, Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { AREA_NAMES, type Area, type AreaName } from '../extents/sesparse-geometry.ts';
import type { SeSparseExtent } from '../extents/sesparse.ts';
import type { VmdkImage } from '../image.ts';
import { defineFieldRule, type FieldFault, type FieldRule } from './field-rule.ts';

const CONSTANT = 'QEMU 7.2, block/vmdk.c, seSparse constant header';
const INFERRED = `${CONSTANT}; sizes as in all known files`;
/** Sectors to which the areas of all known files are rounded up. */
const ROUNDING = 2048;
const ROUNDED: readonly AreaName[] = ['grain_dir', 'grain_tables', 'free_bitmap', 'backmap', 'grains'];
/** Without these the guest's data cannot be found. */
const VITAL: readonly AreaName[] = ['volatile_header', 'grain_dir', 'grain_tables', 'grains'];

/** The seSparse extents of an image. */
export function seSparseExtents(image: VmdkImage): readonly SeSparseExtent[] {
  return image.seSparseExtents;
}

/** A finding at the offset or size of an area. */
function areaFault(
  { file, headers }: SeSparseExtent,
  name: AreaName,
  part: 'offset' | 'size',
  expected: string,
  actual: number,
  severity?: Severity,
): Finding<FieldFault> {
  const span = headers.constant.at(`${name}_${part}`);
  const field = `const_header.${name}_${part}`;
  const fault = { expected, actual: String(actual) };
  return {
    at: { file, offset: span?.offset ?? 0, length: span?.size ?? 8, field },
    data: { field, ...fault },
    ...fault,
    ...(severity === undefined ? {} : { severity }),
  };
}

const sectors = (bytes: number): number => bytes / SECTOR_SIZE;

/** Areas outside the file. */
export function findAreasOutside(extent: SeSparseExtent, tell: Tell<FieldFault>): void {
  const fileSectors = Math.floor(extent.source.size / SECTOR_SIZE);
  for (const { name, offset, length } of extent.areas) {
    const end = name === 'grains' ? offset : offset + length;
    if (end <= extent.source.size) continue;
    const severity = VITAL.includes(name) ? 'error' : 'warning';
    const expected = `it ends at sector ${sectors(end)}, and the file at ${fileSectors}`;
    tell(areaFault(extent, name, 'offset', expected, sectors(offset), severity));
  }
}

/** Areas that share sectors. */
export const seAreaOverlap: FieldRule = defineFieldRule({
  id: 'sesparse/area-overlap',
  severity: 'error',
  depth: 'header',
  title: 'Two areas share sectors',
  spec: CONSTANT,
  repair: 'none',
  message: ({ field, actual, expected }) => `${field} is ${actual}: the area shares sectors with ${expected}`,
  explanation: {
    what: 'By their offsets and sizes two areas of the extent, or an area and the header, share sectors.',
    why: 'One of them was or will be overwritten by the other, tables by grains for one.',
    how: 'A damaged header.',
    readers: 'QEMU does not check it.',
    repair: 'Restore the file from its source.',
  },
  check(image, tell) {
    for (const extent of seSparseExtents(image)) {
      const header = { name: 'the constant header', offset: 0, length: SECTOR_SIZE };
      const sorted = [header, ...extent.areas]
        // What begins behind the end of the file is reported as that.
        .filter(({ offset, length }) => length > 0 && offset <= extent.source.size)
        .sort((a, b) => a.offset - b.offset);
      let last: { name: string; offset: number; length: number } = header;
      for (const area of sorted) {
        if (area === header) continue;
        if (area.offset < last.offset + last.length && isArea(area))
          tell(areaFault(extent, area.name, 'offset', last.name, sectors(area.offset)));
        if (area.offset + area.length > last.offset + last.length) last = area;
      }
    }
  },
});

function isArea(area: { readonly name: string }): area is Area {
  return AREA_NAMES.some((name) => name === area.name);
}

/** Areas in an unusual order. */
export const seAreaOrder: FieldRule = defineFieldRule({
  id: 'sesparse/area-order',
  severity: 'info',
  depth: 'header',
  title: 'The areas are not in the usual order',
  spec: INFERRED,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap', 'sesparse/area-out-of-file'],
  message: ({ field, expected, actual }) =>
    `${field} is ${actual}; in all known files the area begins ${expected}`,
  explanation: {
    what: 'In all known files each area begins where the one before it ends; from the journal on they begin at 2048 sectors.',
    why: 'The offsets are what counts, so nothing is wrong with the data by this alone.',
    how: 'A version of ESXi that nobody described, or a damaged header.',
    readers: 'Readers go by the offsets.',
    repair: 'Nothing needs to be done.',
  },
  check(image, tell) {
    for (const extent of seSparseExtents(image)) {
      const rounded = extent.areas.filter(({ name }) => ROUNDED.includes(name) || name === 'journal');
      for (const [index, area] of rounded.entries()) {
        const before = rounded[index - 1];
        if (before === undefined || area.offset === before.offset + before.length) continue;
        const end = sectors(before.offset + before.length);
        tell(
          areaFault(
            extent,
            area.name,
            'offset',
            `where ${before.name} ends, at ${end}`,
            sectors(area.offset),
          ),
        );
      }
    }
  },
});

/** Areas that are not rounded as usual. */
export const seAreaAlignment: FieldRule = defineFieldRule({
  id: 'sesparse/area-alignment',
  severity: 'info',
  depth: 'header',
  title: 'An area is not rounded to 2048 sectors',
  spec: INFERRED,
  repair: 'none',
  message: ({ field, actual }) =>
    `${field} is ${actual}, not a multiple of 2048 sectors as in all known files`,
  explanation: {
    what: 'In all known files the areas behind the journal begin at multiples of 2048 sectors, and have such sizes.',
    why: 'Nothing is wrong with the data by this alone.',
    how: 'A version of ESXi that nobody described, or a damaged header.',
    readers: 'Readers do not check it.',
    repair: 'Nothing needs to be done.',
  },
  check(image, tell) {
    for (const extent of seSparseExtents(image))
      for (const { name, offset, length } of extent.areas) {
        if (!ROUNDED.includes(name)) continue;
        if (sectors(offset) % ROUNDING !== 0)
          tell(areaFault(extent, name, 'offset', `a multiple of ${ROUNDING}`, sectors(offset)));
        // The area of grains is as large as the disk.
        else if (name !== 'grains' && sectors(length) % ROUNDING !== 0)
          tell(areaFault(extent, name, 'size', `a multiple of ${ROUNDING}`, sectors(length)));
      }
  },
});

/** A capacity that is not whole grains. */
export const seCapacityAlignment: FieldRule = defineFieldRule({
  id: 'sesparse/capacity-alignment',
  severity: 'info',
  depth: 'header',
  title: 'The disk ends inside a grain',
  spec: INFERRED,
  repair: 'none',
  message: ({ actual }) => `capacity is ${actual} sectors, not a multiple of the grain size of 8`,
  explanation: {
    what: 'Grains have 8 sectors, and the capacity is not a multiple of that.',
    why: 'The guest sees the size that the header gives.',
    how: 'A disk that was made with an odd size.',
    readers: 'Readers accept it.',
    repair: 'Nothing needs to be done.',
  },
  check(image, tell) {
    for (const { file, headers } of seSparseExtents(image)) {
      const { constant } = headers;
      if (constant.capacity % 8n === 0n) continue;
      const span = constant.at('capacity');
      const field = 'const_header.capacity';
      const fault = { expected: 'a multiple of 8', actual: String(constant.capacity) };
      tell({
        at: { file, offset: span?.offset ?? 0, length: span?.size ?? 8, field },
        data: { field, ...fault },
        ...fault,
      });
    }
  },
});

/** How large an area must be for the disk; in bytes. */
function findSmall(
  image: VmdkImage,
  name: AreaName,
  needed: (grains: number) => number,
  tell: Tell<FieldFault>,
): void {
  for (const extent of seSparseExtents(image)) {
    const area = extent.areas.find((each) => each.name === name);
    if (extent.geometry === null || area === undefined) continue;
    const least = Math.ceil(sectors(needed(extent.geometry.grains)));
    if (sectors(area.length) < least)
      tell(areaFault(extent, name, 'size', `at least ${least}`, sectors(area.length)));
  }
}

/** A directory without room for all tables. */
export const seGrainDirTooSmall: FieldRule = defineFieldRule({
  id: 'sesparse/grain-dir-too-small',
  severity: 'error',
  depth: 'header',
  title: 'The grain directory is too small for the disk',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The directory has 64 entries in each sector, and fewer than the disk has parts of 16 MiB.',
    why: 'The end of the disk cannot be reached.',
    how: 'A damaged header, or a capacity that was changed by hand.',
    readers: 'QEMU fails for the end of the disk.',
    repair: 'Restore the file from its source.',
  },
  check: (image, tell) => findSmall(image, 'grain_dir', (grains) => 8 * Math.ceil(grains / 4096), tell),
});

/** An area of tables without room for all. */
export const seGrainTablesTooSmall: FieldRule = defineFieldRule({
  id: 'sesparse/grain-tables-too-small',
  severity: 'error',
  depth: 'header',
  title: 'The area of grain tables is too small for the disk',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The area has room for fewer tables of 64 sectors than the disk has parts of 16 MiB.',
    why: 'When the guest writes to all of its disk, tables run into the bitmap behind them.',
    how: 'A damaged header, or a capacity that was changed by hand.',
    readers: 'QEMU does not check it.',
    repair: 'Restore the file from its source.',
  },
  check: (image, tell) =>
    findSmall(image, 'grain_tables', (grains) => 64 * SECTOR_SIZE * Math.ceil(grains / 4096), tell),
});

/** A bitmap without room for all grains. */
export const seBitmapTooSmall: FieldRule = defineFieldRule({
  id: 'sesparse/bitmap-too-small',
  severity: 'warning',
  depth: 'header',
  title: 'The bitmap is too small for the disk',
  spec: INFERRED,
  repair: 'none',
  explanation: {
    what: 'The bitmap has one bit for each grain, by what is known, and fewer bits than the disk has grains.',
    why: 'Reading does not need it; ESXi does when it writes.',
    how: 'A damaged header.',
    readers: 'Readers ignore the bitmap.',
    repair: 'Open the disk on ESXi.',
  },
  check: (image, tell) => findSmall(image, 'free_bitmap', (grains) => grains / 8, tell),
});

/** A backmap without room for all grains. */
export const seBackmapTooSmall: FieldRule = defineFieldRule({
  id: 'sesparse/backmap-too-small',
  severity: 'info',
  depth: 'header',
  title: 'The backmap is too small for the disk',
  spec: INFERRED,
  repair: 'none',
  explanation: {
    what: 'The backmap has 8 bytes for each grain in known files; this one has not even 4.',
    why: 'Reading does not need it; ESXi does when it reclaims space.',
    how: 'A damaged header.',
    readers: 'Readers ignore the backmap.',
    repair: 'Open the disk on ESXi.',
  },
  check: (image, tell) => findSmall(image, 'backmap', (grains) => 4 * grains, tell),
});

/** A fact about a whole extent, in a sentence. */
export type ExtentRule = RaisableRule<VmdkImage, { readonly sentence: string }>;

/** Declares a rule whose message is the sentence that was found. */
export function defineSentenceRule(
  declaration: Omit<Parameters<typeof defineRule<VmdkImage, { readonly sentence: string }>>[0], 'message'>,
): ExtentRule {
  return defineRule<VmdkImage, { readonly sentence: string }>({
    message: ({ sentence }) => sentence,
    ...declaration,
  });
}
