import { sectorsAre } from './counts.ts';
import type { FileFindings } from '../../model/file-findings.ts';
import type { Findings } from '../../model/findings.ts';
import type { ProblemSink } from '../../model/problem.ts';
import { defineRules } from '../../model/rule.ts';
import { indexRules, RuleFindings } from '../../model/rule-findings.ts';

/** The rules of family `file`, which any format may raise. */
export const fileRuleTable = defineRules<unknown, FileFindings>()({
  /** A file with no bytes, or fewer than the smallest header of the format it is taken for. */
  'file/empty': {
    severity: 'error',
    depth: 'header',
    title: 'The file is empty or too small to be an image',
    spec: 'Header sections of VMDK 5.0, VHD 1.0 and the qcow2 specification: the smallest structures',
    repair: 'none',
    message: ({ size, format, smallest }) =>
      size === 0 || smallest === null
        ? `the file has ${size} bytes, so there is nothing to read`
        : `the file has ${size} bytes, but the smallest ${format ?? 'image'} needs ${smallest}`,
  },
  /** Bytes that no format's marks are found in. */
  'file/unknown-format': {
    severity: 'error',
    depth: 'header',
    title: 'No mark of a disk image format is found',
    spec: 'Magic numbers of VMDK 5.0, VHD 1.0 and the qcow2 specification',
    repair: 'none',
    message: ({ reason }) => reason,
  },
  /** A path that is no regular file. */
  'file/not-regular': {
    severity: 'warning',
    depth: 'header',
    title: 'Not a regular file',
    spec: 'POSIX.1-2017, stat(): file types',
    repair: 'none',
    message: ({ reason }) => reason,
  },
  /** Bytes that the system did not hand out. */
  'file/read-error': {
    severity: 'error',
    depth: 'header',
    title: 'The file could not be read to its end',
    spec: 'POSIX.1-2017, read(): EIO, and fewer bytes than stat() promised',
    repair: 'none',
    message: ({ reason }) => reason,
  },
  /** A file that was written to while it was checked. */
  'file/changed-during-check': {
    severity: 'error',
    depth: 'header',
    title: 'The file changed while it was being checked',
    spec: 'POSIX.1-2017, stat(): size, time of change, inode',
    repair: 'none',
    message: () => 'the file changed while it was read, so findings may mix an older and a newer state of it',
  },
  /** A file that should consist of whole sectors and does not. */
  'file/size-not-sector-multiple': {
    severity: 'warning',
    depth: 'header',
    title: 'The file does not end at a sector boundary',
    // A footer of 511 bytes is the legal case; a footer that is cut off or gone says the same more precisely.
    derivedFrom: ['vhd/footer-short', 'vhd/footer-truncated', 'vhd/footer-missing'],
    spec: 'VMDK 5.0 and VHD 1.0: all structures are whole 512-byte sectors',
    repair: 'lossy',
    message: ({ size }) =>
      `the file has ${size} bytes: ${size % 512} bytes more than ${Math.floor(size / 512)} whole sectors`,
  },
  /** A file that satisfies the recognition of more than one format. */
  'file/polyglot-magic': {
    severity: 'warning',
    depth: 'header',
    title: 'The file bears the marks of more than one format',
    derivedFrom: ['policy/polyglot', 'policy/guest-header-in-flat'],
    spec: 'Magic numbers of VMDK 5.0, VHD 1.0 and the qcow2 specification',
    repair: 'none',
    message: ({ format, others }) =>
      `checked as ${format}, but the file also bears the marks of ${others.join(' and ')}`,
  },
  /** A file name that promises another format. */
  'file/extension-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'The file name promises another format',
    spec: 'Customary file name endings',
    repair: 'safe',
    message: ({ extension, format }) => `the name ends in .${extension}, but the content is ${format}`,
  },
  /** A count in the image that is larger than what the checker works through. */
  'file/limit-exceeded': {
    severity: 'error',
    depth: 'header',
    title: 'A limit of the checker was reached',
    spec: 'Limits of vdcheck',
    repair: 'none',
    message: ({ what, count, limit }) => `${what}: ${count}, more than the ${limit} that are looked at`,
  },
  /** What structures leave over in their room. */
  'file/hidden-nonzero-slack': {
    severity: 'info',
    depth: 'data',
    title: 'Padding is not zero',
    spec: 'VMDK 5.0, VHD 1.0 and the qcow2 specification: structures take whole sectors or clusters',
    repair: 'lossy',
    message: ({ first, sectors }) =>
      `of the room that structures leave over, ${sectorsAre(sectors)} not zero, first at byte ${first}`,
  },
  /** An image that ended its opening without a finding that says why. */
  'file/unreadable': {
    severity: 'error',
    depth: 'header',
    title: 'The image is too damaged to be opened',
    spec: 'Every structure that the disk depends on',
    repair: 'none',
    message: ({ reason }) => reason,
  },
});

/** The same by id. */
export const fileRuleIndex = indexRules(fileRuleTable);

/** The same as a list. */
export const fileRules = [...fileRuleIndex.values()];

/** The door for findings about files before any format is known. */
export function fileFindings(problems: ProblemSink): Findings<FileFindings> {
  return new RuleFindings(fileRuleIndex, problems);
}
