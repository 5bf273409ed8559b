import { Unfit } from './values.ts';

/** A place to which a stream can be set back. */
export interface Mark {
  readonly length: number;
  readonly lowest: number;
  readonly left: number;
  readonly limit: number | undefined;
  readonly awaited: Uint8Array | undefined;
}

/** What is around a stream may want it to begin or end with certain bytes: terminators that belong to it. */
export interface Wishes {
  readonly first?: Uint8Array | undefined;
  readonly last?: Uint8Array | undefined;
}

/** More than any value here needs. */
const MOST_BYTES = 4096;
/** How much longer than it is a stream is said to be. */
const MOST_REST = 12;

/**
 * The bytes of a stream as they are chosen, bit by bit: slow, plain, and with nothing in common with the writer of generated code, which is
 * held against it.
 */
export class BitStream {
  #bytes: number[] = [];
  /** Lowest bit of the last byte that is free, and how many are. */
  #lowest = 0;
  #left = 0;
  /** Bytes that the next field has to begin with: a terminator that was not consumed. */
  #awaited: Uint8Array | undefined;
  /** Where a spec was told that the stream goes on. */
  #goesOnAt: number | undefined;
  readonly #guess: (most: number) => number;
  readonly #given: number | undefined;
  /** Size in bytes, where it is known. */
  limit: number | undefined;
  readonly wishes: Wishes;

  /** `guess` gives a number from 0 to `most` where a spec asks for the size of a stream that has none yet. */
  constructor(guess: (most: number) => number, limit?: number, wishes: Wishes = {}) {
    this.#guess = guess;
    this.wishes = wishes;
    this.#given = limit;
    this.limit = limit;
  }

  /** Next byte to write; past a byte as soon as its first bit is written. */
  get pos(): number {
    return this.#bytes.length;
  }

  /** Bytes that are still to come, where that is known. */
  get remaining(): number | undefined {
    return this.limit === undefined ? undefined : this.limit - this.pos;
  }

  /** `_io.size` */
  get size(): number {
    return (this.limit ??= this.pos + this.#guess(MOST_REST));
  }

  /** `_io.eof` */
  get isEof(): boolean {
    if (this.limit === undefined && this.#guess(1) === 1) this.limit = this.pos;
    if (this.limit === undefined) this.#goesOnAt = this.pos;
    return this.#left === 0 && this.remaining === 0;
  }

  get awaited(): Uint8Array | undefined {
    return this.#awaited;
  }

  /** First bit that is not written; in little-endian order counted as if it were the other one. */
  get bits(): number {
    return this.#bytes.length * 8 - this.#left;
  }

  mark(): Mark {
    return {
      length: this.#bytes.length,
      lowest: this.#lowest,
      left: this.#left,
      limit: this.limit,
      awaited: this.#awaited,
    };
  }

  /** Forgets what was written since; bits of a byte that was begun before may be written again. */
  reset({ length, lowest, left, limit, awaited }: Mark): void {
    this.#bytes.length = length;
    this.#lowest = lowest;
    this.#left = left;
    this.limit = limit;
    this.#awaited = awaited;
  }

  /** The next field begins with a new byte. */
  align(): void {
    this.#left = 0;
  }

  /** Whole bytes. Throws Unfit where they are more than the stream takes, or not those that are awaited. */
  writeBytes(bytes: Uint8Array): void {
    this.align();
    const awaited = this.#awaited?.subarray(0, bytes.length);
    if (awaited?.some((byte, index) => byte !== bytes[index]) === true)
      throw new Unfit('another byte is awaited');
    if (bytes.length > 0) this.#awaited = undefined;
    this.#checkRoom(bytes.length);
    this.#bytes.push(...bytes);
  }

  /** Bytes that the next field reads again. */
  writeAhead(bytes: Uint8Array): void {
    if (this.#awaited !== undefined && this.#awaited[0] !== bytes[0])
      throw new Unfit('another byte is awaited already');
    this.#checkRoom(bytes.length);
    this.#awaited = bytes;
  }

  /** An integer of whole bytes. */
  writeInteger(value: bigint, size: number, littleEndian: boolean): void {
    const bytes = Uint8Array.from({ length: size }, (_, index) =>
      Number((value >> BigInt(index * 8)) & 0xffn),
    );
    this.writeBytes(littleEndian ? bytes : bytes.reverse());
  }

  /** Bits, from the lowest of a byte upwards or from its highest downwards. */
  writeBits(value: bigint, width: number, littleEndian: boolean): void {
    for (let done = 0; done < width; done++) {
      const bit = Number((value >> BigInt(littleEndian ? done : width - 1 - done)) & 1n);
      if (this.#left === 0) this.#openByte();
      const place = littleEndian ? this.#lowest : this.#lowest + this.#left - 1;
      if (littleEndian) this.#lowest++;
      this.#left--;
      const last = this.#bytes.length - 1;
      this.#bytes[last] = ((this.#bytes[last] ?? 0) & ~(1 << place)) | (bit << place);
    }
  }

  /** Is the last byte written to the end? */
  get isAligned(): boolean {
    return this.#left === 0;
  }

  /** All bytes. Throws Unfit where a spec was told of more. */
  toBytes(): Uint8Array {
    const isShort = this.#given === undefined && (this.remaining ?? 0) > 0;
    if (isShort || this.#goesOnAt === this.pos) throw new Unfit('the stream should go on');
    return Uint8Array.of(...this.#bytes, ...(this.#awaited ?? []));
  }

  #openByte(): void {
    if (this.#awaited !== undefined) throw new Unfit('a byte is awaited');
    this.#checkRoom(1);
    this.#bytes.push(0);
    [this.#lowest, this.#left] = [0, 8];
  }

  #checkRoom(length: number): void {
    const needed = this.pos + length;
    if (needed > (this.limit ?? MOST_BYTES)) throw new Unfit('the stream ends too early', needed);
  }
}
