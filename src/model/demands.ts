import type { Severity } from './rule-info.ts';

/** Platforms that images can be checked against (`--for`). */
export const TARGETS = ['azure', 'aws', 'esx', 'hyperv', 'virtualbox', 'xen', 'glance'] as const;

/** A platform that images can be checked against. */
export type TargetName = (typeof TARGETS)[number];

/** What a rule counts as; `off`: it is not reported. */
export type RuleLevel = 'off' | 'info' | 'warning' | 'error';

/** What a stranger's image may ask of a program that opens it. */
export interface Limits {
  /** Bytes of the disk. */
  readonly virtualSize: number;
  /** Bytes of all tables that a reader keeps in memory. */
  readonly tableMemory: number;
  /** Layers of a chain. */
  readonly chain: number;
  /** Bytes that all compressed data inflates to, for each byte of the file. */
  readonly inflation: number;
  /** Table entries that point to what another entry points to already. */
  readonly aliases: number;
}

/** What an image is checked against besides its format. */
export interface Demands {
  /** Whether the rules for images from strangers apply (`--policy untrusted`); default false. */
  readonly untrusted?: boolean;
  /** For these rules; what is left out has the default. */
  readonly limits?: Partial<Limits>;
  /** The platforms whose demands apply; default none. */
  readonly targets?: readonly TargetName[];
  /** What rules count as instead of their own severity, by id. */
  readonly levels?: Readonly<Record<string, RuleLevel>>;
}

/** What one platform makes of an image. */
export interface TargetAnswer {
  readonly target: TargetName;
  readonly answer: 'takes' | 'takes-with-caveats' | 'refuses';
  /** Sentences: for a refusal why, else the caveats. */
  readonly reasons: readonly string[];
}

/** A rule that counts as something else than its own severity in a report, and has found something. */
export interface AdjustedRule {
  readonly rule: string;
  readonly level: RuleLevel | Severity;
  /** Who says so: the user, or the policy that the user asked for. */
  readonly by: 'user' | 'policy';
  /** Findings that this concerns; those of a rule that is off are in no other count. */
  readonly count: number;
}
