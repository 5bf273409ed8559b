import type { NamedFindings } from '../../model/findings.ts';
import type { ImageFile } from '../../model/image-file.ts';
import type { RegionFacts, RegionFault, RegionKind, RegionSource } from '../../model/owners.ts';
import type { Finding } from '../../model/problem.ts';

/** A region as it was claimed. */
export interface Claim {
  readonly kind: RegionKind;
  /** Bytes. */
  readonly start: number;
  readonly length: number;
  readonly index: number;
}

const RANKS = { data: 0, table: 1, fixed: 2 } as const;

/** What is wrong between two regions that overlap, and whose pointer is to blame. */
export interface Verdict {
  readonly culprit: Claim;
  readonly other: Claim;
  readonly rule: string;
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

/** Where region faults are told. */
export interface RegionSinks {
  /** The file that was walked. */
  readonly file: ImageFile;
  readonly findings: NamedFindings;
}

/**
 * Reports a region fault at the entry that placed the region; that entry is looked up only where the fault is
 * listed.
 */
export function reportRegion(
  { file, findings }: RegionSinks,
  rule: string,
  claim: Claim,
  limit: number,
  other: Claim | string | null,
): void {
  const locate = (): Finding<RegionFacts> | Promise<Finding<RegionFacts>> => {
    const source = claim.kind.locate(claim.index, claim.start);
    const otherSource = other === null || typeof other === 'string' ? null : other.kind.locate(other.index);
    return source instanceof Promise || otherSource instanceof Promise
      ? Promise.all([source, otherSource]).then(([own, met]) => describe(claim, limit, other, own, met))
      : describe(claim, limit, other, source, otherSource);
  };
  const { within } = claim.kind;
  if (within === undefined) findings.tellLater(rule, file, locate);
  else
    findings.tellLater(within.rule, file, async () => {
      const { data, ...finding } = await locate();
      return { ...finding, data: { within: within.name, rule, data } };
    });
}

function describe(
  claim: Claim,
  limit: number,
  other: Claim | string | null,
  source: RegionSource,
  otherSource: RegionSource | null,
): Finding<RegionFacts> {
  const { at, guestOffset, actual } = source;
  const met =
    other === null || typeof other === 'string' ? other : otherSource && nameRegion(other.kind, otherSource);
  const { start, length } = claim;
  return {
    at,
    guestOffset,
    actual,
    also: otherSource === null ? [] : [otherSource.at],
    data: { region: nameRegion(claim.kind, source), start, length, limit, other: met },
  };
}

/** A region as messages name it: its kind and the field that placed it. */
export function nameRegion(kind: RegionKind, { at: { field } }: RegionSource): string {
  return field === null || field === kind.name ? `the ${kind.name}` : `the ${kind.name} of ${field}`;
}
