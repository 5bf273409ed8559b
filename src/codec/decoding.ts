import type { BareStructure } from './bare-structure.ts';
import type { Breach, BreachSink } from './breach.ts';
import { ByteReader } from './byte-reader.ts';
import { DecodeError, EndOfStreamError, placed, type DecodePlace } from './errors.ts';
import type { Layout } from './layout.ts';
import { pathAt } from './places.ts';
import { breachAt } from './validation.ts';

/** Structures that contain each other deeper than the call stack allows. Only hostile bytes come to that. */
export class NestingError extends DecodeError {
  constructor(options?: ErrorOptions) {
    super('nesting', 'structures are nested too deep', {}, options);
  }
}

/** Reads a structure. Throws a DecodeError at the first thing that breaks the spec. */
export function readWith<T>(bytes: Uint8Array, read: (io: ByteReader) => T): T {
  try {
    return shallow(() => read(new ByteReader(bytes)));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw isPlaced(error) ? error : placed(error, placeOf(error, latestIn(bytes, read)));
  }
}

function isPlaced({ offset, field }: DecodeError): boolean {
  return offset !== undefined && field !== undefined;
}

/** The structure that was being read when reading ended early: it is read once more, and noted this time. */
function latestIn<T>(
  bytes: Uint8Array,
  read: (io: ByteReader) => T,
  sink?: BreachSink,
): BareStructure | undefined {
  const io = new ByteReader(bytes, sink === undefined ? {} : { sink });
  io.progress.isNoted = true;
  try {
    shallow(() => read(io));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return io.progress.latest;
}

/** Where reading was when an error came that does not know it itself. */
function placeOf(error: DecodeError, unfinished: BareStructure | undefined): DecodePlace {
  const { _io: io } = unfinished ?? {};
  if (unfinished === undefined || io === undefined) return {};
  const { offset = io.offset, field = pathAt(unfinished, offset * 8) } = error;
  return { offset, field };
}

/** Runs a step; that the call stack is full becomes an error that callers know. */
function shallow<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof RangeError ? new NestingError({ cause: error }) : error;
  }
}

/** Reads a structure and hands every breach to the sink; `undefined` where reading cannot go on. */
export function decodeWith<T extends BareStructure>(
  type: { readonly layout: Layout },
  bytes: Uint8Array,
  sink: BreachSink,
  read: (io: ByteReader) => T,
): T | undefined {
  const io = new ByteReader(bytes, { sink });
  try {
    return shallow(() => read(io));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const isEnd = error instanceof EndOfStreamError;
    const latest = latestIn(bytes, read, () => undefined);
    sink(isEnd ? endOfStream(type.layout, error, latest) : unreadable(type.layout, error, latest));
    return undefined;
  }
}

function endOfStream(
  { type, rule }: Layout,
  error: EndOfStreamError,
  unfinished: BareStructure | undefined,
): Breach {
  const { requested, available, offset = 0 } = error;
  const field = unfinished === undefined ? '' : pathAt(unfinished, offset * 8);
  const site = { type, field, offset, size: requested, ...(rule === undefined ? {} : { rule }) };
  return breachAt('endOfStream', `${requested} bytes`, `${available} bytes`, site);
}

function unreadable({ type }: Layout, error: DecodeError, unfinished: BareStructure | undefined): Breach {
  const { offset = 0, field = '' } = placeOf(error, unfinished);
  return breachAt('unreadable', 'values to go on from', error.detail, { type, field, offset, size: 0 });
}
