import { defineRules } from '../../../model/rule.ts';
import { dirtyFinding, isDirty } from '../compare/dirty.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';

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

/** The rules on feature bits and the fields that go with them. */
export const featureRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/crypt-method': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown encryption method',
    spec: `${HEADER}, crypt_method`,
    repair: 'none',
    message: ({ actual }) => `header.crypt_method is ${actual}, must be 0 (none), 1 (AES) or 2 (LUKS)`,
  },
  'qcow2/crypt-aes-legacy': {
    severity: 'warning',
    depth: 'header',
    title: 'Legacy AES encryption',
    spec: `${HEADER}, crypt_method`,
    repair: 'decision',
    message: () =>
      'the image is encrypted with the legacy AES method, which is insecure and no longer supported',
    check({ header }, tell) {
      if (header.fields.cryptMethod === 1) tell({ at: header.at('crypt_method'), data: null, actual: '1' });
    },
  },
  'qcow2/incompatible-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown incompatible feature',
    spec: `${FEATURES}, incompatible_features`,
    repair: 'none',
    message: ({ field, actual }) => `${field} is ${actual}: ${unknownBits(actual, 4)}`,
  },
  'qcow2/dirty': {
    severity: 'warning',
    depth: 'header',
    title: 'The image is marked dirty',
    spec: `${FEATURES}, incompatible_features bit 0`,
    repair: 'safe',
    message: ({ stale }) =>
      `the image was not closed properly: its reference counts may be out of date${stale === 0 ? '' : `, and ${stale === 1 ? 'one of them is' : `${stale} of them are`} too low; they are rebuilt when the image is opened for writing`}`,
    check(image, tell, facts) {
      // With the counts at hand it is told with those that are wrong.
      if (isDirty(image) && facts.walk(image.file) === undefined) tell(dirtyFinding(image, 0));
    },
  },
  'qcow2/corrupt': {
    severity: 'error',
    depth: 'header',
    title: 'The image is marked corrupt',
    spec: `${FEATURES}, incompatible_features bit 1`,
    repair: 'lossy',
    message: () => 'a writer found damage in this image and marked it corrupt',
  },
  'qcow2/compatible-unknown': {
    severity: 'info',
    depth: 'header',
    title: 'Unknown compatible feature',
    spec: `${FEATURES}, compatible_features`,
    repair: 'none',
    message: ({ field, actual }) => `${field} is ${actual}: ${unknownBits(actual, 0)}`,
  },
  'qcow2/autoclear-unknown': {
    severity: 'info',
    depth: 'header',
    title: 'Unknown autoclear feature',
    spec: `${FEATURES}, autoclear_features`,
    repair: 'safe',
    message: ({ field, actual }) => `${field} is ${actual}: ${unknownBits(actual, 1)}`,
  },
  'qcow2/v2-nonzero-tail': {
    severity: 'info',
    depth: 'header',
    title: 'Bytes after a version 2 header',
    spec: `${HEADER}, header extensions`,
    repair: 'none',
    message: ({ type }) =>
      `a version 2 header ends at byte 72, where a header extension of the unknown type ${type} begins`,
    check({ header, extensions, file }, tell) {
      const first = extensions.records[0];
      if (header.fields.version !== 2 || first === undefined || first.isKnown) return;
      tell({
        at: { file, offset: first.offset, length: 8, field: 'header_extensions[0].type' },
        data: { type: first.typeText },
        actual: first.typeText,
      });
    },
  },
  'qcow2/refcount-order': {
    severity: 'error',
    depth: 'header',
    title: 'The reference count width is impossible',
    spec: `${HEADER}, refcount_order`,
    repair: 'decision',
    message: ({ actual }) => `header.refcount_order is ${actual}, must be 0 to 6 (widths of 1 to 64 bits)`,
  },
  'qcow2/compression-type': {
    severity: 'error',
    depth: 'header',
    title: 'Compression type and its feature bit disagree',
    spec: `${HEADER}, compression_type`,
    repair: 'decision',
    derivedFrom: ['qcow2/compression-type-unknown', 'qcow2/header-length'],
    message: ({ type, bit }) =>
      `compression_type is ${type}, but incompatible feature bit 3 is ${bit ? 'set' : 'clear'}`,
    check({ header }, tell) {
      const type = Number(header.fields.compressionType ?? 0);
      const bit = header.fields.incompatibleFeatures?.compressionType ?? false;
      if (bit === (type !== 0)) return;
      // A header of 104 bytes ends before the field.
      const hasField = header.at('compression_type') !== undefined;
      const at = header.at(hasField ? 'compression_type' : 'incompatible_features');
      tell({ at, data: { type, bit }, expected: bit ? 'not 0' : '0', actual: String(type) });
    },
  },
  'qcow2/compression-type-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown compression method',
    spec: `${HEADER}, compression_type`,
    repair: 'none',
    message: ({ actual }) => `header.compression_type is ${actual}, must be 0 (deflate) or 1 (zstd)`,
  },
});
