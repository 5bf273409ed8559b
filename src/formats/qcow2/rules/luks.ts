import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { bytesText } from '../geometry.ts';
import type { Qcow2Image } from '../image.ts';
import { keySlotPlace } from '../luks.ts';
import { headerPlace } from '../places.ts';
import { raisedBySpec } from './spec.ts';

const EXTENSION = 'QEMU docs/interop/qcow2, "Full disk encryption header pointer"';
const LUKS = 'LUKS On-Disk Format Specification 1.2.3';

/** Fewer iterations than a password can stand. */
const MIN_ITERATIONS = 1000;

/** LUKS without its header. */
export const luksExtMissing = defineRule<Qcow2Image, null>({
  id: 'qcow2/luks-ext-missing',
  severity: 'error',
  depth: 'header',
  title: 'The encryption header is not named',
  spec: EXTENSION,
  repair: 'none',
  derivedFrom: ['qcow2/ext-overrun'],
  message: () => 'the image is encrypted with LUKS, but no header extension says where the LUKS header is',
  explanation: {
    what: 'The encryption method is LUKS, but the extension that points at the LUKS header is missing.',
    why: 'Without the LUKS header there is no key: the guest data cannot be decrypted.',
    how: 'A program rewrote the first cluster without keeping the extension, or the encryption method is damaged.',
    readers: 'qemu refuses to open the image; some versions of qemu-img info crash.',
    repair: 'Look for the LUKS header (it begins with "LUKS") and write the extension anew.',
  },
  check({ file, header, luks }, tell) {
    if (header.cryptMethod === 2 && luks === null)
      tell({ at: headerPlace(file, header, 'crypt_method'), data: null, actual: '2' });
  },
});

/** A LUKS header without LUKS. */
export const luksExtUnexpected = defineRule<Qcow2Image, { readonly method: number }>({
  id: 'qcow2/luks-ext-unexpected',
  severity: 'error',
  depth: 'header',
  title: 'There is an encryption header, but the image is not encrypted with LUKS',
  spec: EXTENSION,
  repair: 'safe',
  message: ({ method }) => `there is an encryption header extension, but header.crypt_method is ${method}`,
  explanation: {
    what: 'The extension that points at a LUKS header is there, but the encryption method is another one or none.',
    why: 'It is not certain whether the guest data are encrypted: read as plain they may be noise.',
    how: 'A damaged encryption method, or a writer that decrypted the image and left the extension.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Look at a cluster of guest data: if it is noise, set the method to 2, otherwise remove the extension.',
  },
  check({ file, header, luks }, tell) {
    if (luks === null || header.cryptMethod === 2) return;
    const method = Number(header.cryptMethod);
    tell({
      at: headerPlace(file, header, 'crypt_method'),
      data: { method },
      expected: '2',
      actual: String(method),
    });
  },
});

/** A LUKS header that does not fit. */
export const luksHeaderBounds = defineRule<Qcow2Image, string>({
  id: 'qcow2/luks-header-bounds',
  severity: 'error',
  depth: 'header',
  title: 'The encryption header is out of bounds',
  spec: EXTENSION,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'The LUKS header does not begin at a cluster or is not wholly in the file, or the extension that says so has not 16 bytes.',
    why: 'Without the LUKS header and its key material the guest data cannot be decrypted.',
    how: 'A damaged extension, or a file that was cut off.',
    readers: 'qemu refuses to open the image.',
    repair: 'Copy the image again, or restore the LUKS header from a backup of it.',
  },
  check({ luks }, tell) {
    if (luks !== null && luks.fault !== null) tell(luks.fault);
  },
});

/** A LUKS header that is cut off. */
export const luksHeaderCutShort = raisedBySpec(
  luksHeaderBounds,
  ({ field, expected, actual }) => `${field} needs ${expected}, but has ${actual}`,
);

/** Something that is no LUKS header. */
export const luksHeaderMagic = defineSpecRule({
  id: 'qcow2/luks-header-magic',
  severity: 'error',
  depth: 'header',
  title: 'There is no LUKS header where one should be',
  spec: `${LUKS}, PHDR layout`,
  repair: 'none',
  message: ({ field, expected, actual }) => `${field} is ${actual}, must be ${expected}`,
  explanation: {
    what: 'The encryption header does not begin with the LUKS magic, or its version is not 1.',
    why: 'Without the LUKS header there is no key: the guest data cannot be decrypted.',
    how: 'The header was overwritten, or the extension points at the wrong place.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the LUKS header from a backup of it.',
  },
});

/** A key slot that does not fit. */
export const luksSlot = defineRule<Qcow2Image, string>({
  id: 'qcow2/luks-slot',
  severity: 'error',
  depth: 'header',
  title: 'A key slot is damaged',
  spec: `${LUKS}, key slot layout`,
  repair: 'none',
  derivedFrom: ['qcow2/luks-header-magic', 'qcow2/luks-header-bounds'],
  message: (sentence) => sentence,
  explanation: {
    what: 'A key slot is neither active nor disabled, has no stripes, or its key material lies outside the encryption header. Fewer than 1000 iterations are a warning.',
    why: 'The passphrase of this slot does not open the image. Few iterations make it easy to guess.',
    how: 'A damaged LUKS header, or a program that writes slots wrongly.',
    readers: 'qemu refuses the header, or fails to unlock with this slot.',
    repair:
      'Unlock with another slot and set the passphrase anew, or restore the LUKS header from a backup of it.',
  },
  check({ file, luks }, tell) {
    if (luks === null || luks.header === null) return;
    const { length, header } = luks;
    for (const [index, slot] of header.keySlots.entries()) {
      if (slot.state !== 0x00ac71f3) continue;
      const material = slot.keyMaterialOffset * 512;
      const size = BigInt(slot.stripes) * BigInt(header.keyBytes);
      if (material === 0 || BigInt(material) + size > length)
        tell({
          at: keySlotPlace(file, luks, index, 'key_material_offset'),
          data: `the key material of slot ${index} lies at ${bytesText(BigInt(material), size)} of an encryption header of ${length} bytes`,
          actual: String(slot.keyMaterialOffset),
        });
      if (slot.iterations < MIN_ITERATIONS)
        tell({
          at: keySlotPlace(file, luks, index, 'iterations'),
          data: `slot ${index} has ${slot.iterations} iterations, which makes its passphrase easy to guess`,
          severity: 'warning',
          expected: `>= ${MIN_ITERATIONS}`,
          actual: String(slot.iterations),
        });
    }
  },
});

/** Fields of a key slot. */
export const luksSlotField = raisedBySpec(
  luksSlot,
  ({ field, expected, actual }) => `${field} is ${actual}, must be ${expected}`,
);

/** No way to unlock. */
export const luksNoActiveSlot = defineRule<Qcow2Image, null>({
  id: 'qcow2/luks-no-active-slot',
  severity: 'error',
  depth: 'header',
  title: 'No key slot is active',
  spec: `${LUKS}, key slot layout`,
  repair: 'none',
  derivedFrom: ['qcow2/luks-header-magic', 'qcow2/luks-header-bounds', 'qcow2/luks-slot'],
  message: () => 'all eight key slots are disabled: no passphrase opens this image',
  explanation: {
    what: 'None of the eight key slots holds a copy of the master key.',
    why: 'The image cannot be unlocked with any passphrase; the guest data are lost without the master key.',
    how: 'The last slot was erased, on purpose or by mistake.',
    readers: 'qemu fails to unlock the image.',
    repair: 'Restore the LUKS header from a backup of it.',
  },
  check({ file, luks }, tell) {
    if (luks === null || luks.header === null) return;
    if (luks.header.keySlots.some(({ state }) => state === 0x00ac71f3)) return;
    tell({ at: keySlotPlace(file, luks, 0, 'state'), data: null });
  },
});
