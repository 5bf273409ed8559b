import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { bitmapPlace } from '../bitmaps.ts';
import { isClusterStart } from '../geometry.ts';
import type { Qcow2Image } from '../image.ts';
import { headerPlace } from '../places.ts';
import { raisedBySpec } from './spec.ts';

const EXTENSION = 'QEMU docs/interop/qcow2, "Bitmaps extension"';
const DIRECTORY = 'QEMU docs/interop/qcow2, "Bitmap directory"';
const TABLE = 'QEMU docs/interop/qcow2, "Bitmap table"';

/** A bitmaps extension that does not fit. */
export const bitmapExtInvalid = defineRule<Qcow2Image, string>({
  id: 'qcow2/bitmap-ext-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The bitmaps extension is invalid',
  spec: EXTENSION,
  repair: 'lossy',
  message: (sentence) => sentence,
  explanation: {
    what: 'The bitmaps extension has not 24 bytes, counts no bitmaps or too many, has reserved bytes set, or its directory is empty, does not begin at a cluster or is not in the file.',
    why: 'Guest data are not affected, but programs refuse the whole image because of it, and incremental backups lose their base.',
    how: 'A damaged header, a file that was cut off, or a bug of a writer.',
    readers: 'qemu refuses to open the image while the autoclear bit says that the bitmaps are valid.',
    repair:
      'Drop the bitmaps: clear the autoclear bit and remove the extension. The next backup must be a full one.',
  },
  check({ bitmaps }, tell) {
    if (bitmaps !== null && bitmaps.fault !== null) tell(bitmaps.fault);
  },
});

/** Fields of the bitmaps extension. */
export const bitmapExtField = raisedBySpec(
  bitmapExtInvalid,
  ({ field, actual, expected }) => `${field} is ${actual}, must be ${expected}`,
);

/** Bitmaps that nobody kept. */
export const bitmapAutoclearMissing = defineRule<Qcow2Image, { readonly count: number }>({
  id: 'qcow2/bitmap-autoclear-missing',
  severity: 'warning',
  depth: 'header',
  title: 'The bitmaps are stale',
  spec: EXTENSION,
  repair: 'lossy',
  message: ({ count }) =>
    `the image has ${count} bitmaps, but autoclear feature bit 0 is clear: something that does not know bitmaps has written to it`,
  explanation: {
    what: 'The bitmaps extension is there, but the autoclear bit that says it is up to date is clear.',
    why: 'The bitmaps must not be used: a backup by them would miss changes. Their clusters are leaked.',
    how: 'A program that does not know bitmaps wrote to the image and cleared the bit, as it must.',
    readers: 'qemu ignores the bitmaps; qemu-img check counts their clusters as leaks.',
    repair: 'Remove the extension and free its clusters; the next backup must be a full one.',
  },
  check({ file, header, bitmaps }, tell) {
    if (bitmaps === null || header.autoclearFeatures?.bitmaps === true) return;
    const at = headerPlace(file, header, header.version === 2 ? 'version' : 'autoclear_features');
    tell({ at, data: { count: bitmaps.declared } });
  },
});

/** A bit without bitmaps. */
export const bitmapAutoclearOrphan = defineRule<Qcow2Image, null>({
  id: 'qcow2/bitmap-autoclear-orphan',
  severity: 'warning',
  depth: 'header',
  title: 'The autoclear bit for bitmaps is set without bitmaps',
  spec: EXTENSION,
  repair: 'safe',
  derivedFrom: ['qcow2/ext-overrun'],
  message: () => 'autoclear feature bit 0 is set, but there is no bitmaps extension',
  explanation: {
    what: 'The autoclear bit says that the bitmaps extension is valid, but there is none.',
    why: 'Guest data are not affected; bitmaps may have been lost.',
    how: 'A writer that removed the extension and left the bit, or a damaged header.',
    readers: 'qemu ignores the bit.',
    repair: 'Clear the bit.',
  },
  check({ file, header, bitmaps }, tell) {
    if (bitmaps === null && header.autoclearFeatures?.bitmaps === true)
      tell({ at: headerPlace(file, header, 'autoclear_features'), data: null });
  },
});

/** An entry of the directory that does not fit. */
export const bitmapDirectoryEntry = defineRule<Qcow2Image, string>({
  id: 'qcow2/bitmap-directory-entry',
  severity: 'error',
  depth: 'metadata',
  title: 'An entry of the bitmap directory is invalid',
  spec: DIRECTORY,
  repair: 'lossy',
  derivedFrom: ['qcow2/bitmap-autoclear-missing'],
  message: (sentence) => sentence,
  explanation: {
    what: 'A bitmap has no name or a too long one, reserved flags, an unknown type, an impossible granularity, extra data, padding that is not zero, or a table that does not begin at a cluster or is not in the file.',
    why: 'Guest data are not affected, but programs refuse the whole image because of it, and incremental backups lose their base.',
    how: 'A damaged directory, a file that was cut off, or a bug of a writer.',
    readers: 'qemu refuses to open the image.',
    repair: 'Drop the bitmaps; the next backup must be a full one.',
  },
  check({ file, geometry, bitmaps }, tell) {
    for (const bitmap of bitmaps?.entries ?? []) {
      const { tableOffset, tableEntries, label, entry } = bitmap;
      const at = bitmapPlace(file, bitmap, 'bitmap_table_offset');
      const actual = String(entry.bitmapTableOffset);
      if (tableEntries === 0) continue;
      if (tableOffset === 0 || !isClusterStart(entry.bitmapTableOffset, geometry.clusterSize))
        tell({
          at,
          data: `the table of ${label} begins at byte ${actual}, which is not the start of a cluster`,
          actual,
        });
      else if (tableOffset + 8 * tableEntries > geometry.limit)
        tell({ at, data: `the table of ${label} at byte ${actual} is not wholly in the file`, actual });
    }
    if (bitmaps !== null && bitmaps.directoryFault !== null) tell(bitmaps.directoryFault);
  },
});

/** Fields of a directory entry. */
export const bitmapDirectoryField = raisedBySpec(
  bitmapDirectoryEntry,
  ({ field, actual, expected }) => `${field} is ${actual}, must be ${expected}`,
);

/** Two bitmaps of one name. */
export const bitmapNameDuplicate = defineRule<Qcow2Image, { readonly name: string }>({
  id: 'qcow2/bitmap-name-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two bitmaps have the same name',
  spec: DIRECTORY,
  repair: 'lossy',
  derivedFrom: ['qcow2/bitmap-autoclear-missing'],
  message: ({ name }) => `a second bitmap is called ${JSON.stringify(name)}`,
  explanation: {
    what: 'The names of bitmaps must differ within an image.',
    why: 'A backup program may take the wrong one and miss changes.',
    how: 'A bug of a writer, or a damaged directory.',
    readers: 'qemu refuses to open the image.',
    repair: 'Drop the bitmaps; the next backup must be a full one.',
  },
  check({ file, bitmaps }, tell) {
    const names = new Set<string>();
    for (const bitmap of bitmaps?.entries ?? []) {
      if (names.has(bitmap.name))
        tell({ at: bitmapPlace(file, bitmap, 'name'), data: { name: bitmap.name }, actual: bitmap.name });
      names.add(bitmap.name);
    }
  },
});

/** A bitmap that was not saved. */
export const bitmapInUse = defineSpecRule({
  id: 'qcow2/bitmap-in-use',
  severity: 'warning',
  depth: 'metadata',
  title: 'A bitmap was not saved',
  spec: DIRECTORY,
  repair: 'lossy',
  derivedFrom: ['qcow2/bitmap-autoclear-missing'],
  message: ({ field }) =>
    `${field} is set: the bitmap was in use when the image was last open, and not saved`,
  explanation: {
    what: 'The flag "in use" of a bitmap is set, although nobody has the image open.',
    why: 'Guest data are not affected. The bitmap lacks changes, so an incremental backup by it would be incomplete.',
    how: 'The program that had the image open was killed, or the image was copied while it was in use.',
    readers: 'qemu marks the bitmap inconsistent and lets it only be removed.',
    repair: 'Remove the bitmap and make a full backup.',
  },
});

/** An entry of a bitmap's table that does not fit. */
export const bitmapTableEntry = defineRule<unknown, string>({
  id: 'qcow2/bitmap-table-entry',
  severity: 'error',
  depth: 'metadata',
  title: "An entry of a bitmap's table is invalid",
  spec: TABLE,
  repair: 'lossy',
  derivedFrom: ['qcow2/bitmap-autoclear-missing'],
  message: (sentence) => sentence,
  explanation: {
    what: "An entry of a bitmap's table has reserved bits set, points into the middle of a cluster or out of the file, or has the all-ones bit together with a position.",
    why: 'Guest data are not affected, but part of the bitmap is lost, and programs refuse the image because of it.',
    how: 'A fault of memory or storage, or a file that was cut off.',
    readers: 'qemu refuses to open the image; qemu-img check counts an error.',
    repair: 'Drop the bitmap; the next backup must be a full one.',
  },
});

/** Fields of a table entry. */
export const bitmapTableField = raisedBySpec(
  bitmapTableEntry,
  ({ field, actual }) =>
    `${field} is ${actual}: reserved bits must be zero, and bit 0 stands only without a position`,
);

/** A bitmap of another size than the disk. */
export const bitmapSizeMismatch = defineRule<
  Qcow2Image,
  { readonly label: string; readonly entries: number; readonly needed: number }
>({
  id: 'qcow2/bitmap-size-mismatch',
  severity: 'error',
  depth: 'metadata',
  title: 'A bitmap does not fit the disk',
  spec: TABLE,
  repair: 'lossy',
  derivedFrom: ['qcow2/bitmap-autoclear-missing', 'qcow2/bitmap-directory-entry'],
  message: ({ label, entries, needed }) =>
    `the table of ${label} has ${entries} entries, but a disk of this size needs ${needed}`,
  explanation: {
    what: "The number of entries in a bitmap's table does not follow from the disk's size and the bitmap's granularity.",
    why: 'Guest data are not affected; the bitmap belongs to a disk of another size, so a backup by it would be wrong.',
    how: 'The disk was resized by a program that does not know bitmaps, or the directory is damaged.',
    readers: 'qemu refuses to open the image.',
    repair: 'Drop the bitmap; the next backup must be a full one.',
  },
  check({ file, geometry, bitmaps }, tell) {
    for (const bitmap of bitmaps?.entries ?? []) {
      const { granularityBits, tableEntries: entries, label } = bitmap;
      const bits = Math.ceil(geometry.size / 2 ** granularityBits);
      const needed = Math.ceil(Math.ceil(bits / 8) / geometry.clusterSize);
      if (entries === needed) continue;
      tell({
        at: bitmapPlace(file, bitmap, 'bitmap_table_size'),
        data: { label, entries, needed },
        expected: String(needed),
        actual: String(entries),
      });
    }
  },
});
