import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Finding, Severity, Tell } from '../../../../../model/problem.ts';
import type { FieldFault } from '../../../../../model/rule.ts';
import { fieldFault } from '../../field-fault.ts';
import type { Area, AreaName } from '../layout/geometry.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';

/** Without these the guest's data cannot be found. */
const VITAL: readonly AreaName[] = ['volatile_header', 'grain_dir', 'grain_tables', 'grains'];

/** Bytes as sectors. */
export function toSectors(bytes: number): number {
  return bytes / SECTOR_SIZE;
}

/** An area by its name. */
export function areaOf({ areas }: SeSparseLayout, name: AreaName): Area {
  return areas.find((area) => area.name === name) ?? { name, offset: 0, length: 0 };
}

/** One part of an extent's file. */
export function placeIn({ file }: SeSparseLayout, offset: number, length: number, field: string) {
  return { file, offset, length, field };
}

/** A finding at the offset or size of an area, in sectors. */
export function areaFault(
  { headers }: SeSparseLayout,
  name: AreaName,
  part: 'offset' | 'size',
  expected: string,
  actual: number,
  severity?: Severity,
): Finding<FieldFault> {
  return fieldFault(headers.constant, `${name}_${part}`, expected, String(actual), severity);
}

/** Finds areas outside the file. */
export function findAreasOutside(extent: SeSparseLayout, tell: Tell<FieldFault>): void {
  const fileSectors = Math.floor(extent.source.size / SECTOR_SIZE);
  for (const { name, offset, length } of extent.areas) {
    const end = name === 'grains' ? offset : offset + length;
    if (end <= extent.source.size) continue;
    const severity = VITAL.includes(name) ? 'error' : 'warning';
    const expected = `it ends at sector ${toSectors(end)}, and the file at ${fileSectors}`;
    tell(areaFault(extent, name, 'offset', expected, toSectors(offset), severity));
  }
}

/** Finds an area that has fewer bytes than the disk needs. */
export function findSmall(
  extent: SeSparseLayout,
  name: AreaName,
  needed: (grains: number) => number,
  tell: Tell<FieldFault>,
): void {
  const area = extent.areas.find((each) => each.name === name);
  if (extent.geometry === null || area === undefined) return;
  const least = Math.ceil(toSectors(needed(extent.geometry.grains)));
  const actual = toSectors(area.length);
  if (actual < least) tell(areaFault(extent, name, 'size', `at least ${least}`, actual));
}
