import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import { describeBreach } from '../../../../../model/rule.ts';
import { contentId, findProperty, namesParent } from '../../../descriptor/descriptor.ts';
import { fieldFault } from '../../field-fault.ts';
import { defineCowdRules } from './define.ts';

const HEADER = 'VMware Virtual Disk Format 5.0, ESX Server Sparse Extents, COWDisk_Header';

/** Entries of the largest directory that QEMU opens (128 MiB). */
const MAX_GD_ENTRIES = 33_554_432;

export const headerRules = defineCowdRules({
  'vmdk3/magic': {
    severity: 'error',
    depth: 'header',
    title: 'The extent does not begin with COWD',
    spec: `${HEADER}, magicNumber`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk3/header-truncated': {
    severity: 'error',
    depth: 'header',
    title: 'The file is shorter than its header',
    spec: HEADER,
    repair: 'none',
    message: ({ field }) =>
      `the file ends inside its header, before the end of ${field}; a COWD header has 2048 bytes`,
  },
  'vmdk3/version': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version of the COWD layout',
    spec: `${HEADER}, version`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk3/flags': {
    severity: 'warning',
    depth: 'header',
    title: 'Unknown flags in a COWD header',
    spec: `${HEADER}, flags`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk3/capacity-zero': {
    severity: 'error',
    depth: 'header',
    title: 'The extent has no sectors',
    spec: `${HEADER}, numSectors`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk3/grain-size-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The grain size of a COWD extent cannot be',
    spec: `${HEADER}, grainSize`,
    repair: 'none',
    message: ({ field, actual, expected }) =>
      `${field} is ${actual}, must be ${expected.startsWith('at') ? expected : 'a power of two'}`,
    check({ extent }, tell) {
      const { geometry, header } = extent;
      const actual = header.fields.grainSize;
      if (geometry !== null && actual > 128)
        tell(fieldFault(header, 'grain_size', 'at most 128, as far as is known', String(actual), 'warning'));
    },
  },
  'vmdk3/gd-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The grain directory is not where it can be',
    spec: `${HEADER}, gdOffset`,
    repair: 'none',
    message: describeBreach,
    check({ extent }, tell) {
      const { geometry, header, source } = extent;
      const { gdOffset, numGdEntries } = header.fields;
      if (geometry === null || gdOffset < 4) return;
      const actual = String(gdOffset);
      const end = geometry.gdOffset + Math.min(geometry.tables, numGdEntries) * 4;
      const expected = `a directory that ends before byte ${source.size}, where the file does`;
      if (end > source.size) tell(fieldFault(header, 'gd_offset', expected, actual));
      else if (gdOffset !== 4)
        tell(fieldFault(header, 'gd_offset', '4, as in all known files', actual, 'info'));
    },
  },
  'vmdk3/gd-entries-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'The grain directory does not fit the capacity',
    spec: `${HEADER}, numGDEntries`,
    repair: 'safe',
    message: describeBreach,
    check({ extent }, tell) {
      const { geometry, header, source } = extent;
      const { numGdEntries } = header.fields;
      // Too few is what the spec finds.
      if (geometry === null || numGdEntries <= geometry.tables) return;
      const expected = String(geometry.tables);
      const isBeyond = geometry.gdOffset + 4 * numGdEntries > source.size || numGdEntries > MAX_GD_ENTRIES;
      const severity = isBeyond ? 'error' : 'warning';
      tell(fieldFault(header, 'num_gd_entries', expected, String(numGdEntries), severity));
    },
  },
  'vmdk3/unclean-shutdown': {
    severity: 'warning',
    depth: 'header',
    title: 'The extent was not closed cleanly',
    spec: `${HEADER}, uncleanShutdown`,
    repair: 'lossy',
    message: ({ field, actual }) =>
      `${field} is ${actual}: the program that had the extent open last did not close it`,
  },
  'vmdk3/parent-name-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'Header and descriptor name different parents',
    spec: `${HEADER}, parentFileName`,
    repair: 'safe',
    message: ({ name, hint }) =>
      `the header names ${JSON.stringify(name)} as parent, the descriptor ${JSON.stringify(hint)}`,
    check({ extent: { header }, image: { descriptor } }, tell) {
      if (descriptor === null || !namesParent(descriptor)) return;
      const hint = findProperty(descriptor, 'parentFileNameHint')?.value.text;
      const bytes = header.fields.parentFileName;
      const end = bytes.indexOf(0);
      const name = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
      if (hint === undefined || name === '' || name === hint) return;
      const at = { ...header.at('parent_file_name'), length: name.length };
      tell({ at, expected: hint, actual: name, data: { name, hint } });
    },
  },
  'vmdk3/no-parent': {
    severity: 'warning',
    depth: 'header',
    title: 'A snapshot that names no parent',
    spec: 'VMware Virtual Disk Format 5.0, createType vmfsSparse and parentCID',
    repair: 'decision',
    message: () =>
      'the disk consists of COWD extents, which contain only differences, but its descriptor names no parent',
    check({ extent, image: { descriptor, cowdExtents } }, tell) {
      // Once for all extents.
      if (cowdExtents[0] !== extent) return;
      if (descriptor === null || contentId(descriptor, 'parentCID') === null || namesParent(descriptor))
        return;
      const value = findProperty(descriptor, 'parentCID')?.value;
      if (value === undefined) return;
      const at = { file: descriptor.place.file, ...value.span, field: 'descriptor.parentCID' };
      tell({ at, actual: value.text, data: null });
    },
  },
  'vmdk3/gd-padding-nonzero': {
    severity: 'info',
    depth: 'metadata',
    title: 'The rest of the grain directory is not zero',
    spec: `${HEADER}, grain directory`,
    repair: 'lossy',
    derivedFrom: ['vmdk3/gd-entries-mismatch', 'vmdk3/gd-offset-invalid'],
    message: ({ bytes }) => `${bytes} bytes after the last entry of the grain directory are not all zero`,
    async check({ extent }, tell) {
      const { file, source, geometry } = extent;

      if (geometry === null) return;
      const end = geometry.gdOffset + geometry.tables * 4;
      const bytes = (SECTOR_SIZE - (end % SECTOR_SIZE)) % SECTOR_SIZE;
      const rest = await readAvailable(source, fileOffset(end), bytes);
      if (rest.some((byte) => byte !== 0))
        tell({ at: { file, offset: end, length: bytes, field: 'gd' }, data: { bytes } });
    },
  },
});
