import { expressionsOf, expressionsOfAttribute, type Analysis } from '../../../tools/generate/analysis.ts';
import type { Expression } from '../../../tools/generate/expression.ts';
import type { Place } from '../../../tools/generate/diagnostics.ts';
import type { Attribute, TypeSpec } from '../../../tools/generate/model.ts';
import { requireEnum } from '../../../tools/generate/resolve.ts';
import { attributesOf } from '../../../tools/generate/read-spec.ts';
import { childrenOf } from '../../../tools/generate/scope.ts';

/** What the expressions of specs talk about: values that decide something are worth choosing with care. */
export interface Mentions {
  /** Ids of what sizes and counts are computed from: large values lead nowhere. */
  readonly counts: ReadonlySet<string>;
  /** Ids of what conditions, cases and demands look at. */
  readonly decisions: ReadonlySet<string>;
  readonly integers: readonly bigint[];
  /** Those that stand in one expression with a field, or in one of its own, by the field's id. */
  readonly compared: ReadonlyMap<string, readonly bigint[]>;
  /** Texts, and lists of bytes. */
  readonly contents: readonly (string | Uint8Array)[];
}

/** Collects what all expressions of all specs talk about. Names are taken for one and the same in all types. */
export function mentionsIn(analysis: Analysis): Mentions {
  const types = [...analysis.allTypes()];
  const attributes = types.flatMap((type) => [...attributesOf(type)]);
  const constants = types.flatMap((type) => expressionsOf(type).flatMap(partsOf));
  const members = types.flatMap((type) => [...type.enums.values()].flatMap((spec) => spec.members));
  return {
    counts: closure(attributes.flatMap(countExpressions), attributes),
    decisions: closure(types.flatMap(expressionsOf), attributes),
    integers: [
      ...new Set([
        ...constants.flatMap((one) => (one.kind === 'integer' ? [one.value, -one.value] : [])),
        ...members.map(({ value }) => value),
      ]),
    ],
    compared: comparedIn(types),
    contents: constants.flatMap(contentsIn),
  };
}

function comparedIn(types: readonly TypeSpec[]): ReadonlyMap<string, readonly bigint[]> {
  const compared = new Map<string, Set<bigint>>();
  for (const type of types)
    for (const attribute of attributesOf(type))
      for (const expression of expressionsOfAttribute(attribute)) {
        const integers = partsOf(expression).flatMap((one) => integersIn(one, type, attribute.place));
        for (const name of [attribute.id, ...namesIn(expression)])
          if (integers.length > 0) compared.set(name, new Set([...(compared.get(name) ?? []), ...integers]));
      }
  return new Map([...compared].map(([name, integers]) => [name, [...integers]]));
}

function integersIn(part: Expression, type: TypeSpec, place: Place): readonly bigint[] {
  if (part.kind === 'integer') return [part.value];
  if (part.kind !== 'enum') return [];
  const { members } = requireEnum([...part.path, part.name], type, place);
  return members.flatMap(({ label, value }) => (label === part.label ? [value] : []));
}

function countExpressions({ extent, repeat, process, type }: Attribute): readonly Expression[] {
  const located = [extent.size, repeat?.kind === 'count' ? repeat.count : undefined];
  // Params may be sizes of the types that they are handed to.
  const args = type?.kind === 'named' ? type.args : (type?.cases ?? []).flatMap((one) => one.type.args);
  return [
    ...located.flatMap((one) => (one === undefined ? [] : [one.ast])),
    ...(process?.args ?? []),
    ...args,
  ];
}

/** All names in expressions, and those in the value instances that have one of the names. */
function closure(expressions: readonly Expression[], attributes: readonly Attribute[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let open = expressions.flatMap(namesIn); open.length > 0;) {
    const added = open.filter((name) => !names.has(name));
    for (const name of added) names.add(name);
    const computed = attributes.filter(({ id }) => added.includes(id));
    open = computed.flatMap(({ value }) => (value === undefined ? [] : namesIn(value.ast)));
  }
  return names;
}

function namesIn(expression: Expression): readonly string[] {
  return partsOf(expression).flatMap((part) =>
    part.kind === 'name' || part.kind === 'member' ? [part.name] : [],
  );
}

function contentsIn(expression: Expression): readonly (string | Uint8Array)[] {
  if (expression.kind === 'string') return [expression.value];
  if (expression.kind !== 'list') return [];
  const bytes = expression.items.flatMap((item) => (item.kind === 'integer' ? [Number(item.value)] : []));
  return bytes.length === expression.items.length ? [Uint8Array.from(bytes)] : [];
}

function partsOf(expression: Expression): readonly Expression[] {
  return [expression, ...childrenOf(expression).flatMap(partsOf)];
}
