import type { Problem } from '../../src/model/problem.ts';
import type { ImageReport } from '../../src/model/report.ts';

/** A problem with these parts, and nothing else to say. */
export function problem(parts: Partial<Problem>): Problem {
  return {
    rule: 'file/test',
    severity: 'error',
    message: 'something is wrong',
    file: null,
    offset: null,
    length: null,
    field: null,
    guestOffset: null,
    expected: null,
    actual: null,
    repairable: false,
    ...parts,
  };
}

/** The report of an image with these parts; without any it is a sound raw image. */
export function imageReport(parts: Partial<ImageReport>): ImageReport {
  const path = parts.path ?? 'disk.img';
  return {
    path,
    format: 'raw',
    variant: null,
    virtualSize: 512,
    files: [{ path, role: 'image', size: 512 }],
    depth: 'metadata',
    verdict: 'ok',
    counts: { error: 0, warning: 0, leak: 0, info: 0, byRule: {} },
    problems: [],
    allocation: null,
    error: null,
    ...parts,
  };
}
