import type { ImageFile } from '../../../model/image.ts';
import type { Finding } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import type { BitmapDirectory } from '../layout/bitmaps.ts';
import { isClusterStart, positionText } from '../layout/geometry.ts';
import { describeUnaligned } from './unaligned.ts';
import { sentenceOr } from './sentence.ts';

const EXTENSION = 'QEMU docs/interop/qcow2, "Bitmaps extension"';
const DIRECTORY = 'QEMU docs/interop/qcow2, "Bitmap directory"';
const TABLE = 'QEMU docs/interop/qcow2, "Bitmap table"';

/**
 * The finding on a directory that does not end where its last entry does; `null` where an entry is missing, which was
 * told.
 */
function judgeEnd(file: ImageFile, directory: BitmapDirectory): Finding<string> | null {
  const { declared, offset, length, entries } = directory;
  const last = entries.at(-1);
  const end = last === undefined ? offset : last.end;
  const rest = offset + length - end;
  if (declared === 0 || entries.length < declared || rest === 0) return null;
  return {
    at: { file, offset: end, length: rest, field: 'bitmap_directory' },
    data: `the ${declared} entries of the bitmap directory end ${rest} bytes before it does`,
  };
}

/** The rules on persistent bitmaps. */
export const bitmapRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/bitmap-ext-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The bitmaps extension is invalid',
    spec: EXTENSION,
    repair: 'lossy',
    message: sentenceOr(({ field, actual, expected }) => `${field} is ${actual}, must be ${expected}`),
  },
  'qcow2/bitmap-autoclear-missing': {
    severity: 'warning',
    depth: 'header',
    title: 'The bitmaps are stale',
    spec: EXTENSION,
    repair: 'lossy',
    message: ({ count }) =>
      `the image has ${count} bitmaps, but autoclear feature bit 0 is clear: something that does not know bitmaps has written to it`,
    check({ header, bitmaps }, tell) {
      if (bitmaps === null || header.fields.autoclearFeatures?.bitmaps === true) return;
      const at = header.at(header.fields.version === 2 ? 'version' : 'autoclear_features');
      tell({ at, data: { count: bitmaps.declared } });
    },
  },
  'qcow2/bitmap-autoclear-orphan': {
    severity: 'warning',
    depth: 'header',
    title: 'The autoclear bit for bitmaps is set without bitmaps',
    spec: EXTENSION,
    repair: 'safe',
    derivedFrom: ['qcow2/ext-overrun'],
    message: () => 'autoclear feature bit 0 is set, but there is no bitmaps extension',
    check({ header, bitmaps }, tell) {
      if (bitmaps === null && header.fields.autoclearFeatures?.bitmaps === true)
        tell({ at: header.at('autoclear_features'), data: null });
    },
  },
  'qcow2/bitmap-directory-entry': {
    severity: 'error',
    depth: 'metadata',
    title: 'An entry of the bitmap directory is invalid',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['qcow2/bitmap-autoclear-missing'],
    message: sentenceOr(({ field, actual, expected }) => `${field} is ${actual}, must be ${expected}`),
    check({ file, geometry, bitmaps }, tell) {
      for (const bitmap of bitmaps?.entries ?? []) {
        const { tableOffset, tableEntries, label, entry } = bitmap;
        const at = entry.at('bitmap_table_offset');
        const position = entry.fields.bitmapTableOffset;
        const actual = String(position);
        if (tableEntries === 0) continue;
        if (tableOffset === 0 || !isClusterStart(position, geometry.clusterSize))
          tell({
            at,
            data: `the table of ${label} begins at byte ${actual}, which is not the start of a cluster`,
            actual,
          });
        else if (tableOffset + 8 * tableEntries > geometry.limit)
          tell({ at, data: `the table of ${label} at byte ${actual} is not wholly in the file`, actual });
      }
      const fault = bitmaps === null ? null : judgeEnd(file, bitmaps);
      if (fault !== null) tell(fault);
    },
  },
  'qcow2/bitmap-name-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two bitmaps have the same name',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['qcow2/bitmap-autoclear-missing'],
    message: ({ name }) => `a second bitmap is called ${JSON.stringify(name)}`,
    check({ bitmaps }, tell) {
      const names = new Set<string>();
      for (const bitmap of bitmaps?.entries ?? []) {
        if (names.has(bitmap.name))
          tell({ at: bitmap.entry.at('name'), data: { name: bitmap.name }, actual: bitmap.name });
        names.add(bitmap.name);
      }
    },
  },
  'qcow2/bitmap-in-use': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A bitmap was not saved',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['qcow2/bitmap-autoclear-missing'],
    message: ({ field }) =>
      `${field} is set: the bitmap was in use when the image was last open, and not saved`,
  },
  'qcow2/bitmap-table-entry': {
    severity: 'error',
    depth: 'metadata',
    title: "An entry of a bitmap's table is invalid",
    spec: TABLE,
    repair: 'lossy',
    derivedFrom: ['qcow2/bitmap-autoclear-missing'],
    message: (data) =>
      'region' in data
        ? `${data.region} should begin at byte ${positionText(data.start)}, but the file ends at byte ${data.limit}`
        : 'entry' in data
          ? describeUnaligned(data)
          : `${data.field} is ${data.actual}: reserved bits must be zero, and bit 0 may be set only without a position`,
  },
  'qcow2/bitmap-size-mismatch': {
    severity: 'error',
    depth: 'metadata',
    title: 'A bitmap does not fit the disk',
    spec: TABLE,
    repair: 'lossy',
    derivedFrom: ['qcow2/bitmap-autoclear-missing', 'qcow2/bitmap-directory-entry'],
    message: ({ label, entries, needed }) =>
      `the table of ${label} has ${entries} entries, but a disk of this size needs ${needed}`,
    check({ geometry, bitmaps }, tell) {
      for (const bitmap of bitmaps?.entries ?? []) {
        const { granularityBits, tableEntries: entries, label } = bitmap;
        const bits = Math.ceil(geometry.size / 2 ** granularityBits);
        const needed = Math.ceil(Math.ceil(bits / 8) / geometry.clusterSize);
        if (entries === needed) continue;
        tell({
          at: bitmap.entry.at('bitmap_table_size'),
          data: { label, entries, needed },
          expected: String(needed),
          actual: String(entries),
        });
      }
    },
  },
});
