import type { Attribute, Located } from '../../../tools/generate/model.ts';
import type { Wire } from '../../../tools/generate/resolve.ts';
import { namesUsed } from '../../../tools/generate/analysis.ts';
import { bitsRange, isWithin } from '../../../tools/generate/range.ts';
import type { BitStream } from './bit-stream.ts';
import { enumValues, isKept } from './demands.ts';
import { evaluate, type Standpoint } from './evaluate.ts';
import type { Maker } from './maker.ts';
import { floatBetween, floatOf, integerBetween, smallBetween } from './scalars.ts';
import { Unfit, type SpecStructure, type Value } from './values.ts';

/** A number of a field: one that its demands name, or one of the kind. */
export function makeNumber(
  maker: Maker,
  field: Attribute,
  wire: Extract<Wire, { kind: 'integer' | 'bits' | 'float' }>,
  at: Standpoint,
): Value {
  const demanded = maker.breaks(field) ? undefined : makeDemanded(maker, field, at);
  if (wire.kind === 'float') return demanded ?? makeFloat(maker, field, wire.bytes, at);
  if (wire.kind === 'bits' && wire.isFlag) return demanded ?? maker.coin();
  const { lo, hi } = wire.kind === 'bits' ? bitsRange(wire.bits, false) : wire.value.range;
  if (typeof demanded === 'bigint' && !isWithin({ lo: demanded, hi: demanded }, { lo, hi }))
    throw new Unfit('the field cannot hold what it has to');
  if (demanded !== undefined) return demanded;
  const make = maker.breaks(field) ? makeBrokenInteger : makeInteger;
  return make(maker, field, lo ?? 0n, hi ?? 0n, at);
}

function makeFloat(maker: Maker, { checks }: Attribute, size: number, at: Standpoint): Value {
  const bounds = checks.map((check) =>
    check.kind === 'min' || check.kind === 'max' ? Number(evaluate(check.value, at)) : 0,
  );
  if (checks.length === 0 || maker.coin()) return maker.choose(floatOf, size);
  return maker.choose(floatBetween, size, Math.min(...bounds), Math.max(...bounds));
}

/** An integer: small where it counts something, and often a known one where something hangs on it: named by an expression, or had before. */
function makeInteger(
  maker: Maker,
  field: Attribute,
  lowest: bigint,
  highest: bigint,
  at: Standpoint,
): bigint {
  const { choose, mentions } = maker;
  const [min, max] = [boundOf(field, 'min', lowest, at), boundOf(field, 'max', highest, at)];
  if (min > max) throw new Unfit('no integer lies between the bounds');
  const inside = (values: readonly Value[]): bigint[] =>
    values.filter((value) => typeof value === 'bigint').filter((value) => value >= min && value <= max);
  const fitting = inside(maker.fitting(field));
  if (fitting.length > 0 && maker.number(3) > 0) return maker.pick(fitting);
  if (maker.isDeep && mentions.counts.has(field.id)) return min > 0n ? min : 0n;
  const members = inside(enumValues(field, at.self.type));
  if (members.length > 0 && maker.coin()) return maker.pick(members);
  const compared = inside(mentions.compared.get(field.id) ?? []);
  if (compared.length > 0 && maker.number(2) === 0) return maker.pick(compared);
  if (maker.isDecisive(field) && maker.coin()) {
    const before = Array.from(at.self.fields.values(), ({ value }) => value);
    const named = inside([...before, ...mentions.integers]);
    if (named.length > 0) return maker.pick(named);
  }
  const [beyond] = inside([maker.coin() ? chooseBeyond(maker, field) : undefined]);
  if (beyond !== undefined) return beyond;
  return mentions.counts.has(field.id) ? choose(smallBetween, min, max) : choose(integerBetween, min, max);
}

/** Of what something is counted from: a little more than one of the numbers that it is compared with, often by whole words. */
function chooseBeyond(maker: Maker, { id }: Attribute): bigint | undefined {
  const { counts, compared } = maker.mentions;
  const known = counts.has(id) ? compared.get(id) : undefined;
  return known && maker.pick(known) + (maker.choose(smallBetween, 0n, 40n) << BigInt(maker.number(3)));
}

/** An integer that probably breaks a demand: any at all, or one beside a number that the demands name. */
function makeBrokenInteger(
  maker: Maker,
  field: Attribute,
  lowest: bigint,
  highest: bigint,
  at: Standpoint,
): bigint {
  const known = [...(maker.mentions.compared.get(field.id) ?? []), ...enumValues(field, at.self.type)];
  const around = known.flatMap((value) => [value - 1n, value, value + 1n]);
  const near = around.filter((value) => value >= lowest && value <= highest);
  return near.length > 0 && maker.coin() ? maker.pick(near) : maker.choose(integerBetween, lowest, highest);
}

function boundOf({ checks }: Attribute, kind: 'min' | 'max', otherwise: bigint, at: Standpoint): bigint {
  const check = checks.find((one) => one.kind === kind);
  const bound = check?.kind === kind ? evaluate(check.value, at) : undefined;
  if (typeof bound !== 'bigint') return otherwise;
  return (kind === 'min' ? bound > otherwise : bound < otherwise) ? bound : otherwise;
}

/** The value that the demands of a field leave, or one of those. */
export function makeDemanded(maker: Maker, field: Attribute, at: Standpoint): Value {
  for (const check of field.checks) {
    if (check.kind === 'contents') return check.bytes;
    if (check.kind === 'equal') return evaluateOrNothing(check.value, at);
    if (check.kind === 'anyOf') return evaluate(maker.pick(check.values), at);
    if (check.kind === 'inEnum') return pickMember(maker, field, at);
  }
  return undefined;
}

/** A member of the field's enum, often one that an expression names. */
function pickMember(maker: Maker, field: Attribute, at: Standpoint): bigint {
  const members = enumValues(field, at.self.type);
  const named = members.filter((value) => maker.mentions.compared.get(field.id)?.includes(value));
  return maker.pick(named.length > 0 && maker.coin() ? named : members);
}

/** Nothing where the demand is about the field itself, which is not there yet. */
function evaluateOrNothing(located: Located, at: Standpoint): Value {
  try {
    return evaluate(located, at);
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
}

/**
 * Throws Unfit where a value breaks a demand of its field, or breaks none where it should; one of the fields that the demand looks at may be the
 * culprit.
 */
export function checkDemands(maker: Maker, field: Attribute, value: Value, at: Standpoint): void {
  const broken = field.checks.find((check) => !isKept(check, field, value, at));
  if ((broken !== undefined) === maker.breaks(field)) return maker.noteChecked(field);
  const [check] = broken === undefined ? field.checks : [broken];
  const suspect = check?.kind === 'expression' ? suspectOf(maker, field, check.value, at) : undefined;
  throw new Unfit(broken === undefined ? 'keeps all demands' : 'breaks a demand', undefined, suspect);
}

/** Does a demand of the field look at others before it? */
export function hasSuspects(field: Attribute, owner: SpecStructure): boolean {
  return field.checks.some(
    (check) => check.kind === 'expression' && suspectsOf(field, check.value, owner).length > 0,
  );
}

function suspectsOf(field: Attribute, { ast }: Located, { type, fields }: SpecStructure): Attribute[] {
  const names = namesUsed(ast);
  return type.fields.filter((one) => one !== field && names.includes(one.id) && fields.has(one.id));
}

/** One of the fields before that an expression looks at. */
export function suspectOf(
  maker: Maker,
  field: Attribute,
  located: Located,
  { self }: Standpoint,
): Attribute | undefined {
  const suspects = suspectsOf(field, located, self);
  return suspects.length === 0 ? undefined : maker.pick(suspects);
}

/** Writes a number as its field has it. */
export function writeNumber(
  stream: BitStream,
  wire: Extract<Wire, { kind: 'integer' | 'bits' | 'float' }>,
  value: Value,
): void {
  if (wire.kind === 'float')
    return stream.writeBytes(floatBytes(Number(value), wire.bytes, wire.endian === 'le'));
  if (typeof value !== 'bigint' && typeof value !== 'boolean') throw new TypeError('an integer is wanted');
  if (wire.kind === 'bits') return stream.writeBits(BigInt(value), wire.bits, wire.endian === 'le');
  stream.writeInteger(BigInt(value), wire.bytes, wire.endian === 'le');
}

function floatBytes(value: number, size: number, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setFloat32(0, value, littleEndian);
  else view.setFloat64(0, value, littleEndian);
  return new Uint8Array(view.buffer);
}
