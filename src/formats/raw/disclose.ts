import { fileOffset } from '../../io/source.ts';
import type { Disclosure } from '../../model/disclosure.ts';
import type { Image } from '../../model/image.ts';

/** A raw disk says nothing: every byte of the file is the guest's. */
export function discloseRaw({ files }: Image): Disclosure {
  return {
    traits: { format: 'raw' },
    names: [],
    devices: [],
    needs: [],
    plain: files.map((file) => ({ file, offset: fileOffset(0) })),
    encryption: null,
    tables: [],
    texts: [],
    sizes: [],
  };
}
