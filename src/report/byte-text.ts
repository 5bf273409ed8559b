/** Bytes up to which a loop beats `set`. */
const SHORT = 24;

const BILLION = 1_000_000_000;

/** Room that `number` may need. */
const MAX_DIGITS = 16;

/**
 * Text built as bytes, for outputs of hundreds of thousands of lines: no strings are made, so there are none to
 * join, encode and collect.
 */
export class ByteText {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacity bytes to begin with; more is made where it is needed */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes gathered since `take`. */
  get length(): number {
    return this.#length;
  }

  /** Appends text that was encoded before. */
  append(text: Uint8Array): void {
    const { length } = text;
    this.#reserve(length);
    const bytes = this.#bytes;
    let at = this.#length;
    this.#length = at + length;
    if (length > SHORT) bytes.set(text, at);
    else for (let index = 0; index < length; index++) bytes[at++] = text[index] ?? 0;
  }

  /** Appends a non-negative safe integer in decimal. */
  number(value: number): void {
    this.#reserve(MAX_DIGITS);
    if (value < BILLION) {
      this.#digits(value, countDigits(value));
      return;
    }
    // Two small integers are divided ten times as fast as one large number.
    const billions = Math.floor(value / BILLION);
    this.#digits(billions, countDigits(billions));
    this.#digits(value - billions * BILLION, 9);
  }

  /** What was gathered; valid until the next call of any method. Begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Writes `count` digits of `value`, which is below a billion, with zeros in front. */
  #digits(value: number, count: number): void {
    let rest = value | 0;
    const start = this.#length;
    this.#length = start + count;
    for (let at = start + count - 1; at >= start; at--) {
      const next = (rest / 10) | 0;
      this.#bytes[at] = 48 + rest - next * 10;
      rest = next;
    }
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Digits of an integer below a billion. */
function countDigits(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
