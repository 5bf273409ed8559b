import { VdcheckError } from '../errors.ts';

/** Where a decode error happened, as far as the thrower knows. */
export interface DecodePlace {
  /** Byte offset from the start of the outermost buffer. */
  readonly offset?: number;
  /** Dotted path of the field. */
  readonly field?: string;
}

/** Base of everything the runtime of generated code throws: bytes that cannot be read as the spec says. */
export class DecodeError extends VdcheckError {
  /** Byte offset from the start of the outermost buffer; absent where no single byte is to blame. */
  declare readonly offset?: number;
  /** Dotted path of the field from the outermost structure; absent where the runtime was not told. */
  declare readonly field?: string;
  /** The message without the place. */
  readonly detail: string;

  constructor(code: string, detail: string, place: DecodePlace = {}, options?: ErrorOptions) {
    super(code, messageAt(detail, place), options);
    this.detail = detail;
    setPlace(this, place);
  }
}

/** What is wrong, and where: `expected 4, found 5 (in body.len at offset 12)`. */
function messageAt(detail: string, { field = '', offset }: DecodePlace): string {
  const places = [
    ...(field === '' ? [] : [`in ${shortened(field)}`]),
    ...(offset === undefined ? [] : [`at offset ${offset}`]),
  ];
  return places.length === 0 ? detail : `${detail} (${places.join(' ')})`;
}

/** Characters at each end of a path that is shown in part: hostile bytes make paths of thousands of steps. */
const SHOWN_OF_PATH = 100;

function shortened(path: string): string {
  if (path.length <= 2 * SHOWN_OF_PATH) return path;
  return `${path.slice(0, SHOWN_OF_PATH)} ... ${path.slice(-SHOWN_OF_PATH)}`;
}

function setPlace(error: { offset?: number; field?: string }, { offset, field }: DecodePlace): void {
  if (offset !== undefined) error.offset = offset;
  if (field !== undefined) error.field = field;
}

/** Tells an error where it happened, also in its text; the error itself is the result. */
export function placed<T extends DecodeError | EncodeError>(error: T, place: DecodePlace): T {
  const before = error.message;
  error.message = messageAt(error.detail, place);
  if (error.stack !== undefined) error.stack = error.stack.replace(before, () => error.message);
  setPlace(error, place);
  return error;
}

/**
 * A read asked for more bytes than its stream still has. The text about that is word for word that of Kaitai's
 * runtimes.
 */
export class EndOfStreamError extends DecodeError {
  /** Bytes asked for. */
  readonly requested: number;
  /** Bytes that were left. */
  readonly available: number;

  constructor(requested: number, available: number, place: DecodePlace = {}, message?: string) {
    super(
      'end-of-stream',
      message ?? `requested ${requested} bytes, but only ${available} bytes available`,
      place,
    );
    this.requested = requested;
    this.available = available;
  }
}

/** The stream ended before the terminator of a field came; `eos-error: false` in the spec allows that. */
export class NoTerminatorFoundError extends EndOfStreamError {
  /** The terminator that was looked for; one byte, or one code unit of a wide encoding. */
  readonly terminator: Uint8Array;

  constructor(terminator: Uint8Array, available: number, place: DecodePlace = {}) {
    const shown = Array.from(terminator, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = `end of stream reached, but no terminator (${shown}) found`;
    super(available + terminator.length, available, place, text);
    this.terminator = terminator;
  }
}

/** A value cannot become what its use demands: text that is no number, a size above 2^53 or below zero. */
export class ConversionError extends DecodeError {
  constructor(message: string, place: DecodePlace = {}) {
    super('conversion', message, place);
  }
}

/** An expression divides by zero, or takes a remainder by zero. */
export class DivisionByZeroError extends DecodeError {
  constructor() {
    super('division-by-zero', 'division by zero');
  }
}

/** An expression asks for an element that its array does not have. */
export class IndexOutOfRangeError extends DecodeError {
  constructor(index: number, length: number) {
    super('index-out-of-range', `element ${index} of an array with ${length} elements`);
  }
}

/** A type with calculated endianness is read, and none of the cases of `endian/switch-on` matches. */
export class UndecidedEndiannessError extends DecodeError {
  constructor(place: DecodePlace = {}) {
    super('undecided-endianness', 'unable to decide on endianness', place);
  }
}

/** The spec names a character encoding that neither this runtime nor the platform knows. */
export class UnknownEncodingError extends DecodeError {
  constructor(encoding: string) {
    super('unknown-encoding', `unknown character encoding ${JSON.stringify(encoding)}`);
  }
}

/**
 * Bytes that a `process` cannot undo, a damaged zlib stream for one; `cause` contains the decompressor's own error.
 */
export class ProcessError extends DecodeError {
  constructor(message: string, options?: ErrorOptions) {
    super('process', message, {}, options);
  }
}

/**
 * A value was set that does not fit the field it is written to, sizes and counts disagree, or an edit has no place
 * in the bytes.
 */
export class EncodeError extends VdcheckError {
  /** Byte offset in the bytes that were being written; absent where no single byte is to blame. */
  declare readonly offset?: number;
  /** Dotted path of the field from the structure that was written. */
  declare readonly field?: string;
  /** The message without the place. */
  readonly detail: string;

  constructor(detail: string, place: DecodePlace = {}) {
    super('encode', messageAt(detail, place));
    this.detail = detail;
    setPlace(this, place);
  }
}

const rootedErrors = new WeakSet<EncodeError>();

/** Says that the field of an error is told from the outermost structure on already; the error itself is the result. */
export function rooted(error: EncodeError): EncodeError {
  rootedErrors.add(error);
  return error;
}

/** Is the field of an error told from the outermost structure on? */
export function isRooted(error: EncodeError): boolean {
  return rootedErrors.has(error);
}
