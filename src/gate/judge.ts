import type { Demands, TargetAnswer, TargetName } from '../model/demands.ts';
import type { ProblemSink, Report } from '../model/problem.ts';
import type { Depth, Facts } from '../model/rule.ts';
import { RuleFindings, type RuleIndex } from '../model/rule-findings.ts';
import type { Adjust } from './levels.ts';
import { policyRuleIndex } from './policy/index.ts';
import type { Subject } from './subject.ts';
import { rulesOfTarget } from './targets/index.ts';

const RANKS: Readonly<Record<Depth, number>> = { header: 0, metadata: 1, data: 2 };

/** No rule of the gate looks into tables: what they tell is in the subject. */
const NO_FACTS: Facts = { ownership: () => undefined, walk: () => undefined };

/** How far an image is judged, and what findings count as. */
export interface Judgement {
  readonly depth: Depth;
  readonly adjust: Adjust | null;
  /** Whether the image has errors of its own, with which no platform takes it. */
  readonly isDamaged: boolean;
}

/**
 * Checks an image against what is demanded of it besides its format, and tells `problems`.
 *
 * @returns what each platform makes of it, in the order of the demands
 */
export async function judgeImage(
  subject: Subject,
  { untrusted = false, targets = [] }: Demands,
  judgement: Judgement,
  problems: ProblemSink,
): Promise<readonly TargetAnswer[]> {
  if (untrusted) await runRules(policyRuleIndex, subject, judgement.depth, problems);
  const answers: TargetAnswer[] = [];
  for (const target of new Set(targets)) answers.push(await askTarget(target, subject, judgement, problems));
  return answers;
}

async function askTarget(
  target: TargetName,
  subject: Subject,
  { depth, adjust, isDamaged }: Judgement,
  problems: ProblemSink,
): Promise<TargetAnswer> {
  const refusals: string[] = isDamaged ? ['the image is damaged'] : [];
  const caveats: string[] = [];
  await runRules(rulesOfTarget(target), subject, depth, {
    add(report) {
      problems.add(report);
      if ('settle' in report) return;
      const level = levelOf(report, adjust);
      if (level === 'error') refusals.push(report.message());
      if (level === 'warning') caveats.push(report.message());
    },
  });
  if (refusals.length > 0) return { target, answer: 'refuses', reasons: refusals };
  return { target, answer: caveats.length > 0 ? 'takes-with-caveats' : 'takes', reasons: caveats };
}

function levelOf({ rule, severity }: Report, adjust: Adjust | null): string {
  return adjust?.(rule.id, severity)?.level ?? severity;
}

async function runRules(
  rules: RuleIndex,
  subject: Subject,
  depth: Depth,
  problems: ProblemSink,
): Promise<void> {
  const findings = new RuleFindings(rules, problems);
  for (const rule of rules.values()) {
    if (rule.check === undefined || RANKS[rule.depth] > RANKS[depth]) continue;
    await rule.check(subject, (finding) => findings.report(rule, finding), NO_FACTS, findings as never);
  }
}
