import type { Disk, Loss } from '../model/disk.ts';
import type { Image } from '../model/image.ts';
import { readDisk } from '../ops/disk.ts';
import type { OpenOptions } from '../ops/open.ts';
import { inflate } from './inflate.ts';
import { openLocalImage, type LocalOptions } from './local.ts';

/** How a disk is opened. */
export interface OpenDiskOptions extends Omit<OpenOptions, 'openSource' | 'policy' | 'chain'>, LocalOptions {
  /** Whether the layers below are read too; without them, what they store reads as zeros. Default true. */
  readonly chain?: boolean;
  /** Is told of what cannot be read, which then reads as zeros; without it, reading such a place fails. */
  readonly onLoss?: (loss: Loss) => void;
}

/** A disk that was opened with its image. */
export interface OpenedDisk extends Disk {
  readonly image: Image;
  /** Closes all files; the disk cannot be read any more. */
  close(): Promise<void>;
}

/**
 * Opens the disk that a guest sees: an image by its path, its URL, as a member of an archive, or on standard input
 * (`-`), with all layers below. Bytes without any format's marks are a raw disk.
 *
 * @throws SourceError where the image cannot be opened; UnreadableImageError where it is too damaged;
 *   UnsupportedFeatureError where it is encrypted
 */
export async function openDisk(path: string, options: OpenDiskOptions = {}): Promise<OpenedDisk> {
  const { onLoss, chain = true } = options;
  const { image } = await openLocalImage(path, { rawFallback: true, ...options });
  try {
    const disk = readDisk(image, { inflate, isDelta: !chain, ...(onLoss === undefined ? {} : { onLoss }) });
    return {
      image,
      size: disk.size,
      pieces: (range) => disk.pieces(range),
      read: (at, into) => disk.read(at, into),
      chunks: (range, chunkOptions) => disk.chunks(range, chunkOptions),
      close: () => image.close(),
    };
  } catch (error) {
    await image.close();
    throw error;
  }
}
