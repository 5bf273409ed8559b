import type { Problem } from '../model/problem.ts';
import type { ImageReport, Verdict } from '../model/report.ts';
import { escapeText } from './escape.ts';
import { formatShare, formatSize } from './units.ts';

/** How each verdict reads after an image's name, and after a count of images. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  warning: 'ok with warnings',
  leak: 'leaking',
  corrupt: 'corrupt',
  unchecked: 'could not be checked',
};

/** The problems of each rule and severity together, in the order of the report, which has the worst first. */
export function groupByRule(problems: readonly Problem[]): readonly (readonly [Problem, ...Problem[]])[] {
  const groups = new Map<string, [Problem, ...Problem[]]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return [...groups.values()];
}

/** `vmdk monolithicSparse, 10 GiB, 37.5 % allocated`. */
export function describeImage({ format, variant, virtualSize, allocation }: ImageReport): string {
  const parts = [[format ?? 'unknown format', variant].filter((part) => part !== null).join(' ')];
  parts.push(virtualSize === null ? 'size unknown' : formatSize(virtualSize));
  if (allocation !== null && allocation.total > 0) {
    const stored = allocation.data + allocation.compressed;
    parts.push(`${formatShare(stored, allocation.total)} allocated`);
  }
  return escapeText(parts.join(', '));
}
