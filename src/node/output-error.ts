import { VdcheckError } from '../errors.ts';

/** A file could not be written; `code` is the operating system's. */
export class WriteError extends VdcheckError {
  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO';
    super(code, `${path}: ${DESCRIPTIONS[code] ?? 'cannot be written'} (${code})`, { cause });
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would grow too large',
  EIO: 'input/output error',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'is a directory',
  EEXIST: 'a file of that name exists',
};

/** Runs a file system call; its failure becomes a `WriteError`. */
export function attemptWrite<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new WriteError(path, cause);
  }
}
