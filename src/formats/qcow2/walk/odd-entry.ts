import type { BreachSink } from '../../../codec/index.ts';
import type { Findings } from '../../../model/findings.ts';
import type { Place } from '../../../model/problem.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { Qcow2Findings, UnalignedEntry } from '../findings.ts';
import { hex64 } from '../layout/geometry.ts';

/** Rules that take an entry that points into the middle of a cluster. */
type UnalignedRule = {
  [Id in keyof Qcow2Findings]: UnalignedEntry extends Qcow2Findings[Id] ? Id : never;
}[keyof Qcow2Findings];

/** A table entry that is not plain, and where to tell what is wrong with it. `high` and `low` are its halves. */
export class OddEntry {
  readonly high: number;
  readonly low: number;
  /** First guest byte that it maps; `null` for an entry of the refcount table or of a bitmap's table. */
  readonly guestOffset: number | null;
  readonly #findings: Findings<Qcow2Findings>;
  readonly #at: Place;

  constructor(
    findings: Findings<Qcow2Findings>,
    at: Place,
    [high, low]: readonly [high: number, low: number],
    guestOffset: number | null = null,
  ) {
    this.#findings = findings;
    this.#at = at;
    this.high = high;
    this.low = low;
    this.guestOffset = guestOffset;
  }

  /** How messages call it. */
  get name(): string {
    return this.#at.field ?? 'an entry';
  }

  /** Tells a finding on the entry. */
  tell<Id extends keyof Qcow2Findings>(
    id: Id,
    data: Qcow2Findings[Id],
    rest: { readonly expected?: string; readonly severity?: 'warning' } = {},
  ): void {
    const actual = hex64(this.high, this.low);
    this.#findings.tell(id, { at: this.#at, guestOffset: this.guestOffset, data, actual, ...rest });
  }

  /** Tells that the entry points to `target`, which is no multiple of the cluster size. */
  tellUnaligned(id: UnalignedRule, target: string, clusterSize: number): void {
    const expected = `a multiple of ${clusterSize}`;
    this.tell(id, { entry: this.name, target, clusterSize }, { expected });
  }

  /**
   * Takes the breaches of the entry's spec: one finding of a rule, which is placed at the entry and shows it whole.
   */
  get sink(): BreachSink {
    const told = new Set<string>();
    const findings: Findings<Qcow2Findings> = {
      tell: (id, { data }) => {
        if (told.has(id)) return;
        told.add(id);
        this.tell(id, data);
      },
    };
    const { file, offset } = this.#at;
    return breachTeller(findings, { file, offset: offset ?? 0, name: this.name });
  }

  /** The entry as it is in the file, in the last 8 of `size` bytes where `isLast`, else in the first. */
  bytes(size = 8, isLast = false): Uint8Array {
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer, isLast ? size - 8 : 0);
    view.setInt32(0, this.high);
    view.setInt32(4, this.low);
    return bytes;
  }
}
