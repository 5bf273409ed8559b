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
  /** It was opened, and is not what it should be; or it could not be opened for a reason that none of the others is. */
  | 'unreadable';

/** A file was not looked at because of its name or its kind, so that nothing is known of it: the rest of the image can be checked. */
export const WITHHELD: readonly Exclude<ReferenceState, 'none' | 'opened'>[] = [
  'outside',
  'refused',
  'device',
  'rdm',
  'datastore-object',
  'protocol',
];

/** A file was not looked at for a reason of this machine, which may be another tomorrow: the image cannot be checked. */
export const UNREACHABLE: readonly ReferenceState[] = ['forbidden', 'too-many-files', 'read-error'];

/** Whether `state` is one of `WITHHELD`. */
export function isWithheld(state: ReferenceState): boolean {
  return WITHHELD.some((withheld) => withheld === state);
}
