import type { Breach, BreachSink } from '../../codec/index.ts';
import type { Findings, NamedFindings } from '../../model/findings.ts';
import type { ImageFile } from '../../model/image-file.ts';
import type { ProblemSink } from '../../model/problem.ts';
import type { RaisableRule } from '../../model/rule.ts';

/** Where a structure was decoded from, so that a breach in it can be placed in the file. */
export interface StructurePlace {
  readonly file: ImageFile;
  /** Byte position of the structure in the file. */
  readonly offset: number;
  /** First part of field paths: `header`, `footer`, `markers[3]`. */
  readonly name: string;
}

/**
 * Makes the sink that turns a spec's breaches into reports of the rules it names.
 *
 * @param rules the spec rules of the format
 * @throws Error at once when a breach names a rule that is not among them: spec and rule list then disagree, a bug of ours.
 */
export function breachSink(
  rules: readonly RaisableRule<never, Breach>[],
  place: StructurePlace,
  problems: ProblemSink,
): BreachSink {
  return (breach) => {
    const rule = rules.find(({ id }) => id === breach.rule);
    if (rule === undefined) throw new Error(`no rule ${breach.rule} for ${breach.type}.${breach.field}`);
    const field = breach.field === '' ? place.name : `${place.name}.${breach.field}`;
    problems.add(
      rule.report({
        at: { file: place.file, offset: place.offset + breach.offset, length: breach.size, field },
        data: { ...breach, field },
        expected: breach.expected,
        actual: breach.actual,
      }),
    );
  };
}

/**
 * Makes the sink that tells a spec's breaches under the rules that it names beside its constraints.
 *
 * @throws Error at once when a breach names no rule, or one that the format does not have: a bug of ours.
 */
export function breachTeller(findings: Findings<unknown>, place: StructurePlace): BreachSink {
  const named = findings as unknown as NamedFindings;
  return (breach) => {
    const field = breach.field === '' ? place.name : `${place.name}.${breach.field}`;
    if (breach.rule === null) throw new Error(`${breach.type}.${breach.field} names no rule`);
    named.tell(breach.rule, {
      at: { file: place.file, offset: place.offset + breach.offset, length: breach.size, field },
      data: { ...breach, field },
      expected: breach.expected,
      actual: breach.actual,
    });
  };
}
