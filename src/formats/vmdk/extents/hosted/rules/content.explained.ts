import type { Explanations } from '../../../../../model/rule.ts';
import type { contentRules } from './content.ts';

const REPAIR_FROM_SOURCE =
  'Restore the file from its source; nothing in the file has the data a second time.';

/** What `vdcheck rules ID` prints of these rules. */
export const contentExplanations: Explanations<typeof contentRules> = {
  'vmdk4/grain-not-zlib': {
    what: 'Every compressed grain is a zlib stream, which begins with two bytes of header. These two are no such header.',
    why: 'The grain cannot be read.',
    how: 'The file was overwritten or copied badly, or a writer used raw deflate without the header of zlib.',
    readers:
      'QEMU fails when the grain is read; importers stop in the middle (VirtualBox: VERR_ZIP_CORRUPTED).',
    repair: REPAIR_FROM_SOURCE,
  },
  'vmdk4/grain-corrupt': {
    what: 'Inflating the grain fails: its stream has impossible codes, does not end, or its Adler-32 checksum is wrong.',
    why: 'The grain cannot be read.',
    how: 'Bits that changed on a disk or on the way, or an export that was broken off and went on elsewhere.',
    readers:
      'QEMU fails when the grain is read; importers stop in the middle (VirtualBox: VERR_ZIP_CORRUPTED).',
    repair: REPAIR_FROM_SOURCE,
  },
  'vmdk4/grain-inflates-short': {
    what: 'The stream is sound, but gives fewer bytes than a grain has. Only the last grain may be shorter, by what is past the end of the disk.',
    why: 'Readers do not agree on what the rest is.',
    how: 'A writer that cuts blocks of zeros off the end of a grain, or a wrong grain size in the header.',
    readers: 'QEMU fails when the grain is read, others take the rest for zeros.',
    repair: 'Convert the image with a reader that takes the rest for zeros, if that is what was meant.',
  },
  'vmdk4/grain-inflates-long': {
    what: 'The stream gives more bytes than a grain has.',
    why: 'Either the grain size in the header is wrong, and with it every position, or the file was made to exhaust its reader.',
    how: 'A damaged header, or a file made for an attack.',
    readers: 'QEMU fails when the grain is read; readers without a bound fill their memory.',
    repair: REPAIR_FROM_SOURCE,
  },
  'vmdk4/grain-trailing-bytes': {
    what: 'The stream ends before the bytes that the marker counts.',
    why: "Nothing is lost; these bytes are in no reader's way and may be anything.",
    how: 'A writer that counts padding, or data hidden on purpose.',
    readers: 'All readers stop where the stream ends.',
    repair: 'Converting the image leaves them out.',
  },
  'vmdk4/grain-padding-nonzero': {
    what: 'A grain begins at a sector, so that the one before it is filled up with zeros. Here it is filled with something else.',
    why: 'Nothing is lost, but the bytes may be a piece of the memory of the machine that wrote the file.',
    how: 'A writer that does not clear its buffer.',
    readers: 'No reader looks at it.',
    repair: 'Converting the image leaves it out.',
  },
  'vmdk4/grain-all-zero': {
    what: 'The grain is stored although all of its bytes are zero.',
    why: 'Nothing is lost; it takes space and time.',
    how: 'A writer without detection of zeros.',
    readers: 'All readers give zeros, as for a grain that is not stored.',
    repair: 'Converting the image leaves it out, where no parent would show through.',
  },
};
