import { SUBCLUSTERS } from '../layout/geometry.ts';
import type { Qcow2Settings } from './settings.ts';

const COPIED = 0x8000_0000;
const COMPRESSED = 0x4000_0000;
const WORD = 2 ** 32;
const SECTOR = 512;

/** Figures that tables are counted by. */
export interface TableShape {
  readonly l2EntryBytes: number;
  readonly l2Entries: number;
  readonly l1Entries: number;
  readonly l1Clusters: number;
}

/** @param size bytes of the guest's disk */
export function tableShapeOf({ clusterSize, isExtended }: Qcow2Settings, size: number): TableShape {
  const l2EntryBytes = isExtended ? 16 : 8;
  const l2Entries = clusterSize / l2EntryBytes;
  const l1Entries = Math.ceil(size / (clusterSize * l2Entries));
  return { l2EntryBytes, l2Entries, l1Entries, l1Clusters: Math.ceil((8 * l1Entries) / clusterSize) };
}

/** One L2 table as it is being filled. */
export class L2Table {
  readonly #settings: Qcow2Settings;
  readonly #entryBytes: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(settings: Qcow2Settings, { l2EntryBytes }: TableShape) {
    this.#settings = settings;
    this.#entryBytes = l2EntryBytes;
    this.#bytes = new Uint8Array(settings.clusterSize);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The table; it is changed by what is set later. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  clear(): void {
    this.#bytes.fill(0);
  }

  /** `count` entries from `entry` on name host clusters that follow one another from byte `position` on. */
  setStored(entry: number, count: number, position: number, allocated: number, zeros: number): void {
    const { clusterSize, isExtended } = this.#settings;
    for (let number = 0; number < count; number++) {
      const host = position + number * clusterSize;
      this.#set(entry + number, COPIED + Math.floor(host / WORD), host % WORD);
      if (isExtended) this.#setBitmap(entry + number, allocated, zeros);
    }
  }

  /** `count` entries from `entry` on read as zeros. */
  setZero(entry: number, count: number, zeros: number): void {
    for (let number = 0; number < count; number++) {
      if (this.#settings.isExtended) this.#setBitmap(entry + number, 0, zeros);
      else this.#set(entry + number, 0, 1);
    }
  }

  /** An entry names a stream of `size` bytes at byte `position`. */
  setPacked(entry: number, position: number, size: number): void {
    const positionBits = 62 - (this.#settings.clusterBits - 8);
    const sectors = Math.floor((position + size - 1) / SECTOR) - Math.floor(position / SECTOR);
    const high = COMPRESSED + sectors * 2 ** (positionBits - 32) + Math.floor(position / WORD);
    this.#set(entry, high, position % WORD);
  }

  #set(entry: number, high: number, low: number): void {
    const at = entry * this.#entryBytes;
    this.#view.setUint32(at, high);
    this.#view.setUint32(at + 4, low);
  }

  #setBitmap(entry: number, allocated: number, zeros: number): void {
    const at = entry * this.#entryBytes + SUBCLUSTERS / 4;
    this.#view.setUint32(at, zeros);
    this.#view.setUint32(at + 4, allocated);
  }
}

/** An L1 or refcount table: byte positions, 0 for none. */
export function encodePositions(
  positions: ArrayLike<number>,
  clusterSize: number,
  isCopied: boolean,
): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((8 * positions.length) / clusterSize) * clusterSize);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < positions.length; index++) {
    const position = positions[index] ?? 0;
    if (position === 0) continue;
    view.setUint32(8 * index, (isCopied ? COPIED : 0) + Math.floor(position / WORD));
    view.setUint32(8 * index + 4, position % WORD);
  }
  return bytes;
}
