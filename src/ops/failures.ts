import { SourceError } from '../errors.ts';
import { fileFindings } from '../formats/shared/file-rules.ts';
import type { ImageFile } from '../model/image-file.ts';
import type { ProblemSink } from '../model/problem.ts';
import type { ImageReport } from '../model/report.ts';
import { NotAnImageError } from './open.ts';

/** Codes of errors that say something about the file's kind, or about what it is stored on. */
const NOT_REGULAR: readonly string[] = ['EISDIR', 'not-regular'];
const UNREADABLE: readonly string[] = ['EIO', 'short-read'];
const FAILURE_RULES: readonly string[] = [
  'file/empty',
  'file/unknown-format',
  'file/not-regular',
  'file/read-error',
];

/**
 * Tells the finding that goes with a check that could not be done; none where the reason says nothing about the
 * file: it is missing, or reading it is not allowed.
 */
export function reportFailure(error: unknown, path: string, problems: ProblemSink): void {
  const findings = fileFindings(problems);
  const file: ImageFile = { path, role: 'image', source: null };
  const at = { file, offset: null, length: null, field: null };
  if (error instanceof NotAnImageError) {
    if (error.size === 0)
      findings.tell('file/empty', { at, data: { size: 0, format: null, smallest: null } });
    else findings.tell('file/unknown-format', { at, data: { reason: error.message } });
  }
  if (!(error instanceof SourceError)) return;
  const data = { reason: error.message };
  if (NOT_REGULAR.includes(error.code)) findings.tell('file/not-regular', { at, data });
  if (!UNREADABLE.includes(error.code)) return;
  const place = { ...at, file: { ...file, path: error.source }, offset: error.offset, length: error.length };
  findings.tell('file/read-error', { at: place, data });
}

/** Whether a report says no more than why the image could not be checked. */
export function isFailureOnly({ error, problems }: ImageReport): boolean {
  return error !== null && problems.every(({ rule }) => FAILURE_RULES.includes(rule));
}
