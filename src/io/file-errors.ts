import { SourceError } from '../errors.ts';

/** Runs a file system call; its failure becomes a `SourceError`. */
export function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw toSourceError(path, cause);
  }
}

/** A failure of the file system with the system's own code and one plain sentence. */
export function toSourceError(
  path: string,
  cause: unknown,
  at?: { offset: number; length: number },
): SourceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO';
  const place = at === undefined ? '' : ` (${at.length} bytes at ${at.offset})`;
  return new SourceError(code, `${path}: ${describe(code)}${place}`, { source: path, ...at }, { cause });
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
  ENXIO: 'no such device',
};

function describe(code: string): string {
  return DESCRIPTIONS[code] ?? `cannot be read (${code})`;
}
