import { firstNonZeroByte } from '../../shared/zeros.ts';
import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { FEATURE_NAME_SIZE } from '../extensions.ts';
import type { Qcow2Image } from '../image.ts';
import { raisedBySpec } from './spec.ts';

const EXTENSIONS = 'QEMU docs/interop/qcow2, "Header extensions"';
const FEATURE_NAMES = 'QEMU docs/interop/qcow2, "Feature name table"';

/** Old versions of qemu fill in the fields of a version 3 header in version 2 images too, up to here. */
const VERSION_3_HEADER = 104;

/** An extension that does not fit. */
export const extOverrun = defineSpecRule({
  id: 'qcow2/ext-overrun',
  severity: 'error',
  depth: 'header',
  title: 'A header extension runs out of the header',
  spec: EXTENSIONS,
  repair: 'none',
  derivedFrom: ['qcow2/header-truncated'],
  message: ({ field, expected, actual }) =>
    `${field} needs ${expected}, but only ${actual} are left before the backing file's name or the end of the first cluster`,
  explanation: {
    what: 'The length of a header extension reaches beyond the room for extensions, which ends at the backing file name or with the first cluster.',
    why: 'This extension and all that follow it are lost: the backing format, the data file, bitmaps or the encryption header may be among them.',
    how: 'A damaged length, or a header length or backing file position that was changed without moving the extensions.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the first cluster from a copy, or rewrite the extensions by hand.',
  },
});

/** No end marker. */
export const extNoEnd = defineRule<Qcow2Image, { readonly end: number }>({
  id: 'qcow2/ext-no-end',
  severity: 'warning',
  depth: 'header',
  title: 'The header extensions have no end marker',
  spec: EXTENSIONS,
  repair: 'safe',
  derivedFrom: ['qcow2/ext-overrun', 'qcow2/header-truncated'],
  message: ({ end }) => `the list of header extensions runs up to byte ${end} without an end marker`,
  explanation: {
    what: 'The list of header extensions ends at the backing file name or at the end of the first cluster, not with an end marker.',
    why: 'A reader that looks for the marker only would take the name for an extension.',
    how: 'A writer that left the marker out, or a position of the backing file name that points into the extensions.',
    readers: 'qemu stops at the name or at the end of the cluster.',
    repair: 'Rewrite the extensions with an end marker.',
  },
  check({ file, extensions }, tell) {
    const { start, end, stop } = extensions;
    if (extensions.isEnded || end - start < 8) return;
    tell({ at: { file, offset: stop, length: null, field: 'header_extensions' }, data: { end } });
  },
});

/** The same extension twice. */
export const extDuplicate = defineRule<Qcow2Image, { readonly type: string; readonly first: number }>({
  id: 'qcow2/ext-duplicate',
  severity: 'warning',
  depth: 'header',
  title: 'A header extension is there twice',
  spec: EXTENSIONS,
  repair: 'decision',
  message: ({ type, first }) =>
    `the header extension ${type} is there a second time; the first is at byte ${first}`,
  explanation: {
    what: 'Each type of header extension may be there once.',
    why: 'Readers differ in which of the two they take, so they may open different backing or data files.',
    how: 'A writer that appended an extension instead of replacing it, or an image made to mislead readers.',
    readers: 'qemu takes the last one of most types; vdcheck takes the last as well.',
    repair: 'Find out which of the two is meant and remove the other.',
  },
  check({ file, extensions }, tell) {
    const seen = new Map<number, number>();
    for (const [index, { type, typeText, offset }] of extensions.records.entries()) {
      const first = seen.get(type);
      if (first === undefined) seen.set(type, offset);
      else
        tell({
          at: { file, offset, length: 8, field: `header_extensions[${index}].type` },
          data: { type: typeText, first },
          actual: typeText,
        });
    }
  },
});

/** An extension that nobody knows. */
export const extUnknown = defineRule<Qcow2Image, { readonly type: string; readonly length: number }>({
  id: 'qcow2/ext-unknown',
  severity: 'info',
  depth: 'header',
  title: 'Unknown header extension',
  spec: EXTENSIONS,
  repair: 'none',
  message: ({ type, length }) => `the header extension ${type} with ${length} bytes of data is not known`,
  explanation: {
    what: 'A header extension has a type that is not known.',
    why: 'Nothing is wrong: what must be understood comes with an incompatible feature bit.',
    how: 'An image of a newer or of another writer.',
    readers: 'All readers skip it; qemu keeps it when it rewrites the header.',
    repair: 'None is needed.',
  },
  check({ file, header, extensions }, tell) {
    for (const [index, { isKnown, typeText, offset, data }] of extensions.records.entries()) {
      if (isKnown || (header.version === 2 && index === 0)) continue;
      tell({
        at: { file, offset, length: 8 + data.length, field: `header_extensions[${index}].type` },
        data: { type: typeText, length: data.length },
        actual: typeText,
      });
    }
  },
});

/** Bytes between two extensions. */
export const extPaddingNonzero = defineSpecRule({
  id: 'qcow2/ext-padding-nonzero',
  severity: 'info',
  depth: 'header',
  title: 'Padding of a header extension is not zero',
  spec: EXTENSIONS,
  repair: 'safe',
  message: ({ field, actual }) => `${field} should be zero, but is ${actual}`,
  explanation: {
    what: 'The bytes that fill an extension up to a multiple of 8 are not zero.',
    why: 'They have no meaning; they may hold remains of memory of the program that wrote them.',
    how: 'A writer that did not clear its buffer.',
    readers: 'All readers skip them.',
    repair: 'Set them to zero.',
  },
});

/** An end marker with data. */
export const extEndLength = defineSpecRule({
  id: 'qcow2/ext-end-length',
  severity: 'warning',
  depth: 'header',
  title: 'The end marker of the header extensions has a length',
  spec: EXTENSIONS,
  repair: 'safe',
  message: ({ actual }) => `the end marker of the header extensions has length ${actual}, must be 0`,
  explanation: {
    what: 'The record that ends the list of header extensions says that data follow it.',
    why: 'The list ends here all the same, but another reader may skip the data and go on behind them.',
    how: 'A damaged header, or an extension whose type was overwritten with zeros.',
    readers: 'qemu ends the list without looking at the length.',
    repair: 'Set the length to 0, after a look at whether an extension was lost.',
  },
});

/** The table of feature names. */
export const featureTableMalformed = defineRule<Qcow2Image, string>({
  id: 'qcow2/feature-table-malformed',
  severity: 'warning',
  depth: 'header',
  title: 'The feature name table is malformed',
  spec: FEATURE_NAMES,
  repair: 'safe',
  message: (sentence) => sentence,
  explanation: {
    what: 'The feature name table consists of 48-byte entries, one for each bit of the three feature sets.',
    why: 'The names serve messages only; guest data do not depend on them.',
    how: 'A damaged header, or a writer that miscounted.',
    readers: 'qemu ignores what does not fit and names unknown features by number.',
    repair: 'Drop the table, or let qemu rewrite it.',
  },
  check({ file, featureNames }, tell) {
    for (const { record, index, names } of featureNames) {
      const field = `header_extensions[${index}].data`;
      const at = { file, offset: record.dataOffset, length: record.data.length, field };
      const rest = record.data.length % FEATURE_NAME_SIZE;
      if (rest !== 0)
        tell({
          at,
          data: `the feature name table has ${record.data.length} bytes, which is no multiple of ${FEATURE_NAME_SIZE}`,
        });
      const seen = new Set<string>();
      for (const [number, { featureType, bitNumber }] of names.entries()) {
        const key = `${featureType}/${bitNumber}`;
        if (seen.has(key)) {
          const offset = record.dataOffset + FEATURE_NAME_SIZE * number;
          tell({
            at: { file, offset, length: 2, field: `${field}[${number}]` },
            data: `the feature name table names bit ${bitNumber} of set ${featureType} twice`,
          });
        }
        seen.add(key);
      }
    }
  },
});

/** An entry of the table of feature names. */
export const featureNameEntry = raisedBySpec(
  featureTableMalformed,
  ({ field, actual, expected }) => `${field} is ${actual}, must be ${expected}`,
);

/** Bytes in the first cluster that nothing accounts for. */
export const firstClusterForeignData = defineRule<
  Qcow2Image,
  { readonly count: number; readonly offset: number }
>({
  id: 'qcow2/first-cluster-foreign-data',
  severity: 'warning',
  depth: 'header',
  title: 'The first cluster holds more than the header',
  spec: 'QEMU docs/interop/qcow2, "Header": only extensions and the backing file name share the first cluster',
  repair: 'lossy',
  derivedFrom: [
    'qcow2/ext-overrun',
    'qcow2/header-length',
    'qcow2/header-truncated',
    'qcow2/ext-end-length',
    'qcow2/backing-name-bounds',
    'qcow2/backing-name-empty',
  ],
  message: ({ count, offset }) =>
    `${count} bytes that are not zero lie in the first cluster behind header, extensions and backing file name, the first at byte ${offset}`,
  explanation: {
    what: 'Besides the header only its extensions and the backing file name may stand in the first cluster; the rest is zero.',
    why: 'Guest data do not depend on these bytes, but nothing accounts for them: they may be remains of an overwritten structure or hidden content.',
    how: 'A writer that did not clear the cluster, a header that was rewritten shorter, or data put there on purpose.',
    readers: 'All readers ignore these bytes; qemu clears them when it rewrites the header.',
    repair: 'Look at the bytes, then set them to zero.',
  },
  check({ file, header, firstCluster, extensions, backing }, tell) {
    let count = 0;
    let first = -1;
    const start = header.version === 2 ? Math.max(extensions.stop, VERSION_3_HEADER) : extensions.stop;
    const next = (from: number): number => firstNonZeroByte(firstCluster, from);
    for (let offset = next(start); offset < firstCluster.length; offset = next(offset + 1)) {
      if (backing !== null && offset >= backing.offset && offset < backing.offset + backing.length) continue;
      count++;
      if (first < 0) first = offset;
    }
    if (count > 0)
      tell({ at: { file, offset: first, length: null, field: null }, data: { count, offset: first } });
  },
});
