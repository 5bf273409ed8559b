import type { Explanations } from '../../../model/rule.ts';
import type { luksRules } from './luks.ts';

/** The rules of `luks.ts` explained. */
export const luksExplanations: Explanations<typeof luksRules> = {
  'qcow2/luks-ext-missing': {
    what: 'The encryption method is LUKS, but the extension that points at the LUKS header is missing.',
    why: 'Without the LUKS header there is no key: the guest data cannot be decrypted.',
    how: 'A program rewrote the first cluster without keeping the extension, or the encryption method is damaged.',
    readers: 'qemu refuses to open the image; some versions of qemu-img info crash.',
    repair: 'Look for the LUKS header (it begins with "LUKS") and write the extension anew.',
  },
  'qcow2/luks-ext-unexpected': {
    what: 'The extension that points at a LUKS header is there, but the encryption method is another one or none.',
    why: 'It is not certain whether the guest data are encrypted: read as plain they may be noise.',
    how: 'A damaged encryption method, or a writer that decrypted the image and left the extension.',
    readers: 'qemu refuses to open the image.',
    repair:
      'Look at a cluster of guest data: if it is noise, set the method to 2, otherwise remove the extension.',
  },
  'qcow2/luks-header-bounds': {
    what: 'The LUKS header does not begin at a cluster or is not wholly in the file, or the extension that says so has not 16 bytes.',
    why: 'Without the LUKS header and its key material the guest data cannot be decrypted.',
    how: 'A damaged extension, or a file that was cut off.',
    readers: 'qemu refuses to open the image.',
    repair: 'Copy the image again, or restore the LUKS header from a backup of it.',
  },
  'qcow2/luks-header-magic': {
    what: 'The encryption header does not begin with the LUKS magic, or its version is not 1.',
    why: 'Without the LUKS header there is no key: the guest data cannot be decrypted.',
    how: 'The header was overwritten, or the extension points at the wrong place.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the LUKS header from a backup of it.',
  },
  'qcow2/luks-slot': {
    what: 'A key slot is neither active nor disabled, has no stripes, or its key material is outside the encryption header. Fewer than 1000 iterations are a warning.',
    why: 'The passphrase of this slot does not open the image. Few iterations make it easy to guess.',
    how: 'A damaged LUKS header, or a program that writes slots wrongly.',
    readers: 'qemu refuses the header, or fails to unlock with this slot.',
    repair:
      'Unlock with another slot and set the passphrase anew, or restore the LUKS header from a backup of it.',
  },
  'qcow2/luks-no-active-slot': {
    what: 'None of the eight key slots contains a copy of the master key.',
    why: 'The image cannot be unlocked with any passphrase; the guest data are lost without the master key.',
    how: 'The last slot was erased, on purpose or by mistake.',
    readers: 'qemu fails to unlock the image.',
    repair: 'Restore the LUKS header from a backup of it.',
  },
};
