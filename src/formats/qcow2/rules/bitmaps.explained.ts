import type { Explanations } from '../../../model/rule.ts';
import type { bitmapRules } from './bitmaps.ts';

/** The rules of `bitmaps.ts` explained. */
export const bitmapExplanations: Explanations<typeof bitmapRules> = {
  'qcow2/bitmap-ext-invalid': {
    what: 'The bitmaps extension has not 24 bytes, counts no bitmaps or too many, has reserved bytes set, or its directory is empty, does not begin at a cluster or is not in the file.',
    why: 'Guest data are not affected, but programs refuse the whole image because of it, and incremental backups lose their base.',
    how: 'A damaged header, a file that was cut off, or a bug of a writer.',
    readers: 'qemu refuses to open the image while the autoclear bit says that the bitmaps are valid.',
    repair:
      'Drop the bitmaps: clear the autoclear bit and remove the extension. The next backup must be a full one.',
  },
  'qcow2/bitmap-autoclear-missing': {
    what: 'The bitmaps extension is there, but the autoclear bit that says it is up to date is clear.',
    why: 'The bitmaps must not be used: a backup by them would miss changes. Their clusters are leaked.',
    how: 'A program that does not know bitmaps wrote to the image and cleared the bit, as it must.',
    readers: 'qemu ignores the bitmaps; qemu-img check counts their clusters as leaks.',
    repair: 'Remove the extension and free its clusters; the next backup must be a full one.',
  },
  'qcow2/bitmap-autoclear-orphan': {
    what: 'The autoclear bit says that the bitmaps extension is valid, but there is none.',
    why: 'Guest data are not affected; bitmaps may have been lost.',
    how: 'A writer that removed the extension and left the bit, or a damaged header.',
    readers: 'qemu ignores the bit.',
    repair: 'Clear the bit.',
  },
  'qcow2/bitmap-directory-entry': {
    what: 'A bitmap has no name or a too long one, reserved flags, an unknown type, an impossible granularity, extra data, padding that is not zero, or a table that does not begin at a cluster or is not in the file.',
    why: 'Guest data are not affected, but programs refuse the whole image because of it, and incremental backups lose their base.',
    how: 'A damaged directory, a file that was cut off, or a bug of a writer.',
    readers: 'qemu refuses to open the image.',
    repair: 'Drop the bitmaps; the next backup must be a full one.',
  },
  'qcow2/bitmap-name-duplicate': {
    what: 'The names of bitmaps must differ within an image.',
    why: 'A backup program may take the wrong one and miss changes.',
    how: 'A bug of a writer, or a damaged directory.',
    readers: 'qemu refuses to open the image.',
    repair: 'Drop the bitmaps; the next backup must be a full one.',
  },
  'qcow2/bitmap-in-use': {
    what: 'The flag "in use" of a bitmap is set, although no program has the image open.',
    why: 'Guest data are not affected. The bitmap lacks changes, so an incremental backup by it would be incomplete.',
    how: 'The program that had the image open was killed, or the image was copied while it was in use.',
    readers: 'qemu marks the bitmap inconsistent and lets it only be removed.',
    repair: 'Remove the bitmap and make a full backup.',
  },
  'qcow2/bitmap-table-entry': {
    what: "An entry of a bitmap's table has reserved bits set, points into the middle of a cluster or out of the file, or has the all-ones bit together with a position.",
    why: 'Guest data are not affected, but part of the bitmap is lost, and programs refuse the image because of it.',
    how: 'A fault of memory or storage, or a file that was cut off.',
    readers: 'Most of these images are refused by qemu; qemu-img check counts an error.',
    repair: 'Drop the bitmap; the next backup must be a full one.',
  },
  'qcow2/bitmap-size-mismatch': {
    what: "The number of entries in a bitmap's table does not follow from the disk's size and the bitmap's granularity.",
    why: 'Guest data are not affected; the bitmap belongs to a disk of another size, so a backup by it would be wrong.',
    how: 'The disk was resized by a program that does not know bitmaps, or the directory is damaged.',
    readers: 'qemu refuses to open the image.',
    repair: 'Drop the bitmap; the next backup must be a full one.',
  },
};
