import { viewOf } from '../../../codec/bytes.ts';
import { endOfNonZero } from '../../shared/zeros.ts';
import { hex64, type Geometry } from './geometry.ts';

/** Bits of an entry that are part of its position: 9 to 55, or 9 to 63 in the refcount table. */
export type PointerWidth = 56 | 64;

/**
 * A table of 64-bit entries that point to clusters: L1, refcount table, a bitmap's table. Only what is in use of the
 * part of it that is in the file is held; entries after that are 0.
 */
export class PointerTable {
  /** Byte position in the file. */
  readonly offset: number;
  /** Entries that the image says there are. */
  readonly declared: number;
  /** Entries that are in the file. */
  readonly length: number;
  /** One more than the last entry that is not 0. */
  readonly used: number;
  readonly #view: DataView;
  readonly #highMask: number;

  /** @param bytes the entries that are in the file; they are not kept */
  constructor(bytes: Uint8Array, offset: number, declared: number, width: PointerWidth) {
    this.offset = offset;
    this.declared = declared;
    this.length = bytes.byteLength >>> 3;
    const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    this.used = Math.ceil(endOfNonZero(new Int32Array(buffer, byteOffset, 2 * this.length)) / 2);
    this.#view = viewOf(bytes.slice(0, 8 * this.used));
    this.#highMask = width === 56 ? 0x00ff_ffff : -1;
  }

  /** The table with its first `count` entries only. */
  first(count: number): PointerTable {
    if (count >= this.length) return this;
    const bytes = new Uint8Array(8 * count);
    const { buffer, byteOffset, byteLength } = this.#view;
    bytes.set(new Uint8Array(buffer, byteOffset, Math.min(byteLength, bytes.length)));
    return new PointerTable(bytes, this.offset, this.declared, this.#highMask === -1 ? 64 : 56);
  }

  /** Bits 32 to 63 of an entry, bit 63 as the sign. */
  high(index: number): number {
    return index < this.used ? this.#view.getInt32(8 * index) : 0;
  }

  /** Bits 0 to 31 of an entry. */
  low(index: number): number {
    return index < this.used ? this.#view.getInt32(8 * index + 4) : 0;
  }

  /** Byte position that an entry points to; 0 for none. Too large ones are rounded, which leaves them too large. */
  target(index: number): number {
    return ((this.high(index) & this.#highMask) >>> 0) * 2 ** 32 + ((this.low(index) & 0xffff_fe00) >>> 0);
  }

  /**
   * Whether an entry points to the start of a cluster, flags aside. Positions are large: integers tell it sooner than
   * a remainder.
   */
  isAligned(index: number, clusterSize: number): boolean {
    return (this.low(index) & 0xffff_fe00 & (clusterSize - 1)) === 0;
  }

  /** Byte position in the file of an entry. */
  entryOffset(index: number): number {
    return this.offset + 8 * index;
  }

  /** An entry as it is in the file, as messages show it. */
  text(index: number): string {
    return hex64(this.high(index), this.low(index));
  }
}

/**
 * Whether `offset` is where a cluster of the file begins; the first, which contains the header, is none to point to.
 */
export function isCluster(
  { clusterSize, limit }: Pick<Geometry, 'clusterSize' | 'limit'>,
  offset: number,
): boolean {
  return offset > 0 && offset % clusterSize === 0 && offset < limit;
}

/**
 * Where the tables that `table` points to begin, as far as it is used; 0 where there is none, and where it cannot be
 * read.
 */
export function tableOffsets({ clusterSize, limit }: Geometry, table: PointerTable): Float64Array {
  const offsets = new Float64Array(table.used);
  for (let index = 0; index < table.used; index++) {
    const target = table.target(index);
    if (target !== 0 && target < limit && table.isAligned(index, clusterSize)) offsets[index] = target;
  }
  return offsets;
}
