import type { DynamicHeader } from '../../../../generated/vhd.ts';
import type { ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Place } from '../../../model/problem.ts';
import type { Placed } from '../../shared/placed.ts';
import type { BlockTable } from './image.ts';

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
  header: Placed<DynamicHeader>,
  index: number,
  field: 'platform_data_offset' | 'platform_data_space' | 'platform_code' = 'platform_data_offset',
): Place {
  return header.at(`parent_locators[${index}].${field}`);
}
