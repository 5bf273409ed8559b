import { defineRules } from '../../../model/rule.ts';
import { firstNonZeroByte } from '../../shared/zeros.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { FEATURE_NAME_SIZE } from '../layout/extensions.ts';
import { sentenceOr } from './sentence.ts';

const EXTENSIONS = 'QEMU docs/interop/qcow2, "Header extensions"';
const FEATURE_NAMES = 'QEMU docs/interop/qcow2, "Feature name table"';

/** Old versions of qemu fill in the fields of a version 3 header in version 2 images too, up to here. */
const VERSION_3_HEADER = 104;

/** The rules on header extensions and the rest of the first cluster. */
export const extensionRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/ext-overrun': {
    severity: 'error',
    depth: 'header',
    title: 'A header extension runs out of the header',
    spec: EXTENSIONS,
    repair: 'none',
    derivedFrom: ['qcow2/header-truncated'],
    message: ({ field, expected, actual }) =>
      `${field} needs ${expected}, but only ${actual} are left before the backing file's name or the end of the first cluster`,
  },
  'qcow2/ext-no-end': {
    severity: 'warning',
    depth: 'header',
    title: 'The header extensions have no end marker',
    spec: EXTENSIONS,
    repair: 'safe',
    derivedFrom: ['qcow2/ext-overrun', 'qcow2/header-truncated'],
    message: ({ end }) => `the list of header extensions runs up to byte ${end} without an end marker`,
    check({ file, extensions }, tell) {
      const { start, end, stop } = extensions;
      if (extensions.isEnded || end - start < 8) return;
      tell({ at: { file, offset: stop, length: null, field: 'header_extensions' }, data: { end } });
    },
  },
  'qcow2/ext-duplicate': {
    severity: 'warning',
    depth: 'header',
    title: 'A header extension is there twice',
    spec: EXTENSIONS,
    repair: 'decision',
    message: ({ type, first }) =>
      `the header extension ${type} is there a second time; the first is at byte ${first}`,
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
  },
  'qcow2/ext-unknown': {
    severity: 'info',
    depth: 'header',
    title: 'Unknown header extension',
    spec: EXTENSIONS,
    repair: 'none',
    message: ({ type, length }) => `the header extension ${type} with ${length} bytes of data is not known`,
    check({ file, header, extensions }, tell) {
      for (const [index, { isKnown, typeText, offset, data }] of extensions.records.entries()) {
        if (isKnown || (header.fields.version === 2 && index === 0)) continue;
        tell({
          at: { file, offset, length: 8 + data.length, field: `header_extensions[${index}].type` },
          data: { type: typeText, length: data.length },
          actual: typeText,
        });
      }
    },
  },
  'qcow2/ext-padding-nonzero': {
    severity: 'info',
    depth: 'header',
    title: 'Padding of a header extension is not zero',
    spec: EXTENSIONS,
    repair: 'safe',
    message: ({ field, actual }) => `${field} should be zero, but is ${actual}`,
  },
  'qcow2/ext-end-length': {
    severity: 'warning',
    depth: 'header',
    title: 'The end marker of the header extensions has a length',
    spec: EXTENSIONS,
    repair: 'safe',
    message: ({ actual }) => `the end marker of the header extensions has length ${actual}, must be 0`,
  },
  'qcow2/feature-table-malformed': {
    severity: 'warning',
    depth: 'header',
    title: 'The feature name table is malformed',
    spec: FEATURE_NAMES,
    repair: 'safe',
    message: sentenceOr(({ field, actual, expected }) => `${field} is ${actual}, must be ${expected}`),
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
  },
  'qcow2/first-cluster-foreign-data': {
    severity: 'warning',
    depth: 'header',
    title: 'The first cluster contains more than the header',
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
      `bytes that are not zero in the first cluster after header, extensions and backing file name: ${count}, the first at byte ${offset}`,
    check({ file, header, firstCluster, extensions, backing }, tell) {
      let count = 0;
      let first = -1;
      const start =
        header.fields.version === 2 ? Math.max(extensions.stop, VERSION_3_HEADER) : extensions.stop;
      const next = (from: number): number => firstNonZeroByte(firstCluster, from);
      for (let offset = next(start); offset < firstCluster.length; offset = next(offset + 1)) {
        if (backing !== null && offset >= backing.offset && offset < backing.offset + backing.length)
          continue;
        count++;
        if (first < 0) first = offset;
      }
      if (count > 0)
        tell({ at: { file, offset: first, length: null, field: null }, data: { count, offset: first } });
    },
  },
});
