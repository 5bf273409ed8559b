import type { Problem } from '../../src/model/problem.ts';
import type { ImageReport } from '../../src/model/report.ts';

/** A problem with every figure there can be, changed as `change` says. */
export function problem(change: Partial<Problem> = {}): Problem {
  return {
    rule: 'vmdk4/gte-past-end',
    severity: 'error',
    message: 'gt[3][17] says sector 9000000, but the file has 20480',
    file: 'disk.vmdk',
    offset: 0x12a3e8,
    length: 4,
    field: 'gt[3][17]',
    guestOffset: 0x6220000,
    expected: 'below 0x5000',
    actual: '0x00895440',
    repairable: true,
    ...change,
  };
}

/** The report of an image with these problems, counted as a check counts them. */
export function imageReport(problems: readonly Problem[], change: Partial<ImageReport> = {}): ImageReport {
  const count = (severity: Problem['severity']): number =>
    problems.filter((candidate) => candidate.severity === severity).length;
  const byRule: Record<string, number> = {};
  for (const { rule } of problems) byRule[rule] = (byRule[rule] ?? 0) + 1;
  const counts = {
    error: count('error'),
    warning: count('warning'),
    leak: count('leak'),
    info: count('info'),
  };
  return {
    path: 'disk.vmdk',
    format: 'vmdk',
    variant: 'monolithicSparse',
    virtualSize: 10 * 2 ** 30,
    files: [{ path: 'disk.vmdk', role: 'image', size: 10_485_760 }],
    depth: 'metadata',
    verdict: counts.error > 0 ? 'corrupt' : counts.leak > 0 ? 'leak' : counts.warning > 0 ? 'warning' : 'ok',
    counts: { ...counts, byRule },
    problems,
    allocation: { unit: 65536, total: 163840, data: 61440, zero: 0, compressed: 0 },
    error: null,
    ...change,
  };
}
