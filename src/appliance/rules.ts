import { RuleFindings, indexRules } from '../model/rule-findings.ts';
import type { Findings } from '../model/findings.ts';
import type { ProblemSink } from '../model/problem.ts';
import { defineRules } from '../model/rule.ts';

/** What can be found out about an archive and its members. */
export interface ArchiveFindings {
  'archive/digest-mismatch': { readonly name: string; readonly algorithm: string };
  'archive/member-missing': { readonly name: string; readonly namedBy: string };
  /** Bytes; `of` says what is of the wrong size. */
  'archive/ovf-size-mismatch': {
    readonly name: string;
    readonly of: 'file' | 'disk';
    readonly stated: number;
    readonly found: number;
  };
  'archive/ovf-not-first': { readonly first: string };
  'archive/cut': { readonly reason: string };
}

const OVF = 'DMTF DSP0243, Open Virtualization Format 2.1';

/** The rules of family `archive`. */
const archiveRuleTable = defineRules<unknown, ArchiveFindings>()({
  'archive/digest-mismatch': {
    severity: 'error',
    depth: 'data',
    title: 'A member is not what the manifest says',
    spec: `${OVF}, 5.1: OVF package, manifest`,
    repair: 'none',
    message: ({ name, algorithm }) =>
      `the ${algorithm.toUpperCase()} digest of ${JSON.stringify(name)} is not that of the manifest`,
  },
  'archive/member-missing': {
    severity: 'error',
    depth: 'header',
    title: 'A file of the appliance is missing',
    spec: `${OVF}, 7.1: References`,
    repair: 'none',
    message: ({ name, namedBy }) =>
      `the ${namedBy} names ${JSON.stringify(name)}, which is not in the archive`,
  },
  'archive/ovf-size-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'The OVF gives another size',
    spec: `${OVF}, 7.1: References, size; 9.1: DiskSection, capacity`,
    repair: 'safe',
    message: ({ name, of, stated, found }) =>
      of === 'file'
        ? `${JSON.stringify(name)} has ${stated} bytes by the OVF and ${found} in the archive`
        : `the disk in ${JSON.stringify(name)} has ${stated} bytes by the OVF and ${found} by itself`,
  },
  'archive/ovf-not-first': {
    severity: 'warning',
    depth: 'header',
    title: 'The OVF is not the first member',
    spec: `${OVF}, 5.3: distribution as a single file`,
    repair: 'none',
    message: ({ first }) => `the archive begins with ${JSON.stringify(first)} instead of its OVF descriptor`,
  },
  'archive/cut': {
    severity: 'error',
    depth: 'header',
    title: 'The archive is cut off or damaged',
    spec: 'POSIX.1-2017, pax: ustar interchange format',
    repair: 'none',
    message: ({ reason }) => `the list of members ends early: ${reason}`,
  },
});

const index = indexRules(archiveRuleTable);

/** The same as a list. */
export const archiveRules = [...index.values()];

/** The door for findings about archives. */
export function archiveFindings(problems: ProblemSink): Findings<ArchiveFindings> {
  return new RuleFindings(index, problems);
}
