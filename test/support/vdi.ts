/** Fields of the header: byte offset and width (VirtualBox 7.0, VDICore.h). */
const FIELDS = {
  fileInfo: [0, 64],
  signature: [64, 4],
  version: [68, 4],
  headerSize: [72, 4],
  imageType: [76, 4],
  flags: [80, 4],
  comment: [84, 256],
  blocksOffset: [340, 4],
  dataOffset: [344, 4],
  legacySectorSize: [360, 4],
  diskSize: [368, 8],
  blockSize: [376, 4],
  blockExtra: [380, 4],
  blocks: [384, 4],
  blocksAllocated: [388, 4],
  uuidCreate: [392, 16],
  uuidModify: [408, 16],
  uuidLinkage: [424, 16],
  uuidParentModify: [440, 16],
  cylinders: [456, 4],
  heads: [460, 4],
  sectorsPerTrack: [464, 4],
  logicalSectorSize: [468, 4],
} as const;

export type VdiField = keyof typeof FIELDS;
/** A number of the field's width, lowest byte first, or bytes. */
export type VdiValue = number | bigint | Uint8Array;

const TYPES = { dynamic: 1, static: 2, undo: 3, differencing: 4 } as const;

/** Entries of blocks that are not stored. */
export const FREE = 0xffff_ffff;
export const ZERO = 0xffff_fffe;

/** What to build; everything has a sound default. */
export interface VdiPlan {
  readonly type?: keyof typeof TYPES;
  /** Guest bytes; default 16 blocks. */
  readonly size?: number;
  /** Default 1 MiB. */
  readonly blockSize?: number;
  /** Bytes in front of the data of each block; default 0. */
  readonly extra?: number;
  /** The blocks that are stored, in the order in which they are in the file; default: all of a static image, none of others. */
  readonly blocks?: readonly number[];
  /** The blocks that the map says are zeros. */
  readonly zeros?: readonly number[];
  /** 400, or 384 without the logical geometry; default 400. */
  readonly headerSize?: number;
  /** Byte position of the map; default 512. */
  readonly mapOffset?: number;
  /** Byte position of the first block; default the sector behind the map. */
  readonly dataOffset?: number;
  /** What the guest's bytes are; default a5. */
  readonly fill?: number;
}

/** 16 bytes that differ by `seed`. */
export function vdiUuid(seed: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, index) => (seed * 37 + index * 11 + 1) & 0xff);
}

/** A VDI in memory; `damage` gives a changed copy. */
export class BuiltVdi {
  readonly bytes: Uint8Array;
  /** Byte position of the map. */
  readonly map: number;
  /** Byte position of the first block. */
  readonly data: number;

  constructor(bytes: Uint8Array, map: number, data: number) {
    this.bytes = bytes;
    this.map = map;
    this.data = data;
  }

  /** A copy with one thing changed. */
  damage(change: (editor: VdiEditor) => unknown): BuiltVdi {
    const editor = new VdiEditor(this.bytes.slice(), this.map);
    change(editor);
    return new BuiltVdi(editor.bytes, this.map, this.data);
  }
}

/** Changes bytes of a VDI in place. */
export class VdiEditor {
  bytes: Uint8Array;
  readonly #map: number;

  constructor(bytes: Uint8Array, map: number) {
    this.bytes = bytes;
    this.#map = map;
  }

  header(field: VdiField, value: VdiValue): this {
    const [offset, width] = FIELDS[field];
    return this.set(offset, encode(value, width));
  }

  /** Sets the entry of block `index`. */
  entry(index: number, value: number): this {
    return this.set(this.#map + 4 * index, encode(value, 4));
  }

  set(offset: number, bytes: Uint8Array | readonly number[]): this {
    this.bytes.set(bytes, offset);
    return this;
  }

  cut(length: number): this {
    this.bytes = this.bytes.slice(0, length);
    return this;
  }

  append(length: number, value = 0): this {
    const longer = new Uint8Array(this.bytes.length + length).fill(value);
    longer.set(this.bytes);
    this.bytes = longer;
    return this;
  }
}

function encode(value: VdiValue, width: number): Uint8Array {
  const bytes = new Uint8Array(width);
  if (value instanceof Uint8Array) bytes.set(value.subarray(0, width));
  else {
    let rest = BigInt(value);
    for (let index = 0; index < width; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  }
  return bytes;
}

const INFO = new TextEncoder().encode('<<< Oracle VM VirtualBox Disk Image >>>\n');

/** Builds a sound VDI. */
export function buildVdi(plan: VdiPlan = {}): BuiltVdi {
  const { type = 'dynamic', blockSize = 2 ** 20, extra = 0, mapOffset = 512, headerSize = 400 } = plan;
  const size = plan.size ?? 16 * blockSize;
  const needed = Math.ceil(size / blockSize);
  const all = Array.from({ length: needed }, (_, index) => index);
  const blocks = plan.blocks ?? (type === 'static' ? all : []);
  const dataOffset = plan.dataOffset ?? Math.ceil((mapOffset + 4 * needed) / 512) * 512;
  const stride = blockSize + extra;
  const editor = new VdiEditor(new Uint8Array(dataOffset + blocks.length * stride), mapOffset);
  const hasParent = type === 'differencing' || type === 'undo';
  const fields: readonly (readonly [VdiField, VdiValue])[] = [
    ['fileInfo', INFO],
    ['signature', 0xbeda107f],
    ['version', 0x10001],
    ['headerSize', headerSize],
    ['imageType', TYPES[type]],
    ['blocksOffset', mapOffset],
    ['dataOffset', dataOffset],
    ['legacySectorSize', 512],
    ['diskSize', size],
    ['blockSize', blockSize],
    ['blockExtra', extra],
    ['blocks', needed],
    ['blocksAllocated', blocks.length],
    ['uuidCreate', vdiUuid(1)],
    ['uuidModify', vdiUuid(2)],
    ['uuidLinkage', hasParent ? vdiUuid(3) : 0],
    ['uuidParentModify', hasParent ? vdiUuid(4) : 0],
    ['logicalSectorSize', headerSize >= 400 ? 512 : 0],
  ];
  for (const [field, value] of fields) editor.header(field, value);
  for (const index of all) editor.entry(index, FREE);
  for (const index of plan.zeros ?? []) editor.entry(index, ZERO);
  blocks.forEach((index, position) => {
    editor.entry(index, position);
    const start = dataOffset + position * stride + extra;
    editor.bytes.fill(plan.fill ?? 0xa5, start, start + blockSize);
  });
  return new BuiltVdi(editor.bytes, mapOffset, dataOffset);
}
