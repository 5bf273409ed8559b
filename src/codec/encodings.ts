import { bytesEqual } from './bytes.ts';
import { EncodeError, UnknownEncodingError } from './errors.ts';
import { singleByteTable } from './single-byte.ts';

interface CharacterCodec {
  /** Is every byte below 0x80 the ASCII character, whatever comes before it? */
  readonly extendsAscii: boolean;
  decode(bytes: Uint8Array): string;
  encode(text: string): Uint8Array;
}

type PlatformDecoder = InstanceType<typeof TextDecoder>;

const codecs = new Map<string, CharacterCodec>();

/** Longest string that is tried as plain ASCII first: below, that beats calling `TextDecoder`. */
const SHORT_STRING = 32;

/**
 * Bytes as text. Malformed sequences become U+FFFD, and a byte order mark is a character like any other.
 *
 * @throws UnknownEncodingError
 */
export function bytesToStr(bytes: Uint8Array, encoding: string): string {
  const codec = codecFor(encoding);
  const ascii = codec.extendsAscii && bytes.length <= SHORT_STRING ? asciiText(bytes) : undefined;
  return ascii ?? codec.decode(bytes);
}

/**
 * Text as bytes, without a byte order mark.
 *
 * @throws UnknownEncodingError; EncodeError where the encoding has no such character.
 */
export function strToBytes(text: string, encoding: string): Uint8Array {
  return codecFor(encoding).encode(text);
}

function asciiText(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function codecFor(encoding: string): CharacterCodec {
  let codec = codecs.get(encoding);
  if (codec === undefined) {
    codec = makeCodec(encoding);
    codecs.set(encoding, codec);
  }
  return codec;
}

/** Names that neither the platform nor the rules of `canonicalName` know. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['us-ascii', 'ascii'],
  ['latin1', 'iso-8859-1'],
  ['cp437', 'ibm437'],
  ['437', 'ibm437'],
  ['cp866', 'ibm866'],
  ['s-jis', 'shift_jis'],
  ['euckr', 'euc-kr'],
]);

/** The lower-case name under which tables and platform know an encoding: `UTF16_LE` is `utf-16le`. */
function canonicalName(encoding: string): string {
  const name = encoding.toLowerCase();
  const known = ALIASES.get(name);
  if (known !== undefined) return known;
  return name
    .replace(/^utf[-_]?(8|16|32)[-_]?([bl]e)?$/, 'utf-$1$2')
    .replace(/^(?:iso[-_]?)?8859[-_](\d+)$/, 'iso-8859-$1')
    .replace(/^cp(125\d)$/, 'windows-$1');
}

function makeCodec(encoding: string): CharacterCodec {
  const name = canonicalName(encoding);
  const table = singleByteTable(name);
  if (table !== undefined) return singleByteCodec(encoding, table);
  if (name === 'utf-16le' || name === 'utf-16be') return utf16Codec(name);
  if (name === 'utf-32le' || name === 'utf-32be') return utf32Codec(name === 'utf-32le');
  if (name === 'utf-32') return markedCodec(utf32Codec(true), utf32Codec(false));
  if (name === 'utf-8') return utf8Codec();
  const decoder = platformDecoder(encoding, name);
  if (decoder.encoding === 'utf-16be') return utf16Codec('utf-16be');
  return decoder.encoding === 'utf-16le'
    ? markedCodec(utf16Codec('utf-16le'), utf16Codec('utf-16be'))
    : multiByteCodec(encoding, decoder);
}

function singleByteCodec(encoding: string, table: readonly string[]): CharacterCodec {
  let bytesOf: ReadonlyMap<string, number> | undefined;
  return {
    extendsAscii: true,
    decode: (bytes) => Array.from(bytes, (byte) => table[byte]).join(''),
    encode(text) {
      bytesOf ??= new Map(table.map((character, byte) => [character, byte]));
      return Uint8Array.from(text, (character) => bytesOf?.get(character) ?? refuse(character, encoding));
    },
  };
}

function utf8Codec(): CharacterCodec {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  return {
    extendsAscii: true,
    decode: (bytes) => decoder.decode(bytes),
    encode: (text) => encoder.encode(text),
  };
}

function utf16Codec(name: 'utf-16le' | 'utf-16be'): CharacterCodec {
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  return {
    extendsAscii: false,
    decode: (bytes) => decoder.decode(bytes),
    encode(text) {
      const view = new DataView(new ArrayBuffer(text.length * 2));
      for (let at = 0; at < text.length; at += 1)
        view.setUint16(at * 2, text.charCodeAt(at), name === 'utf-16le');
      return new Uint8Array(view.buffer);
    },
  };
}

const REPLACEMENT = 0xfffd;

function utf32Codec(littleEndian: boolean): CharacterCodec {
  return {
    extendsAscii: false,
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let text = '';
      for (let at = 0; at + 4 <= view.byteLength; at += 4)
        text += codePoint(view.getUint32(at, littleEndian));
      return bytes.length % 4 === 0 ? text : text + codePoint(REPLACEMENT);
    },
    encode(text) {
      const points = Array.from(text, (character) => character.codePointAt(0) ?? REPLACEMENT);
      const view = new DataView(new ArrayBuffer(points.length * 4));
      points.forEach((point, index) => view.setUint32(index * 4, point, littleEndian));
      return new Uint8Array(view.buffer);
    },
  };
}

function codePoint(value: number): string {
  const isCharacter = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
  return String.fromCodePoint(isCharacter ? value : REPLACEMENT);
}

/**
 * UTF-16 and UTF-32 that name no byte order: a byte order mark tells it, and is no part of the text. Without one
 * the least significant byte comes first, as in browsers.
 */
function markedCodec(little: CharacterCodec, big: CharacterCodec): CharacterCodec {
  const [mark, bigMark] = [little.encode(MARK), big.encode(MARK)];
  const begins = (bytes: Uint8Array, start: Uint8Array): boolean =>
    bytesEqual(bytes.subarray(0, start.length), start);
  return {
    extendsAscii: false,
    decode(bytes) {
      if (begins(bytes, bigMark)) return big.decode(bytes.subarray(bigMark.length));
      return little.decode(begins(bytes, mark) ? bytes.subarray(mark.length) : bytes);
    },
    // Text that begins like a mark would lose its first character, unless one is before it.
    encode: (text) => little.encode(/^[\ufeff\ufffe]/.test(text) ? MARK + text : text),
  };
}

const MARK = '\ufeff';

/** An encoding of one to three bytes per character that only the platform knows. */
function multiByteCodec(encoding: string, decoder: PlatformDecoder): CharacterCodec {
  let bytesOf: ReadonlyMap<string, readonly number[]> | undefined;
  return {
    extendsAscii: decoder.encoding !== 'iso-2022-jp',
    decode: (bytes) => decoder.decode(bytes),
    encode(text) {
      bytesOf ??= sequencesOf(decoder);
      return Uint8Array.from(
        Array.from(text).flatMap((character) => bytesOf?.get(character) ?? refuse(character, encoding)),
      );
    },
  };
}

function platformDecoder(encoding: string, name: string): PlatformDecoder {
  try {
    return new TextDecoder(name, { ignoreBOM: true });
  } catch {
    throw new UnknownEncodingError(encoding);
  }
}

/** Every character of an encoding with its shortest sequence, found by decoding them all: no platform encodes. */
function sequencesOf(decoder: PlatformDecoder): Map<string, readonly number[]> {
  const sequences = new Map<string, readonly number[]>();
  const add = (...sequence: number[]): void => {
    const text = decoder.decode(Uint8Array.from(sequence));
    const isOneCharacter =
      text.length > 0 && text === String.fromCodePoint(text.codePointAt(0) ?? REPLACEMENT);
    if (isOneCharacter && text.charCodeAt(0) !== REPLACEMENT && !sequences.has(text))
      sequences.set(text, sequence);
  };
  for (let byte = 0; byte < 0x100; byte += 1) add(byte);
  for (let lead = 0x81; lead < 0xff; lead += 1)
    for (let trail = 0x40; trail < 0xff; trail += 1) add(lead, trail);
  if (decoder.encoding === 'euc-jp')
    for (let row = 0xa1; row < 0xff; row += 1)
      for (let cell = 0xa1; cell < 0xff; cell += 1) add(0x8f, row, cell);
  return sequences;
}

function refuse(character: string, encoding: string): never {
  throw new EncodeError(`${JSON.stringify(character)} has no place in ${encoding}`);
}
