import { biggestRead, plan } from '../../io/plan.ts';
import { startRead, type ReadResult } from '../../io/planned-reads.ts';
import { readBulk, ReadMemory } from '../../io/read-memory.ts';
import { fileOffset, type MaybePromise, type Source } from '../../io/source.ts';
import { Turns } from '../../io/turns.ts';
import type { Item, Window } from './items.ts';

/** A window whose reads are under way. */
export interface StartedWindow {
  readonly items: Window;
  readonly reads: readonly { readonly memory: ReadMemory; readonly result: MaybePromise<ReadResult> }[];
}

/** Starts the reads of windows. */
export class Lanes {
  readonly #sources = new Map<Source, { readonly turns: Turns; readonly memory: ReadMemory }>();
  #isOver = false;

  start(items: Window): StartedWindow {
    const bySource = new Map<Source, Item[]>();
    for (const item of items) {
      if (item.source === null) continue;
      const others = bySource.get(item.source);
      if (others === undefined) bySource.set(item.source, [item]);
      else others.push(item);
    }
    return { items, reads: [...bySource].flatMap(([source, its]) => this.#startOf(source, its)) };
  }

  /** The memory of a window that was told is read into again. */
  async finish({ reads }: StartedWindow): Promise<void> {
    for (const { memory, result } of reads)
      memory.giveBack(result instanceof Promise ? await result : result);
  }

  /** What was not begun by now is read no more. */
  stop(): void {
    this.#isOver = true;
  }

  #startOf(source: Source, items: readonly Item[]): StartedWindow['reads'] {
    const { turns, memory } = this.#lanesOf(source);
    const ranges = items.map(({ range }) => range ?? { offset: fileOffset(0), length: 0 });
    return plan(ranges, source.cost, biggestRead(source.cost)).map((planned) => {
      const result = startRead(turns, () =>
        this.#isOver ? new Uint8Array(0) : readBulk(source, planned, memory.take(planned.length)),
      );
      for (const part of planned.parts)
        items[part.index]?.parts.push({ read: { plan: planned, result }, part });
      return { memory, result };
    });
  }

  #lanesOf(source: Source): { readonly turns: Turns; readonly memory: ReadMemory } {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    const lanes = { turns: new Turns(source.cost.lanes), memory: new ReadMemory(biggestRead(source.cost)) };
    this.#sources.set(source, lanes);
    return lanes;
  }
}
