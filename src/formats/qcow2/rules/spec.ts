import type { Breach } from '../../../codec/index.ts';
import type { RaisableRule } from '../../../model/rule.ts';

/** A rule as a spec raises it. */
export type SpecRule = RaisableRule<unknown, Breach>;

/** A rule whose message is made where it is raised, since several conditions share it. */
export type SentenceRule<I> = RaisableRule<I, string>;

/**
 * The spec's side of a rule that code raises too, where one structure alone shows part of what it demands.
 *
 * @param sentence the message for a breach
 */
export function raisedBySpec(rule: SentenceRule<never>, sentence: (breach: Breach) => string): SpecRule {
  const { check: _check, ...info } = rule;
  return {
    ...info,
    report: (finding) => rule.report({ ...finding, data: sentence(finding.data) }),
  };
}
