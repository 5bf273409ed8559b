import { describeBreach } from '../../../../../model/rule.ts';
import { findProperty } from '../../../descriptor/descriptor.ts';
import { fieldFault } from '../../field-fault.ts';
import { defineHostedRules } from './define.ts';

const HEADER = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, SparseExtentHeader';

export const headerRules = defineHostedRules({
  'vmdk4/magic': {
    severity: 'error',
    depth: 'header',
    title: 'The extent does not begin with KDMV',
    spec: `${HEADER}, magicNumber`,
    repair: 'lossy',
    message: ({ field, actual }) =>
      `${field} is ${actual}, must be "KDMV"${/6b ?64 ?6d ?76|kdmv/i.test(actual) ? '; lower-case letters are what an unfinished writer leaves' : ''}`,
  },
  'vmdk4/header-truncated': {
    severity: 'error',
    depth: 'header',
    title: 'The file is shorter than its header',
    spec: HEADER,
    repair: 'none',
    message: ({ field }) =>
      `the file ends inside its header, before the end of ${field}; a header has 512 bytes`,
  },
  'vmdk4/version-unsupported': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown version of the hosted sparse layout',
    spec: `${HEADER}, version`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk4/version-flag-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'Version and flags do not fit together',
    spec: `${HEADER}, version and flags`,
    repair: 'safe',
    message: describeBreach,
    check(
      {
        extent: {
          headers: { header },
        },
        image: { descriptor },
      },
      tell,
    ) {
      const isTracked = descriptor !== null && findProperty(descriptor, 'changeTrackPath') !== undefined;
      const { version, flags } = header.fields;
      if (flags.zeroedGrain && version === 1)
        tell(fieldFault(header, 'version', '2 with zeroed grains (flag bit 2)', '1'));
      if (flags.markers && version === 2)
        tell(fieldFault(header, 'version', '3 with markers (flag bit 17)', '2'));
      if (version === 3 && !flags.compressed && !isTracked) {
        const expected = '1 or 2 without compression and changed block tracking';
        tell(fieldFault(header, 'version', expected, '3', 'info'));
      }
    },
  },
  'vmdk4/flags-unknown-incompatible': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown flags that a reader must not ignore',
    spec: `${HEADER}, flags`,
    repair: 'none',
    message: ({ field, actual }) => `${field} is ${actual}: no document defines any of the bits 18 to 31`,
  },
  'vmdk4/flags-unknown-compatible': {
    severity: 'info',
    depth: 'header',
    title: 'Unknown flags that a reader may ignore',
    spec: `${HEADER}, flags`,
    repair: 'none',
    message: ({ field, actual }) => `${field} is ${actual}: no document defines any of the bits 3 to 15`,
  },
  'vmdk4/markers-without-compression': {
    severity: 'error',
    depth: 'header',
    title: 'Markers are promised where nothing is compressed',
    spec: `${HEADER}, flags bits 16 and 17`,
    repair: 'none',
    message: () =>
      'flags say that grains have markers (bit 17) and are not compressed (bit 16), which cannot be',
  },
  'vmdk4/compressed-without-markers': {
    severity: 'warning',
    depth: 'header',
    title: 'Compressed grains without markers',
    spec: `${HEADER}, flags bits 16 and 17`,
    repair: 'none',
    message: () =>
      'flags say that grains are compressed (bit 16) and have no markers (bit 17): readers disagree how such grains begin',
  },
  'vmdk4/compression-flag-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'Flags and algorithm disagree whether grains are compressed',
    spec: `${HEADER}, flags bit 16 and compressAlgorithm`,
    repair: 'decision',
    derivedFrom: ['vmdk4/compression-unknown', 'vmdk4/markers-without-compression'],
    message: describeBreach,
    check({ extent }, tell) {
      const { flags, compressAlgorithm } = extent.headers.current.fields;
      if (!extent.agrees(({ flags: { compressed }, compressAlgorithm: by }) => `${compressed} ${by}`)) return;
      if (flags.compressed === (compressAlgorithm === 1)) return;
      const expected = flags.compressed ? '1 (flag bit 16 is set)' : '0 (flag bit 16 is clear)';
      tell(fieldFault(extent.headers.current, 'compress_algorithm', expected, String(compressAlgorithm)));
    },
  },
  'vmdk4/compression-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown compression algorithm',
    spec: `${HEADER}, compressAlgorithm`,
    repair: 'none',
    message: describeBreach,
  },
  'vmdk4/newline-damage': {
    severity: 'error',
    depth: 'header',
    title: 'A transfer in text mode changed the file',
    spec: `${HEADER}, singleEndLineChar to doubleEndLineChar2`,
    repair: 'none',
    message: ({ field, actual }) => `${field} is ${actual}, must be 0a 20 0d 0a: ${describeTransfer(actual)}`,
  },
  'vmdk4/newline-flag-unset': {
    severity: 'info',
    depth: 'header',
    title: 'Damage by text-mode transfer could not be noticed',
    spec: `${HEADER}, flags bit 0`,
    repair: 'safe',
    message: () =>
      'flag bit 0 is clear: the header contains no bytes that would reveal a transfer in text mode',
  },
  'vmdk4/pad-nonzero': {
    severity: 'info',
    depth: 'header',
    title: 'The rest of the header is not zero',
    spec: `${HEADER}, pad`,
    repair: 'lossy',
    derivedFrom: ['vmdk4/newline-damage'],
    message: ({ field }) => `${field} must be zeros and is not`,
  },
  'vmdk4/unclean-shutdown': {
    severity: 'warning',
    depth: 'header',
    title: 'The extent was not closed cleanly',
    spec: `${HEADER}, uncleanShutdown`,
    repair: 'lossy',
    message: ({ field, actual }) =>
      `${field} is ${actual}: the program that had the extent open last did not close it`,
    check({ extent }, tell) {
      const { header } = extent.headers;
      const value = header.fields.uncleanShutdown;
      if (value === 0 || !header.isTrusted) return;
      const severity = value === 1 ? 'warning' : 'error';
      tell(fieldFault(header, 'unclean_shutdown', '0', String(value), severity));
    },
  },
});

/** What a transfer must have done for the detector to have these bytes. */
function describeTransfer(bytes: string): string {
  if (/^0d 0a 20/i.test(bytes)) return 'line feeds became carriage return and line feed';
  if (/^0a 20 0a/i.test(bytes)) return 'carriage return and line feed became line feeds';
  if (/^0d 20 0d/i.test(bytes)) return 'line feeds became carriage returns';
  return 'the bytes were overwritten, or changed in a way that is not known';
}
