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

/**
 * Tells a finding of the rule's own severity that may come a million times: `make` is called only where it is
 * listed, where `findings` can wait. It must not depend on memory that is used again.
 */
export function tellLazily<M, Id extends keyof M & string>(
  findings: Findings<M>,
  id: Id,
  file: ImageFile,
  make: () => Finding<M[Id]>,
): void {
  if (canWait(findings)) findings.tellLater(id, file, make);
  else findings.tell(id, make());
}

function canWait(findings: object): findings is NamedFindings {
  return 'tellLater' in findings;
}

/** Takes findings and does nothing: for a walk whose findings were told before. */
export const silentFindings: NamedFindings = { tell: () => undefined, tellLater: () => undefined };
