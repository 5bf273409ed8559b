import { sep } from 'node:path';
import type { ReferenceState } from '../model/reference-state.ts';

/** Why a name is none that could be looked for, as the end of a sentence; `null` where it could. */
export function whyNoName(name: string): string | null {
  if (name === '') return 'the name is empty';
  return /\p{Cc}/u.test(name) ? 'the name contains control characters' : null;
}

/**
 * The paths that a name may mean, the most literal first: whatever a name looks like, a file that is called so is
 * the one. A backslash separates where no file has it in its name.
 */
export function readingsOf(name: string): readonly string[] {
  const plain = name.replace(/^file:(\/\/)?/i, '');
  const readings = [name, plain];
  if (sep === '/') readings.push(name.replaceAll('\\', '/'), plain.replaceAll('\\', '/'));
  return [...new Set(readings)].filter((reading) => reading !== '');
}

/** What a name means that no file beside the image has: nothing here can be opened. */
export interface OtherMeaning {
  readonly state: ReferenceState;
  /** The end of a sentence. */
  readonly reason: string;
}

/** Kinds of objects in a datastore that are named like a protocol. */
const OBJECTS: ReadonlySet<string> = new Set(['vsan', 'vvol', 'rfc4122', 'naa']);

/** What a name means by its form alone; `null` for a path of this machine. */
export function otherMeaning(name: string): OtherMeaning | null {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(name)?.[1]?.toLowerCase();
  if (scheme !== undefined && OBJECTS.has(scheme))
    return { state: 'datastore-object', reason: `it is an object of a datastore (${scheme}), not a file` };
  if (scheme !== undefined && scheme !== 'file')
    return { state: 'protocol', reason: `it names the protocol ${scheme}, which is not followed` };
  const path = name.replace(/^file:(\/\/)?/i, '').replaceAll('\\', '/');
  if (/^\/\/[.?]\//.test(path) || /^\/(dev|vmfs\/devices)\//.test(path))
    return { state: 'device', reason: 'it is a device' };
  if (path.startsWith('//')) return { state: 'protocol', reason: 'it is on another machine' };
  return null;
}
