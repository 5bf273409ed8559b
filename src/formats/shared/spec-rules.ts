import type { BreachSink } from '../../codec/index.ts';
import type { Findings, NamedFindings } from '../../model/findings.ts';
import type { ImageFile } from '../../model/image-file.ts';

/** Where a structure was decoded from, so that a breach in it can be placed in the file. */
export interface StructurePlace {
  readonly file: ImageFile;
  /** Byte position of the structure in the file. */
  readonly offset: number;
  /** First part of field paths: `header`, `footer`, `markers[3]`. */
  readonly name: string;
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
