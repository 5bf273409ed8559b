import { isWithheld } from '../../../model/reference-state.ts';
import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import type { Qcow2Image } from '../image.ts';
import { headerPlace } from '../places.ts';

const DATA_FILE = 'QEMU docs/interop/qcow2, "External data file"';

/** Snapshots with an external data file. */
export const snapshotWithDataFile = defineSpecRule({
  id: 'qcow2/snapshot-with-data-file',
  severity: 'error',
  depth: 'header',
  title: 'Internal snapshots and an external data file exclude each other',
  spec: DATA_FILE,
  repair: 'lossy',
  message: () => 'the image has internal snapshots and an external data file',
  explanation: {
    what: 'Guest data are in an external file, and there are internal snapshots.',
    why: 'A snapshot keeps old clusters beside new ones, which a file with every cluster at its own position cannot; the snapshots are wrong.',
    how: 'A feature bit that was set by hand, or a damaged header.',
    readers: 'qemu refuses to use the snapshots, some versions the image.',
    repair: 'Delete the snapshots if the data file is the right one.',
  },
});

/** Raw data without a file for them. */
export const rawExternalWithoutDataFile = defineSpecRule({
  id: 'qcow2/raw-external-without-data-file',
  severity: 'error',
  depth: 'header',
  title: 'Raw external data without an external data file',
  spec: DATA_FILE,
  repair: 'safe',
  message: () =>
    'autoclear feature bit 1 (raw external data) is set, but incompatible bit 2 (external data file) is clear',
  explanation: {
    what: 'The bit that says the external data file can be read as a raw disk is set, but there is no such file.',
    why: 'It is not certain where guest data are: in this file, or in one that the header no longer names.',
    how: 'A feature bit that was changed by hand, or a damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Clear the bit if the L2 tables point into this file.',
  },
});

/** Raw data over a backing file. */
export const rawExternalWithBacking = defineRule<Qcow2Image, null>({
  id: 'qcow2/raw-external-with-backing',
  severity: 'error',
  depth: 'header',
  title: 'Raw external data exclude a backing file',
  spec: DATA_FILE,
  repair: 'none',
  derivedFrom: ['qcow2/raw-external-without-data-file'],
  message: () => 'autoclear feature bit 1 (raw external data) is set, but the image has a backing file',
  explanation: {
    what: 'The external data file is said to be a raw disk by itself, and yet there is a backing file.',
    why: 'Read through this image, unallocated clusters come from the backing file; read as a raw disk they come from the data file. The guest sees different disks.',
    how: 'A backing file was set by a program that does not know the bit.',
    readers: 'qemu refuses to create such an image; what it does with one differs by version.',
    repair: 'Find out which of the two is meant, and clear the bit or remove the backing file.',
  },
  check({ file, header, backing }, tell) {
    if (backing !== null && header.autoclearFeatures?.rawExternalData === true)
      tell({ at: headerPlace(file, header, 'autoclear_features'), data: null });
  },
});

/** A data file without a name. */
export const dataFileNameMissing = defineRule<Qcow2Image, null>({
  id: 'qcow2/data-file-name-missing',
  severity: 'error',
  depth: 'header',
  title: 'The external data file is not named',
  spec: DATA_FILE,
  repair: 'decision',
  derivedFrom: ['qcow2/ext-overrun', 'qcow2/ext-no-end'],
  message: () => 'guest data are in an external file, but no header extension names it',
  explanation: {
    what: 'Incompatible feature bit 2 is set, but the extension with the name of the data file is missing.',
    why: 'The guest data are in a file that nothing names, so none can be read.',
    how: 'The image was made for use with a file given by hand, or a program rewrote the header without the extension.',
    readers: 'qemu opens the image only with a data file given by the user.',
    repair: 'Find the file (its size is that of the disk) and set its name (qemu-img amend).',
  },
  check({ file, header, dataFile }, tell) {
    if (dataFile !== null && dataFile.name === null)
      tell({ at: headerPlace(file, header, 'incompatible_features'), data: null });
  },
});

/** A name without a data file. */
export const dataFileNameUnexpected = defineRule<Qcow2Image, { readonly name: string }>({
  id: 'qcow2/data-file-name-unexpected',
  severity: 'warning',
  depth: 'header',
  title: 'A data file is named but not used',
  spec: DATA_FILE,
  repair: 'safe',
  message: ({ name }) =>
    `the header names the data file ${JSON.stringify(name)}, but incompatible feature bit 2 is clear`,
  explanation: {
    what: 'The extension with the name of an external data file is there, but the feature bit says that guest data are in this file.',
    why: 'If the bit is right, the name is only left over; if it is wrong, every position in the L2 tables is misread.',
    how: 'A feature bit that was cleared by hand, or a damaged header.',
    readers: 'qemu ignores the name.',
    repair: 'Remove the extension if the L2 tables point into this file.',
  },
  check({ file, extensions, dataFile, unusedDataFile }, tell) {
    if (dataFile !== null || unusedDataFile === null) return;
    const { name, record } = unusedDataFile;
    const index = extensions.records.indexOf(record);
    const at = { file, offset: record.offset, length: 8 + name.length, field: `header_extensions[${index}]` };
    tell({ at, data: { name }, actual: name });
  },
});

/** A data file that cannot be opened. */
export const dataFileMissing = defineRule<Qcow2Image, { readonly reason: string }>({
  id: 'qcow2/data-file-missing',
  severity: 'error',
  depth: 'header',
  title: 'The external data file is not there',
  spec: DATA_FILE,
  repair: 'none',
  message: ({ reason }) => `the guest data are out of reach: ${reason}`,
  explanation: {
    what: 'The external data file that the image names could not be opened. (Where it may be there, but was not opened because of where it lies, this is a warning.)',
    why: 'All guest data are in that file; without it there is only the map.',
    how: 'The image was copied or moved without its data file, or names it by a path of another machine.',
    readers: 'qemu refuses to open the image.',
    repair: 'Put the data file where the image names it, or set the right name (qemu-img amend).',
  },
  check({ file, extensions, dataFile }, tell) {
    if (dataFile === null || dataFile.name === null || dataFile.reason === null) return;
    if (dataFile.state === 'not-followed') return;
    const record = dataFile.record;
    const index = record === null ? 0 : extensions.records.indexOf(record);
    const at = {
      file,
      offset: record?.offset ?? null,
      length: null,
      field: `header_extensions[${index}].data`,
    };
    tell({
      at,
      data: { reason: dataFile.reason },
      ...(isWithheld(dataFile.state) ? { severity: 'warning' } : {}),
      actual: dataFile.name,
    });
  },
});

/** A data file that ends too early. */
export const dataFileShort = defineRule<Qcow2Image, { readonly size: number; readonly needed: number }>({
  id: 'qcow2/data-file-short',
  severity: 'error',
  depth: 'metadata',
  title: 'The external data file is too short',
  spec: DATA_FILE,
  repair: 'none',
  message: ({ size, needed }) =>
    `the data file has ${size} bytes, but guest data are mapped up to byte ${needed}`,
  explanation: {
    what: 'The L2 tables map guest clusters behind the end of the external data file.',
    why: 'Guest data there are lost: they read as zeros or fail.',
    how: 'The data file was cut off by a broken copy or a full disk, or it is the wrong file.',
    readers: 'qemu reads zeros; qemu-img check does not look at the length.',
    repair: 'Copy the data file again from its source.',
  },
  async check(image, tell) {
    const source = image.dataFile?.file?.source ?? null;
    if (source === null || image.dataFile?.file == null) return;
    const { storedEnd } = await image.activeScan();
    const needed = Math.min(storedEnd, image.size);
    if (needed <= source.size) return;
    const at = { file: image.dataFile.file, offset: source.size, length: null, field: null };
    tell({ at, data: { size: source.size, needed }, expected: `>= ${needed}`, actual: String(source.size) });
  },
});

/** A guest cluster at another place of the data file. */
export const dataFileOffsetMismatch = defineRule<
  unknown,
  { readonly entry: string; readonly target: string; readonly guest: number }
>({
  id: 'qcow2/data-file-offset-mismatch',
  severity: 'error',
  depth: 'metadata',
  title: 'A guest cluster lies at the wrong place of the data file',
  spec: DATA_FILE,
  repair: 'safe',
  message: ({ entry, target, guest }) =>
    `${entry} points at byte ${target} of the data file, but the guest cluster lies at byte ${guest}`,
  explanation: {
    what: 'With an external data file each guest cluster lies at its own position; an L2 entry says another one.',
    why: 'Reading the cluster fails, and read as a raw disk the file gives other data than through the image.',
    how: 'A damaged entry, or a feature bit that was set on an image with data of its own.',
    readers: 'qemu reports the cluster as corrupt when it is read; qemu-img check does not notice.',
    repair: 'Set the position to that of the guest cluster.',
  },
});

/** COPIED with an external data file. */
export const dataFileCopied = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/data-file-copied',
  severity: 'warning',
  depth: 'metadata',
  title: 'COPIED is clear on a cluster of the data file',
  spec: DATA_FILE,
  repair: 'safe',
  message: ({ entry }) =>
    `${entry} has COPIED clear, but clusters of an external data file have one reference always`,
  explanation: {
    what: 'Bit 63 of an L2 entry should be set on every allocated cluster of an external data file, which is never shared.',
    why: 'Guest data are right; a writer may refuse or copy the cluster needlessly.',
    how: 'A writer that does not know the rule, or a damaged entry.',
    readers: 'qemu reads the cluster; qemu-img check counts an error.',
    repair: 'Set the bit.',
  },
});
