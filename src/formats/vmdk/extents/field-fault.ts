import type { FieldPath, Structure } from '../../../codec/index.ts';
import type { Finding, Severity } from '../../../model/problem.ts';
import type { FieldFault } from '../../../model/rule.ts';
import type { Placed } from '../../shared/placed.ts';

/** A finding at a field of a header that is not what it must be. */
export function fieldFault<F extends string>(
  placed: Placed<Structure<F>>,
  field: FieldPath<NoInfer<F>>,
  expected: string,
  actual: string,
  severity?: Severity,
): Finding<FieldFault> {
  const at = placed.at(field);
  const data = { field: at.field ?? field, expected, actual };
  return severity === undefined ? { at, expected, actual, data } : { at, expected, actual, data, severity };
}
