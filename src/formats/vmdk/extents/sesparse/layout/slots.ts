import { fileOffset, type Source } from '../../../../../io/source.ts';
import { tableBatches } from '../../../../shared/table-walk.ts';
import { asWords } from '../../../../shared/words.ts';
import { withoutRepeats } from '../../directory-walk.ts';
import { SLOT_TABLE_SIZE, SLOTS_PER_TABLE } from './geometry.ts';
import { ENTRY_TYPE, slotOf, type SlotTables } from './tables.ts';

/** A slot that a table entry names. */
export interface NamedSlot {
  readonly slot: number;
  /** Guest grain that the entry is for, counted from the start of the extent. */
  readonly grain: number;
  /** Whether the guest gave the grain up, so that the slot may have been handed out anew. */
  readonly isGivenUp: boolean;
}

/**
 * The slots that the entries of each batch of tables name, in the order of the disk. Entries that name slot 0
 * as given up are left out, since they mean no slot as well.
 */
export async function* namedSlots(tables: SlotTables): AsyncGenerator<readonly NamedSlot[], void, undefined> {
  const set = { offsets: withoutRepeats(tables.offsets), tableBytes: SLOT_TABLE_SIZE };
  for await (const { first, bytes } of tableBatches(tables.source, set)) {
    const words = asWords(bytes);
    const found: NamedSlot[] = [];
    const count = Math.min(words.length / 2, tables.grains - first * SLOTS_PER_TABLE);
    for (let index = 0; index < count; index++) {
      const high = words[2 * index + 1] ?? 0;
      const type = high >>> 28;
      const isGivenUp = type === ENTRY_TYPE.unmapped;
      if (type !== ENTRY_TYPE.allocated && !isGivenUp) continue;
      const slot = slotOf(high, words[2 * index] ?? 0);
      if (!isGivenUp || slot > 0) found.push({ slot, grain: first * SLOTS_PER_TABLE + index, isGivenUp });
    }
    yield found;
  }
}

/** Which slots tables name, one bit each, lowest bit first. */
export interface SlotSurvey {
  /** Slots that were looked at. */
  readonly slots: number;
  readonly used: Uint8Array;
  readonly givenUp: Uint8Array;
}

/** Finds out which of the first `slots` slots are in use. */
export async function surveySlots(tables: SlotTables, slots: number): Promise<SlotSurvey> {
  const used = new Uint8Array(Math.ceil(slots / 8));
  const givenUp = new Uint8Array(used.length);
  for await (const batch of namedSlots(tables))
    for (const { slot, isGivenUp } of batch) {
      const bits = isGivenUp ? givenUp : used;
      if (slot < slots) bits[slot >>> 3] = (bits[slot >>> 3] ?? 0) | (1 << (slot & 7));
    }
  return { slots, used, givenUp };
}

const WINDOW_BYTES = 64 * 1024;

/** Reads single 64-bit numbers of an area, neighbours in one read. */
export class NumberWindow {
  readonly #source: Source;
  readonly #start: number;
  readonly #end: number;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #position = 0;

  /** The area of `length` bytes at byte `start`, as far as it is inside the file. */
  constructor(source: Source, start: number, length: number) {
    this.#source = source;
    this.#start = start;
    this.#end = Math.min(start + length, source.size);
  }

  /** Number `index` of the area; `null` where the area has none. */
  async read(index: number): Promise<bigint | null> {
    const at = this.#start + 8 * index;
    if (at + 8 > this.#end) return null;
    if (at < this.#position || at + 8 > this.#position + this.#view.byteLength) {
      const bytes = await this.#source.read(fileOffset(at), Math.min(WINDOW_BYTES, this.#end - at));
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#position = at;
    }
    return this.#view.getBigUint64(at - this.#position, true);
  }
}
