import { SourceError } from '../errors.ts';
import { fileEmpty, fileNotRegular, fileReadError, fileUnknownFormat } from '../formats/shared/file-rules.ts';
import type { ImageFile } from '../model/image.ts';
import type { Report } from '../model/problem.ts';
import type { ImageReport } from '../model/report.ts';
import { NotAnImageError } from './open.ts';

/** Codes of errors that say something about the file's kind, or about what it is stored on. */
const NOT_REGULAR: readonly string[] = ['EISDIR', 'not-regular'];
const UNREADABLE: readonly string[] = ['EIO', 'short-read'];
const FAILURE_RULES: readonly string[] = [fileEmpty, fileUnknownFormat, fileNotRegular, fileReadError].map(
  ({ id }) => id,
);

/**
 * The finding that goes with a check that could not be done; `null` where the reason says nothing about the file: it is not there, or not ours
 * to read.
 */
export function reportFailure(error: unknown, path: string): Report | null {
  const file: ImageFile = { path, role: 'image', source: null };
  const at = { file, offset: null, length: null, field: null };
  if (error instanceof NotAnImageError)
    return error.size === 0
      ? fileEmpty.report({ at, data: { size: 0, format: null, smallest: null } })
      : fileUnknownFormat.report({ at, data: { reason: error.message } });
  if (!(error instanceof SourceError)) return null;
  const data = { reason: error.message };
  if (NOT_REGULAR.includes(error.code)) return fileNotRegular.report({ at, data });
  if (!UNREADABLE.includes(error.code)) return null;
  const place = { ...at, file: { ...file, path: error.source }, offset: error.offset, length: error.length };
  return fileReadError.report({ at: place, data });
}

/** Whether a report says no more than why the image could not be checked. */
export function isFailureOnly({ error, problems }: ImageReport): boolean {
  return error !== null && problems.every(({ rule }) => FAILURE_RULES.includes(rule));
}
