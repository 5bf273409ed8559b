import type { Attribute, Located } from '../../../tools/generate/model.ts';
import type { Wire } from '../../../tools/generate/resolve.ts';
import { namesUsed } from '../../../tools/generate/analysis.ts';
import { requireEnum } from '../../../tools/generate/resolve.ts';
import { bitsRange, isWithin } from '../../../tools/generate/range.ts';
import type { BitStream } from './bit-stream.ts';
import { evaluate, type Standpoint } from './evaluate.ts';
import type { Maker } from './maker.ts';
import { compareValues, isTrue } from './operators.ts';
import { floatBetween, floatOf, integerBetween, smallBetween } from './scalars.ts';
import { Unfit, type Value } from './values.ts';

/** A number of a field: one that its demands name, or one of the kind. */
export function makeNumber(
  maker: Maker,
  field: Attribute,
  wire: Extract<Wire, { kind: 'integer' | 'bits' | 'float' }>,
  at: Standpoint,
): Value {
  const demanded = makeDemanded(maker, field, at);
  if (wire.kind === 'float') return demanded ?? makeFloat(maker, field, wire.bytes, at);
  if (wire.kind === 'bits' && wire.isFlag) return demanded ?? maker.coin();
  const { lo, hi } = wire.kind === 'bits' ? bitsRange(wire.bits, false) : wire.value.range;
  if (typeof demanded === 'bigint' && !isWithin({ lo: demanded, hi: demanded }, { lo, hi }))
    throw new Unfit('the field cannot hold what it has to');
  if (demanded !== undefined) return demanded;
  return makeInteger(maker, field, lo ?? 0n, hi ?? 0n, at);
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
  const fitting = maker.fitting(field).filter((value) => value >= min && value <= max);
  if (fitting.length > 0 && maker.number(3) > 0) return maker.pick(fitting);
  const before = Array.from(at.self.fields.values(), ({ value }) => value);
  const named = [...before, ...mentions.integers].filter(
    (value) => typeof value === 'bigint' && value >= min && value <= max,
  ) as readonly bigint[];
  const members = enumMembers(field, at).filter((value) => value >= min && value <= max);
  if (members.length > 0 && maker.coin()) return maker.pick(members);
  if (maker.isDecisive(field) && named.length > 0 && maker.coin()) return maker.pick(named);
  return mentions.counts.has(field.id) ? choose(smallBetween, min, max) : choose(integerBetween, min, max);
}

function boundOf({ checks }: Attribute, kind: 'min' | 'max', otherwise: bigint, at: Standpoint): bigint {
  const check = checks.find((one) => one.kind === kind);
  const bound = check?.kind === kind ? evaluate(check.value, at) : undefined;
  if (typeof bound !== 'bigint') return otherwise;
  return (kind === 'min' ? bound > otherwise : bound < otherwise) ? bound : otherwise;
}

function enumMembers({ enumName }: Attribute, { self }: Standpoint): readonly bigint[] {
  if (enumName === undefined) return [];
  return requireEnum(enumName.path, self.type, enumName.place).members.map(({ value }) => value);
}

/** The value that the demands of a field leave, or one of those. */
export function makeDemanded(maker: Maker, field: Attribute, at: Standpoint): Value {
  for (const check of field.checks) {
    if (check.kind === 'contents') return check.bytes;
    if (check.kind === 'equal') return evaluateOrNothing(check.value, at);
    if (check.kind === 'anyOf') return evaluate(maker.pick(check.values), at);
    if (check.kind === 'inEnum') return maker.pick(enumMembers(field, at));
  }
  return undefined;
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

/** Throws Unfit where a value breaks a demand of its field; one of the fields that the demand looks at may be the culprit. */
export function checkDemands(maker: Maker, field: Attribute, item: Value, standpoint: Standpoint): void {
  const at: Standpoint = { ...standpoint, item };
  for (const check of field.checks) {
    if (check.kind === 'expression' && !isTrue(evaluate(check.value, at)))
      throw new Unfit('breaks a demand', undefined, suspectOf(maker, field, check.value, at));
    if (check.kind === 'equal' && !compareValues('==', item, evaluate(check.value, at)))
      throw new Unfit('is not what it has to be');
    if (check.kind === 'min' && !compareValues('>=', item, evaluate(check.value, at)))
      throw new Unfit('too small');
    if (check.kind === 'max' && !compareValues('<=', item, evaluate(check.value, at)))
      throw new Unfit('too large');
  }
}

function suspectOf(
  maker: Maker,
  field: Attribute,
  { ast }: Located,
  { self }: Standpoint,
): Attribute | undefined {
  const names = namesUsed(ast);
  const suspects = self.type.fields.filter(
    (one) => one !== field && names.includes(one.id) && self.fields.has(one.id),
  );
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
