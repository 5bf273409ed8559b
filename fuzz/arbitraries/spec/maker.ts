import type fc from 'fast-check';
import type { Analysis } from '../../../tools/generate/analysis.ts';
import type { Attribute } from '../../../tools/generate/model.ts';
import type { BytesProcessor } from '../../../src/codec/index.ts';
import { BitStream, type Wishes } from './bit-stream.ts';
import type { Standpoint } from './evaluate.ts';
import type { Mentions } from './mentions.ts';
import { upTo } from './scalars.ts';
import { Unfit, type SpecStructure } from './values.ts';

/** The classes of a spec's own processes, by their names with `/` for `.`. */
export type Processors = Readonly<Record<string, new (...args: never[]) => BytesProcessor>>;

/** All attempts at a structure together. */
const MOST_STEPS = 400;
/** Levels of nested structures. */
const MOST_LEVELS = 12;
/** Levels from which on lists stay as short as they may be: of a type that holds lists of itself, most structures would never end. */
const DEEP_LEVELS = 4;

/** A structure that does not come to an end. */
export class Exhausted extends Error {}

/** What making values needs: the specs, and somebody who chooses. */
export class Maker {
  readonly analysis: Analysis;
  readonly mentions: Mentions;
  readonly processors: Processors;
  readonly choose: fc.GeneratorValue;
  /** The field whose demands are to be broken. */
  readonly broken: Attribute | undefined;
  /** Sizes that would have fitted in an attempt before. */
  readonly #fitting = new Map<Attribute, Set<bigint>>();
  #steps = 0;
  #depth = 0;
  #breaks = false;
  #hasBroken = false;

  constructor(
    {
      analysis,
      mentions,
      processors,
      broken,
    }: Pick<Maker, 'analysis' | 'mentions' | 'processors' | 'broken'>,
    choose: fc.GeneratorValue,
  ) {
    this.analysis = analysis;
    this.mentions = mentions;
    this.processors = processors;
    this.broken = broken;
    this.choose = choose;
  }

  /** Forgets how many attempts there were, but not what would have fitted. */
  restart(): void {
    this.#steps = 0;
    this.#depth = 0;
    this.#hasBroken = false;
  }

  /** Goes one level down into a structure. Throws Unfit where that has happened too often. */
  descend<T>(action: () => T): T {
    if (this.#depth >= MOST_LEVELS) throw new Unfit('nested too deep');
    this.#depth++;
    try {
      return action();
    } finally {
      this.#depth--;
    }
  }

  get isDeep(): boolean {
    return this.#depth >= DEEP_LEVELS;
  }

  /**
   * Runs an action that makes a field of a certain size. Where it needs another one, and the size is just the value of a field before, that
   * field is told.
   */
  sizing<T>({ extent: { size } }: Attribute, owner: SpecStructure, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const ast = size?.ast;
      const needed = error instanceof Unfit ? error.needed : undefined;
      const field = owner.type.fields.find(({ id }) => ast?.kind === 'name' && id === ast.name);
      if (field !== undefined && needed !== undefined)
        this.#fitting.set(field, new Set(this.#fitting.get(field)).add(BigInt(needed)));
      throw error instanceof Unfit ? new Unfit(error.message, undefined, field) : error;
    }
  }

  /** Values of a field that would have fitted in an attempt before. */
  fitting(field: Attribute): readonly bigint[] {
    return [...(this.#fitting.get(field) ?? [])].slice(-3);
  }

  /** Of several values of the field that is to be broken, one breaks a demand and most others keep all. */
  chooseWhetherToBreak(field: Attribute): void {
    if (field === this.broken) this.#breaks = this.number(3) > 0 !== this.#hasBroken;
  }

  /** A value of the field is as it should be. */
  noteChecked(field: Attribute): void {
    if (this.breaks(field)) this.#hasBroken = true;
  }

  /** Are the demands of the field to be broken this time? */
  breaks(field: Attribute): boolean {
    return field === this.broken && this.#breaks;
  }

  /** A number from 0 to `most`. */
  number(most: number): number {
    return this.choose(upTo, most);
  }

  /** One of some values. Throws Unfit where there are none. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Unfit('nothing to choose from');
    return values[this.number(values.length - 1)] as T;
  }

  coin(): boolean {
    return this.number(1) === 1;
  }

  stream(limit?: number, wishes?: Wishes): BitStream {
    return new BitStream((most) => this.number(most), limit, wishes);
  }

  standpoint(self: SpecStructure, index?: number): Standpoint {
    return { analysis: this.analysis, self, index };
  }

  /** Tries an action several times, each time from the same place in the stream. Throws Unfit where it never works out. */
  attempt<T>(stream: BitStream, times: number, action: () => T): T {
    const mark = stream.mark();
    for (let left = times; ; left--) {
      if (++this.#steps > MOST_STEPS) throw new Exhausted();
      try {
        return action();
      } catch (error) {
        if (!(error instanceof Unfit) || left <= 1) throw error;
        stream.reset(mark);
      }
    }
  }

  /** Does anything hang on the values of the field? */
  isDecisive({ id, repeat, checks }: Pick<Attribute, 'id' | 'repeat' | 'checks'>): boolean {
    return this.mentions.decisions.has(id) || repeat?.kind === 'until' || checks.length > 0;
  }
}
