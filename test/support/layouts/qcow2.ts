import { deflateRawSync } from 'node:zlib';
import { inherit, put, type BuiltLayer } from './layer.ts';
import type { Random } from './random.ts';

const COPIED = 1n << 63n;
const COMPRESSED = 1n << 62n;
const ALL = 0xffff_ffffn;

/** A qcow2 image of random clusters: stored, zeros, compressed one behind the other, subclusters, an external data file. */
export function randomQcow2(
  random: Random,
  name: string,
  size: number,
  parent: BuiltLayer | null,
): BuiltLayer {
  const clusterBits = random.int(9, 16);
  const isExtended = clusterBits >= 14 && random.chance(0.5);
  const hasDataFile = parent === null && random.chance(0.2);
  const isZstd = random.chance(0.3);
  const clusterSize = 2 ** clusterBits;
  const entryBytes = isExtended ? 16 : 8;
  const perTable = clusterSize / entryBytes;
  const clusters = Math.ceil(size / clusterSize);
  const guest = inherit(parent, size);
  const file = new Growing();
  const data = new Growing();
  const tables = Math.max(1, Math.ceil(clusters / perTable));
  file.alignTo(clusterSize, 4 + Math.ceil((8 * tables) / clusterSize));
  const l1 = 3 * clusterSize;
  const l2: (number | undefined)[] = [];
  let stream = 0;
  for (const cluster of random.shuffle([...Array(clusters).keys()])) {
    if (random.chance(0.4)) continue;
    const table = Math.floor(cluster / perTable);
    const position = (l2[table] ??= file.take(clusterSize, clusterSize));
    const at = position + (cluster % perTable) * entryBytes;
    const start = cluster * clusterSize;
    const kind = random.pick(
      hasDataFile ? (['data', 'zero'] as const) : (['data', 'zero', 'packed'] as const),
    );
    const bytes = random.bytes(clusterSize);
    if (kind === 'packed') {
      const packed = isZstd ? zstdFrame(bytes) : deflateRawSync(bytes, { windowBits: 12 });
      if (packed.length >= 2 * clusterSize - 1024) continue;
      // Streams follow one another, any place will do.
      if (stream === 0 || random.chance(0.1)) stream = file.take(0, clusterSize);
      const offset = file.append(packed);
      file.u64(at, COMPRESSED | descriptor(offset, packed.length, clusterBits));
      put(guest, start, bytes);
      continue;
    }
    // What is compressed is behind this by now: clusters begin at multiples of their size again.
    const place = (): bigint => {
      if (!hasDataFile) return BigInt(file.put(bytes, clusterSize));
      data.set(start, bytes);
      return BigInt(start);
    };
    if (!isExtended) {
      file.u64(at, kind === 'zero' ? 1n : place() | COPIED);
      put(guest, start, kind === 'zero' ? new Uint8Array(clusterSize) : bytes);
      continue;
    }
    const allocated =
      kind === 'zero' ? 0n : BigInt(random.int(0, 0xffff)) | (BigInt(random.int(0, 0xffff)) << 16n);
    const zero = (BigInt(random.int(0, 0xffff)) | (BigInt(random.int(0, 0xffff)) << 16n)) & ~allocated & ALL;
    file.u64(at, allocated === 0n && kind === 'zero' ? 0n : place() | COPIED);
    file.u64(at + 8, (zero << 32n) | allocated);
    const part = clusterSize / 32;
    for (let index = 0; index < 32; index++) {
      const from = index * part;
      if ((allocated >> BigInt(index)) & 1n) put(guest, start + from, bytes.subarray(from, from + part));
      else if ((zero >> BigInt(index)) & 1n) put(guest, start + from, new Uint8Array(part));
    }
  }
  for (const [index, position] of l2.entries())
    if (position !== undefined) file.u64(l1 + 8 * index, BigInt(position) | COPIED);
  const incompatible = (isZstd ? 8n : 0n) | (isExtended ? 16n : 0n) | (hasDataFile ? 4n : 0n);
  file
    .u32(0, 0x514649fb)
    .u32(4, 3)
    .u32(20, clusterBits)
    .u64(24, BigInt(size))
    .u32(36, tables)
    .u64(40, BigInt(l1));
  file.u64(48, BigInt(clusterSize)).u32(56, 1).u64(72, incompatible).u32(96, 4).u32(100, 112);
  file.u64(clusterSize, BigInt(2 * clusterSize));
  if (isZstd) file.bytes[104] = 1;
  const extensions = new Growing();
  const extend = (type: number, text: string): void => {
    const at = extensions.length;
    extensions.append(new Uint8Array(8 + Math.ceil(text.length / 8) * 8));
    extensions
      .u32(at, type)
      .u32(at + 4, text.length)
      .set(at + 8, new TextEncoder().encode(text));
  };
  if (hasDataFile) extend(0x44415441, `${name}.data`);
  if (parent !== null) extend(0xe2792aca, parent.format);
  extensions.append(new Uint8Array(8));
  file.set(112, extensions.finish());
  if (parent !== null) {
    const at = 112 + extensions.length;
    file.u64(8, BigInt(at)).u32(16, parent.name.length).set(at, new TextEncoder().encode(parent.name));
  }
  // The last cluster may be cut off where nothing is in it.
  const files = {
    [name]: file.finish(),
    ...(hasDataFile ? { [`${name}.data`]: padded(data.finish(), size) } : {}),
  };
  return { name, format: 'qcow2', files: { ...files, ...parent?.files }, guest };
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const longer = new Uint8Array(Math.max(size, bytes.length));
  longer.set(bytes);
  return longer;
}

/** Position and sectors of a stream, as an L2 entry has them. */
function descriptor(offset: number, length: number, clusterBits: number): bigint {
  const positionBits = BigInt(62 - (clusterBits - 8));
  const sectors = Math.floor((offset + length - 1) / 512) - Math.floor(offset / 512);
  return BigInt(offset) | (BigInt(sectors) << positionBits);
}

/** A Zstandard frame of blocks that are stored as they are, and of one that is a run. */
export function zstdFrame(bytes: Uint8Array): Uint8Array {
  const frame = new Growing();
  const header = new Uint8Array(9);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  header[4] = 0xa0;
  view.setUint32(5, bytes.length, true);
  frame.append(header);
  for (let from = 0; from < bytes.length;) {
    const length = Math.min(65_536, bytes.length - from);
    const isLast = from + length === bytes.length ? 1 : 0;
    const word = (length << 3) | isLast;
    frame.append(Uint8Array.of(word & 0xff, (word >> 8) & 0xff, word >> 16));
    frame.append(bytes.subarray(from, from + length));
    from += length;
  }
  return frame.finish();
}

/** Bytes of a file that grows. */
export class Growing {
  #bytes = new Uint8Array(4096);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of the memory; what is behind the length is zeros. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  alignTo(unit: number, count: number): void {
    this.#reach(unit * count);
  }

  /** Room of `length` bytes at a multiple of `unit`. */
  take(length: number, unit: number): number {
    const at = Math.ceil(this.#length / unit) * unit;
    this.#reach(at + length);
    return at;
  }

  put(bytes: Uint8Array, unit: number): number {
    const at = this.take(bytes.length, unit);
    this.#bytes.set(bytes, at);
    return at;
  }

  append(bytes: Uint8Array): number {
    return this.put(bytes, 1);
  }

  set(at: number, bytes: Uint8Array): this {
    this.#reach(at + bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  u32(at: number, value: number): this {
    this.#reach(at + 4);
    new DataView(this.#bytes.buffer).setUint32(at, value);
    return this;
  }

  u64(at: number, value: bigint): this {
    this.#reach(at + 8);
    new DataView(this.#bytes.buffer).setBigUint64(at, value);
    return this;
  }

  #reach(end: number): void {
    if (end > this.#bytes.length) {
      const longer = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#length = Math.max(this.#length, end);
  }
}
