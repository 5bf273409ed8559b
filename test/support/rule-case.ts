import type { MemoryFiles } from './open.ts';

/** One rule: files that trigger it, and files that come near without doing so. Made when they are asked for: there are hundreds. */
export interface RuleCase {
  readonly rule: string;
  damaged(): MemoryFiles;
  near(): MemoryFiles;
  /** Default: that of the rule. */
  readonly severity?: string;
  /** Rules above info that the damage brings with it; absent: whatever they are. */
  readonly also?: readonly string[];
  /** Field that a finding must name. */
  readonly field?: string;
  /** Byte position that a finding must name. */
  readonly offset?: number;
  /** Findings of the rule. */
  readonly count?: number;
  /** Whether the near miss has no error of any other rule either. */
  readonly isNearClean?: boolean;
  /** Forces the format where the damage hides it. */
  readonly format?: string;
}
