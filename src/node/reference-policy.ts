import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { SourceError } from '../errors.ts';
import { attempt } from '../io/file-errors.ts';
import { openFileSource } from '../io/file-source.ts';
import type { Source } from '../io/source.ts';
import { stateOfError, type ReferenceState } from '../model/reference-state.ts';
import type { ReferencePolicy, ResolvedReference } from '../ops/reference-policy.ts';
import { otherMeaning, readingsOf, whyNoName } from './name-readings.ts';
import { isBelow, walkBelow } from './walk-below.ts';

/** What may be opened. */
export interface FilePolicyOptions {
  /** Whether files outside the image's folder may be opened too; devices and other machines never are. */
  readonly outside: boolean;
}

/**
 * Opens regular files in the folder of the image that names them, or below it. It decides by the name first: what
 * may not be opened is not touched, and the answer is the same whether it exists or not. What is opened is then
 * compared with what was decided on, so that a link that is turned meanwhile changes nothing.
 */
export function followFiles({ outside }: FilePolicyOptions): ReferencePolicy {
  return (reference, from) => {
    const folder = dirname(from);
    const tries: ResolvedReference[] = [];
    for (const name of reference.candidates ?? [reference.name]) {
      const tried = tryName(name, folder, outside);
      if (tried.state === 'opened')
        return tried.foundAs === undefined && name !== reference.name ? { ...tried, foundAs: name } : tried;
      tries.push(tried);
    }
    const best = STATES.flatMap((state) => tries.filter((tried) => tried.state === state))[0];
    return best ?? closed('missing', reference.name, `${quote(reference.name)} names no file`);
  };
}

/** The outcome that says most first. */
const STATES: readonly ReferenceState[] = [
  ...(['forbidden', 'too-many-files', 'read-error', 'unreadable', 'unsupported'] as const),
  ...(['outside', 'device', 'datastore-object', 'protocol', 'refused', 'missing'] as const),
];

function tryName(name: string, folder: string, outside: boolean): ResolvedReference {
  const flaw = whyNoName(name);
  if (flaw !== null) return closed('refused', name, `${quote(name)} was not opened: ${flaw}`);
  const readings = readingsOf(name);
  // Seen from where the program was started, as the image's own path is, so that reports are the same wherever the
  // folder is.
  const inside = readings.filter((reading) => isBelow(resolve(folder), resolve(folder, reading)));
  const tries = inside.map((reading) => tryInside(name, reading, folder, outside));
  const found = tries.find(({ state }) => state !== 'missing');
  if (found !== undefined) return found;
  const meaning = otherMeaning(name);
  if (meaning !== null)
    return closed(meaning.state, name, `${quote(name)} was not opened: ${meaning.reason}`);
  const [missing] = tries;
  const beyond = readings.filter((reading) => !inside.includes(reading)).at(-1);
  if (missing !== undefined && beyond === undefined) return missing;
  const reading = beyond ?? name;
  const path = resolvePath(folder, reading);
  if (outside) return attemptOpen({ name, reading, path }, () => openFileSource(path));
  return closed('outside', path, `${quote(name)} was not opened: it is outside the image's folder${HINT}`);
}

const HINT = ' (--allow-outside opens it)';

/** Looks for a name in the image's folder. */
function tryInside(name: string, reading: string, folder: string, outside: boolean): ResolvedReference {
  const path = resolvePath(folder, reading);
  return attemptOpen({ name, reading, path }, () => {
    const root = attempt(folder, () => realpathSync(folder));
    const walked = walkBelow(root, relative(resolve(folder), resolve(folder, reading)));
    if (walked.kind === 'outside') return outside ? openFileSource(path) : null;
    const { dev, ino } = walked;
    if (walked.isFolder) throw new SourceError('EISDIR', `${path}: is a directory`, { source: path });
    if (!walked.isFile)
      throw new SourceError('not-regular', `${path}: is not a regular file`, { source: path });
    return openFileSource(walked.path, { name: path, expect: { dev, ino, within: root } });
  });
}

/** Opens, or says what came of it; `open` gives `null` for what is outside the folder. */
function attemptOpen(
  { name, reading, path }: { readonly name: string; readonly reading: string; readonly path: string },
  open: () => Source | null,
): ResolvedReference {
  try {
    const source = open();
    if (source !== null)
      return {
        state: 'opened',
        path,
        source,
        reason: null,
        ...(reading === name ? {} : { foundAs: reading }),
      };
    return closed(
      'outside',
      path,
      `${quote(name)} was not opened: it is a link to outside the image's folder${HINT}`,
    );
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const state = stateOfError(error.code);
    if (state !== 'missing') return closed(state, path, `${quote(name)} was not opened: ${error.message}`);
    return closed(state, path, `${quote(name)} was not found (${quote(path)})${nearest(path)}`);
  }
}

function resolvePath(folder: string, reading: string): string {
  return isAbsolute(reading) ? reading : join(folder, reading);
}

/** A name in the same folder that differs only in case or in how its letters are composed, as a question. */
function nearest(path: string): string {
  const wanted = fold(basename(path));
  try {
    const found = readdirSync(dirname(path)).find((name) => fold(name) === wanted);
    return found === undefined ? '' : `; is it ${quote(found)}, whose letters differ?`;
  } catch {
    return '';
  }
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function closed(state: ReferenceState, path: string, reason: string): ResolvedReference {
  return { state, path, source: null, reason };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
