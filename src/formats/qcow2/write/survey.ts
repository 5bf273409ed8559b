import { VdcheckError } from '../../../errors.ts';
import type { Job } from './job.ts';
import type { Placer } from './layout.ts';
import type { L2Table } from './tables.ts';
import type { Unit } from './units.ts';

const ZERO = -1;
const STORED = -2;

/** What one L2 table maps: by entry 0 for nothing, the size of a stream, or one of the codes. */
interface TableSurvey {
  readonly codes: Int32Array;
  /** Bitmaps of subclusters, stored ones and zeros; `null` without extended entries. */
  readonly bitmaps: Uint32Array | null;
}

/** What a pass over the disk found, as far as tables need it. */
export class Survey {
  readonly #tables = new Map<number, TableSurvey>();
  readonly #job: Job;
  #clusters = 0;

  private constructor(job: Job) {
    this.#job = job;
  }

  static async of(job: Job): Promise<Survey> {
    const survey = new Survey(job);
    for await (const unit of job.surveyUnits()) survey.#add(unit);
    return survey;
  }

  /** L2 tables that map anything, ascending. */
  get tables(): readonly number[] {
    return [...this.#tables.keys()];
  }

  #add(unit: Unit): void {
    const { l2Entries } = this.#job.shape;
    let found = this.#tables.get(unit.table);
    if (found === undefined) {
      const bitmaps = this.#job.settings.isExtended ? new Uint32Array(2 * l2Entries) : null;
      found = { codes: new Int32Array(l2Entries), bitmaps };
      this.#tables.set(unit.table, found);
    }
    const { codes, bitmaps } = found;
    const first = unit.index % l2Entries;
    codes.fill(codeOf(unit), first, first + unit.count);
    for (let entry = first; bitmaps !== null && entry < first + unit.count; entry++) {
      bitmaps[2 * entry] = unit.allocated;
      bitmaps[2 * entry + 1] = unit.zeros;
    }
    this.#clusters += unit.count;
  }

  /** Places everything again as it will be in the file, and gives the number of each table when it is filled. */
  *replay(placer: Placer, table: L2Table | null): Iterable<number> {
    const { l2Entries } = this.#job.shape;
    for (const [number, { codes, bitmaps }] of this.#tables) {
      table?.clear();
      for (let entry = 0; entry < codes.length; entry++) {
        const code = codes[entry] ?? 0;
        if (code === 0) continue;
        const unit = {
          index: number * l2Entries + entry,
          count: 1,
          kind: code === ZERO ? ('zero' as const) : ('data' as const),
          allocated: bitmaps?.[2 * entry] ?? 0,
          zeros: bitmaps?.[2 * entry + 1] ?? 0,
          table: number,
        };
        placer.place(unit, Math.max(0, code), table);
      }
      placer.endTable();
      yield number;
    }
  }

  /** Compares a second pass with this one. */
  compare(): { readonly unit: (unit: Unit) => void; readonly end: () => void } {
    let seen = 0;
    return {
      unit: (unit) => {
        if (!this.#has(unit)) throw new SourceChangedError();
        seen += unit.count;
      },
      end: () => {
        if (seen !== this.#clusters) throw new SourceChangedError();
      },
    };
  }

  #has(unit: Unit): boolean {
    const found = this.#tables.get(unit.table);
    if (found === undefined) return false;
    const first = unit.index % this.#job.shape.l2Entries;
    const code = codeOf(unit);
    for (let entry = first; entry < first + unit.count; entry++) {
      if (found.codes[entry] !== code) return false;
      const { bitmaps } = found;
      if (
        bitmaps !== null &&
        (bitmaps[2 * entry] !== unit.allocated || bitmaps[2 * entry + 1] !== unit.zeros)
      )
        return false;
    }
    return true;
  }
}

function codeOf({ kind, packed }: Unit): number {
  if (kind === 'zero') return ZERO;
  return packed === null ? STORED : packed.length;
}

/** The source was written to while it was read. */
class SourceChangedError extends VdcheckError {
  constructor() {
    super(
      'changed',
      'the source changed between the two passes over it; nothing that was written can be used',
    );
  }
}
