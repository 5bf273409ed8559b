import type { RegionFault, RegionKind, RegionRule } from '../../model/owners.ts';
import type { ProblemSink } from '../../model/problem.ts';

/** A region as it was claimed. */
export interface Claim {
  readonly kind: RegionKind;
  /** Bytes. */
  readonly start: number;
  readonly length: number;
  readonly index: number;
}

const RANKS = { data: 0, table: 1, fixed: 2 } as const;

/** What is wrong between two regions that meet, and whose pointer is to blame. */
export interface Verdict {
  readonly culprit: Claim;
  readonly other: Claim;
  readonly rule: RegionRule;
}

/**
 * Judges two regions that share bytes. The one of the lower role is to blame; of equals, the one that came later.
 *
 * @returns `null` where the format tolerates it
 */
export function judge(earlier: Claim, later: Claim): Verdict | null {
  const difference = RANKS[later.kind.role] - RANKS[earlier.kind.role];
  const [culprit, other] = difference > 0 ? [earlier, later] : [later, earlier];
  const fault: RegionFault =
    difference !== 0
      ? 'inMetadata'
      : culprit.kind === other.kind && culprit.start === other.start
        ? 'duplicate'
        : 'overlap';
  const { rules } = culprit.kind;
  const rule = rules[fault] ?? rules.overlap ?? other.kind.rules.overlap;
  return rule === undefined ? null : { culprit, other, rule };
}

/** Reports a region fault at the entry that placed the region. */
export function reportRegion(
  problems: ProblemSink,
  rule: RegionRule,
  claim: Claim,
  limit: number,
  other: string | null,
): void {
  const { at, guestOffset, actual } = claim.kind.locate(claim.index, claim.start);
  problems.add(
    rule.report({
      at,
      guestOffset,
      actual,
      data: { region: nameClaim(claim), start: claim.start, length: claim.length, limit, other },
    }),
  );
}

/** A region as messages name it: its kind and the field that placed it. */
export function nameClaim({ kind, index }: Claim): string {
  const { field } = kind.locate(index).at;
  return field === null || field === kind.name ? `the ${kind.name}` : `the ${kind.name} of ${field}`;
}
