import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import type { Qcow2Image } from '../image.ts';
import { headerPlace } from '../places.ts';

const HEADER = 'QEMU docs/interop/qcow2, "Header"';
const FEATURES = 'QEMU docs/interop/qcow2, "Header", feature bits';

/** Names the bits of a word that are set above the last known one: `bits 5 and 40 are not known`. */
function unknownBits(word: string, lastKnown: number): string {
  const value = BigInt(word);
  const bits: number[] = [];
  for (let bit = lastKnown + 1; bit < 64; bit++) if ((value >> BigInt(bit)) & 1n) bits.push(bit);
  const last = bits.at(-1) ?? lastKnown;
  if (bits.length < 2) return `bit ${last} is not known`;
  return `bits ${bits.slice(0, -1).join(', ')} and ${last} are not known`;
}

/** The encryption method. */
export const cryptMethod = defineSpecRule({
  id: 'qcow2/crypt-method',
  severity: 'error',
  depth: 'header',
  title: 'Unknown encryption method',
  spec: `${HEADER}, crypt_method`,
  repair: 'none',
  message: ({ actual }) => `header.crypt_method is ${actual}, must be 0 (none), 1 (AES) or 2 (LUKS)`,
  explanation: {
    what: 'The encryption method is none of the three that exist.',
    why: 'It is not known whether guest data are plain or encrypted, so none can be read.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the field: 0 where the image has no encryption extension, 2 where it has one.',
  },
});

/** The old encryption. */
export const cryptAesLegacy = defineRule<Qcow2Image, null>({
  id: 'qcow2/crypt-aes-legacy',
  severity: 'warning',
  depth: 'header',
  title: 'Legacy AES encryption',
  spec: `${HEADER}, crypt_method`,
  repair: 'decision',
  message: () =>
    'the image is encrypted with the legacy AES method, which is insecure and no longer supported',
  explanation: {
    what: 'The guest data are encrypted with AES-CBC under a key that is the password itself.',
    why: 'The scheme has known weaknesses, and the password cannot be changed without encrypting anew.',
    how: 'An image from before LUKS encryption came to qcow2.',
    readers: 'qemu-img still reads it with a warning; the emulator no longer runs a guest from it.',
    repair: 'Convert the image to LUKS encryption with qemu-img while a version that reads it is at hand.',
  },
  check({ header, file }, tell) {
    if (header.cryptMethod === 1)
      tell({ at: headerPlace(file, header, 'crypt_method'), data: null, actual: '1' });
  },
});

/** Feature bits that must be understood and are not. */
export const incompatibleUnknown = defineSpecRule({
  id: 'qcow2/incompatible-unknown',
  severity: 'error',
  depth: 'header',
  title: 'Unknown incompatible feature',
  spec: `${FEATURES}, incompatible_features`,
  repair: 'none',
  message: ({ field, actual }) => `${field} is ${actual}: ${unknownBits(actual, 4)}`,
  explanation: {
    what: 'A feature bit is set that is not known and that says: who does not know this must not read on.',
    why: 'Tables or data may be laid out in another way, so any answer about this image would be a guess; the tables are not looked at.',
    how: 'An image of a newer qemu, or a damaged header.',
    readers: 'qemu refuses to open the image and names the feature from the feature name table.',
    repair: 'Use a program that knows the feature. Clear the bit only when it is certain that it is damage.',
  },
});

/** The image was not closed. */
export const dirty = defineSpecRule({
  id: 'qcow2/dirty',
  severity: 'warning',
  depth: 'header',
  title: 'The image is marked dirty',
  spec: `${FEATURES}, incompatible_features bit 0`,
  repair: 'safe',
  message: () => 'the image was not closed properly: its reference counts may be out of date',
  explanation: {
    what: 'The dirty bit is set: reference counts may be stale and must be rebuilt before the image is written.',
    why: 'Guest data are not affected, but a writer that trusts the counts could overwrite clusters that are in use.',
    how: 'Lazy refcounts are on and the program was killed or the host went down while the image was open.',
    readers: 'qemu repairs the image when it opens it for writing; qemu-img check does not mention the bit.',
    repair: 'Rebuild the reference counts (qemu-img check -r all), which also clears the bit.',
  },
});

/** The image was found damaged. */
export const corrupt = defineSpecRule({
  id: 'qcow2/corrupt',
  severity: 'error',
  depth: 'header',
  title: 'The image is marked corrupt',
  spec: `${FEATURES}, incompatible_features bit 1`,
  repair: 'lossy',
  message: () => 'a writer found damage in this image and marked it corrupt',
  explanation: {
    what: 'The corrupt bit is set: a writer saw a table that contradicts itself and stopped.',
    why: 'Some guest data may be lost already, and every further write may destroy more.',
    how: 'Two programs wrote to the image at once, a storage fault, or a bug of a writer.',
    readers: 'qemu opens the image only for reading; qemu-img check does not mention the bit.',
    repair: 'Copy the image, repair the copy, and clear the bit after a clean check.',
  },
});

/** Feature bits that may be ignored. */
export const compatibleUnknown = defineSpecRule({
  id: 'qcow2/compatible-unknown',
  severity: 'info',
  depth: 'header',
  title: 'Unknown compatible feature',
  spec: `${FEATURES}, compatible_features`,
  repair: 'none',
  message: ({ field, actual }) => `${field} is ${actual}: ${unknownBits(actual, 0)}`,
  explanation: {
    what: 'A feature bit is set that is not known and that may be ignored.',
    why: 'Nothing is lost: the bit promises that readers who ignore it read the right data.',
    how: 'An image of a newer qemu, or a damaged header.',
    readers: 'All readers ignore it.',
    repair: 'None is needed.',
  },
});

/** Feature bits that writers clear. */
export const autoclearUnknown = defineSpecRule({
  id: 'qcow2/autoclear-unknown',
  severity: 'info',
  depth: 'header',
  title: 'Unknown autoclear feature',
  spec: `${FEATURES}, autoclear_features`,
  repair: 'safe',
  message: ({ field, actual }) => `${field} is ${actual}: ${unknownBits(actual, 1)}`,
  explanation: {
    what: 'An autoclear bit is set that is not known. A writer that does not know it has to clear it.',
    why: 'Guest data are not affected; what the bit stands for becomes invalid as soon as the image is written.',
    how: 'An image of a newer qemu that no older program has written since, or a damaged header.',
    readers: 'Readers ignore it; qemu clears it when it opens the image for writing.',
    repair: 'None is needed; any writer clears the bit.',
  },
});

/** The width of reference counts. */
export const refcountOrder = defineSpecRule({
  id: 'qcow2/refcount-order',
  severity: 'error',
  depth: 'header',
  title: 'The reference count width is impossible',
  spec: `${HEADER}, refcount_order`,
  repair: 'decision',
  message: ({ actual }) => `header.refcount_order is ${actual}, must be 0 to 6 (widths of 1 to 64 bits)`,
  explanation: {
    what: 'Reference counts are 1 to 64 bits wide, which is an order of 0 to 6.',
    why: 'The guest data can still be found, but the reference counts cannot be read, so the image cannot be written.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Set 4 (16 bits), which nearly all images have, and check again: a wrong width shows as thousands of wrong counts.',
  },
});

/** Feature bit and field of the compression type. */
export const compressionType = defineRule<Qcow2Image, { readonly type: number; readonly bit: boolean }>({
  id: 'qcow2/compression-type',
  severity: 'error',
  depth: 'header',
  title: 'Compression type and its feature bit disagree',
  spec: `${HEADER}, compression_type`,
  repair: 'decision',
  derivedFrom: ['qcow2/compression-type-unknown', 'qcow2/header-length'],
  message: ({ type, bit }) =>
    `compression_type is ${type}, but incompatible feature bit 3 is ${bit ? 'set' : 'clear'}`,
  explanation: {
    what: 'The feature bit for the compression type is set exactly where the type is not 0 (deflate).',
    why: 'Compressed clusters may be decoded with the wrong method, which fails or, worse, gives wrong bytes.',
    how: 'A writer that changed one of the two fields, or a damaged header.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Find out with which of the two methods the compressed clusters decode, and set both fields accordingly.',
  },
  check({ header, file }, tell) {
    const type = Number(header.compressionType ?? 0);
    const bit = header.incompatibleFeatures?.compressionType ?? false;
    if (bit === (type !== 0)) return;
    // A header of 104 bytes ends in front of the field.
    const hasField = header.at('compression_type') !== undefined;
    const at = headerPlace(file, header, hasField ? 'compression_type' : 'incompatible_features');
    tell({ at, data: { type, bit }, expected: bit ? 'not 0' : '0', actual: String(type) });
  },
});

/** The compression method. */
export const compressionTypeUnknown = defineSpecRule({
  id: 'qcow2/compression-type-unknown',
  severity: 'error',
  depth: 'header',
  title: 'Unknown compression method',
  spec: `${HEADER}, compression_type`,
  repair: 'none',
  message: ({ actual }) => `header.compression_type is ${actual}, must be 0 (deflate) or 1 (zstd)`,
  explanation: {
    what: 'The compression type is neither deflate nor zstd.',
    why: 'No compressed cluster can be read; clusters that are not compressed can.',
    how: 'An image of a newer writer, or a damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Try both methods on a compressed cluster, and set the one that decodes.',
  },
});
