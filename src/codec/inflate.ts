import { ProcessError } from './errors.ts';

/** RFC 1951, 3.2.7: the order in which the lengths of the code length code are stored. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** RFC 1951, 3.2.5: what a length or distance code starts from, and how many bits add to it. */
interface Step {
  readonly base: number;
  readonly extraBits: number;
}
const LENGTH_STEPS: readonly Step[] = [...steps(3, 4, 28), { base: 258, extraBits: 0 }];
const DISTANCE_STEPS: readonly Step[] = steps(1, 2, 30);

/** A canonical Huffman code: how many codes there are of each length, and their symbols in order. */
interface HuffmanCode {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}
const FIXED_LITERALS = huffmanCode([...run(8, 144), ...run(9, 112), ...run(7, 24), ...run(8, 8)]);
const FIXED_DISTANCES = huffmanCode(run(5, 30));

/** What `inflateRaw` returns. */
export interface Inflated {
  /** The plain bytes, in memory of their own. */
  readonly bytes: Uint8Array;
  /** How many bytes of the input the compressed stream took. */
  readonly consumed: number;
}

/**
 * Unpacks a raw deflate stream (RFC 1951) that may be followed by other bytes.
 *
 * @throws ProcessError where the stream is damaged or cut off, or would unpack to more than `maxLength` bytes.
 */
export function inflateRaw(input: Uint8Array, maxLength: number): Inflated {
  const stream = new Inflater(input, maxLength);
  let last = false;
  while (!last) {
    last = stream.bits(1) === 1;
    stream.block(stream.bits(2));
  }
  return stream.result();
}

class Inflater {
  readonly #input: Uint8Array;
  readonly #maxLength: number;
  #pos = 0;
  #bitBuffer = 0;
  #bitCount = 0;
  #output: Uint8Array;
  #length = 0;

  constructor(input: Uint8Array, maxLength: number) {
    this.#input = input;
    this.#maxLength = maxLength;
    this.#output = new Uint8Array(Math.min(maxLength, Math.max(64, input.length * 4)));
  }

  result(): Inflated {
    return { bytes: this.#output.slice(0, this.#length), consumed: this.#pos };
  }

  /** RFC 1951, 3.2.3: a block by its type. */
  block(type: number): void {
    if (type === 0) this.#stored();
    else if (type === 1) this.#compressed(FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) this.#compressed(...this.#dynamicCodes());
    else throw new ProcessError('deflate stream has a block of the reserved type 3');
  }

  /** The next `count` bits (0 to 16), the least significant first. */
  bits(count: number): number {
    while (this.#bitCount < count) {
      this.#bitBuffer |= this.#byte() << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bitBuffer & ((1 << count) - 1);
    this.#bitBuffer >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #byte(): number {
    const byte = this.#input[this.#pos];
    if (byte === undefined) throw new ProcessError(`deflate stream is cut off after ${this.#pos} bytes`);
    this.#pos += 1;
    return byte;
  }

  #stored(): void {
    this.#bitBuffer = 0;
    this.#bitCount = 0;
    const length = this.bits(16);
    if (this.bits(16) !== (length ^ 0xffff))
      throw new ProcessError('deflate stream has a damaged stored block');
    const bytes = this.#input.subarray(this.#pos, this.#pos + length);
    if (bytes.length < length) throw new ProcessError('deflate stream is cut off in a stored block');
    this.#reserve(length);
    this.#output.set(bytes, this.#length);
    this.#length += length;
    this.#pos += length;
  }

  /** RFC 1951, 3.2.7: the codes of a block that brings its own. */
  #dynamicCodes(): [literals: HuffmanCode, distances: HuffmanCode] {
    const literalCount = this.bits(5) + 257;
    const distanceCount = this.bits(5) + 1;
    const lengthCount = this.bits(4) + 4;
    const own = run(0, 19);
    for (const symbol of LENGTH_ORDER.slice(0, lengthCount)) own[symbol] = this.bits(3);
    const lengths = this.#codeLengths(huffmanCode(own), literalCount + distanceCount);
    return [huffmanCode(lengths.slice(0, literalCount)), huffmanCode(lengths.slice(literalCount))];
  }

  #codeLengths(code: HuffmanCode, total: number): number[] {
    const lengths: number[] = [];
    while (lengths.length < total) {
      const symbol = this.#symbol(code);
      if (symbol < 16) lengths.push(symbol);
      else if (symbol === 16) addRun(lengths, lengths.at(-1) ?? -1, 3 + this.bits(2));
      else addRun(lengths, 0, symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7));
    }
    if (lengths.length > total || lengths.includes(-1))
      throw new ProcessError('deflate stream has bad code lengths');
    return lengths;
  }

  #compressed(literals: HuffmanCode, distances: HuffmanCode): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) this.#literal(symbol);
      else
        this.#copy(
          this.#step(LENGTH_STEPS, symbol - 257),
          this.#step(DISTANCE_STEPS, this.#symbol(distances)),
        );
    }
  }

  /** Walks a canonical code bit by bit: at each length the codes in use are consecutive numbers. */
  #symbol({ counts, symbols }: HuffmanCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < counts.length; length += 1) {
      code |= this.bits(1);
      const count = counts[length] ?? 0;
      if (code - first < count) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new ProcessError('deflate stream has a code that stands for nothing');
  }

  #step(table: readonly Step[], code: number): number {
    const step = table[code];
    if (step === undefined) throw new ProcessError(`deflate stream uses the reserved code ${code}`);
    return step.base + this.bits(step.extraBits);
  }

  #literal(byte: number): void {
    this.#reserve(1);
    this.#output[this.#length] = byte;
    this.#length += 1;
  }

  /** Copies forward byte by byte, because source and target may overlap. */
  #copy(length: number, distance: number): void {
    if (distance > this.#length) throw new ProcessError('deflate stream refers to bytes before its start');
    this.#reserve(length);
    const output = this.#output;
    for (const end = this.#length + length; this.#length < end; this.#length += 1) {
      output[this.#length] = output[this.#length - distance] ?? 0;
    }
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed > this.#maxLength)
      throw new ProcessError(`deflate stream unpacks to over ${this.#maxLength} bytes`);
    if (needed <= this.#output.length) return;
    const larger = new Uint8Array(Math.min(this.#maxLength, Math.max(needed, this.#output.length * 2)));
    larger.set(this.#output);
    this.#output = larger;
  }
}

/** RFC 1951, 3.2.2: a code given by the length of each symbol's code, 0 for symbols that do not occur. */
function huffmanCode(lengths: readonly number[]): HuffmanCode {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  refuseOversubscribed(counts);
  const order = Array.from(lengths.keys()).filter((symbol) => (lengths[symbol] ?? 0) > 0);
  order.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  return { counts, symbols: Uint16Array.from(order) };
}

function refuseOversubscribed(counts: Uint16Array): void {
  let free = 1;
  for (let length = 1; length < counts.length; length += 1) {
    free = free * 2 - (counts[length] ?? 0);
    if (free < 0) throw new ProcessError('deflate stream has more codes than their lengths allow');
  }
}

/** The regular part of the tables of 3.2.5: after the first two groups every group of codes takes one bit more. */
function steps(first: number, groupSize: number, count: number): Step[] {
  const table: Step[] = [];
  for (let base = first; table.length < count;) {
    const extraBits = Math.max(0, Math.floor(table.length / groupSize) - 1);
    table.push({ base, extraBits });
    base += 2 ** extraBits;
  }
  return table;
}

function run(value: number, count: number): number[] {
  return new Array<number>(count).fill(value);
}

function addRun(lengths: number[], value: number, count: number): void {
  for (let index = 0; index < count; index++) lengths.push(value);
}
