import type { AdjustedRule, TargetAnswer } from '../model/demands.ts';
import type { ImageReport } from '../model/report.ts';
import { escapeText } from './escape.ts';
import { formatCount } from './units.ts';
import { VERDICT_WORDS } from './words.ts';

/** What was switched off, lowered or raised: a sentence each. */
export function describeAdjustments({ adjusted = [] }: ImageReport): readonly string[] {
  return adjusted.map(describeAdjusted);
}

/** What each platform makes of the image: a sentence each. */
export function describeTargets({ targets = [] }: ImageReport): readonly string[] {
  return targets.map(describeTarget);
}

/** What reads behind an image's name: the verdict, or that it only does not meet a demand. */
export function verdictWord(report: ImageReport): string {
  return isOnlyRefused(report) ? 'refused' : VERDICT_WORDS[report.verdict];
}

function describeAdjusted({ rule, level, by, count }: AdjustedRule): string {
  const found = formatCount(count, 'finding');
  if (level === 'off') return `${rule} is off: ${found} not shown`;
  return `${rule} counts as ${level} here (${by === 'policy' ? 'policy untrusted' : 'as was asked for'}): ${found}`;
}

function describeTarget({ target, answer, reasons }: TargetAnswer): string {
  if (answer === 'takes') return `${target}: takes it`;
  const word = answer === 'refuses' ? 'refuses, because' : 'takes it, but';
  return `${target}: ${word} ${escapeText(reasons.join('; '))}`;
}

/** Rules of policies and platforms: an image that they alone find fault with is not corrupt. */
const DEMANDS = /^(policy|target)\/|^vhd\/azure-/;

/** Whether all errors of an image are that it does not meet a demand. */
function isOnlyRefused({ problems, verdict }: ImageReport): boolean {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return verdict === 'corrupt' && errors.length > 0 && errors.every(({ rule }) => DEMANDS.test(rule));
}
