import { tableOf } from './analysis.ts';
import { beforeReading, scopeAt, type Emission } from './emission.ts';
import { extentText, isSimple } from './emit-bytes.ts';
import { emitChecks } from './emit-checks.ts';
import { readWire } from './emit-element.ts';
import { isRecord } from './emit-record.ts';
import { typeText } from './emit-types.ts';
import type { Attribute, Located } from './model.ts';
import { isTotal, type FieldEndian, type SwitchWire } from './resolve.ts';
import type { Code, Scope } from './scope.ts';
import { converted, present } from './code.ts';
import { checkComparable, compare } from './compare.ts';
import { translate, translateCondition, translateExtent, translateInteger } from './translate.ts';
import * as types from './types.ts';

/** Where the elements of a repeated attribute are kept while it is read, and how a value is given to its field. */
export interface Target {
  /** Statement that stores a value. */
  readonly store: (value: string) => string;
  /** The same for a list that is still to be filled; `store` where absent. */
  readonly storeList?: (list: string) => string;
  /** The stored value, or list of values. */
  readonly stored: string;
}

/** Statements that read an attribute from `io` into the target; for a repeated one the list as well. */
export function emitAttribute(attribute: Attribute, target: Target, emission: Emission): readonly string[] {
  const { repeat } = attribute;
  const scope = scopeAt(beforeReading(attribute, emission), attribute.whole);
  if (repeat === undefined)
    return [
      ...emitAwaiting(attribute, emission),
      ...emitElement(attribute, target, scope, emission),
      ...emitChecks(attribute, target.stored, emission),
    ];
  const table = tableOf(attribute, emission.analysis.wireOf(attribute, emission.owner));
  if (table !== undefined) return [target.store(emitTable(attribute, table, emission))];
  return isRecordList(attribute, emission)
    ? emitRecordLoop(attribute, target, emission)
    : emitLoop(attribute, target, emission);
}

/** A structure that is asked for from inside is to be there as soon as its reading begins. */
function emitAwaiting(attribute: Attribute, { analysis, names, owner }: Emission): readonly string[] {
  if (!analysis.unfinished.isAskedInside(attribute, owner)) return [];
  return [`${names.runtime('awaitStructure')}(this, ${JSON.stringify(attribute.id)});`];
}

function emitTable(attribute: Attribute, table: string, emission: Emission): string {
  const wire = emission.analysis.wireOf(attribute, emission.owner);
  const { names } = emission;
  const width = wire.kind === 'integer' || wire.kind === 'float' ? wire.bytes : 1;
  const count =
    attribute.repeat?.kind === 'count'
      ? countText(attribute, attribute.repeat.count, emission)
      : names.runtime('countToEnd') + `(io, ${width})`;
  if (table === 'Uint8Array')
    return `io.readBytes(${mayBeNegative(attribute, emission) ? `${names.global('Math')}.max(0, ${count})` : count})`;
  if (table === 'Int8Array') return `${names.runtime('readS1Array')}(io, ${count})`;
  const kind = wire.kind === 'float' ? 'F' : wire.kind === 'integer' && wire.signed ? 'S' : 'U';
  const endian = wire.kind === 'integer' || wire.kind === 'float' ? wire.endian : 'be';
  return `${names.runtime(`read${kind}${width}Array`)}(io, ${count}, ${isLittle(endian)})`;
}

function countText(attribute: Attribute, count: Located, emission: Emission): string {
  return translateExtent(count.ast, scopeAt(beforeReading(attribute, emission), count.place));
}

function mayBeNegative({ repeat }: Attribute, emission: Emission): boolean {
  if (repeat?.kind !== 'count') return false;
  const { lo } = translateInteger(repeat.count.ast, scopeAt(emission, repeat.count.place)).type.range;
  return lo === null || lo < 0n;
}

function isLittle(endian: FieldEndian): string {
  return endian === 'calculated' ? 'this._isLe' : String(endian === 'le');
}

/** A list of records, whose number is known, with room for them all: growing it takes as long as reading them. */
function emitRecordLoop(attribute: Attribute, target: Target, emission: Emission): readonly string[] {
  const { analysis, names, owner } = emission;
  const { repeat } = attribute;
  const size = (analysis.sizes.elementBits(attribute, owner) ?? 0) / 8;
  const count =
    repeat?.kind === 'count'
      ? countText(attribute, repeat.count, emission)
      : `${names.runtime('countToEnd')}(io, ${size})`;
  const store = target.storeList ?? target.store;
  const element: Target = { store: (value) => `${target.stored}[index] = ${value};`, stored: target.stored };
  return [
    `const count = ${count};`,
    store(`${names.runtime('listOf')}(io, count, ${size})`),
    'for (let index = 0; index < count; index++) {',
    ...emitElement(attribute, element, { ...scopeAt(emission, attribute.whole), index: 'index' }, emission),
    '}',
  ];
}

function isRecordList(attribute: Attribute, emission: Emission): boolean {
  const { analysis, owner } = emission;
  const { repeat, checks, extent, process } = attribute;
  const isPlain = extent.size === undefined && extent.terminator === undefined && !extent.sizeEos;
  if (!isPlain || repeat?.kind === 'until' || checks.length > 0 || process !== undefined) return false;
  const wire = analysis.wireOf(attribute, owner);
  return wire.kind === 'user' && isRecord({ ...emission, owner: wire.type });
}

function emitLoop(attribute: Attribute, target: Target, emission: Emission): readonly string[] {
  const { analysis, owner, names } = emission;
  const { repeat } = attribute;
  if (repeat === undefined) return [];
  const element = analysis.elementType(attribute, owner);
  const place =
    repeat.kind === 'count'
      ? repeat.count.place
      : repeat.kind === 'until'
        ? repeat.until.place
        : attribute.whole;
  const scope = scopeAt(emission, place);
  const itemType = typeText(element, scope);
  const item: Code = { text: 'item', type: element, optional: false };
  const { sizes } = analysis;
  const isSteady = (sizes.elementBits(attribute, owner) ?? 0) > 0 || sizes.alwaysReads(attribute, owner);
  const inner = { ...scope, place: attribute.whole, index: 'index' };
  const push = (value: string): string => `${target.stored}.push(${value});`;
  const needsItem = repeat.kind === 'until' || attribute.checks.length > 0;
  const reading = needsItem
    ? readItem(attribute, itemType, inner, emission, push)
    : emitElement(attribute, { store: push, stored: target.stored }, inner, emission);
  const body = [
    ...(isSteady ? [] : ['guard.step();']),
    ...reading,
    ...emitChecks(attribute, 'item', emission, 'index'),
  ];
  const start = [
    (target.storeList ?? target.store)('[]'),
    ...(isSteady
      ? []
      : [
          `const guard = new ${names.runtime('LoopGuard')}(${repeat.kind === 'count' ? 'io, io.bytes.buffer.byteLength' : 'io'});`,
        ]),
  ];
  if (repeat.kind === 'eos') return [...start, `for (let index = 0; !io.isEof(); index++) {`, ...body, '}'];
  if (repeat.kind === 'until') {
    const until = translateCondition(repeat.until.ast, { ...scope, item, index: 'index' });
    return [...start, 'for (let index = 0; ; index++) {', ...body, `if (${until}) break;`, '}'];
  }
  const count = countText(attribute, repeat.count, emission);
  const limit = /^[0-9]+$/.test(count) ? count : 'count';
  const counted = limit === 'count' ? [`const count = ${count};`] : [];
  return [...counted, ...start, `for (let index = 0; index < ${limit}; index++) {`, ...body, '}'];
}

/** Reads one element into the variable `item` first, for those who need to look at it. */
function readItem(
  attribute: Attribute,
  itemType: string,
  scope: Scope,
  emission: Emission,
  push: (value: string) => string,
): readonly string[] {
  const wire = emission.analysis.wireOf(attribute, emission.owner);
  if (wire.kind !== 'switch')
    return [`const item: ${itemType} = ${readWire(wire, attribute, scope, emission)};`, push('item')];
  const target: Target = { store: (value) => `item = ${value};`, stored: 'item' };
  const choice = emitSwitch(wire, attribute, target, scope, emission);
  if (isTotal(wire)) return [`let item: ${itemType};`, ...choice, push('item')];
  return [`let item: ${itemType} | undefined;`, ...choice, `if (item === undefined) continue;`, push('item')];
}

function emitElement(
  attribute: Attribute,
  target: Target,
  scope: Scope,
  emission: Emission,
): readonly string[] {
  const wire = emission.analysis.wireOf(attribute, emission.owner);
  if (wire.kind === 'switch') return emitSwitch(wire, attribute, target, scope, emission);
  return [target.store(readWire(wire, attribute, scope, emission))];
}

function emitSwitch(
  wire: SwitchWire,
  attribute: Attribute,
  target: Target,
  outer: Scope,
  emission: Emission,
): readonly string[] {
  const size = sharedSize(wire, attribute, outer);
  if (size !== undefined)
    return [
      `const size = ${size};`,
      ...emitSwitch(wire, attribute, target, { ...outer, size: 'size' }, emission),
    ];
  const scope = { ...outer, place: wire.on.place };
  const on = present(translate(wire.on.ast, scope), scope);
  if (on.type.kind === 'bytes') return emitBytesSwitch(wire, on, attribute, target, scope, emission);
  const isMixed = heldOf(on.type) === 'mixed';
  const mayMiss = !isTotal(wire) && attribute.repeat === undefined;
  const cases: Case[] = [];
  let otherwise: readonly string[] = mayMiss ? ['default:', target.store('undefined')] : [];
  for (const { when, wire: one } of wire.cases) {
    const read = target.store(
      readWire(one, attribute, { ...scope, place: when?.place ?? attribute.whole }, emission),
    );
    if (when === undefined) otherwise = ['default:', read];
    else cases.push({ label: caseText(when, on, scope), read });
  }
  if (cases.length === 0) return otherwise.slice(1);
  const yes = cases.find(({ label }) => label === 'true');
  const no = cases.find(({ label }) => label === 'false');
  if (yes !== undefined && no !== undefined) return [`if (${on.text}) {`, yes.read, '} else {', no.read, '}'];
  // A constant must not be narrowed to itself, or TypeScript finds all other cases impossible.
  const isConstant = on.isLiteral === true || scope.pinned?.includes(on.text) === true;
  const bigOn = isMixed ? `${scope.names.global('BigInt')}(${on.text})` : on.text;
  const declared = isConstant
    ? [`const on = ${bigOn} as ${typeText(isMixed ? types.declared(64, true) : on.type, scope)};`]
    : [];
  return [...declared, `switch (${isConstant ? 'on' : bigOn}) {`, ...caseLines(cases), ...otherwise, '}'];
}

/** The size that several cases read, where it is worth a variable. */
function sharedSize({ cases }: SwitchWire, attribute: Attribute, scope: Scope): string | undefined {
  const sized = cases.filter(({ wire: { kind } }) => !['integer', 'float', 'bits'].includes(kind));
  const size = sized.length > 1 && scope.size === undefined ? extentText(attribute, scope) : undefined;
  return size === undefined || isSimple(size) ? undefined : size;
}

/** One case of a `switch`, and the statement that reads what it is for. */
interface Case {
  readonly label: string;
  readonly read: string;
}

/** Neighbours that read the same share the statement. */
function caseLines(cases: readonly Case[]): readonly string[] {
  return cases.flatMap(({ label, read }, index) => {
    const isShared = cases[index + 1]?.read === read;
    return isShared ? [`case ${label}:`] : [`case ${label}:`, read, 'break;'];
  });
}

function heldOf(type: types.ValueType): types.Representation | undefined {
  if (type.kind === 'enum') return type.of.held;
  return type.kind === 'integer' ? type.held : undefined;
}

function caseText(when: Located, on: Code, outer: Scope): string {
  const scope = { ...outer, place: when.place };
  const value = present(translate(when.ast, scope), scope);
  checkComparable(on.type, value.type, '==', scope, on.said);
  const held = heldOf(on.type) === 'number' ? 'number' : 'bigint';
  if (value.type.kind === 'enum')
    return value.type.of.held === held
      ? value.text
      : `${scope.names.global(held === 'bigint' ? 'BigInt' : 'Number')}(${value.text})`;
  return converted(value, on.type.kind === 'integer' ? { ...on.type, held } : on.type, scope).text;
}

function emitBytesSwitch(
  wire: SwitchWire,
  on: Code,
  attribute: Attribute,
  target: Target,
  scope: Scope,
  emission: Emission,
): readonly string[] {
  const lines: string[] = [];
  const variable: Code = { ...on, text: 'on' };
  let otherwise = attribute.repeat === undefined ? target.store('undefined') : '';
  for (const { when, wire: one } of wire.cases) {
    const read = target.store(
      readWire(one, attribute, { ...scope, place: when?.place ?? attribute.whole }, emission),
    );
    if (when === undefined) {
      otherwise = read;
      continue;
    }
    const at = { ...scope, place: when.place };
    const test = compare(variable, '==', present(translate(when.ast, at), at), at);
    lines.push(`${lines.length === 0 ? '' : 'else '}if (${test.text}) {`, read, '}');
  }
  if (lines.length === 0) return [otherwise];
  return [`const on = ${on.text};`, ...lines, ...(otherwise === '' ? [] : ['else {', otherwise, '}'])];
}
