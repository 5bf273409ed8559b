import type { Breach } from '../codec/index.ts';
import type { Findings } from './findings.ts';
import type { ImageFile } from './image-file.ts';
import type { Ownership } from './owners.ts';
import type { Tell } from './problem.ts';
import type { Explanation, RuleInfo } from './rule-info.ts';

export type { Depth, Explanation, Repair, RuleInfo } from './rule-info.ts';

/** What rules may ask for besides the image; each is worked out once. */
export interface Facts<W = unknown> {
  /** Who owns what in one of the image's files; present from depth `metadata` on. */
  ownership(file: ImageFile): Ownership | undefined;
  /**
   * What the walk over one of the image's files returned; present from depth `metadata` on, where the file was
   * walked.
   */
  walk(file: ImageFile): W | undefined;
  /** For a rule of depth `data` that did not look at all that it should: no depth is claimed that was not reached. */
  leaveOut?(): void;
}

/** A field that is not what it must be: what a breach says of it, and what code that compares fields says as well. */
export type FieldFault = Pick<Breach, 'field' | 'expected' | 'actual'>;

/** The message of a rule that a spec raises, or about one field, where it has none of its own. */
export function describeBreach({ field, expected, actual }: FieldFault): string {
  return `${field} is ${actual}, must be ${expected}`;
}

/** One row of a table of rules; its key is the id. */
export interface RuleRow<I, D, M, W = unknown> extends Omit<RuleInfo, 'id' | 'derivedFrom' | 'explanation'> {
  readonly derivedFrom?: readonly string[];
  /** One sentence with the figures of the finding in it. */
  readonly message: (data: D) => string;
  /**
   * Looks at an image as a whole; absent where a spec, the walk or the ownership map tells the finding. `findings`
   * is for what belongs to other rows. Nearly every rule finds nothing in nearly every image, so it is told where
   * to put a finding instead of returning a list.
   */
  readonly check?: (
    this: void,
    image: I,
    tell: Tell<D>,
    facts: Facts<W>,
    findings: Findings<M>,
  ) => void | Promise<void>;
}

/** Rules by id, each bound to the figures that `M` has for it. */
export type RuleTable<I, M, W = unknown> = {
  readonly [Id in keyof M]: RuleRow<I, M[Id], M, W>;
};

/**
 * Declares some of the rules of a format: `defineRules<VhdImage, VhdFindings>()({ 'vhd/...': { ... } })`.
 *
 * A wrong id, a missing figure or a message for other figures does not compile.
 */
export function defineRules<I, M, W = unknown>(): <Ids extends keyof M>(
  table: Pick<RuleTable<I, M, W>, Ids>,
) => Pick<RuleTable<I, M, W>, Ids> {
  return (table) => table;
}

/** Ids of the rules in `M` whose figures are those of a breach: what a spec may name with `-rule`. */
export type SpecRuleId<M> = { [Id in keyof M]: Breach extends M[Id] ? Id : never }[keyof M];

/** The explanations of a table of rules, by id. */
export type Explanations<T> = { readonly [Id in keyof T]: Explanation };
