import type { Demands, RuleLevel } from '../model/demands.ts';
import type { Severity } from '../model/rule-info.ts';

/** What a finding counts as instead of what its rule says, and who says so. */
export interface Adjustment {
  readonly level: RuleLevel | Severity;
  readonly by: 'user' | 'policy';
}

/** What a finding of a rule with this severity counts as; `null`: as it is. */
export type Adjust = (rule: string, severity: Severity) => Adjustment | null;

/**
 * The one finding that says that nothing else could be said: switched off, an image that was not looked into would
 * pass.
 */
export const UNALTERABLE = 'file/unreadable';

/**
 * Warnings that are refusals where the image is a stranger's: what readers understand in different ways, so that
 * one who looks and one who opens see two things, and what is hidden from the guest.
 */
export const REFUSED_FROM_STRANGERS: ReadonlySet<string> = new Set([
  'file/polyglot-magic',
  'vmdk/descriptor-hidden-tail',
  'vmdk/descriptor-unparsed-line',
  'vmdk/descriptor-duplicate-key',
  'vmdk/descriptor-bom',
  'vmdk/descriptor-line-endings',
  'vmdk/descriptor-signature',
  'vmdk/encoding-unknown',
  'vmdk/encoding-mismatch',
  'vmdk/create-type-unknown',
  'vmdk/create-type-embedded-mismatch',
  'vmdk/create-type-extent-mismatch',
  'vmdk4/trailing-data',
  'qcow2/trailing-data',
  'vhd/fixed-size-mismatch',
  'vhd/fixed-probe-hazard',
]);

/** What the policy and the user make of findings; `null` where all count as their rules say. */
export function adjustmentsOf({ untrusted = false, levels = {} }: Demands): Adjust | null {
  const own = new Map(Object.entries(levels));
  if (!untrusted && own.size === 0) return null;
  return (rule, severity) => {
    const level = rule === UNALTERABLE ? undefined : own.get(rule);
    if (level !== undefined) return level === severity ? null : { level, by: 'user' };
    const isRefused = untrusted && severity === 'warning' && REFUSED_FROM_STRANGERS.has(rule);
    return isRefused ? { level: 'error', by: 'policy' } : null;
  };
}

/** Refusals that rest on the first bytes of a file: whatever follows, they stay. */
const EARLY: ReadonlySet<string> = new Set([
  ...['policy/path-absolute', 'policy/path-traversal', 'policy/path-protocol', 'policy/path-device'],
  ...['policy/backing-present', 'policy/data-file-present', 'policy/multi-file'],
  ...['policy/virtual-size', 'policy/table-memory', 'policy/polyglot'],
  'policy/guest-header-in-flat',
  'qcow2/incompatible-unknown',
]);

/** The same where only the start of a file is there: everything but these refusals is off. */
export function earlyAdjustments(demands: Demands): Adjust {
  const adjust = adjustmentsOf(demands);
  return (rule, severity) => {
    const adjustment = adjust?.(rule, severity) ?? null;
    const level = adjustment?.level ?? severity;
    return EARLY.has(rule) && level === 'error' ? adjustment : { level: 'off', by: 'policy' };
  };
}
