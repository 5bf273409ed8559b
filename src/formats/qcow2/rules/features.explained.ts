import type { Explanations } from '../../../model/rule.ts';
import type { featureRules } from './features.ts';

/** The rules of `features.ts` explained. */
export const featureExplanations: Explanations<typeof featureRules> = {
  'qcow2/crypt-method': {
    what: 'The encryption method is none of the three that exist.',
    why: 'It is not known whether guest data are plain or encrypted, so none can be read.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the field: 0 where the image has no encryption extension, 2 where it has one.',
  },
  'qcow2/crypt-aes-legacy': {
    what: 'The guest data are encrypted with AES-CBC under a key that is the password itself.',
    why: 'The scheme has known weaknesses, and the password cannot be changed without encrypting anew.',
    how: 'An image from before LUKS encryption came to qcow2.',
    readers: 'qemu-img still reads it with a warning; the emulator no longer runs a guest from it.',
    repair: 'Convert the image to LUKS encryption with qemu-img while a version that reads it is at hand.',
  },
  'qcow2/incompatible-unknown': {
    what: 'A feature bit is set that is not known and that says: who does not know this must not read on.',
    why: 'Tables or data may be laid out in another way, so any answer about this image would be a guess; the tables are not looked at.',
    how: 'An image of a newer qemu, or a damaged header.',
    readers: 'qemu refuses to open the image and names the feature from the feature name table.',
    repair: 'Use a program that knows the feature. Clear the bit only when it is certain that it is damage.',
  },
  'qcow2/dirty': {
    what: 'The dirty bit is set: reference counts may be stale and must be rebuilt before the image is written.',
    why: 'Guest data are not affected, but a writer that trusts the counts could overwrite clusters that are in use.',
    how: 'Lazy refcounts are on and the program was killed or the host went down while the image was open.',
    readers: 'qemu repairs the image when it opens it for writing; qemu-img check does not mention the bit.',
    repair: 'Rebuild the reference counts (qemu-img check -r all), which also clears the bit.',
  },
  'qcow2/corrupt': {
    what: 'The corrupt bit is set: a writer saw a table that contradicts itself and stopped.',
    why: 'Some guest data may be lost already, and every further write may destroy more.',
    how: 'Two programs wrote to the image at once, a storage fault, or a bug of a writer.',
    readers: 'qemu opens the image only for reading; qemu-img check does not mention the bit.',
    repair: 'Copy the image, repair the copy, and clear the bit after a clean check.',
  },
  'qcow2/compatible-unknown': {
    what: 'A feature bit is set that is not known and that may be ignored.',
    why: 'Nothing is lost: the bit promises that readers who ignore it read the right data.',
    how: 'An image of a newer qemu, or a damaged header.',
    readers: 'All readers ignore it.',
    repair: 'None is needed.',
  },
  'qcow2/autoclear-unknown': {
    what: 'An autoclear bit is set that is not known. A writer that does not know it has to clear it.',
    why: 'Guest data are not affected; what the bit stands for becomes invalid as soon as the image is written.',
    how: 'An image of a newer qemu that no older program has written since, or a damaged header.',
    readers: 'Readers ignore it; qemu clears it when it opens the image for writing.',
    repair: 'None is needed; any writer clears the bit.',
  },
  'qcow2/v2-nonzero-tail': {
    what: 'After the 72 bytes of a version 2 header is something that is no known header extension.',
    why: 'Version 2 has no feature fields, so whatever it is has no influence on the guest data.',
    how: 'A writer that filled in version 3 fields under version 2, or an image whose version was changed by hand.',
    readers: 'qemu takes the bytes for header extensions and skips unknown ones.',
    repair: 'None is needed; find out whether the version field was meant to be 3.',
  },
  'qcow2/refcount-order': {
    what: 'Reference counts are 1 to 64 bits wide, which is an order of 0 to 6.',
    why: 'The guest data can still be found, but the reference counts cannot be read, so the image cannot be written.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Set 4 (16 bits), which nearly all images have, and check again: a wrong width shows as thousands of wrong counts.',
  },
  'qcow2/compression-type': {
    what: 'The feature bit for the compression type is set exactly where the type is not 0 (deflate).',
    why: 'Compressed clusters may be decoded with the wrong method, which fails or, worse, gives wrong bytes.',
    how: 'A writer that changed one of the two fields, or a damaged header.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Find out with which of the two methods the compressed clusters decode, and set both fields accordingly.',
  },
  'qcow2/compression-type-unknown': {
    what: 'The compression type is neither deflate nor zstd.',
    why: 'No compressed cluster can be read; clusters that are not compressed can.',
    how: 'An image of a newer writer, or a damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Try both methods on a compressed cluster, and set the one that decodes.',
  },
};
