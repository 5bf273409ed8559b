import type { Tell } from '../../../model/problem.ts';
import { judgeReference, type ReferenceVerdict } from '../../../model/reference-state.ts';
import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';

const DATA_FILE = 'QEMU docs/interop/qcow2, "External data file"';

/** Tells of a data file that is not open, where the verdict on it is `finding`. */
function tellClosed(
  { file, extensions, dataFile }: Qcow2Image,
  finding: ReferenceVerdict['finding'],
  tell: Tell<{ reason: string }>,
): void {
  if (dataFile === null || dataFile.named === null || dataFile.reason === null) return;
  const { named, state, reason } = dataFile;
  const verdict = judgeReference(state);
  if (verdict?.finding !== finding) return;
  const index = extensions.records.indexOf(named.record);
  const field = `header_extensions[${index}].data`;
  const at = { file, offset: named.record.offset, length: null, field };
  tell({ at, data: { reason }, severity: verdict.severity, actual: named.name });
}

/** The rules on external data files. */
export const dataFileRules = defineRules<Qcow2Image, Qcow2Findings, Qcow2Walk>()({
  'qcow2/raw-external-without-data-file': {
    severity: 'error',
    depth: 'header',
    title: 'Raw external data without an external data file',
    spec: DATA_FILE,
    repair: 'safe',
    message: () =>
      'autoclear feature bit 1 (raw external data) is set, but incompatible bit 2 (external data file) is clear',
  },
  'qcow2/raw-external-with-backing': {
    severity: 'error',
    depth: 'header',
    title: 'Raw external data exclude a backing file',
    spec: DATA_FILE,
    repair: 'none',
    derivedFrom: ['qcow2/raw-external-without-data-file'],
    message: () => 'autoclear feature bit 1 (raw external data) is set, but the image has a backing file',
    check({ header, backing }, tell) {
      if (backing !== null && header.fields.autoclearFeatures?.rawExternalData === true)
        tell({ at: header.at('autoclear_features'), data: null });
    },
  },
  'qcow2/data-file-name-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The external data file is not named',
    spec: DATA_FILE,
    repair: 'decision',
    derivedFrom: ['qcow2/ext-overrun', 'qcow2/ext-no-end'],
    message: () => 'guest data are in an external file, but no header extension names it',
    check({ header, dataFile }, tell) {
      if (dataFile !== null && dataFile.named === null)
        tell({ at: header.at('incompatible_features'), data: null });
    },
  },
  'qcow2/data-file-name-unexpected': {
    severity: 'warning',
    depth: 'header',
    title: 'A data file is named but not used',
    spec: DATA_FILE,
    repair: 'safe',
    message: ({ name }) =>
      `the header names the data file ${JSON.stringify(name)}, but incompatible feature bit 2 is clear`,
    check({ file, extensions, dataFile, unusedDataFile }, tell) {
      if (dataFile !== null || unusedDataFile === null) return;
      const { name, record } = unusedDataFile;
      const index = extensions.records.indexOf(record);
      const at = {
        file,
        offset: record.offset,
        length: 8 + name.length,
        field: `header_extensions[${index}]`,
      };
      tell({ at, data: { name }, actual: name });
    },
  },
  'qcow2/data-file-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The external data file is missing',
    spec: DATA_FILE,
    repair: 'none',
    message: ({ reason }) => `the guest data are out of reach: ${reason}`,
    check: (image, tell) => tellClosed(image, 'missing', tell),
  },
  'qcow2/data-file-not-opened': {
    severity: 'info',
    depth: 'header',
    title: 'The external data file was not opened',
    spec: DATA_FILE,
    repair: 'none',
    message: ({ reason }) => reason,
    check: (image, tell) => tellClosed(image, 'not-opened', tell),
  },
  'qcow2/data-file-short': {
    severity: 'error',
    depth: 'metadata',
    title: 'The external data file is too short',
    spec: DATA_FILE,
    repair: 'none',
    message: ({ size, needed }) =>
      `the data file has ${size} bytes, but guest data are mapped up to byte ${needed}`,
    check({ file: image, size: diskSize, dataFile }, tell, facts) {
      const walk = facts.walk(image);
      const file = dataFile?.file ?? null;
      if (walk === undefined || file === null || file.source === null) return;
      const { size } = file.source;
      const needed = Math.min(walk.storedEnd, diskSize);
      if (needed <= size) return;
      const at = { file, offset: size, length: null, field: null };
      tell({ at, data: { size, needed }, expected: `>= ${needed}`, actual: String(size) });
    },
  },
  'qcow2/data-file-offset-mismatch': {
    severity: 'error',
    depth: 'metadata',
    title: 'A guest cluster is at the wrong place of the data file',
    spec: DATA_FILE,
    repair: 'safe',
    message: ({ entry, target, guest }) =>
      `${entry} points at byte ${target} of the data file, but the guest cluster is at byte ${guest}`,
  },
  'qcow2/data-file-copied': {
    severity: 'warning',
    depth: 'metadata',
    title: 'COPIED is clear on a cluster of the data file',
    spec: DATA_FILE,
    repair: 'safe',
    message: ({ entry }) =>
      `${entry} has COPIED clear, but clusters of an external data file have one reference always`,
  },
});
