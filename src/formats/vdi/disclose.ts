import type { Disclosure, LeftText } from '../../model/disclosure.ts';
import { zeroTerminated } from './layout/comment.ts';
import { hasParent, type VdiImage } from './layout/image.ts';

/** What a VDI says about itself to those who take it in. A parent is known by its UUID only, so there are no names. */
export function discloseVdi(image: VdiImage): Disclosure {
  const { header, map, parent } = image;
  const needsParent = hasParent(image);
  return {
    traits: {},
    names: [],
    devices: [],
    needs: needsParent
      ? [{ what: 'parent', reason: parent?.reason ?? 'it has a parent', at: header.at('image_type') }]
      : [],
    plain: [],
    encryption: null,
    tables: map === null ? [] : [{ name: 'block map', bytes: map.entries * 4, at: header.at('num_blocks') }],
    texts: textsOf(image),
    sizes: [],
  };
}

function textsOf({ header }: VdiImage): readonly LeftText[] {
  const text = zeroTerminated(header.fields.comment);
  return text === null || text === '' ? [] : [{ text, at: header.at('comment') }];
}
