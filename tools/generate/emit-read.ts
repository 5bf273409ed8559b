import { tableOf } from './analysis.ts';
import { beforeReading, scopeAt, type Emission } from './emission.ts';
import { processed, readBytes } from './emit-bytes.ts';
import { emitChecks } from './emit-checks.ts';
import { isRecord } from './emit-record.ts';
import { typeText } from './emit-types.ts';
import type { Attribute, Located, TypeSpec } from './model.ts';
import { endianOf, type FieldEndian, type SwitchWire, type Wire } from './resolve.ts';
import type { Code, Names, Scope } from './scope.ts';
import { converted, fail, isAssignable, present } from './code.ts';
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
  const isSteady = (analysis.sizes.elementBits(attribute, owner) ?? 0) > 0;
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
  if (repeat.kind === 'eos') return [...start, `for (let index = 0; !io.isEof; index++) {`, ...body, '}'];
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
  const isTotal = wire.cases.some(({ when }) => when === undefined);
  const target: Target = { store: (value) => `item = ${value};`, stored: 'item' };
  const choice = emitSwitch(wire, attribute, target, scope, emission);
  if (isTotal) return [`let item: ${itemType};`, ...choice, push('item')];
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
  const scope = { ...outer, place: wire.on.place };
  const on = present(translate(wire.on.ast, scope), scope);
  const isTotal = wire.cases.some(({ when }) => when === undefined);
  const isRepeated = attribute.repeat !== undefined;
  const fallback = isTotal || isRepeated ? [] : ['default:', target.store('undefined')];
  if (on.type.kind === 'bytes') return emitBytesSwitch(wire, on, attribute, target, scope, emission);
  const isMixed = heldOf(on.type) === 'mixed';
  const lines: string[] = [];
  let otherwise: readonly string[] = fallback;
  for (const { when, wire: one } of wire.cases) {
    const read = target.store(
      readWire(one, attribute, { ...scope, place: when?.place ?? attribute.whole }, emission),
    );
    if (when === undefined) otherwise = ['default:', read];
    else lines.push(`case ${caseText(when, on, scope)}:`, read, 'break;');
  }
  if (lines.length === 0) return otherwise.slice(1);
  // A constant must not be narrowed to itself, or TypeScript finds all other cases impossible.
  const isConstant = on.isLiteral === true || scope.pinned?.includes(on.text) === true;
  const bigOn = isMixed ? `${scope.names.global('BigInt')}(${on.text})` : on.text;
  const declared = isConstant
    ? [`const on = ${bigOn} as ${typeText(isMixed ? types.declared(64, true) : on.type, scope)};`]
    : [];
  return [...declared, `switch (${isConstant ? 'on' : bigOn}) {`, ...lines, ...otherwise, '}'];
}

function heldOf(type: types.ValueType): types.Representation | undefined {
  if (type.kind === 'enum') return type.of.held;
  return type.kind === 'integer' ? type.held : undefined;
}

function caseText(when: Located, on: Code, outer: Scope): string {
  const scope = { ...outer, place: when.place };
  const value = present(translate(when.ast, scope), scope);
  checkComparable(on.type, value.type, '==', scope);
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

/** The expression that reads one element from `io`. Throws SpecError. */
export function readWire(wire: Wire, attribute: Attribute, scope: Scope, emission: Emission): string {
  const { names } = scope;
  switch (wire.kind) {
    case 'integer':
    case 'float':
      return readNumber(wire);
    case 'bits':
      return readBits(wire);
    case 'bytes':
      return processed(readBytes(attribute, undefined, scope), attribute, scope);
    case 'string': {
      const bytes = processed(readBytes(attribute, wire, scope), attribute, scope);
      return `${names.runtime('bytesToStr')}(${bytes}, ${JSON.stringify(wire.encoding)})`;
    }
    case 'user':
    case 'opaque':
      return construct(wire, attribute, scope, emission);
    case 'switch':
      return fail(scope, 'a case cannot be a switch');
  }
}

function readNumber(wire: Extract<Wire, { kind: 'integer' | 'float' }>): string {
  const kind = wire.kind === 'float' ? 'F' : wire.signed ? 'S' : 'U';
  const name = `io.read${kind}${wire.bytes}`;
  if (wire.bytes === 1) return `${name}()`;
  if (wire.endian === 'calculated') return `(this._isLe ? ${name}le() : ${name}be())`;
  return `${name}${wire.endian}()`;
}

function readBits({ bits, endian, isFlag }: Extract<Wire, { kind: 'bits' }>): string {
  const name = endian === 'le' ? 'readBitsIntLe' : 'readBitsIntBe';
  if (isFlag) return `io.${name}(1) !== 0`;
  return bits > 32 ? `io.${name}64(${bits})` : `io.${name}(${bits})`;
}

function construct(
  wire: Extract<Wire, { kind: 'user' | 'opaque' }>,
  attribute: Attribute,
  outer: Scope,
  emission: Emission,
): string {
  const scope = { ...outer, place: wire.place };
  const io = substream(attribute, scope);
  const parent = parentText(attribute, scope);
  if (wire.kind === 'opaque') {
    const args = wire.args.map((one) => present(translate(one, scope), scope).text);
    return `new ${scope.names.opaqueClass(wire.name)}(${[io, parent, 'undefined', ...args].join(', ')})`;
  }
  const args = [
    io,
    ...contextArguments(wire.type, parent, emission),
    ...argumentsFor(wire, scope, emission, { ...scope, place: attribute.type?.place ?? scope.place }),
  ];
  while (args.length > 1 && args.at(-1) === 'undefined' && wire.type.params.length === 0) args.pop();
  return `new ${scope.names.class(wire.type)}(${args.join(', ')})`;
}

function parentText({ parent }: Attribute, scope: Scope): string {
  if (parent === undefined) return 'this';
  if (parent === 'none') return 'undefined';
  const at = { ...scope, place: parent.place };
  const value = present(translate(parent.ast, at), at);
  if (types.isStructure(value.type)) return value.text;
  return fail(at, `invalid type: expected a structure or \`false\`, got ${types.describe(value.type)}`);
}

/** The arguments that every class takes behind the stream: parent, root, and the byte order where it is inherited. */
function contextArguments(
  type: TypeSpec,
  parent: string,
  { analysis, owner, names }: Emission,
): readonly string[] {
  const isForeign = type.spec !== owner.spec;
  const parentArgument = isForeign ? foreignArgument(analysis.isParentOptional(type), names) : parent;
  const ownRoot =
    analysis.isRootOptional(owner) && !analysis.isRootOptional(type) && type.outer !== undefined;
  const root = ownRoot ? `${names.runtime('present')}(this._root)` : 'this._root';
  const rootArgument = isForeign
    ? foreignArgument(analysis.isRootOptional(type) || type.outer === undefined, names)
    : root;
  if (!analysis.inheritsEndian(type)) return [parentArgument, rootArgument];
  const isKnown = type.spec === owner.spec && typeof endianOf(owner) === 'object';
  return [parentArgument, rootArgument, isKnown ? 'this._isLe' : 'undefined'];
}

/** A structure of another spec has neither parent nor root; where its code asks for one nevertheless, that is an error. */
function foreignArgument(isOptional: boolean, names: Names): string {
  return isOptional ? 'undefined' : `${names.runtime('present')}<never>(undefined)`;
}

function argumentsFor(
  { type, args }: Extract<Wire, { kind: 'user' }>,
  scope: Scope,
  { analysis }: Emission,
  whole: Scope,
): readonly string[] {
  if (args.length !== type.params.length) {
    fail(whole, `parameter count mismatch: ${type.params.length} declared, but ${args.length} used`);
  }
  return type.params.map((parameter, index) => {
    const [argument] = args.slice(index);
    if (argument === undefined) return 'undefined';
    const wanted = analysis.parameterType(parameter, type);
    const value = present(translate(argument, scope), scope);
    const isOther = value.type.kind === 'bytes' && wanted.kind === 'array';
    if (!isOther && isAssignable(value.type, wanted)) return converted(value, wanted, scope).text;
    const given = types.describe(value.type);
    return fail(
      whole,
      `can't pass argument #${index} of type ${given} into parameter \`${parameter.id}\` of type ${types.describe(wanted)}`,
    );
  });
}

/** The stream that a structure reads: its own one where the field has a size, a terminator or a process. */
function substream(attribute: Attribute, scope: Scope): string {
  const { extent, process } = attribute;
  const isSized = extent.size !== undefined || extent.sizeEos || extent.terminator !== undefined;
  if (!isSized) return 'io';
  const isPlain = process === undefined && extent.terminator === undefined && extent.padRight === undefined;
  if (isPlain && extent.size !== undefined) {
    return `io.substream(${translateExtent(extent.size.ast, { ...scope, place: extent.size.place })})`;
  }
  const bytes = processed(readBytes(attribute, undefined, scope), attribute, scope);
  return attribute.process === undefined ? `io.over(${bytes})` : `io.unpacked(io.offset, ${bytes})`;
}
