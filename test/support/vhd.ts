/** Fields of the footer: byte offset and width (VHD 1.0, "Hard Disk Footer Format"). */
const FOOTER = {
  cookie: [0, 8],
  features: [8, 4],
  version: [12, 4],
  dataOffset: [16, 8],
  timeStamp: [24, 4],
  creator: [28, 4],
  creatorVersion: [32, 4],
  hostOs: [36, 4],
  originalSize: [40, 8],
  currentSize: [48, 8],
  cylinders: [56, 2],
  heads: [58, 1],
  sectorsPerTrack: [59, 1],
  diskType: [60, 4],
  checksum: [64, 4],
  uniqueId: [68, 16],
  savedState: [84, 1],
  hidden: [85, 1],
} as const;

/** Fields of the dynamic disk header (VHD 1.0, "Dynamic Disk Header Format"). */
const HEADER = {
  cookie: [0, 8],
  dataOffset: [8, 8],
  tableOffset: [16, 8],
  version: [24, 4],
  maxTableEntries: [28, 4],
  blockSize: [32, 4],
  checksum: [36, 4],
  parentUniqueId: [40, 16],
  parentTimeStamp: [56, 4],
  reserved: [60, 4],
  parentName: [64, 512],
  locators: [576, 192],
} as const;

/** Fields of a parent locator entry. */
const LOCATOR = { code: [0, 4], space: [4, 4], length: [8, 4], reserved: [12, 4], offset: [16, 8] } as const;

export type FooterField = keyof typeof FOOTER;
export type HeaderField = keyof typeof HEADER;
export type LocatorField = keyof typeof LOCATOR;
/** A number of the field's width, four letters, or bytes. */
export type FieldValue = number | bigint | string | Uint8Array;

/** A parent locator as the builder writes it. */
export interface LocatorPlan {
  /** Four letters, `W2ru` for one. */
  readonly code: string;
  readonly data: Uint8Array;
  /** As it stands in the entry; default: the room in bytes. */
  readonly space?: number;
}

/** What to build; everything has a sound default. */
export interface VhdPlan {
  readonly type?: 'fixed' | 'dynamic' | 'differencing';
  /** Guest bytes; default 8 MiB. */
  readonly size?: number;
  /** Default 2 MiB. */
  readonly blockSize?: number;
  /**
   * The allocated blocks, in the order in which they lie in the file, with their sector bitmap: `full`, or the sectors that are written
   * as ranges `[from, to)`.
   */
  readonly blocks?: readonly (readonly [
    index: number,
    bitmap?: 'full' | readonly (readonly [number, number])[],
  ])[];
  /** Every written sector holds this byte; default 0xa5. */
  readonly fill?: number;
  readonly creator?: string;
  readonly creatorVersion?: number;
  readonly uniqueId?: Uint8Array;
  readonly timeStamp?: number;
  /** Geometry; default: what the specification's algorithm gives for the sizes used here (below 504 MiB, 17 sectors a track). */
  readonly geometry?: readonly [number, number, number];
  readonly parent?: {
    readonly uniqueId: Uint8Array;
    readonly timeStamp?: number;
    readonly name?: string;
    readonly locators?: readonly LocatorPlan[];
  };
  /** Entries of the BAT; default: as many as the disk needs. */
  readonly entries?: number;
  /** Whether to write blktap's batmap behind the BAT. */
  readonly batmap?: boolean;
  /** Payloads begin at multiples of this; default 512. */
  readonly alignment?: number;
}

const SECTOR = 512;
const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Big-endian bytes of a field. */
function encode(value: FieldValue, width: number): Uint8Array {
  const bytes = new Uint8Array(width);
  if (value instanceof Uint8Array) bytes.set(value.subarray(0, width));
  else if (typeof value === 'string') bytes.set(new TextEncoder().encode(value).subarray(0, width));
  else {
    let rest = BigInt(value);
    for (let index = width - 1; index >= 0; index--, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  }
  return bytes;
}

/** One's complement of the sum of `bytes` without the four at `field`. */
export function sumVhd(bytes: Uint8Array, field: number): number {
  return (
    ~bytes.reduce((sum, byte, index) => (index >= field && index < field + 4 ? sum : sum + byte), 0) >>> 0
  );
}

/** UTF-16 of `text`. */
export function utf16(text: string, order: 'le' | 'be'): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++)
    view.setUint16(index * 2, text.charCodeAt(index), order === 'le');
  return bytes;
}

/** 16 bytes that differ by `seed`. */
export function uuid(seed: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, index) => (seed * 31 + index * 7 + 1) & 0xff);
}

/** A VHD in memory; `damage` gives a changed copy. */
export class BuiltVhd {
  readonly bytes: Uint8Array;
  readonly at: VhdPlaces;

  constructor(bytes: Uint8Array, at: VhdPlaces) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A copy with one thing changed. */
  damage(change: (editor: VhdEditor) => void): BuiltVhd {
    const editor = new VhdEditor(this.bytes.slice(), this.at);
    change(editor);
    return new BuiltVhd(editor.bytes, this.at);
  }
}

/** Byte positions in a built file. */
export interface VhdPlaces {
  /** `null` in a fixed disk. */
  readonly header: number | null;
  readonly bat: number;
  readonly batmap: number;
  readonly locators: readonly number[];
  /** Where the bitmap of each block begins, by block index. */
  readonly blocks: ReadonlyMap<number, number>;
  readonly footer: number;
}

/** Changes bytes of a VHD in place; sums are put right unless told otherwise. */
export class VhdEditor {
  bytes: Uint8Array;
  readonly #at: VhdPlaces;

  constructor(bytes: Uint8Array, at: VhdPlaces) {
    this.bytes = bytes;
    this.#at = at;
  }

  /** Sets a field of both footers and puts their checksums right. */
  footer(field: FooterField, value: FieldValue): this {
    this.endFooter(field, value);
    return this.#at.header === null ? this : this.copy(field, value);
  }

  /** Sets a field of the footer at the end and puts its checksum right. */
  endFooter(field: FooterField, value: FieldValue): this {
    return this.#setSummed(this.#at.footer, SECTOR, FOOTER[field], FOOTER.checksum, value);
  }

  /** Sets a field of the footer copy at the start and puts its checksum right. */
  copy(field: FooterField, value: FieldValue): this {
    return this.#setSummed(0, SECTOR, FOOTER[field], FOOTER.checksum, value);
  }

  /** Sets a field of the dynamic disk header and puts its checksum right. */
  header(field: HeaderField, value: FieldValue): this {
    return this.#setSummed(this.#at.header ?? 0, 2 * SECTOR, HEADER[field], HEADER.checksum, value);
  }

  /** Sets a field of a parent locator entry and puts the header's checksum right. */
  locator(index: number, field: LocatorField, value: FieldValue): this {
    const [offset, width] = LOCATOR[field];
    const position = HEADER.locators[0] + 24 * index + offset;
    return this.#setSummed(this.#at.header ?? 0, 2 * SECTOR, [position, width], HEADER.checksum, value);
  }

  bat(index: number, sector: number): this {
    return this.set(this.#at.bat + 4 * index, encode(sector, 4));
  }

  set(offset: number, bytes: Uint8Array | readonly number[]): this {
    this.bytes.set(bytes, offset);
    return this;
  }

  /** Inverts the bits of `mask` in one byte; no checksum is put right. */
  flip(offset: number, mask = 0xff): this {
    this.bytes[offset] = (this.bytes[offset] ?? 0) ^ mask;
    return this;
  }

  cut(length: number): this {
    this.bytes = this.bytes.slice(0, length);
    return this;
  }

  /** Puts `bytes` in at `offset`; everything behind moves. */
  insert(offset: number, bytes: Uint8Array): this {
    const longer = new Uint8Array(this.bytes.length + bytes.length);
    longer.set(this.bytes.subarray(0, offset));
    longer.set(bytes, offset);
    longer.set(this.bytes.subarray(offset), offset + bytes.length);
    this.bytes = longer;
    return this;
  }

  #setSummed(
    start: number,
    length: number,
    [offset, width]: readonly [number, number],
    [sumOffset]: readonly [number, number],
    value: FieldValue,
  ): this {
    this.bytes.set(encode(value, width), start + offset);
    if (offset !== sumOffset)
      this.bytes.set(
        encode(sumVhd(this.bytes.subarray(start, start + length), sumOffset), 4),
        start + sumOffset,
      );
    return this;
  }
}

const TYPES = { fixed: 2, dynamic: 3, differencing: 4 } as const;

/** The geometry of disks below 504 MiB, 17 sectors a track (VHD 1.0, appendix "CHS Calculation"). */
function smallGeometry(size: number): readonly [number, number, number] {
  const tracks = Math.floor(size / SECTOR / 17);
  const heads = Math.max(4, Math.floor((tracks + 1023) / 1024));
  return [Math.floor(tracks / heads), heads, 17];
}

/** Builds a sound VHD. */
export function buildVhd(plan: VhdPlan = {}): BuiltVhd {
  return plan.type === 'fixed' ? buildFixed(plan) : buildDynamic(plan);
}

function buildFixed(plan: VhdPlan): BuiltVhd {
  const size = plan.size ?? 8 * 1024 * 1024;
  const bytes = new Uint8Array(size + SECTOR).fill(plan.fill ?? 0xa5, 0, size);
  const at: VhdPlaces = { header: null, bat: 0, batmap: 0, locators: [], blocks: new Map(), footer: size };
  const editor = new VhdEditor(bytes, at);
  writeFooter(editor, plan, size);
  return new BuiltVhd(bytes, at);
}

function buildDynamic(plan: VhdPlan): BuiltVhd {
  const at = layOut(plan);
  const bytes = new Uint8Array(at.footer + SECTOR);
  const editor = new VhdEditor(bytes, at);
  writeBlocks(editor, plan, at);
  writeHeader(editor, plan, at);
  if (plan.batmap === true) writeBatmap(editor, plan, at);
  writeFooter(editor, plan, plan.size ?? 8 * 1024 * 1024);
  return new BuiltVhd(bytes, at);
}

function sizesOf(plan: VhdPlan) {
  const blockSize = plan.blockSize ?? 2 * 1024 * 1024;
  const needed = Math.ceil((plan.size ?? 8 * 1024 * 1024) / blockSize);
  const bitmapBytes = roundUp(Math.ceil(blockSize / SECTOR / 8), SECTOR);
  return { blockSize, bitmapBytes, entries: plan.entries ?? needed };
}

function layOut(plan: VhdPlan): VhdPlaces {
  const { blockSize, bitmapBytes, entries } = sizesOf(plan);
  const bat = 3 * SECTOR;
  const batmap = bat + roundUp(entries * 4, SECTOR);
  let position = plan.batmap === true ? batmap + SECTOR + roundUp(Math.ceil(entries / 8), SECTOR) : batmap;
  const locators: number[] = [];
  for (const { data } of plan.parent?.locators ?? []) {
    locators.push(position);
    position += roundUp(Math.max(1, data.length), SECTOR);
  }
  const blocks = new Map<number, number>();
  for (const [index] of plan.blocks ?? []) {
    position = roundUp(position + bitmapBytes, plan.alignment ?? SECTOR) - bitmapBytes;
    blocks.set(index, position);
    position += bitmapBytes + blockSize;
  }
  return { header: SECTOR, bat, batmap, locators, blocks, footer: position };
}

function writeBlocks(editor: VhdEditor, plan: VhdPlan, at: VhdPlaces): void {
  const { blockSize, bitmapBytes, entries } = sizesOf(plan);
  editor.bytes.fill(0xff, at.bat, at.bat + roundUp(entries * 4, SECTOR));
  for (const [index, bitmap = 'full'] of plan.blocks ?? []) {
    const start = at.blocks.get(index) ?? 0;
    editor.bat(index, start / SECTOR);
    const written = bitmap === 'full' ? [[0, blockSize / SECTOR] as const] : bitmap;
    for (const [from, to] of written) {
      for (let sector = from; sector < to; sector++) editor.flip(start + (sector >> 3), 0x80 >> (sector & 7));
      const data = start + bitmapBytes;
      editor.bytes.fill(plan.fill ?? 0xa5, data + from * SECTOR, data + to * SECTOR);
    }
  }
}

function writeHeader(editor: VhdEditor, plan: VhdPlan, at: VhdPlaces): void {
  const { blockSize, entries } = sizesOf(plan);
  editor
    .header('cookie', 'cxsparse')
    .header('dataOffset', 0xffff_ffff_ffff_ffffn)
    .header('tableOffset', at.bat)
    .header('version', 0x10000)
    .header('maxTableEntries', entries)
    .header('blockSize', blockSize);
  if (plan.parent === undefined) return;
  const { uniqueId, timeStamp = 0, name = 'parent.vhd', locators = [] } = plan.parent;
  editor
    .header('parentUniqueId', uniqueId)
    .header('parentTimeStamp', timeStamp)
    .header('parentName', utf16(name, 'be'));
  locators.forEach(({ code, data, space = roundUp(Math.max(1, data.length), SECTOR) }, index) => {
    const offset = at.locators[index] ?? 0;
    editor.set(offset, data);
    editor.locator(index, 'code', code).locator(index, 'space', space);
    editor.locator(index, 'length', data.length).locator(index, 'offset', offset);
  });
}

/** blktap's `dd_batmap_hdr` and map: a bit for each block, set where every sector is written. */
function writeBatmap(editor: VhdEditor, plan: VhdPlan, at: VhdPlaces): void {
  const { entries } = sizesOf(plan);
  const map = new Uint8Array(roundUp(Math.ceil(entries / 8), SECTOR));
  for (const [index, bitmap = 'full'] of plan.blocks ?? [])
    if (bitmap === 'full') map[index >> 3] = (map[index >> 3] ?? 0) | (0x80 >> (index & 7));
  editor
    .set(at.batmap, encode('tdbatmap', 8))
    .set(at.batmap + 8, encode(at.batmap + SECTOR, 8))
    .set(at.batmap + 16, encode(map.length / SECTOR, 4))
    .set(at.batmap + 20, encode(0x10002, 4))
    .set(at.batmap + 24, encode(sumVhd(map, map.length), 4))
    .set(at.batmap + SECTOR, map);
}

function writeFooter(editor: VhdEditor, plan: VhdPlan, size: number): void {
  const type = plan.type ?? 'dynamic';
  const [cylinders, heads, sectorsPerTrack] = plan.geometry ?? smallGeometry(size);
  const fields: readonly (readonly [FooterField, FieldValue])[] = [
    ['cookie', 'conectix'],
    ['features', 2],
    ['version', 0x10000],
    ['dataOffset', type === 'fixed' ? 0xffff_ffff_ffff_ffffn : 512],
    ['timeStamp', plan.timeStamp ?? 500_000_000],
    ['creator', plan.creator ?? 'win '],
    ['creatorVersion', plan.creatorVersion ?? 0x000a_0000],
    ['hostOs', 'Wi2k'],
    ['originalSize', size],
    ['currentSize', size],
    ['cylinders', cylinders],
    ['heads', heads],
    ['sectorsPerTrack', sectorsPerTrack],
    ['diskType', TYPES[type]],
    ['uniqueId', plan.uniqueId ?? uuid(1)],
  ];
  for (const [field, value] of fields) editor.footer(field, value);
}
