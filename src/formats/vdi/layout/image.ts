import type { Header } from '../../../../generated/vdi.ts';
import type { Source } from '../../../io/source.ts';
import type { Image, ImageFile } from '../../../model/image.ts';
import type { Placed } from '../../shared/placed.ts';
import type { BlockMap } from './block-map.ts';

/** How a VDI stores its guest's bytes. */
export type VdiVariant = 'dynamic' | 'static' | 'undo' | 'differencing';

/** An opened VDI. */
export interface VdiImage extends Image {
  readonly format: 'vdi';
  /** `null` where the type is none of those that exist. */
  readonly variant: VdiVariant | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly header: Placed<Header>;
  /** `null` where it cannot be found, or the size of a block is impossible. */
  readonly map: BlockMap | null;
}

/** Whether blocks that are not stored are the parent's. */
export function hasParent({ variant }: Pick<VdiImage, 'variant'>): boolean {
  return variant === 'differencing' || variant === 'undo';
}
