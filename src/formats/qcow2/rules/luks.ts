import { KeySlotState } from '../../../../generated/luks.ts';
import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { bytesText } from '../layout/geometry.ts';
import { sentenceOr } from './sentence.ts';

const EXTENSION = 'QEMU docs/interop/qcow2, "Full disk encryption header pointer"';
const LUKS = 'LUKS On-Disk Format Specification 1.2.3';

const ACTIVE = KeySlotState.active;
/** Fewer iterations than this leave a password easy to guess. */
const MIN_ITERATIONS = 1000;

/** The rules on the encryption header. */
export const luksRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/luks-ext-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The encryption header is not named',
    spec: EXTENSION,
    repair: 'none',
    derivedFrom: ['qcow2/ext-overrun'],
    message: () => 'the image is encrypted with LUKS, but no header extension says where the LUKS header is',
    check({ header, luks }, tell) {
      if (header.fields.cryptMethod === 2 && luks === null)
        tell({ at: header.at('crypt_method'), data: null, actual: '2' });
    },
  },
  'qcow2/luks-ext-unexpected': {
    severity: 'error',
    depth: 'header',
    title: 'There is an encryption header, but the image is not encrypted with LUKS',
    spec: EXTENSION,
    repair: 'safe',
    message: ({ method }) => `there is an encryption header extension, but header.crypt_method is ${method}`,
    check({ header, luks }, tell) {
      if (luks === null || header.fields.cryptMethod === 2) return;
      const method = Number(header.fields.cryptMethod);
      tell({
        at: header.at('crypt_method'),
        data: { method },
        expected: '2',
        actual: String(method),
      });
    },
  },
  'qcow2/luks-header-bounds': {
    severity: 'error',
    depth: 'header',
    title: 'The encryption header is out of bounds',
    spec: EXTENSION,
    repair: 'none',
    message: sentenceOr(({ field, expected, actual }) => `${field} needs ${expected}, but has ${actual}`),
  },
  'qcow2/luks-header-magic': {
    severity: 'error',
    depth: 'header',
    title: 'There is no LUKS header where one should be',
    spec: `${LUKS}, PHDR layout`,
    repair: 'none',
    message: ({ field, expected, actual }) => `${field} is ${actual}, must be ${expected}`,
  },
  'qcow2/luks-slot': {
    severity: 'error',
    depth: 'header',
    title: 'A key slot is damaged',
    spec: `${LUKS}, key slot layout`,
    repair: 'none',
    derivedFrom: ['qcow2/luks-header-magic', 'qcow2/luks-header-bounds'],
    message: sentenceOr(({ field, expected, actual }) => `${field} is ${actual}, must be ${expected}`),
    check({ luks }, tell) {
      if (luks === null || luks.header === null) return;
      const { length, header } = luks;
      for (const [index, slot] of header.fields.keySlots.entries()) {
        if (slot.state !== ACTIVE) continue;
        const material = slot.keyMaterialOffset * 512;
        const size = BigInt(slot.stripes) * BigInt(header.fields.keyBytes);
        if (material === 0 || BigInt(material) + size > length)
          tell({
            at: header.at(`key_slots[${index}].key_material_offset`),
            data: `the key material of slot ${index} is at ${bytesText(BigInt(material), size)} of an encryption header of ${length} bytes`,
            actual: String(slot.keyMaterialOffset),
          });
        if (slot.iterations < MIN_ITERATIONS)
          tell({
            at: header.at(`key_slots[${index}].iterations`),
            data: `slot ${index} has ${slot.iterations} iterations, which makes its passphrase easy to guess`,
            severity: 'warning',
            expected: `>= ${MIN_ITERATIONS}`,
            actual: String(slot.iterations),
          });
      }
    },
  },
  'qcow2/luks-no-active-slot': {
    severity: 'error',
    depth: 'header',
    title: 'No key slot is active',
    spec: `${LUKS}, key slot layout`,
    repair: 'none',
    derivedFrom: ['qcow2/luks-header-magic', 'qcow2/luks-header-bounds', 'qcow2/luks-slot'],
    message: () => 'all eight key slots are disabled: no passphrase opens this image',
    check({ luks }, tell) {
      const header = luks?.header ?? null;
      if (header === null || header.fields.keySlots.some(({ state }) => state === ACTIVE)) return;
      tell({ at: header.at('key_slots[0].state'), data: null });
    },
  },
});
