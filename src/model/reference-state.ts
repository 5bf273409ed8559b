import type { Severity } from './rule-info.ts';

/** What became of a file that an image names. */
export type ReferenceState =
  /** The image names none. */
  | 'none'
  | 'opened'
  /** The caller wants no other files. */
  | 'not-followed'
  /** A folder that was looked into does not have it. */
  | 'missing'
  /** It is outside the folder of the image, or below it only by way of a link; it was not touched. */
  | 'outside'
  /** The name is none that anything can have: empty, or with control characters. */
  | 'refused'
  /** A device, a pipe or a socket. */
  | 'device'
  /** A raw device mapping of a hypervisor: only formats can tell, by the type of an extent. */
  | 'rdm'
  /** An object of a datastore that is no file: vSAN, vVol. */
  | 'datastore-object'
  /** A protocol that is not followed, or another machine. */
  | 'protocol'
  /** This program may not read it. */
  | 'forbidden'
  /** This program has too many files open. */
  | 'too-many-files'
  /** The system failed to read it. */
  | 'read-error'
  /** A layer of the chain already. */
  | 'cycle'
  | 'too-deep'
  /** What it is, or something that it uses, is not supported by this program. */
  | 'unsupported'
  /**
   * It was opened, and is not what it should be; or it could not be opened for a reason that none of the others is.
   */
  | 'unreadable';

/** What a check says of a file that an image names and that is not open. */
export interface ReferenceVerdict {
  /**
   * `missing`: it was looked for and is missing, or is not what it must be, which is damage. `not-opened`: it was
   * not looked at, so that nothing is known of it.
   */
  readonly finding: 'missing' | 'not-opened';
  readonly severity: Severity;
}

const MISSING: ReferenceVerdict = { finding: 'missing', severity: 'error' };
const NOT_OPENED: ReferenceVerdict = { finding: 'not-opened', severity: 'info' };

/** The one place that says which outcomes are damage; each format has a rule for either finding. */
const VERDICTS: Readonly<Record<ReferenceState, ReferenceVerdict | null>> = {
  none: null,
  opened: null,
  // A chain has rules of its own for these two.
  cycle: null,
  'too-deep': null,
  missing: MISSING,
  unreadable: MISSING,
  'not-followed': NOT_OPENED,
  outside: NOT_OPENED,
  device: NOT_OPENED,
  rdm: NOT_OPENED,
  'datastore-object': NOT_OPENED,
  protocol: NOT_OPENED,
  unsupported: NOT_OPENED,
  // Nothing is wrong with these files as far as is known, but their image cannot be checked: it is `unchecked`, see
  // `UNREACHABLE`.
  forbidden: NOT_OPENED,
  'too-many-files': NOT_OPENED,
  'read-error': NOT_OPENED,
  refused: { finding: 'not-opened', severity: 'warning' },
};

/** What to say of a file in this state; `null` where there is nothing to say, or a rule of its own says it. */
export function judgeReference(state: ReferenceState): ReferenceVerdict | null {
  return VERDICTS[state];
}

/**
 * Codes of the error that goes with a file that was not looked at for a reason of this machine, which may be
 * another tomorrow: its image is not checked.
 */
export const UNREACHABLE: Readonly<Partial<Record<ReferenceState, string>>> = {
  forbidden: 'EACCES',
  'too-many-files': 'EMFILE',
  'read-error': 'EIO',
};

/**
 * What became of a file by the code of the `SourceError` that opening or reading it gave; what is not known here is
 * a failure of the machine.
 */
export function stateOfError(code: string): ReferenceState {
  return Object.hasOwn(BY_CODE, code) ? (BY_CODE[code] ?? 'read-error') : 'read-error';
}

const BY_CODE: Readonly<Record<string, ReferenceState>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ENAMETOOLONG: 'missing',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EMFILE: 'too-many-files',
  ENFILE: 'too-many-files',
  EISDIR: 'unreadable',
  ELOOP: 'unreadable',
  'unsupported-url': 'protocol',
  replaced: 'outside',
  'not-regular': 'device',
};
