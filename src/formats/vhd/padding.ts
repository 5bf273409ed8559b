import type { Padding } from '../../model/format.ts';
import type { FileRange } from '../../model/owners.ts';
import type { VhdImage } from './layout/image.ts';

/** What parent locators leave over of their room. */
export function paddingOf({ file, header, locators, limit }: VhdImage): readonly Padding[] {
  if (header?.isTrusted !== true) return [];
  const ranges = locators.flatMap(({ offset, space, length, data }): readonly FileRange[] => {
    if (offset === null || data === null || space === null || space <= length) return [];
    return offset + space > limit ? [] : [{ start: offset + length, length: space - length }];
  });
  return [{ file, ranges }];
}
