import type { Breach, FieldPath, Structure } from '../../codec/index.ts';
import type { DynamicHeader } from '../../../generated/vhd.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import type { ImageFile } from '../../model/image.ts';
import type { Finding, Place, Severity } from '../../model/problem.ts';
import type { BlockTable, Found } from './types.ts';

/** The place of a field of a structure in its file. */
export function fieldPlace<F extends string>(
  file: ImageFile,
  found: Found<Structure<F>>,
  field: FieldPath<F>,
): Place {
  const { offset, size } = found.fields.at(field) ?? { offset: 0, size: found.bytes.length };
  return { file, offset: found.offset + offset, length: size, field: `${found.name}.${field}` };
}

/** The place of a whole structure of `length` bytes. */
export function structurePlace(file: ImageFile, found: Found<Structure>, length: number): Place {
  return { file, offset: found.offset, length, field: found.name };
}

/** What is wrong with a field, as text. */
export interface FieldFault {
  readonly expected: string;
  readonly actual: string;
  readonly severity?: Severity;
}

/**
 * A finding of a rule whose condition the spec states in part: for the part that takes more than the one structure (the size of the file, the
 * creator). Reported in the same words as the spec's own.
 */
export function fieldFinding<F extends string>(
  file: ImageFile,
  found: Found<Structure<F>>,
  field: FieldPath<F>,
  { expected, actual, severity }: FieldFault,
): Finding<Breach> {
  const at = fieldPlace(file, found, field);
  const data: Breach = {
    type: found.name,
    field: at.field ?? field,
    offset: at.offset ?? 0,
    size: at.length ?? 0,
    kind: 'expr',
    expected,
    actual,
    rule: null,
  };
  return { at, data, expected, actual, ...(severity === undefined ? {} : { severity }) };
}

/** The place of an entry of the block allocation table. */
export function entryPlace(file: ImageFile, { offset }: Pick<BlockTable, 'offset'>, index: number): Place {
  return { file, offset: offset + 4 * index, length: 4, field: `bat[${index}]` };
}

/** The place of a block's sector bitmap. */
export function bitmapPlace(file: ImageFile, { entries, bitmapBytes }: BlockTable, index: number): Place {
  const offset = (entries[index] ?? 0) * SECTOR_SIZE;
  return { file, offset, length: bitmapBytes, field: `bitmap[${index}]` };
}

/** The place of a field of a parent locator entry. */
export function locatorPlace(
  file: ImageFile,
  header: Found<DynamicHeader>,
  index: number,
  field = 'platform_data_offset',
): Place {
  return fieldPlace(file, header, `parent_locators[${index}].${field}`);
}
