import type { ImageInfo, ParentLink } from './image.ts';
import type { FileReport } from './report.ts';

/** What `info` tells of one layer of an image. */
export interface LayerInfo {
  readonly path: string;
  /** Format id. */
  readonly format: string;
  readonly variant: string | null;
  /** Bytes of the guest's disk. */
  readonly virtualSize: number;
  /** Bytes that the layer's files take on this machine; `null` where one of them is not open. */
  readonly actualSize: number | null;
  readonly files: readonly FileReport[];
  /** What the format itself tells. */
  readonly info: ImageInfo;
  /** The layer below, without its image; `null` for one without parent. */
  readonly parent: Omit<ParentLink, 'image'> | null;
}
