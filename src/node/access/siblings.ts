import { SourceError } from '../../errors.ts';
import type { MaybePromise, Source } from '../../io/source.ts';
import type { Reference } from '../../model/format.ts';
import type { ReferenceState } from '../../model/reference-state.ts';
import type { ResolvedReference } from '../../ops/reference-policy.ts';
import { redactPath } from './names.ts';

/** Where names mean something beside an image that is no file of this machine. */
export interface Neighbourhood {
  /** What a name means; `null` where that is elsewhere. */
  locate(name: string): string | null;
  open(path: string): MaybePromise<Source>;
}

/** Opens the first of the names that can be opened; a backslash separates where nothing has it in its name. */
export async function followNames(
  { name, candidates = [name] }: Reference,
  neighbourhood: Neighbourhood,
): Promise<ResolvedReference> {
  let best: ResolvedReference | null = null;
  for (const given of candidates)
    for (const reading of new Set([given, given.replaceAll('\\', '/')])) {
      const tried = await tryName(given, reading, neighbourhood);
      if (tried.state === 'opened') return tried;
      if (best === null || (best.state === 'missing' && tried.state !== 'missing')) best = tried;
    }
  return best ?? closed('missing', name, `${JSON.stringify(name)} names no file`);
}

async function tryName(
  name: string,
  reading: string,
  { locate, open }: Neighbourhood,
): Promise<ResolvedReference> {
  const path = locate(reading);
  if (path === null)
    return closed(
      'outside',
      name,
      `${JSON.stringify(name)} was not opened: it is outside the image's folder`,
    );
  const shown = redactPath(path);
  try {
    const source = await open(path);
    return { state: 'opened', path: source.name, source, reason: null };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.code === 'ENOENT')
      return closed('missing', shown, `${JSON.stringify(name)} was not found (${JSON.stringify(shown)})`);
    const state = STATES[error.code] ?? 'read-error';
    return closed(state, shown, `${JSON.stringify(name)} was not opened: ${error.message}`);
  }
}

const STATES: Readonly<Partial<Record<string, ReferenceState>>> = {
  EACCES: 'forbidden',
  expired: 'forbidden',
  EMFILE: 'too-many-files',
  'unsupported-member': 'unreadable',
};

function closed(state: ReferenceState, path: string, reason: string): ResolvedReference {
  return { state, path, source: null, reason };
}
