import { firstNonZero } from '../../shared/zeros.ts';
/** Clusters whose counts are compared at once: a word of the ownership bitmap. */
export const GROUP = 32;

/**
 * Counts that are 1, as two 32-bit words in the byte order of this machine that repeat all over a block, by refcount
 * order.
 */
const ONES: readonly (readonly [number, number])[] = [
  pattern([0xff]),
  pattern([0x55]),
  pattern([0x11]),
  pattern([1]),
  pattern([0, 1]),
  pattern([0, 0, 0, 1]),
  pattern([0, 0, 0, 0, 0, 0, 0, 1]),
];

function pattern(unit: readonly number[]): readonly [number, number] {
  const bytes = Uint8Array.from({ length: 8 }, (_, index) => unit[index % unit.length] ?? 0);
  const words = new Int32Array(bytes.buffer);
  return [words[0] ?? 0, words[1] ?? 0];
}

/**
 * Reads the counts of refcount blocks. Widths below 8 bits count from the lowest bit of a byte, wider ones are
 * big-endian.
 */
export class RefcountReader {
  /** 32-bit words that 32 counts take. */
  readonly #groupWords: number;
  readonly #order: number;
  readonly #even: number;
  readonly #odd: number;
  #words: Int32Array = new Int32Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @param order log2 of the bits of a count */
  constructor(order: number) {
    this.#order = order;
    this.#groupWords = 2 ** order;
    [this.#even, this.#odd] = ONES[order] ?? [0, 0];
  }

  /** Takes the next block or blocks, which begin at a multiple of 8 of their buffer. */
  load(bytes: Uint8Array): void {
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether all 32 counts of a group are 0. */
  isZero(group: number): boolean {
    const words = this.#words;
    const end = (group + 1) * this.#groupWords;
    let all = 0;
    for (let word = group * this.#groupWords; word < end; word++) all |= words[word] ?? 0;
    return all === 0;
  }

  /** The first group from `group` on with a count that is not 0; `end` where there is none before it. */
  skipZeros(group: number, end: number): number {
    const word = firstNonZero(this.#words, group * this.#groupWords, end * this.#groupWords);
    return Math.floor(word / this.#groupWords);
  }

  /** Whether all 32 counts of a group are 1. */
  isOne(group: number): boolean {
    const words = this.#words;
    const first = group * this.#groupWords;
    if (this.#groupWords === 1) return words[first] === this.#even;
    let difference = 0;
    for (let word = first; word < first + this.#groupWords; word += 2)
      difference |= ((words[word] ?? 0) ^ this.#even) | ((words[word + 1] ?? 0) ^ this.#odd);
    return difference === 0;
  }

  /** One count; 64-bit ones above 2^53 are rounded. */
  get(index: number): number {
    const view = this.#view;
    switch (this.#order) {
      case 3:
        return view.getUint8(index);
      case 4:
        return view.getUint16(2 * index);
      case 5:
        return view.getUint32(4 * index);
      case 6:
        return view.getUint32(8 * index) * 2 ** 32 + view.getUint32(8 * index + 4);
      default: {
        const bit = index * 2 ** this.#order;
        return (view.getUint8(bit >>> 3) >>> (bit & 7)) & (2 ** (2 ** this.#order) - 1);
      }
    }
  }

  /** As `get`, exact. */
  text(index: number): string {
    return String(this.#order === 6 ? this.#view.getBigUint64(8 * index) : this.get(index));
  }

  /** The counts of a group that are 1, as bits. */
  oneBits(group: number): number {
    if (this.isOne(group)) return -1;
    return this.isZero(group) ? 0 : this.#bits(group, (count) => count === 1);
  }

  /** The counts of a group that are 2 or more, as bits. */
  sharedBits(group: number): number {
    return this.isOne(group) || this.isZero(group) ? 0 : this.#bits(group, (count) => count > 1);
  }

  #bits(group: number, test: (count: number) => boolean): number {
    let bits = 0;
    for (let bit = 0; bit < GROUP; bit++) if (test(this.get(group * GROUP + bit))) bits |= 1 << bit;
    return bits;
  }
}
