import type { ImageFile } from './image-file.ts';
import type { Finding } from './problem.ts';

/**
 * Where code that finds something says so: by the id of the rule, with the figures that `M` asks for.
 *
 * `M` maps rule ids to figures; each format has such a type in its `findings.ts`.
 */
export interface Findings<out M> {
  tell<Id extends keyof M & string>(id: Id, finding: Finding<M[Id]>): void;
}

/** Findings by ids that are known only when the program runs: those that specs and region kinds name. */
export interface NamedFindings {
  tell(id: string, finding: Finding<unknown>): void;
  /** The same for a finding whose place is yet to be found out: `locate` is called only if it is listed. */
  tellLater(id: string, file: ImageFile, locate: () => Finding<unknown> | Promise<Finding<unknown>>): void;
}

/** Takes findings and does nothing: for a walk whose findings were told before. */
export const silentFindings: NamedFindings = { tell: () => undefined, tellLater: () => undefined };
