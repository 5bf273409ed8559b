import type { ReferencePolicy } from '../../src/ops/reference-policy.ts';
import type { MemoryFiles } from './open.ts';

/** One rule: files that trigger it, and files that come near without doing so. Made when they are asked for: there are hundreds. */
export interface RuleCase {
  readonly rule: string;
  damaged(): MemoryFiles;
  near(): MemoryFiles;
  /** How the files that the damaged image names are opened, where that is what breaks the rule. */
  readonly policyOver?: (usual: ReferencePolicy) => ReferencePolicy;
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

/** A policy that opens nothing, since all is outside the folder of the image. */
export function allOutside(): ReferencePolicy {
  return ({ name }) => {
    const reason = `${JSON.stringify(name)} was not opened: it is outside the folder of the image`;
    return { state: 'outside', path: name, source: null, reason };
  };
}

/** A policy that finds what it opens under another name than the image gives. */
export function foundElsewhere(usual: ReferencePolicy): ReferencePolicy {
  return async (reference, from) => ({ ...(await usual(reference, from)), foundAs: 'elsewhere.vmdk' });
}
