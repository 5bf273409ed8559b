import type { Attribute, TypeSpec } from '../../../tools/generate/model.ts';
import type { SwitchWire, Wire } from '../../../tools/generate/resolve.ts';
import type { BitStream, Mark } from './bit-stream.ts';
import { endingOf, fieldSize, makeContents, processOf, writeContents } from './contents.ts';
import { evaluate, evaluateCount, holds, valueOf, type Standpoint } from './evaluate.ts';
import { brokenIn, type Broken } from './demands.ts';
import { isEnded } from './framing.ts';
import { checkDemands, hasSuspects, makeNumber, suspectOf, writeNumber } from './leaves.ts';
import type { Maker } from './maker.ts';
import { compareValues, isTrue } from './operators.ts';
import { SpecStructure, Unfit, Unserved, type Placed, type Value } from './values.ts';

type UserWire = Extract<Wire, { kind: 'user' }>;

/** A structure, its bytes as the spec has them, and the demands of the spec that it does not keep. */
export interface Made {
  readonly structure: SpecStructure;
  readonly bytes: Uint8Array;
  readonly broken: readonly Broken[];
}

/** Tries at one value that has to meet a demand, and at a structure whose parts have to fit. */
const VALUE_TRIES = 40;
const STRUCTURE_TRIES = 8;
const SUSPECTING_TRIES = 6;
const SIZED_TRIES = 2;
/** How often a structure goes back to a field that another one does not fit. */
const MOST_RETURNS = 30;
const MOST_ELEMENTS = 60;
/** Elements of a list that nothing limits. */
const MOST_FREE = 4;

/**
 * Chooses the fields of a structure in the order of the spec, each to fit those before it, and writes them to its stream. Where one does not
 * fit, the field that says its size, or that its demand looks at, and all behind that are chosen again. Throws Unfit where nothing helps: then
 * the fields before the one that does not fit are there.
 */
export function fillStructure(maker: Maker, structure: SpecStructure): SpecStructure {
  const { fields } = structure.type;
  const marks: Mark[] = [];
  let returns = MOST_RETURNS;
  for (let [index, field] = [0, fields[0]]; field !== undefined; field = fields[index]) {
    marks[index] = structure.stream.mark();
    const error = misfit(() => makeField(maker, field, structure));
    if (error === undefined) {
      index++;
      continue;
    }
    if (error.culprit !== undefined && --returns >= 0) index = fields.indexOf(error.culprit);
    goBack(structure, index, marks[index]);
    if (error.culprit === undefined || returns < 0) throw error;
  }
  return structure;
}

/** Forgets the field of that index and all behind it. */
function goBack({ stream, fields, type }: SpecStructure, index: number, mark: Mark | undefined): void {
  for (const { id } of type.fields.slice(index)) fields.delete(id);
  if (mark !== undefined) stream.reset(mark);
}

function misfit(action: () => void): Unfit | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof Unfit) return error;
    throw error;
  }
}

function makeField(maker: Maker, field: Attribute, owner: SpecStructure): void {
  const { condition, repeat } = field;
  const at = maker.standpoint(owner);
  if (endsByte(maker, field, owner.type)) owner.stream.align();
  if (condition !== undefined && !holds(condition, at)) {
    if (field === maker.broken)
      throw new Unfit('what is to be broken is absent', undefined, suspectOf(maker, field, condition, at));
    return;
  }
  if (repeat !== undefined) return makeList(maker, field, owner);
  const [value, place] = makeElement(maker, field, owner);
  owner.fields.set(field.id, { value, places: [place] });
}

/** What is no bit field, be it there or not, ends the byte of a bit field right before it. */
function endsByte({ analysis }: Maker, field: Attribute, type: TypeSpec): boolean {
  const before = type.fields[type.fields.indexOf(field) - 1];
  const isBits = (one: Attribute): boolean => analysis.wireOf(one, type).kind === 'bits';
  return before !== undefined && isBits(before) && !isBits(field);
}

/** The list of a repeated field while it grows: expressions may ask for the elements that are there. */
class Growing {
  readonly values: Value[] = [];
  readonly #places: Placed[] = [];
  readonly #make: () => readonly [Value, Placed];

  constructor(maker: Maker, field: Attribute, owner: SpecStructure) {
    this.#make = () => makeElement(maker, field, owner, this.values.length);
    owner.fields.set(field.id, { value: this.values, places: this.#places });
  }

  add(): Value {
    if (this.values.length >= MOST_ELEMENTS) throw new Unfit('too many elements');
    const [value, place] = this.#make();
    this.values.push(value);
    this.#places.push(place);
    return value;
  }

  /** Goes back to fewer elements. */
  cut(length: number): void {
    this.values.length = length;
    this.#places.length = length;
  }
}

function makeList(maker: Maker, field: Attribute, owner: SpecStructure): void {
  const { repeat } = field;
  const list = new Growing(maker, field, owner);
  if (repeat?.kind === 'count') {
    const count = evaluateCount(repeat.count, maker.standpoint(owner));
    while (list.values.length < count) list.add();
  } else if (repeat?.kind === 'eos') fillStream(maker, list, owner.stream);
  else makeUntil(maker, field, list, owner);
}

/** Where the stream's size is not known, it ends with the list. */
function fillStream(maker: Maker, list: Growing, stream: BitStream): void {
  if (stream.limit !== undefined) {
    while (stream.remaining !== 0 || !stream.isAligned) list.add();
    return;
  }
  for (let left = maker.number(MOST_FREE); left > 0; left--) {
    const start = stream.bits;
    list.add();
    if (stream.bits === start) throw new Unfit('an element without bytes is not read at the end of a stream');
  }
  if (!stream.isAligned) throw new Unfit('the rest of a byte would be read, too');
  stream.limit = stream.pos;
}

function makeUntil(maker: Maker, field: Attribute, list: Growing, owner: SpecStructure): void {
  const { repeat } = field;
  if (repeat?.kind !== 'until') throw new TypeError('repeat: until is wanted');
  const isLast = (item: Value): boolean => {
    const index = list.values.length - 1;
    return isTrue(evaluate(repeat.until, { ...maker.standpoint(owner, index), item }));
  };
  for (let left = maker.number(MOST_FREE); left > 0; left--) if (isLast(list.add())) return;
  const length = list.values.length;
  maker.attempt(owner.stream, VALUE_TRIES, () => {
    list.cut(length);
    while (!isLast(list.add()))
      if (list.values.length > length + MOST_FREE) throw new Unfit('goes on for ever');
  });
}

/** One value, or one element of a list, that meets the field's demands. */
function makeElement(
  maker: Maker,
  field: Attribute,
  owner: SpecStructure,
  index?: number,
): readonly [Value, Placed] {
  const { stream } = owner;
  const at = maker.standpoint(owner, index);
  const whole = maker.analysis.wireOf(field, owner.type);
  const wire = whole.kind === 'switch' ? chosenCase(whole, at) : whole;
  const start = stream.bits;
  if (wire === undefined) return [undefined, { wire, start, end: start }];
  maker.chooseWhetherToBreak(field);
  return maker.attempt(stream, triesFor(field, wire, owner), () => {
    const value = maker.sizing(field, owner, () => makeValue(maker, field, wire, owner, at));
    const place: Placed = { wire, start, end: stream.bits };
    // A demand may call the field by its name.
    if (field.repeat === undefined) owner.fields.set(field.id, { value, places: [place] });
    checkDemands(maker, field, value, at);
    return [value, place];
  });
}

function triesFor(field: Attribute, wire: Wire, owner: SpecStructure): number {
  // A size that another field says is better said otherwise, and so is a field that a demand looks at.
  if (field.extent.size?.ast.kind === 'name') return SIZED_TRIES;
  if (wire.kind === 'user') return STRUCTURE_TRIES;
  return hasSuspects(field, owner) ? SUSPECTING_TRIES : VALUE_TRIES;
}

function chosenCase({ on, cases }: SwitchWire, at: Standpoint): Wire | undefined {
  const value = evaluate(on, at);
  if (value === undefined) throw new Unfit('what decides the type is absent');
  const found = cases.find(
    ({ when }) => when !== undefined && compareValues('==', value, evaluate(when, at)),
  );
  return (found ?? cases.find(({ when }) => when === undefined))?.wire;
}

function makeValue(maker: Maker, field: Attribute, wire: Wire, owner: SpecStructure, at: Standpoint): Value {
  switch (wire.kind) {
    case 'integer':
    case 'float':
    case 'bits': {
      if (wire.endian === 'calculated') throw new Unserved('its byte order is chosen when it is read');
      const value = makeNumber(maker, field, wire, at);
      writeNumber(owner.stream, wire, value);
      return value;
    }
    case 'bytes':
      return makeContents(maker, field, undefined, owner.stream, at);
    case 'string':
      return makeContents(maker, field, wire, owner.stream, at);
    case 'user':
      return makeNested(maker, field, wire, owner, at);
    default:
      throw new Unserved(`\`${field.id}\` is of an opaque type`);
  }
}

function makeNested(
  maker: Maker,
  field: Attribute,
  wire: UserWire,
  owner: SpecStructure,
  at: Standpoint,
): SpecStructure {
  const { size, sizeEos, terminator } = field.extent;
  const create = (stream: BitStream): SpecStructure =>
    maker.descend(() => fillStructure(maker, nestedStructure(field, wire, owner, stream, at)));
  if (size === undefined && !sizeEos && terminator === undefined) return create(owner.stream);
  const ending = endingOf(field);
  const length = fieldSize(field, owner.stream, at);
  const process = processOf(maker, field, at);
  const fills = !isEnded(ending) && process.keepsLength && process.overhead === 0;
  const wishes = {
    first: owner.stream.awaited && process.decode(owner.stream.awaited),
    last: ending.include ? process.decode(ending.terminator) : undefined,
  };
  const stream = maker.stream(fills ? length : undefined, wishes);
  const structure = create(stream);
  const bytes = stream.toBytes();
  const whole =
    fills && length !== undefined ? Uint8Array.of(...bytes, ...new Uint8Array(length - bytes.length)) : bytes;
  writeContents(owner.stream, process.encode(whole), field, length, ending);
  return structure;
}

function nestedStructure(
  { parent }: Attribute,
  { type, args, place }: UserWire,
  owner: SpecStructure,
  stream: BitStream,
  at: Standpoint,
): SpecStructure {
  const values = args.map((arg) => valueOf(arg, at, place));
  const params = new Map(type.params.map(({ id }, index) => [id, values[index]]));
  if (type.spec !== owner.type.spec) return new SpecStructure(type, stream, params);
  const holder = parent === undefined ? owner : parent === 'none' ? undefined : evaluate(parent, at);
  return new SpecStructure(
    type,
    stream,
    params,
    holder instanceof SpecStructure ? holder : undefined,
    owner.root,
  );
}

/** A structure of its own, from the start of a stream of its own. */
export function makeStructure(maker: Maker, type: TypeSpec, params: ReadonlyMap<string, Value>): Made {
  const stream = maker.stream();
  const structure = new SpecStructure(type, stream, params);
  const error = misfit(() => void fillStructure(maker, structure));
  const broken = maker.broken === undefined ? [] : brokenIn(structure, maker.analysis);
  // Behind what is broken nothing needs to fit: the bytes end there.
  if (error !== undefined && broken.length === 0) throw error;
  if (maker.broken !== undefined && broken.length === 0) throw new Unfit('nothing is broken');
  return { structure, bytes: stream.toBytes(), broken };
}
