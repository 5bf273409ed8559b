import { fileOffset } from '../../io/source.ts';
import { DISCLOSES_NOTHING, type Disclosure } from '../../model/disclosure.ts';
import type { Image } from '../../model/image.ts';

/** A raw disk says nothing: every byte of the file is the guest's. */
export function discloseRaw({ files }: Image): Disclosure {
  return { ...DISCLOSES_NOTHING, plain: files.map((file) => ({ file, offset: fileOffset(0) })) };
}
