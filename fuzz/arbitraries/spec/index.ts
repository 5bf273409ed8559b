import fc from 'fast-check';
import type { Analysis } from '../../../tools/generate/analysis.ts';
import type { Attribute, TypeSpec } from '../../../tools/generate/model.ts';
import type { ValueType } from '../../../tools/generate/types.ts';
import { Exhausted, Maker, type Processors } from './maker.ts';
import { mentionsIn, type Mentions } from './mentions.ts';
import { bytesOf, floatOf, integerBetween, smallBetween, textOf } from './scalars.ts';
import { makeStructure, type Made } from './structures.ts';
import { Unfit, Unserved, type Value } from './values.ts';

export { differences } from './compare.ts';
export { held, objectOf, paramsOf, type ClassOf, type GeneratedClass } from './objects.ts';
export type { Broken } from './demands.ts';
export type { Made } from './structures.ts';
export { SpecStructure, Unfit, Unserved } from './values.ts';

/** What else can be asked of made-up structures. */
export interface Wanted {
  readonly processors?: Processors;
  /** A field of the type or of one inside it whose demands are broken, once at least; those of all other fields are kept. */
  readonly broken?: Attribute;
}

/** Choices that are thrown away as a whole before a spec counts as one without values. */
const MOST_TRIES = 60;

const mentions = new WeakMap<Analysis, Mentions>();

/**
 * Structures of a type, made from nothing but its spec: fields are chosen in the order of the spec, each to fit those before it, so that sizes,
 * counts, conditions and cases hold by themselves; what a demand still refuses is chosen again.
 *
 * @throws Unserved while it generates, where the spec asks for what cannot be made up
 */
export function structuresOf(
  type: TypeSpec,
  analysis: Analysis,
  { processors = {}, broken }: Wanted = {},
): fc.Arbitrary<Made> {
  const known = mentions.get(analysis) ?? mentionsIn(analysis);
  mentions.set(analysis, known);
  return fc.gen().map((choose) => {
    const maker = new Maker({ analysis, mentions: known, processors, broken }, choose);
    for (let left = MOST_TRIES; left > 0; left--) {
      try {
        maker.restart();
        return makeStructure(maker, type, makeParams(maker, type));
      } catch (error) {
        if (!(error instanceof Unfit) && !(error instanceof Exhausted)) throw error;
      }
    }
    throw new Unserved('no values were found that fit together');
  });
}

function makeParams(maker: Maker, type: TypeSpec): ReadonlyMap<string, Value> {
  const { analysis } = maker;
  return new Map(
    type.params.map((param) => [param.id, makeParam(maker, param.id, analysis.parameterType(param, type))]),
  );
}

function makeParam(maker: Maker, id: string, type: ValueType): Value {
  const { choose, mentions: known } = maker;
  switch (type.kind) {
    case 'integer': {
      const [lo, hi] = [type.range.lo ?? 0n, type.range.hi ?? 0n];
      return known.counts.has(id) ? choose(smallBetween, lo, hi) : choose(integerBetween, lo, hi);
    }
    case 'enum':
      return maker.pick(type.spec.members).value;
    case 'float':
      return choose(floatOf, 8);
    case 'boolean':
      return maker.coin();
    case 'string':
      return choose(textOf, 'UTF-8', 8, false);
    case 'bytes':
      return choose(bytesOf, 0, 8);
    case 'array':
      return Array.from({ length: maker.number(4) }, () => makeParam(maker, id, type.of));
    default:
      throw new Unserved(`the param \`${id}\` is a structure`);
  }
}
