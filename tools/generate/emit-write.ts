import { namesUsed, tableOf } from './analysis.ts';
import { propertyOf, scopeAt, type Emission } from './emission.ts';
import { aligning } from './emit-construct.ts';
import { isSimple, terminatorBytes } from './emit-bytes.ts';
import { typeText } from './emit-types.ts';
import type { Expression } from './expression.ts';
import type { Attribute } from './model.ts';
import { attributesOf } from './read-spec.ts';
import type { FieldEndian, SwitchWire, Wire } from './resolve.ts';
import { mentions, type Code, type Scope } from './scope.ts';
import { converted, present } from './code.ts';
import { compare } from './compare.ts';
import { translate, translateCondition, translateCount, translateIf } from './translate.ts';
import * as types from './types.ts';
import { asksOwnStream, asksSize, dependsOnStream, withoutInstances } from './writability.ts';

/** Statements that write the fields of a type to `io`: the mirror of its constructor. Throws SpecError. */
export function emitWriting(emission: Emission): readonly string[] {
  return emission.owner.fields.flatMap((field) => [
    ...aligning(field, emission),
    ...emitField(field, emission),
  ]);
}

/** How one instance that is read from elsewhere is written there; `reason` says why it cannot be. Throws SpecError. */
export function emitStored(instance: Attribute, emission: Emission, reason: string | undefined): string {
  const { condition, io, pos } = instance;
  const parts: string[] = [];
  if (io !== undefined) parts.push(`in: () => ${streamOwner(io.ast, scopeAt(emission, io.place))}`);
  if (condition !== undefined)
    parts.push(`if: () => ${translateIf(condition.ast, scopeAt(emission, condition.place))}`);
  if (pos !== undefined) {
    const isOwn = io === undefined && dependsOnStream(pos.ast, emission.owner);
    const ast = (isOwn ? withoutInstances(pos.ast, emission.owner) : undefined) ?? pos.ast;
    const scope = { ...scopeAt(emission, pos.place), ...(isOwn ? { length: 'streamSize' } : {}) };
    const text = translateCount(ast, scope);
    parts.push(`pos: (${/\bstreamSize\b/.test(text) ? 'streamSize' : ''}) => ${text}`);
  }
  if (reason !== undefined) parts.push(`write: ${quote(reason)}`);
  else
    parts.push(
      `write: (io) => {\n${emitField({ ...instance, condition: undefined }, emission, true).join('\n')}\n}`,
    );
  return `${instance.id}: { ${parts.join(', ')} }`;
}

/** The structure whose stream an expression names, or what else says which stream that is. */
function streamOwner(io: Expression, scope: Scope): string {
  if (io.kind === 'name' && io.name === '_io') return 'this';
  if (io.kind === 'member' && io.name === '_io') return translate(io.of, scope).text;
  return translate(io, scope).text;
}

function emitField(field: Attribute, emission: Emission, isInstance = false): readonly string[] {
  const { analysis, owner, names } = emission;
  const { condition, repeat } = field;
  const property = `this.${propertyOf(field, owner)}`;
  const isOptional = analysis.memberOf(owner, field.id)?.optional === true;
  const write = (value: string): readonly string[] =>
    repeat === undefined ? emitOne(field, value, emission) : emitList(field, value, emission);
  if (!isOptional) return blockOf(write(property));
  if (isInstance && isOptional) return [`if (${property} !== undefined) {`, ...write(property), '}'];
  // What the condition was read with may be other than what is there now.
  const later = owner.fields.slice(owner.fields.indexOf(field) + 1);
  const isAhead =
    condition !== undefined && namesUsed(condition.ast).some((name) => later.some(({ id }) => id === name));
  const isThere = [`if (${property} !== undefined) {`, ...write(property), '}'];
  if (condition === undefined || isAhead) return isThere;
  if (dependsOnStream(condition.ast, owner))
    return blockOf([...emitStreamCondition(field, property, emission), ...isThere]);
  const test = translateIf(condition.ast, scopeAt(emission, condition.place));
  const absent = `${names.runtime('checkAbsent')}(io, ${quote(field.id)}, ${property});`;
  const solid = `${names.runtime('present')}(${property}, ${quote(field.id)})`;
  return [`if (${test}) {`, ...write(solid), `} else ${absent}`];
}

/** Holds a field to its condition, as soon as what that asks of the stream is known. */
function emitStreamCondition(field: Attribute, property: string, emission: Emission): readonly string[] {
  const { owner, names } = emission;
  const { condition, id } = field;
  if (condition === undefined) return [];
  const scope = scopeAt(emission, condition.place);
  const open = withoutInstances(condition.ast, owner);
  if (open === undefined || !asksOwnStream(open, owner, true)) {
    const holds = translateIf(condition.ast, scope);
    return [`${names.runtime('checkForeignCondition')}(io, ${quote(id)}, ${property}, () => ${holds});`];
  }
  const at = { ...scope, position: 'pos', length: 'streamSize', end: '(isWhole && pos >= streamSize)' };
  const holds = translateIf(open, at);
  const check = `${names.runtime('checkCondition')}(io, ${quote(id)}, ${property} !== undefined, ${holds})`;
  const variables = [
    ...(/\bpos\b/.test(holds) ? ['const pos = io.position;'] : []),
    ...(/\bisWhole\b/.test(holds) ? ['const isWhole = io.bitsLeft === 0;'] : []),
  ];
  return [...variables, `io.atEnd((${/\bstreamSize\b/.test(holds) ? 'streamSize' : ''}) => ${check});`];
}

/** Statements with variables of their own as a block. */
function blockOf(lines: readonly string[]): readonly string[] {
  return lines.some((line) => line.startsWith('const ')) ? ['{', ...lines, '}'] : lines;
}

function emitList(field: Attribute, list: string, emission: Emission): readonly string[] {
  const { analysis, owner, names } = emission;
  const { id, repeat } = field;
  const wire = analysis.wireOf(field, owner);
  const table = tableOf(field, wire);
  const counted = emitCount(field, list, emission);
  const end = repeat?.kind === 'eos' ? [`io.expectEnd(${quote(id)});`] : [];
  if (table === 'Uint8Array') return [...counted, `io.writeBytes(${list}, ${quote(id)});`, ...end];
  if (table !== undefined)
    return [...counted, `${names.runtime('writeTable')}(io, ${list}, ${isLittle(wire)});`, ...end];
  const body = [...emitOne(field, 'item', emission, 'index'), ...emitUntil(field, list, emission)];
  return [...counted, `for (const [index, item] of ${list}.entries()) {`, ...body, '}', ...end];
}

/** A list that does not end with the first element that ends it would not read as the same list. */
function emitUntil({ id, repeat, whole }: Attribute, list: string, emission: Emission): readonly string[] {
  const { analysis, owner, names } = emission;
  if (repeat?.kind !== 'until' || dependsOnStream(repeat.until.ast, owner) || mentions(repeat.until.ast, id))
    return [];
  const field = attributesOf(owner).find((one) => one.id === id);
  if (field === undefined) return [];
  const item: Code = { text: 'item', type: analysis.elementType(field, owner), optional: false };
  const scope: Scope = { ...scopeAt(emission, whole), place: repeat.until.place, item, index: 'index' };
  const until = translateCondition(repeat.until.ast, scope);
  return [`${names.runtime('checkUntil')}(io, ${quote(id)}, index, ${list}.length, ${until});`];
}

/** A list of another length than the spec counts would not read as the same list. */
function emitCount({ id, repeat }: Attribute, list: string, emission: Emission): readonly string[] {
  const { owner, names } = emission;
  if (repeat?.kind !== 'count') return [];
  const scope = scopeAt(emission, repeat.count.place);
  const check = (count: string): string =>
    `${names.runtime('checkCount')}(io, ${quote(id)}, ${list}.length, ${count});`;
  if (!dependsOnStream(repeat.count.ast, owner)) return [check(translateCount(repeat.count.ast, scope))];
  const open = withoutInstances(repeat.count.ast, owner);
  if (open === undefined || !asksOwnStream(open, owner)) return [];
  const count = translateCount(open, { ...scope, position: 'pos', length: 'streamSize' });
  return [`const pos = io.position;`, `io.atEnd((streamSize) => ${check(count).slice(0, -1)});`];
}

function isLittle(wire: Wire): string {
  const endian: FieldEndian = wire.kind === 'integer' || wire.kind === 'float' ? wire.endian : 'be';
  return endian === 'calculated' ? 'this._isLe' : String(endian === 'le');
}

/** Statements that write one value, or one element of a list. */
function emitOne(field: Attribute, value: string, emission: Emission, index?: string): readonly string[] {
  const { analysis, owner } = emission;
  const wire = analysis.wireOf(field, owner);
  const scope: Scope = {
    ...scopeAt(emission, field.whole),
    position: 'io.position',
    ...(index === undefined ? {} : { index }),
  };
  const write = (at: Scope): readonly string[] =>
    wire.kind === 'switch'
      ? emitSwitch(wire, field, value, at)
      : [...emitParams(wire, field, value, at), writeWire(wire, field, value, at)];
  const lines = write(scope);
  const size = openSize(field, scope) === undefined ? sizeText(field, scope) : '';
  const isRepeated = !isSimple(size) && lines.join().split(size).length > 2;
  return isRepeated ? [`const size = ${size};`, ...write({ ...scope, size: 'size' })] : lines;
}

/** A structure that was made with other arguments would not be read as the same. */
function emitParams(wire: Wire, field: Attribute, value: string, outer: Scope): readonly string[] {
  if (wire.kind !== 'user') return [];
  const scope = { ...outer, place: wire.place };
  const name = outer.index === undefined ? `${quote(field.id)}, undefined` : nameOf(field, outer);
  return wire.type.params.flatMap((param, index) => {
    const argument = wire.args[index];
    if (argument === undefined || dependsOnStream(argument, outer.owner)) return [];
    const member = outer.facts.memberOf(wire.type, param.id);
    if (member === undefined || !['integer', 'boolean', 'string', 'enum', 'float'].includes(member.type.kind))
      return [];
    const wanted = converted(present(translate(argument, scope), scope), member.type, scope).text;
    const check = outer.names.runtime('checkParam');
    return [`${check}(io, ${name}, ${quote(param.id)}, ${value}.${member.property}, ${wanted});`];
  });
}

/** Structures and bytes know what they are; numbers and text are told by the value that the spec switches on. */
function emitSwitch(wire: SwitchWire, field: Attribute, value: string, scope: Scope): readonly string[] {
  const structure = wire.cases.find((one) => one.wire.kind === 'user')?.wire;
  const bytes = wire.cases.find((one) => one.wire.kind === 'bytes')?.wire;
  const isPlain = wire.cases.every(({ wire: { kind } }) => kind === 'user' || kind === 'bytes');
  if (!isPlain) return emitCases(wire, field, value, scope);
  if (structure === undefined) return bytes === undefined ? [] : [writeWire(bytes, field, value, scope)];
  if (bytes === undefined) return [writeWire(structure, field, value, scope)];
  const isBytes = `item instanceof ${scope.names.global('Uint8Array')}`;
  const choice = [
    `if (${isBytes}) ${writeWire(bytes, field, 'item', scope)}`,
    `else ${writeWire(structure, field, 'item', scope)}`,
  ];
  return value === 'item' ? choice : [`const item = ${value};`, ...choice];
}

function emitCases(
  { on: switchOn, cases }: SwitchWire,
  field: Attribute,
  value: string,
  outer: Scope,
): readonly string[] {
  const scope = { ...outer, place: switchOn.place };
  const on = present(translate(switchOn.ast, scope), scope);
  const plain = new Set(cases.map(({ wire }) => plainType(wire, scope)));
  const cast = (wire: Wire): string =>
    plain.size > 1 || plain.has(undefined) ? castText(wire, value, scope) : value;
  const variable: Code = { ...on, text: 'on' };
  const branches: string[] = [];
  let otherwise: readonly string[] = [];
  // Of a boolean with both cases the second one is what is left.
  const areBoth = cases.length === 2 && cases.every(({ when }) => when?.ast.kind === 'boolean');
  for (const { when, wire } of cases) {
    const write = writeWire(wire, field, cast(wire), scope);
    if (when === undefined) otherwise = branches.length === 0 ? [write] : ['else {', write, '}'];
    else if (areBoth && branches.length > 0) branches.push('else {', write, '}');
    else {
      const at = { ...scope, place: when.place };
      const test = compare(variable, '==', present(translate(when.ast, at), at), at).text;
      branches.push(`${branches.length === 0 ? '' : 'else '}if (${test}) {`, write, '}');
    }
  }
  if (branches.length === 0) return otherwise;
  const isTotal = otherwise.length > 0 || areBoth;
  const refusal = `else io.refuse('no case of the spec is of this value', ${nameOf(field, scope)});`;
  const declared = `const on: ${typeText(on.type, scope)} = ${on.text};`;
  return [declared, ...branches, ...(isTotal ? otherwise : [refusal])];
}

/** One of several types as the type of one case. */
function castText(wire: Wire, value: string, scope: Scope): string {
  const { names } = scope;
  const cast = names.runtime('castTo');
  if (wire.kind === 'user') return `${cast}(${value}, ${names.class(wire.type)})`;
  return `${cast}<${plainType(wire, scope) ?? 'never'}>(${value})`;
}

/** The type of a value that is no structure. */
function plainType(wire: Wire, { names }: Scope): string | undefined {
  if (wire.kind === 'integer') return wire.value.held;
  if (wire.kind === 'bits') return wire.isFlag ? 'boolean' : types.declared(wire.bits, false).held;
  if (wire.kind === 'string') return 'string';
  if (wire.kind === 'float') return 'number';
  return wire.kind === 'bytes' ? names.global('Uint8Array') : undefined;
}

/** The statement that writes one value to `io`. Throws SpecError. */
function writeWire(wire: Wire, field: Attribute, value: string, scope: Scope): string {
  switch (wire.kind) {
    case 'integer':
    case 'float':
      return writeNumber(wire, value, nameOf(field, scope));
    case 'bits':
      return writeBits(wire, value, nameOf(field, scope), scope);
    case 'bytes':
      return writeBytes(unprocessed(value, field, scope), field, scope);
    case 'string':
      return writeText(value, wire, field, scope);
    case 'user':
      return writeStructure(value, field, scope);
    default:
      throw new TypeError(`a ${wire.kind} cannot be written`);
  }
}

/** What a writer is told of the field, so that its errors can name it. */
function nameOf({ id }: Attribute, { index }: Scope): string {
  return index === undefined ? quote(id) : `${quote(id)}, ${index}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function writeNumber(
  wire: Extract<Wire, { kind: 'integer' | 'float' }>,
  value: string,
  field: string,
): string {
  const kind = wire.kind === 'float' ? 'F' : wire.signed ? 'S' : 'U';
  const name = `io.write${kind}${wire.bytes}`;
  const args = `${value}, ${field}`;
  if (wire.bytes === 1) return `${name}(${args});`;
  if (wire.endian !== 'calculated') return `${name}${wire.endian}(${args});`;
  return `if (this._isLe) ${name}le(${args}); else ${name}be(${args});`;
}

function writeBits(
  { bits, endian, isFlag }: Extract<Wire, { kind: 'bits' }>,
  value: string,
  field: string,
  { names }: Scope,
): string {
  const name = endian === 'le' ? 'io.writeBitsIntLe' : 'io.writeBitsIntBe';
  if (isFlag) return `${name}(1, ${names.global('Number')}(${value}), ${field});`;
  return `${name}${bits > 32 ? '64' : ''}(${bits}, ${value}, ${field});`;
}

/** Text stays as it was where it still reads the same; a process hides what was there. */
function writeText(
  value: string,
  wire: Extract<Wire, { kind: 'string' }>,
  field: Attribute,
  scope: Scope,
): string {
  const { names } = scope;
  const { size, sizeEos, include, consume, eosError } = field.extent;
  const text = `${value}, ${JSON.stringify(wire.encoding)}`;
  if (field.process !== undefined) {
    const bytes = `${names.runtime('strToBytes')}(${text})`;
    return writeBytes(unprocessed(bytes, field, scope), field, scope, wire);
  }
  const terminator = terminatorBytes(field, wire);
  const name = nameOf(field, scope);
  if (size === undefined && !sizeEos) {
    const flags = `${include}, ${consume}, ${eosError}`;
    return `${names.runtime('writeStrTerm')}(io, ${text}, ${bytesText(terminator, scope)}, ${flags}, ${name});`;
  }
  const ending = endingText(field, terminator, scope);
  if (size === undefined) return `${names.runtime('writeStrFull')}(io, ${text}, ${ending}, ${name});`;
  const open = openSize(field, scope);
  if (open !== undefined)
    return `${names.runtime('writeStrOpen')}(io, ${text}, ${open}, ${ending}, ${name});`;
  return `${names.runtime('writeStrLimit')}(io, ${text}, ${sizeText(field, scope)}, ${ending}, ${name});`;
}

/** A structure writes where its holder writes, or, where it has a stream of its own, is written whole. */
function writeStructure(value: string, field: Attribute, scope: Scope): string {
  const { size, sizeEos, terminator, padRight } = field.extent;
  const name = nameOf(field, scope);
  if (size === undefined && !sizeEos && terminator === undefined)
    return `io.writeStructure(${value}, ${name});`;
  const fills =
    size !== undefined &&
    terminator === undefined &&
    padRight === undefined &&
    openSize(field, scope) === undefined;
  const length = fills && keepsLength(field) ? sizeText(field, scope) : 'undefined';
  const bytes = unprocessed(`io.bytesOf(${value}, ${length}, ${name})`, field, scope);
  return fills
    ? `io.writeSubstream(${bytes}, ${sizeText(field, scope)}, ${name});`
    : writeBytes(bytes, field, scope);
}

/** Are there as many bytes after `process` as before? */
function keepsLength({ process }: Attribute): boolean {
  return process === undefined || ['xor', 'rol', 'ror'].includes(process.name.join('.'));
}

/** Puts the bytes of a field where the keys of the field say: by size, to the end, or up to a terminator. */
function writeBytes(
  bytes: string,
  field: Attribute,
  scope: Scope,
  text?: Extract<Wire, { kind: 'string' }>,
): string {
  const { size, sizeEos, include, consume, eosError } = field.extent;
  const terminator = terminatorBytes(field, text);
  const name = nameOf(field, scope);
  if (size !== undefined || sizeEos) {
    const ending = endingText(field, terminator, scope);
    if (size === undefined) return `io.writeBytesFull(${bytes}, ${ending}, ${name});`;
    const open = openSize(field, scope);
    if (open !== undefined) return `io.writeBytesOpen(${bytes}, ${open}, ${ending}, ${name});`;
    return `io.writeBytesLimit(${bytes}, ${sizeText(field, scope)}, ${ending}, ${name});`;
  }
  if (terminator.length === 0)
    return `io.writeBytesLimit(${bytes}, ${contentsLength(field)}, undefined, ${name});`;
  const flags = `${include}, ${consume}, ${eosError}, ${name}`;
  if (terminator.length === 1) return `io.writeBytesTerm(${bytes}, ${terminator[0] ?? 0}, ${flags});`;
  return `io.writeBytesTermMulti(${bytes}, ${bytesText(terminator, scope)}, ${flags});`;
}

function sizeText({ extent: { size } }: Attribute, scope: Scope): string {
  if (size === undefined) return '';
  return scope.size ?? translateCount(size.ast, { ...scope, place: size.place });
}

/** The size of a field as a function of the stream's size, where it depends on that; it is known at the end only. */
function openSize({ extent: { size } }: Attribute, scope: Scope): string | undefined {
  const open = size && withoutInstances(size.ast, scope.owner);
  if (open === undefined || !asksSize(open)) return undefined;
  const text = translateCount(open, {
    ...scope,
    place: size?.place ?? scope.place,
    position: 'pos',
    length: 'streamSize',
  });
  return `(streamSize${/\bpos\b/.test(text) ? ', pos' : ''}) => ${text}`;
}

function contentsLength({ checks }: Attribute): number {
  const contents = checks.find((check) => check.kind === 'contents');
  return contents?.bytes.length ?? 0;
}

/** How a field of known size ends its bytes, as the last argument of a call. */
function endingText({ extent }: Attribute, terminator: readonly number[], scope: Scope): string {
  const parts: string[] = [];
  if (terminator.length > 0) parts.push(`terminator: ${bytesText(terminator, scope)}`);
  if (extent.include) parts.push('include: true');
  if (extent.padRight !== undefined) parts.push(`padByte: ${extent.padRight}`);
  return parts.length === 0 ? 'undefined' : `{ ${parts.join(', ')} }`;
}

function bytesText(bytes: readonly number[], { names }: Scope): string {
  return `${names.global('Uint8Array')}.of(${bytes.join(', ')})`;
}

/** The bytes as they are stored: what `process` undoes when reading. */
function unprocessed(bytes: string, field: Attribute, outer: Scope): string {
  const { process } = field;
  if (process === undefined) return bytes;
  const scope = { ...outer, place: process.place };
  const { names } = scope;
  const [name = '', ...more] = process.name;
  const [argument] = process.args;
  if (more.length === 0 && name === 'zlib') {
    const size = openSize(field, outer) === undefined ? sizeText(field, outer) : '';
    return `${names.runtime('unprocessZlib')}(${bytes}, io.residue(${size}))`;
  }
  if (more.length === 0 && name === 'xor' && argument !== undefined) {
    const key = present(translate(argument, scope), scope);
    if (key.type.kind === 'bytes') return `${names.runtime('processXorMany')}(${bytes}, ${key.text})`;
    return `${names.runtime('processXorOne')}(${bytes}, ${translateCount(argument, scope)})`;
  }
  if (more.length === 0 && (name === 'rol' || name === 'ror') && argument !== undefined) {
    const amount = translateCount(argument, scope);
    return `${names.runtime('processRotateLeft')}(${bytes}, ${name === 'ror' ? amount : `-(${amount})`})`;
  }
  const args = process.args.map((one) => present(translate(one, scope), scope).text);
  const processor = `new ${names.opaqueClass(process.name.join('/'), true)}(${args.join(', ')})`;
  return `${names.runtime('unprocessCustom')}(${bytes}, ${processor})`;
}
