import { namesUsed, tableOf } from './analysis.ts';
import { propertyOf, scopeAt, type Emission } from './emission.ts';
import { aligning } from './emit-construct.ts';
import { isSimple, terminatorBytes } from './emit-bytes.ts';
import { typeText } from './emit-types.ts';
import type { Attribute } from './model.ts';
import type { FieldEndian, SwitchWire, Wire } from './resolve.ts';
import type { Code, Scope } from './scope.ts';
import { present } from './code.ts';
import { compare } from './compare.ts';
import { translate, translateIf, translateCount } from './translate.ts';
import * as types from './types.ts';
import { dependsOnPosition, dependsOnStream } from './writability.ts';

/** Statements that write the fields of a type to `io`: the mirror of its constructor. Throws SpecError. */
export function emitWriting(emission: Emission): readonly string[] {
  return emission.owner.fields.flatMap((field) => [
    ...aligning(field, emission),
    ...emitField(field, emission),
  ]);
}

function emitField(field: Attribute, emission: Emission): readonly string[] {
  const { analysis, owner, names } = emission;
  const { condition, repeat } = field;
  const property = `this.${propertyOf(field, owner)}`;
  const isOptional = analysis.memberOf(owner, field.id)?.optional === true;
  const write = (value: string): readonly string[] =>
    repeat === undefined ? emitOne(field, value, emission) : emitList(field, value, emission);
  if (!isOptional) return blockOf(write(property));
  // What the condition was read with may be other than what is there now.
  const later = owner.fields.slice(owner.fields.indexOf(field) + 1);
  const isAhead =
    condition !== undefined && namesUsed(condition.ast).some((name) => later.some(({ id }) => id === name));
  if (condition === undefined || isAhead || dependsOnStream(condition.ast, owner))
    return [`if (${property} !== undefined) {`, ...write(property), '}'];
  const test = translateIf(condition.ast, scopeAt(emission, condition.place));
  return [`if (${test}) {`, ...write(`${names.runtime('present')}(${property})`), '}'];
}

/** Statements with variables of their own as a block. */
function blockOf(lines: readonly string[]): readonly string[] {
  return lines.some((line) => line.startsWith('const ')) ? ['{', ...lines, '}'] : lines;
}

function emitList(field: Attribute, list: string, emission: Emission): readonly string[] {
  const { analysis, owner, names } = emission;
  const wire = analysis.wireOf(field, owner);
  const table = tableOf(field, wire);
  const counted = emitCount(field, list, emission);
  if (table === 'Uint8Array') return [...counted, `io.writeBytes(${list});`];
  if (table !== undefined)
    return [...counted, `${names.runtime('writeTable')}(io, ${list}, ${isLittle(wire)});`];
  const body = emitOne(field, 'item', emission, 'index');
  const isCounted = body.some((line) => /\bindex\b/.test(line));
  const head = isCounted
    ? `for (const [index, item] of ${list}.entries()) {`
    : `for (const item of ${list}) {`;
  return [...counted, head, ...body, '}'];
}

/** A list of another length than the spec counts would not read as the same list. */
function emitCount({ id, repeat }: Attribute, list: string, emission: Emission): readonly string[] {
  if (repeat?.kind !== 'count' || dependsOnPosition(repeat.count.ast, emission.owner)) return [];
  const count = translateCount(repeat.count.ast, scopeAt(emission, repeat.count.place));
  return [`${emission.names.runtime('checkCount')}(this, ${JSON.stringify(id)}, ${list}.length, ${count});`];
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
    wire.kind === 'switch' ? emitSwitch(wire, field, value, at) : [writeWire(wire, field, value, at)];
  const lines = write(scope);
  const size = sizeText(field, scope);
  const isRepeated = !isSimple(size) && lines.join().split(size).length > 2;
  return isRepeated ? [`const size = ${size};`, ...write({ ...scope, size: 'size' })] : lines;
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
  return [`const on: ${typeText(on.type, scope)} = ${on.text};`, ...branches, ...otherwise];
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
      return writeNumber(wire, value);
    case 'bits':
      return writeBits(wire, value, scope);
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

function writeNumber(wire: Extract<Wire, { kind: 'integer' | 'float' }>, value: string): string {
  const kind = wire.kind === 'float' ? 'F' : wire.signed ? 'S' : 'U';
  const name = `io.write${kind}${wire.bytes}`;
  if (wire.bytes === 1) return `${name}(${value});`;
  if (wire.endian !== 'calculated') return `${name}${wire.endian}(${value});`;
  return `if (this._isLe) ${name}le(${value}); else ${name}be(${value});`;
}

function writeBits(
  { bits, endian, isFlag }: Extract<Wire, { kind: 'bits' }>,
  value: string,
  { names }: Scope,
): string {
  const name = endian === 'le' ? 'io.writeBitsIntLe' : 'io.writeBitsIntBe';
  if (isFlag) return `${name}(1, ${names.global('Number')}(${value}));`;
  return `${name}${bits > 32 ? '64' : ''}(${bits}, ${value});`;
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
  if (size === undefined && !sizeEos) {
    const flags = `${include}, ${consume}, ${eosError}`;
    return `${names.runtime('writeStrTerm')}(io, ${text}, ${bytesText(terminator, scope)}, ${flags});`;
  }
  const ending = endingText(field, terminator, scope);
  if (size === undefined) return `${names.runtime('writeStrFull')}(io, ${text}${ending});`;
  return `${names.runtime('writeStrLimit')}(io, ${text}, ${sizeText(field, scope)}${ending});`;
}

/** A structure writes where its holder writes, or, where it has a stream of its own, is written whole. */
function writeStructure(value: string, field: Attribute, scope: Scope): string {
  const { size, sizeEos, terminator, padRight } = field.extent;
  if (size === undefined && !sizeEos && terminator === undefined) return `${value}._write(io);`;
  const fills = size !== undefined && terminator === undefined && padRight === undefined;
  const length = fills && keepsLength(field) ? `, ${sizeText(field, scope)}` : '';
  const bytes = unprocessed(`${scope.names.runtime('encode')}(${value}${length})`, field, scope);
  return fills ? `io.writeSubstream(${bytes}, ${sizeText(field, scope)});` : writeBytes(bytes, field, scope);
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
  if (size !== undefined || sizeEos) {
    const ending = endingText(field, terminator, scope);
    if (size === undefined) return `io.writeBytesFull(${bytes}${ending});`;
    return `io.writeBytesLimit(${bytes}, ${sizeText(field, scope)}${ending});`;
  }
  if (terminator.length === 0) return `io.writeBytesLimit(${bytes}, ${contentsLength(field)});`;
  const flags = `${include}, ${consume}, ${eosError}`;
  if (terminator.length === 1) return `io.writeBytesTerm(${bytes}, ${terminator[0] ?? 0}, ${flags});`;
  return `io.writeBytesTermMulti(${bytes}, ${bytesText(terminator, scope)}, ${flags});`;
}

function sizeText({ extent: { size } }: Attribute, scope: Scope): string {
  if (size === undefined) return '';
  return scope.size ?? translateCount(size.ast, { ...scope, place: size.place });
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
  return parts.length === 0 ? '' : `, { ${parts.join(', ')} }`;
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
    return `${names.runtime('unprocessZlib')}(${bytes}, io.residue(${sizeText(field, outer)}))`;
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
