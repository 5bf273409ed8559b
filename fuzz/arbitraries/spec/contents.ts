import type { Attribute } from '../../../tools/generate/model.ts';
import { terminatorBytes } from '../../../tools/generate/emit-bytes.ts';
import type { Wire } from '../../../tools/generate/resolve.ts';
import { bytesToStr, strToBytes, unprocessZlib, type BytesProcessor } from '../../../src/codec/index.ts';
import type { BitStream } from './bit-stream.ts';
import { evaluateCount, valueOf, type Standpoint } from './evaluate.ts';
import { isEnded, isSame, writeSized, writeTerminated, type Ending } from './framing.ts';
import { makeDemanded } from './leaves.ts';
import type { Maker } from './maker.ts';
import { isList } from './operators.ts';
import { bytesOf, textOf } from './scalars.ts';
import { Unfit, Unserved, type Value } from './values.ts';

type TextWire = Extract<Wire, { kind: 'string' }>;

/** Bytes of a field that nothing limits. */
const MOST_FREE = 8;

/** How many bytes a field has: said by its size, or by the end of its stream. */
export function fieldSize(
  { extent, checks }: Attribute,
  stream: BitStream,
  at: Standpoint,
): number | undefined {
  if (extent.size !== undefined) return evaluateCount(extent.size, at);
  if (extent.sizeEos) return stream.remaining;
  if (extent.terminator !== undefined) return undefined;
  return checks.find((check) => check.kind === 'contents')?.bytes.length;
}

/** What tells the end of a field's bytes. */
export function endingOf(field: Attribute, text?: TextWire): Ending {
  const { include, consume, eosError, padRight } = field.extent;
  const terminator = Uint8Array.from(terminatorBytes(field, text));
  return { terminator, include, consume, eosError, padByte: padRight };
}

/** Chooses bytes or text for a field and writes them. */
export function makeContents(
  maker: Maker,
  field: Attribute,
  wire: TextWire | undefined,
  stream: BitStream,
  at: Standpoint,
): Value {
  const ending = endingOf(field, wire);
  const size = fieldSize(field, stream, at);
  const process = processOf(maker, field, at);
  const bytes = chooseBytes(maker, field, wire, { ending, size, process }, stream, at);
  const value = wire === undefined ? bytes : bytesToStr(bytes, wire.encoding);
  if (typeof value === 'string' && wire !== undefined && !isSame(strToBytes(value, wire.encoding), bytes))
    throw new Unfit('text that is not written as it was read');
  writeContents(stream, process.encode(bytes), field, size, ending);
  return value;
}

/** Writes bytes as they are stored. Throws Unfit where they do not fit their field. */
export function writeContents(
  stream: BitStream,
  bytes: Uint8Array,
  { extent, process }: Attribute,
  size: number | undefined,
  ending: Ending,
): void {
  if (size === undefined && !extent.sizeEos) return writeTerminated(stream, bytes, ending);
  // What follows a compressed stream is not looked at.
  const isLoose = process?.name[0] === 'zlib' && !isEnded(ending);
  writeSized(stream, isLoose ? filled(bytes, size) : bytes, size ?? bytes.length, ending);
  if (extent.sizeEos) stream.limit ??= stream.pos;
}

function filled(bytes: Uint8Array, size: number = bytes.length): Uint8Array {
  if (bytes.length > size) throw new Unfit('does not pack well enough', bytes.length);
  const field = new Uint8Array(size);
  field.set(bytes);
  return field;
}

interface Frame {
  readonly ending: Ending;
  readonly size: number | undefined;
  readonly process: Process;
}

function chooseBytes(
  maker: Maker,
  field: Attribute,
  wire: TextWire | undefined,
  { ending, size, process }: Frame,
  stream: BitStream,
  at: Standpoint,
): Uint8Array {
  const demanded = makeDemanded(maker, field, at);
  if (demanded !== undefined) return spoilt(maker, field, asBytes(demanded, wire));
  const room = (size ?? MOST_FREE) - process.overhead;
  if (room < 0) throw new Unfit('no room', process.overhead);
  const exact = size !== undefined && !isEnded(ending) && process.overhead === 0;
  if (!process.keepsLength) return process.decode(maker.choose(bytesOf, exact ? room : 0, room));
  const most = exact || maker.coin() ? room : maker.number(Math.min(room, MOST_FREE));
  const first = wished(maker, firstWish(stream), process);
  const last = wished(maker, lastWish(field, ending, stream), process);
  const inside = Math.max(0, most - first.length - last.length);
  const body = chooseBody(maker, field, wire, inside, exact);
  return spoilt(maker, field, Uint8Array.of(...first, ...body, ...last));
}

/** Bytes, with one bit flipped now and then where a demand is to be broken. */
function spoilt(maker: Maker, field: Attribute, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || !maker.breaks(field) || maker.coin()) return bytes;
  const place = maker.number(bytes.length * 8 - 1);
  return bytes.map((byte, index) => (index === place >> 3 ? byte ^ (1 << (place & 7)) : byte));
}

/** Bytes that something outside of the field wants it to begin or end with: now and then it does. */
function wished(maker: Maker, bytes: Uint8Array | undefined, process: Process): Uint8Array {
  return bytes === undefined || maker.number(3) === 0 ? new Uint8Array(0) : process.decode(bytes);
}

function firstWish(stream: BitStream): Uint8Array | undefined {
  return stream.awaited ?? (stream.pos === 0 ? stream.wishes.first : undefined);
}

function lastWish(field: Attribute, ending: Ending, stream: BitStream): Uint8Array | undefined {
  if (ending.include) return ending.terminator;
  return field.extent.sizeEos ? stream.wishes.last : undefined;
}

function chooseBody(
  maker: Maker,
  field: Attribute,
  wire: TextWire | undefined,
  most: number,
  exact: boolean,
): Uint8Array {
  const { choose, mentions } = maker;
  const known = maker.isDecisive(field) ? mentions.contents : [];
  if (known.length > 0 && maker.coin()) return asBytes(maker.pick(known), wire);
  if (wire === undefined && field.checks.length > 0 && maker.coin()) return new Uint8Array(exact ? most : 0);
  if (wire === undefined) return choose(bytesOf, exact ? most : 0, most);
  return strToBytes(choose(textOf, wire.encoding, most, exact), wire.encoding);
}

function asBytes(value: Value, wire: TextWire | undefined): Uint8Array {
  if (typeof value === 'string') return encoded(value, wire?.encoding ?? 'UTF-8');
  if (isList(value)) return Uint8Array.from(Array.from<Value>(value), Number);
  throw new Unserved('a demand that is neither text nor bytes');
}

function encoded(text: string, encoding: string): Uint8Array {
  try {
    return strToBytes(text, encoding);
  } catch {
    throw new Unfit('the encoding has no such text');
  }
}

/** `process` in both directions. */
export interface Process {
  /** Bytes that it adds to those it packs. */
  readonly overhead: number;
  /** False where values are had only by decoding. */
  readonly keepsLength: boolean;
  encode(bytes: Uint8Array): Uint8Array;
  decode(bytes: Uint8Array): Uint8Array;
}

const PLAIN: Process = { overhead: 0, keepsLength: true, encode: (bytes) => bytes, decode: (bytes) => bytes };
/** Header, checksum and the head of one stored block, RFC 1950 and RFC 1951. */
const ZLIB_OVERHEAD = 11;

/** The process of a field, with its arguments computed. */
export function processOf(maker: Maker, { process }: Attribute, at: Standpoint): Process {
  if (process === undefined) return PLAIN;
  const args = process.args.map((one) => valueOf(one, at, process.place));
  const name = process.name.join('/');
  if (name === 'xor') {
    const flip: Bytewise = (byte, index) => byte ^ keyAt(args[0], index);
    return bytewise(flip, flip);
  }
  if (name === 'rol') return rotation(Number(args[0]));
  if (name === 'ror') return rotation(-Number(args[0]));
  const none = new Uint8Array(0);
  if (name === 'zlib')
    return { ...PLAIN, overhead: ZLIB_OVERHEAD, encode: (bytes) => unprocessZlib(bytes, none) };
  return customProcess(maker, name, args);
}

type Bytewise = (byte: number, index: number) => number;

function bytewise(encode: Bytewise, decode: Bytewise): Process {
  return { ...PLAIN, encode: (bytes) => bytes.map(encode), decode: (bytes) => bytes.map(decode) };
}

/** `rol` of stored bytes; `ror` is a negative one. */
function rotation(amount: number): Process {
  return bytewise(
    (byte) => rotate(byte, -amount),
    (byte) => rotate(byte, amount),
  );
}

function keyAt(key: Value, index: number): number {
  if (!isList(key)) return Number(key) & 0xff;
  return key.length === 0 ? 0 : Number(key[index % key.length]);
}

function rotate(byte: number, left: number): number {
  const amount = left & 7;
  return ((byte << amount) | (byte >>> (8 - amount))) & 0xff;
}

function customProcess({ processors }: Maker, name: string, args: readonly Value[]): Process {
  const Processor = processors[name] as (new (...args: unknown[]) => BytesProcessor) | undefined;
  if (Processor === undefined) throw new Unserved(`the process \`${name}\` is not known`);
  const processor = new Processor(...args.map((arg) => (typeof arg === 'bigint' ? Number(arg) : arg)));
  return {
    overhead: 0,
    keepsLength: false,
    encode(bytes) {
      const encoded = processor.encode?.(bytes) ?? bytes;
      if (!isSame(processor.decode(encoded), bytes)) throw new Unfit('the process cannot be undone');
      return encoded;
    },
    decode: (bytes) => processor.decode(bytes),
  };
}
