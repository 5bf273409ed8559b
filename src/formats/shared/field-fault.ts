import type { Breach, FieldPath, Structure } from '../../codec/index.ts';
import type { Finding, Severity } from '../../model/problem.ts';
import type { Placed } from './placed.ts';

/** What is wrong with a field, as text. */
export interface FieldFault {
  readonly expected: string;
  readonly actual: string;
  readonly severity?: Severity;
}

/**
 * A finding for a rule whose condition a spec states in part: this is for the part that takes more than the one
 * structure (the size of the file, the creator). It is told in the same words as the spec's own.
 */
export function fieldFault<F extends string>(
  placed: Placed<Structure<F>>,
  field: FieldPath<NoInfer<F>>,
  { expected, actual, severity }: FieldFault,
): Finding<Breach> {
  const at = placed.at(field);
  const data: Breach = {
    type: placed.name,
    field: at.field ?? field,
    offset: at.offset ?? 0,
    size: at.length ?? 0,
    kind: 'expr',
    expected,
    actual,
    rule: null,
  };
  return { at, data, expected, actual, ...(severity === undefined ? {} : { severity }) };
}
