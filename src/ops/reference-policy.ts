import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { SourceError } from '../errors.ts';
import { openFileSource } from '../io/file-source.ts';
import type { Source } from '../io/source.ts';
import type { Reference } from '../model/format.ts';
import type { ReferenceState } from '../model/image.ts';

/** What became of a name that an image gives. */
export interface ResolvedReference {
  readonly state: ReferenceState;
  /** The path that was opened, or the first one that was tried. */
  readonly path: string;
  /** Present where `state` is `opened`; the caller closes it. */
  readonly source: Source | null;
  /** A sentence where it is not open. */
  readonly reason: string | null;
}

/** Decides which of the files that an image names are opened. */
export type ReferencePolicy = (reference: Reference, from: string) => ResolvedReference;

/** Opens nothing: what a library caller gets who did not choose. */
export const followNothing: ReferencePolicy = ({ name }) => ({
  state: 'not-followed',
  path: name,
  source: null,
  reason: `${JSON.stringify(name)} was not opened: other files are not followed`,
});

/**
 * Opens regular files in the folder of the image that names them, or below it.
 *
 * @param outside whether files elsewhere may be opened too; network names and devices never are
 */
export function followFiles({ outside }: { readonly outside: boolean }): ReferencePolicy {
  return (reference, from) => {
    const names = reference.candidates ?? [reference.name];
    const tries = names.map((name) => tryName(name, dirname(from), outside));
    const best = STATES.flatMap((state) => tries.filter((tried) => tried.state === state))[0];
    for (const tried of tries) if (tried !== best) void tried.source?.close();
    return best ?? missing(reference.name, reference.name);
  };
}

/** The better outcome first. */
const STATES: readonly ReferenceState[] = ['opened', 'outside', 'unreadable', 'refused', 'missing'];

function tryName(name: string, folder: string, outside: boolean): ResolvedReference {
  const refusal = refuse(name);
  if (refusal !== null) return { state: 'refused', path: name, source: null, reason: refusal };
  const plain = name.replace(/^file:(\/\/)?/, '');
  // Seen from where the program was started, as the image's own path is, so that reports are the same wherever the folder lies.
  const path = isAbsolute(plain) ? plain : join(folder, plain);
  try {
    const source = openFileSource(path);
    if (outside || isBelow(path, folder)) return { state: 'opened', path, source, reason: null };
    void source.close();
    const reason = `${JSON.stringify(name)} lies outside the image's folder and was not opened`;
    return { state: 'outside', path, source: null, reason };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code)) return missing(name, path);
    return { state: 'unreadable', path, source: null, reason: error.message };
  }
}

function missing(name: string, path: string): ResolvedReference {
  const reason = `${JSON.stringify(name)} was not found (${JSON.stringify(path)})`;
  return { state: 'missing', path, source: null, reason };
}

/** Why a name is never opened, whatever the caller allows; `null` where nothing speaks against it. */
function refuse(name: string): string | null {
  if (name === '') return 'the name is empty';
  if (/[\p{Cc}]/u.test(name)) return `${JSON.stringify(name)} holds control characters`;
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(name)?.[1];
  if (scheme !== undefined && scheme !== 'file')
    return `${JSON.stringify(name)} names the protocol ${scheme}, which is not followed`;
  return null;
}

function isBelow(path: string, folder: string): boolean {
  const root = realpathSync(folder);
  return realpathSync(path).startsWith(root.endsWith(sep) ? root : root + sep);
}
