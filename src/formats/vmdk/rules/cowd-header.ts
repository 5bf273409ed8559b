import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding, Severity } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { contentId, findProperty, namesParent } from '../descriptor/descriptor.ts';
import type { CowdExtent } from '../extents/cowd.ts';
import type { VmdkImage } from '../image.ts';
import { defineFieldRule, type FieldFault, type FieldRule } from './field-rule.ts';

const HEADER = 'VMware Virtual Disk Format 5.0, ESX Server Sparse Extents, COWDisk_Header';

/** The COWD extents of an image. */
export function cowdExtents(image: VmdkImage): readonly CowdExtent[] {
  return image.cowdExtents;
}

/** A finding at a field of a COWD header. */
function cowdFault(
  { file, header }: CowdExtent,
  field: Parameters<CowdExtent['header']['at']>[0],
  expected: string,
  actual: number,
  severity?: Severity,
): Finding<FieldFault> {
  const span = header.at(field);
  const fault = { expected, actual: String(actual) };
  const path = `header.${field}`;
  return {
    at: { file, offset: span?.offset ?? 0, length: span?.size ?? 4, field: path },
    data: { field: path, ...fault },
    ...fault,
    ...(severity === undefined ? {} : { severity }),
  };
}

/** The first four bytes are not COWD. */
export const cowdMagic: FieldRule = defineFieldRule({
  id: 'vmdk3/magic',
  severity: 'error',
  depth: 'header',
  title: 'The extent does not begin with COWD',
  spec: `${HEADER}, magicNumber`,
  repair: 'none',
  explanation: {
    what: 'A copy-on-write extent of ESX begins with the letters COWD; this one does not, though other marks of it are there.',
    why: 'Readers do not recognise the snapshot, and what the guest wrote since it was taken cannot be read.',
    how: 'The first sector was overwritten.',
    readers: 'All readers refuse it.',
    repair: 'If the rest of the header is sound the four bytes can be written back.',
  },
});

/** The file is shorter than a header. */
export const cowdHeaderTruncated: FieldRule = defineFieldRule({
  id: 'vmdk3/header-truncated',
  severity: 'error',
  depth: 'header',
  title: 'The file is shorter than its header',
  spec: HEADER,
  repair: 'none',
  message: ({ field }) =>
    `the file ends inside its header, before the end of ${field}; a COWD header has 2048 bytes`,
  explanation: {
    what: 'The header of a COWD extent has 2048 bytes, and the file ends before them.',
    why: 'Neither the size of the disk nor the place of its tables is known.',
    how: 'A copy that broke off at once.',
    readers: 'QEMU refuses it.',
    repair: 'Restore the file from its source.',
  },
});

/** A version that nobody defined. */
export const cowdVersion: FieldRule = defineFieldRule({
  id: 'vmdk3/version',
  severity: 'error',
  depth: 'header',
  title: 'Unknown version of the COWD layout',
  spec: `${HEADER}, version`,
  repair: 'none',
  explanation: {
    what: 'The version is not 1, the only one there is.',
    why: 'What the fields mean is not known for another one.',
    how: 'A damaged header.',
    readers: 'QEMU pays no attention to it.',
    repair: 'Restore the file from its source.',
  },
});

/** Flags that nobody defined. */
export const cowdFlags: FieldRule = defineFieldRule({
  id: 'vmdk3/flags',
  severity: 'warning',
  depth: 'header',
  title: 'Unknown flags in a COWD header',
  spec: `${HEADER}, flags`,
  repair: 'none',
  explanation: {
    what: 'The flags are not 3, the only value that is documented.',
    why: "The guest's data is probably as usual; what another value means is not known.",
    how: 'A damaged header, or a version of ESX that nobody described.',
    readers: 'QEMU pays no attention to it.',
    repair: 'Nothing can be done without knowing what the value means.',
  },
});

/** No sectors. */
export const cowdCapacityZero: FieldRule = defineFieldRule({
  id: 'vmdk3/capacity-zero',
  severity: 'error',
  depth: 'header',
  title: 'The extent has no sectors',
  spec: `${HEADER}, numSectors`,
  repair: 'none',
  explanation: {
    what: 'numSectors is 0.',
    why: 'The guest sees no disk.',
    how: 'A damaged header.',
    readers: 'QEMU opens it as an empty extent.',
    repair: 'The extent line of the descriptor has the size.',
  },
});

/** A grain size that cannot be, or an unusual one. */
export const cowdGrainSize: FieldRule = defineFieldRule({
  id: 'vmdk3/grain-size-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The grain size of a COWD extent cannot be',
  spec: `${HEADER}, grainSize`,
  repair: 'none',
  message: ({ field, actual, expected }) =>
    `${field} is ${actual}, must be ${expected.startsWith('at') ? expected : 'a power of two'}`,
  explanation: {
    what: 'The grain size is 0 or not a power of two. ESX uses 1 sector, and more than 128 is not known.',
    why: "Every position on the guest's disk is computed from it.",
    how: 'A damaged header.',
    readers: 'A grain size of 0 ends QEMU with a division by zero.',
    repair: 'Restore the header; 1 is the usual value.',
  },
  check(image, tell) {
    for (const extent of cowdExtents(image))
      if (extent.geometry !== null && extent.header.grainSize > 128)
        tell(
          cowdFault(
            extent,
            'grain_size',
            'at most 128, as far as is known',
            extent.header.grainSize,
            'warning',
          ),
        );
  },
});

/** The directory is not where it should be. */
export const cowdGdOffset: FieldRule = defineFieldRule({
  id: 'vmdk3/gd-offset-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The grain directory is not where it can be',
  spec: `${HEADER}, gdOffset`,
  repair: 'none',
  explanation: {
    what: 'The grain directory would lie inside the header or outside the file. It begins at sector 4 in all known files.',
    why: 'Without it no grain is found, and the snapshot looks empty.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'QEMU reads what is there, or zeros.',
    repair: 'If a directory is at sector 4 write that number.',
  },
  check(image, tell) {
    for (const extent of cowdExtents(image)) {
      const { geometry, header, source } = extent;
      if (geometry === null || header.gdOffset < 4) continue;
      const end = geometry.gdOffset + Math.min(geometry.tables, header.numGdEntries) * 4;
      if (end > source.size)
        tell(
          cowdFault(
            extent,
            'gd_offset',
            `a directory that ends before byte ${source.size}, where the file does`,
            header.gdOffset,
          ),
        );
      else if (header.gdOffset !== 4)
        tell(cowdFault(extent, 'gd_offset', '4, as in all known files', header.gdOffset, 'info'));
    }
  },
});

/** The directory has another number of entries than the disk needs. */
export const cowdGdEntries: FieldRule = defineFieldRule({
  id: 'vmdk3/gd-entries-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'The grain directory does not fit the capacity',
  spec: `${HEADER}, numGDEntries`,
  repair: 'safe',
  explanation: {
    what: 'The directory needs an entry for every 4096 grains of the disk, and the header gives it another number.',
    why: 'With fewer entries the end of the disk cannot be reached.',
    how: 'A damaged header, or a disk that was made larger by hand.',
    readers: 'QEMU fails for what is behind the last entry.',
    repair: 'Write the number that the capacity asks for, if the directory has the room.',
  },
  check(image, tell) {
    for (const extent of cowdExtents(image)) {
      const { geometry, header } = extent;
      // Too few is what the spec finds.
      if (geometry === null || header.numGdEntries <= geometry.tables) continue;
      tell(cowdFault(extent, 'num_gd_entries', String(geometry.tables), header.numGdEntries, 'warning'));
    }
  },
});

/** The extent was not closed. */
export const cowdUncleanShutdown: FieldRule = defineFieldRule({
  id: 'vmdk3/unclean-shutdown',
  severity: 'warning',
  depth: 'header',
  title: 'The extent was not closed cleanly',
  spec: `${HEADER}, uncleanShutdown`,
  repair: 'lossy',
  message: ({ field, actual }) => `${field} is ${actual}: whoever had the extent open last did not close it`,
  explanation: {
    what: 'The header says that the extent is open for writing, or it was when its user died.',
    why: 'Tables may be behind the data, so that what the guest wrote last may be missing.',
    how: 'A host that crashed, or a copy made while the machine was running.',
    readers: 'QEMU pays no attention to it; ESX checks the tables.',
    repair: 'Make sure that nobody uses the disk, check its tables, and clear the field.',
  },
});

/** The name of the parent is not the descriptor's. */
export const cowdParentName: RaisableRule<VmdkImage, { readonly name: string; readonly hint: string }> =
  defineRule<VmdkImage, { readonly name: string; readonly hint: string }>({
    id: 'vmdk3/parent-name-mismatch',
    severity: 'info',
    depth: 'header',
    title: 'Header and descriptor name different parents',
    spec: `${HEADER}, parentFileName`,
    repair: 'safe',
    message: ({ name, hint }) =>
      `the header names ${JSON.stringify(name)} as parent, the descriptor ${JSON.stringify(hint)}`,
    explanation: {
      what: "The header of a COWD extent has room for the parent's name. It is mostly empty; here it is not what the descriptor says.",
      why: "Readers go by the descriptor, so the guest's data is not concerned.",
      how: 'A disk that was renamed or moved.',
      readers: 'QEMU and ESX use the descriptor.',
      repair: 'Clear the name in the header.',
    },
    check(image, tell) {
      const hint =
        image.descriptor === null
          ? undefined
          : findProperty(image.descriptor, 'parentFileNameHint')?.value.text;
      if (image.descriptor === null || hint === undefined || !namesParent(image.descriptor)) return;
      for (const { file, header } of cowdExtents(image)) {
        const bytes = header.parentFileName;
        const end = bytes.indexOf(0);
        const name = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
        if (name === '' || name === hint) continue;
        const span = header.at('parent_file_name');
        const at = { file, offset: span?.offset ?? 0, length: name.length, field: 'header.parent_file_name' };
        tell({ at, expected: hint, actual: name, data: { name, hint } });
      }
    },
  });

/** A delta without a parent. */
export const cowdNoParent: RaisableRule<VmdkImage, null> = defineRule<VmdkImage, null>({
  id: 'vmdk3/no-parent',
  severity: 'warning',
  depth: 'header',
  title: 'A snapshot that names no parent',
  spec: 'VMware Virtual Disk Format 5.0, createType vmfsSparse and parentCID',
  repair: 'decision',
  message: () =>
    'the disk consists of COWD extents, which hold only differences, but its descriptor names no parent',
  explanation: {
    what: 'ESX uses COWD extents for snapshots alone; the descriptor of this one says that there is no disk below it.',
    why: 'Everything that was not written since the snapshot reads as zeros.',
    how: 'A descriptor that was made anew after the old one was lost.',
    readers: 'All readers show zeros.',
    repair: 'Find the parent and write its content id and name into the descriptor.',
  },
  check(image, tell) {
    const { descriptor } = image;
    if (descriptor === null || contentId(descriptor, 'parentCID') === null || namesParent(descriptor)) return;
    const property = findProperty(descriptor, 'parentCID');
    const [extent] = cowdExtents(image);
    if (extent === undefined || property === undefined) return;
    const { span } = property.value;
    const at = {
      file: descriptor.place.file,
      offset: span.offset,
      length: span.length,
      field: 'descriptor.parentCID',
    };
    tell({ at, actual: property.value.text, data: null });
  },
});

/** The rest of the directory's last sector holds something. */
export const cowdGdPadding: RaisableRule<VmdkImage, { readonly bytes: number }> = defineRule<
  VmdkImage,
  { readonly bytes: number }
>({
  id: 'vmdk3/gd-padding-nonzero',
  severity: 'info',
  depth: 'metadata',
  title: 'The rest of the grain directory is not zero',
  spec: `${HEADER}, grain directory`,
  repair: 'lossy',
  derivedFrom: ['vmdk3/gd-entries-mismatch', 'vmdk3/gd-offset-invalid'],
  message: ({ bytes }) => `${bytes} bytes behind the last entry of the grain directory are not all zero`,
  explanation: {
    what: "What is left of the directory's last sector behind its last entry should be zeros.",
    why: 'The guest never sees it.',
    how: 'A writer that did not clear its buffer, or entries of a disk that was larger.',
    readers: 'All readers ignore it.',
    repair: 'Write zeros.',
  },
  async check(image, tell) {
    for (const { file, source, geometry } of cowdExtents(image)) {
      if (geometry === null) continue;
      const end = geometry.gdOffset + geometry.tables * 4;
      const bytes = (SECTOR_SIZE - (end % SECTOR_SIZE)) % SECTOR_SIZE;
      const rest = await readAvailable(source, fileOffset(end), bytes);
      if (rest.some((byte) => byte !== 0))
        tell({ at: { file, offset: end, length: bytes, field: 'gd' }, data: { bytes } });
    }
  },
});

/** The rules that the spec of the COWD header names. */
export const cowdSpecRules: readonly FieldRule[] = [
  cowdMagic,
  cowdHeaderTruncated,
  cowdVersion,
  cowdFlags,
  cowdCapacityZero,
  cowdGrainSize,
  cowdGdOffset,
  cowdGdEntries,
  cowdUncleanShutdown,
];
