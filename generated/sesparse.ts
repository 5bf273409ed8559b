// Generated from sesparse.ksy by `npm run generate`. Do not edit.

import {
  type BareStructure,
  type BreachSink,
  type ByteReader,
  type ByteWriter,
  IO,
  type JsonSchema,
  LEAD,
  type Layout,
  type OpenEnum,
  PARENT,
  ROOT,
  START,
  Structure,
  type Values,
  byteIn,
  bytesIn,
  createWith,
  cutOff,
  decodeWith,
  encode,
  expectInEnum,
  readWith,
  reportExpr,
  reportGreaterThan,
  reportLessThan,
  reportNotEqual,
  requireRuntime,
  roundedU8,
  schemaOf,
  setField,
  zerosAt,
} from '../src/codec/index.ts';

requireRuntime(2, 'sesparse.ts');

type SesparseField = never;

const sesparseLayout: Layout<SesparseField> = { type: 'sesparse', size: 0, fields: {} };

/**
 * Structures of a seSparse extent. VMware publishes no description: names and meanings come from public readers of the format.
 * A "sector" is 512 bytes, and positions and sizes of areas are in sectors.
 *
 * @see QEMU 7.2, block/vmdk.c, read support for seSparse
 */
export class Sesparse extends Structure<SesparseField> {
  static readonly layout = sesparseLayout;
  declare readonly _root: Sesparse;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(sesparseLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Sesparse {
    return readWith(bytes, (io) => new Sesparse(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Sesparse | undefined {
    return decodeWith(Sesparse, bytes, sink, (io) => new Sesparse(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Sesparse> = {}): Sesparse {
    return createWith(Sesparse, values, (io) => new Sesparse(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(_io: ByteWriter): void {}
}

type ConstHeaderField =
  | 'magic'
  | 'version'
  | 'capacity'
  | 'grain_size'
  | 'grain_table_size'
  | 'flags'
  | 'reserved1'
  | 'reserved2'
  | 'reserved3'
  | 'reserved4'
  | 'volatile_header_offset'
  | 'volatile_header_size'
  | 'journal_header_offset'
  | 'journal_header_size'
  | 'journal_offset'
  | 'journal_size'
  | 'grain_dir_offset'
  | 'grain_dir_size'
  | 'grain_tables_offset'
  | 'grain_tables_size'
  | 'free_bitmap_offset'
  | 'free_bitmap_size'
  | 'backmap_offset'
  | 'backmap_size'
  | 'grains_offset'
  | 'grains_size'
  | 'pad';

const constHeaderLayout: Layout<ConstHeaderField> = {
  type: 'const_header',
  size: 512,
  fields: {
    magic: {
      type: 'u8le',
      at: 0,
      size: 8,
      hex: true,
      rule: 'sesparse/const-magic',
      initial: 3405691582,
      doc: '0x00000000cafebabe.',
    },
    version: {
      type: 'u8le',
      at: 8,
      size: 8,
      hex: true,
      rule: 'sesparse/version',
      initial: 8589934593,
      doc: '0x0000000200000001, version 2.1 with the major number in the upper half; no other is known.',
    },
    capacity: {
      type: 'u8le',
      at: 16,
      size: 8,
      hex: true,
      rule: 'sesparse/capacity-zero',
      doc: 'Guest size in sectors, at least 1 and less than 64 TiB.',
    },
    grain_size: {
      type: 'u8le',
      property: 'grainSize',
      at: 24,
      size: 8,
      rule: 'sesparse/grain-size',
      initial: 8,
      doc: 'Sectors in one grain, 8 (4 KiB); no other size is known.',
    },
    grain_table_size: {
      type: 'u8le',
      property: 'grainTableSize',
      at: 32,
      size: 8,
      rule: 'sesparse/grain-table-size',
      initial: 64,
      doc: 'Sectors of one grain table, 64 (4096 entries, 16 MiB of the guest); no other size is known.',
    },
    flags: {
      type: 'u8le',
      at: 40,
      size: 8,
      rule: 'sesparse/flags',
      initial: 0,
      doc: '0; the meaning of its bits is unknown.',
    },
    reserved1: {
      type: 'u8le',
      at: 48,
      size: 8,
      rule: 'sesparse/reserved-nonzero',
      initial: 0,
      doc: 'Reserved, 0.',
    },
    reserved2: {
      type: 'u8le',
      at: 56,
      size: 8,
      rule: 'sesparse/reserved-nonzero',
      initial: 0,
      doc: 'Reserved, 0.',
    },
    reserved3: {
      type: 'u8le',
      at: 64,
      size: 8,
      rule: 'sesparse/reserved-nonzero',
      initial: 0,
      doc: 'Reserved, 0.',
    },
    reserved4: {
      type: 'u8le',
      at: 72,
      size: 8,
      rule: 'sesparse/reserved-nonzero',
      initial: 0,
      doc: 'Reserved, 0.',
    },
    volatile_header_offset: {
      type: 'u8le',
      property: 'volatileHeaderOffset',
      at: 80,
      size: 8,
      doc: 'Sector of the volatile header; 1 in practice.',
    },
    volatile_header_size: {
      type: 'u8le',
      property: 'volatileHeaderSize',
      at: 88,
      size: 8,
      doc: 'Sectors of the volatile header; 1 in practice.',
    },
    journal_header_offset: {
      type: 'u8le',
      property: 'journalHeaderOffset',
      at: 96,
      size: 8,
      doc: "Sector of the journal's header; 2 in practice.",
    },
    journal_header_size: {
      type: 'u8le',
      property: 'journalHeaderSize',
      at: 104,
      size: 8,
      doc: "Sectors of the journal's header; 2 in practice.",
    },
    journal_offset: {
      type: 'u8le',
      property: 'journalOffset',
      at: 112,
      size: 8,
      doc: 'Sector of the journal, which is replayed when a disk is opened after a crash; 2048 in practice.',
    },
    journal_size: {
      type: 'u8le',
      property: 'journalSize',
      at: 120,
      size: 8,
      doc: 'Sectors of the journal; 2048 in practice.',
    },
    grain_dir_offset: {
      type: 'u8le',
      property: 'grainDirOffset',
      at: 128,
      size: 8,
      doc: 'Sector of the grain directory, an array of 64-bit entries.',
    },
    grain_dir_size: {
      type: 'u8le',
      property: 'grainDirSize',
      at: 136,
      size: 8,
      doc: 'Sectors of the grain directory, 64 entries in each, rounded up to 2048.',
    },
    grain_tables_offset: {
      type: 'u8le',
      property: 'grainTablesOffset',
      at: 144,
      size: 8,
      doc: 'Sector of the area of all grain tables; the directory counts tables from here.',
    },
    grain_tables_size: {
      type: 'u8le',
      property: 'grainTablesSize',
      at: 152,
      size: 8,
      doc: 'Sectors of the area of all grain tables, 64 for each, rounded up to 2048.',
    },
    free_bitmap_offset: {
      type: 'u8le',
      property: 'freeBitmapOffset',
      at: 160,
      size: 8,
      doc: 'Sector of the bitmap of grain slots.',
    },
    free_bitmap_size: {
      type: 'u8le',
      property: 'freeBitmapSize',
      at: 168,
      size: 8,
      doc: 'Sectors of the bitmap, one bit for each grain slot, rounded up to 2048.',
    },
    backmap_offset: {
      type: 'u8le',
      property: 'backmapOffset',
      at: 176,
      size: 8,
      doc: 'Sector of the map from a grain slot back to the table that contains it.',
    },
    backmap_size: { type: 'u8le', property: 'backmapSize', at: 184, size: 8, doc: 'Sectors of that map.' },
    grains_offset: {
      type: 'u8le',
      property: 'grainsOffset',
      at: 192,
      size: 8,
      doc: 'Sector of grain slot 0.',
    },
    grains_size: {
      type: 'u8le',
      property: 'grainsSize',
      at: 200,
      size: 8,
      rule: 'sesparse/grains-too-small',
      doc: 'Sectors set aside for grains, equal to the capacity in practice; the file itself may be shorter.',
    },
    pad: {
      type: 'bytes',
      at: 208,
      size: 304,
      rule: 'sesparse/reserved-nonzero',
      doc: 'Zeros up to the end of the sector.',
    },
  },
};

/**
 * First sector of the file, written once. It names the nine areas, which follow one another without gaps in all files known.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, block/vmdk.c, seSparse constant header
 */
export class ConstHeader extends Structure<ConstHeaderField> {
  static readonly layout = constHeaderLayout;
  declare readonly _root: Sesparse | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    const { view } = io;
    io.alignToByte();
    const { at } = io;
    const room = io.end - at;
    if (room < 8) cutOff(this);
    const magic = roundedU8(view, at, true);
    if (magic !== 0xcafebabe) reportNotEqual(this, 'magic', 0xcafebabe);
    if (room < 16) cutOff(this);
    const version = roundedU8(view, at + 8, true);
    if (version !== 0x200000001) reportNotEqual(this, 'version', 0x200000001);
    if (room < 24) cutOff(this);
    const capacity = view.getBigUint64(at + 16, true);
    if (capacity < 1n) reportLessThan(this, 'capacity', 1n);
    if (capacity > 0x1fffffffffn) reportGreaterThan(this, 'capacity', 0x1fffffffffn);
    if (room < 32) cutOff(this);
    const grainSize = roundedU8(view, at + 24, true);
    if (grainSize !== 8) reportNotEqual(this, 'grain_size', 8);
    if (room < 40) cutOff(this);
    const grainTableSize = roundedU8(view, at + 32, true);
    if (grainTableSize !== 64) reportNotEqual(this, 'grain_table_size', 64);
    if (room < 48) cutOff(this);
    const flags = roundedU8(view, at + 40, true);
    if (flags !== 0) reportNotEqual(this, 'flags', 0);
    if (room < 56) cutOff(this);
    const reserved1 = roundedU8(view, at + 48, true);
    if (reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    if (room < 64) cutOff(this);
    const reserved2 = roundedU8(view, at + 56, true);
    if (reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
    if (room < 72) cutOff(this);
    const reserved3 = roundedU8(view, at + 64, true);
    if (reserved3 !== 0) reportNotEqual(this, 'reserved3', 0);
    if (room < 80) cutOff(this);
    const reserved4 = roundedU8(view, at + 72, true);
    if (reserved4 !== 0) reportNotEqual(this, 'reserved4', 0);
    if (room < 208) cutOff(this);
    const grainsSize = view.getBigUint64(at + 200, true);
    if (grainsSize < capacity) reportLessThan(this, 'grains_size', capacity);
    if (room < 512) cutOff(this);
    if (!zerosAt(view, at + 208, 304)) reportExpr(this, 'pad', 'zeros');
    io.at = at + 512;
  }

  static get schema(): JsonSchema {
    return schemaOf(constHeaderLayout);
  }

  /** 0x00000000cafebabe. */
  get magic(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 0), true);
  }

  set magic(value: bigint) {
    setField(this, 'magic', value);
  }

  /** 0x0000000200000001, version 2.1 with the major number in the upper half; no other is known. */
  get version(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 8), true);
  }

  set version(value: bigint) {
    setField(this, 'version', value);
  }

  /**
   * Guest size in sectors, at least 1 and less than 64 TiB.
   *
   * Unit: sectors.
   */
  get capacity(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 16), true);
  }

  set capacity(value: bigint) {
    setField(this, 'capacity', value);
  }

  /**
   * Sectors in one grain, 8 (4 KiB); no other size is known.
   *
   * Unit: sectors.
   */
  get grainSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 24), true);
  }

  set grainSize(value: bigint) {
    setField(this, 'grainSize', value);
  }

  /**
   * Sectors of one grain table, 64 (4096 entries, 16 MiB of the guest); no other size is known.
   *
   * Unit: sectors.
   */
  get grainTableSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 32), true);
  }

  set grainTableSize(value: bigint) {
    setField(this, 'grainTableSize', value);
  }

  /** 0; the meaning of its bits is unknown. */
  get flags(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 40), true);
  }

  set flags(value: bigint) {
    setField(this, 'flags', value);
  }

  /** Reserved, 0. */
  get reserved1(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 48), true);
  }

  set reserved1(value: bigint) {
    setField(this, 'reserved1', value);
  }

  /** Reserved, 0. */
  get reserved2(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 56), true);
  }

  set reserved2(value: bigint) {
    setField(this, 'reserved2', value);
  }

  /** Reserved, 0. */
  get reserved3(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 64), true);
  }

  set reserved3(value: bigint) {
    setField(this, 'reserved3', value);
  }

  /** Reserved, 0. */
  get reserved4(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 72), true);
  }

  set reserved4(value: bigint) {
    setField(this, 'reserved4', value);
  }

  /**
   * Sector of the volatile header; 1 in practice.
   *
   * Unit: sectors.
   */
  get volatileHeaderOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 80), true);
  }

  set volatileHeaderOffset(value: bigint) {
    setField(this, 'volatileHeaderOffset', value);
  }

  /**
   * Sectors of the volatile header; 1 in practice.
   *
   * Unit: sectors.
   */
  get volatileHeaderSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 88), true);
  }

  set volatileHeaderSize(value: bigint) {
    setField(this, 'volatileHeaderSize', value);
  }

  /**
   * Sector of the journal's header; 2 in practice.
   *
   * Unit: sectors.
   */
  get journalHeaderOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 96), true);
  }

  set journalHeaderOffset(value: bigint) {
    setField(this, 'journalHeaderOffset', value);
  }

  /**
   * Sectors of the journal's header; 2 in practice.
   *
   * Unit: sectors.
   */
  get journalHeaderSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 104), true);
  }

  set journalHeaderSize(value: bigint) {
    setField(this, 'journalHeaderSize', value);
  }

  /**
   * Sector of the journal, which is replayed when a disk is opened after a crash; 2048 in practice.
   *
   * Unit: sectors.
   */
  get journalOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 112), true);
  }

  set journalOffset(value: bigint) {
    setField(this, 'journalOffset', value);
  }

  /**
   * Sectors of the journal; 2048 in practice.
   *
   * Unit: sectors.
   */
  get journalSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 120), true);
  }

  set journalSize(value: bigint) {
    setField(this, 'journalSize', value);
  }

  /**
   * Sector of the grain directory, an array of 64-bit entries.
   *
   * Unit: sectors.
   */
  get grainDirOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 128), true);
  }

  set grainDirOffset(value: bigint) {
    setField(this, 'grainDirOffset', value);
  }

  /**
   * Sectors of the grain directory, 64 entries in each, rounded up to 2048.
   *
   * Unit: sectors.
   */
  get grainDirSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 136), true);
  }

  set grainDirSize(value: bigint) {
    setField(this, 'grainDirSize', value);
  }

  /**
   * Sector of the area of all grain tables; the directory counts tables from here.
   *
   * Unit: sectors.
   */
  get grainTablesOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 144), true);
  }

  set grainTablesOffset(value: bigint) {
    setField(this, 'grainTablesOffset', value);
  }

  /**
   * Sectors of the area of all grain tables, 64 for each, rounded up to 2048.
   *
   * Unit: sectors.
   */
  get grainTablesSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 152), true);
  }

  set grainTablesSize(value: bigint) {
    setField(this, 'grainTablesSize', value);
  }

  /**
   * Sector of the bitmap of grain slots.
   *
   * Unit: sectors.
   */
  get freeBitmapOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 160), true);
  }

  set freeBitmapOffset(value: bigint) {
    setField(this, 'freeBitmapOffset', value);
  }

  /**
   * Sectors of the bitmap, one bit for each grain slot, rounded up to 2048.
   *
   * Unit: sectors.
   */
  get freeBitmapSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 168), true);
  }

  set freeBitmapSize(value: bigint) {
    setField(this, 'freeBitmapSize', value);
  }

  /**
   * Sector of the map from a grain slot back to the table that contains it.
   *
   * Unit: sectors.
   */
  get backmapOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 176), true);
  }

  set backmapOffset(value: bigint) {
    setField(this, 'backmapOffset', value);
  }

  /**
   * Sectors of that map.
   *
   * Unit: sectors.
   */
  get backmapSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 184), true);
  }

  set backmapSize(value: bigint) {
    setField(this, 'backmapSize', value);
  }

  /**
   * Sector of grain slot 0.
   *
   * Unit: sectors.
   */
  get grainsOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 192), true);
  }

  set grainsOffset(value: bigint) {
    setField(this, 'grainsOffset', value);
  }

  /**
   * Sectors set aside for grains, equal to the capacity in practice; the file itself may be shorter.
   *
   * Unit: sectors.
   */
  get grainsSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 200), true);
  }

  set grainsSize(value: bigint) {
    setField(this, 'grainsSize', value);
  }

  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  get pad(): Uint8Array {
    return bytesIn(this, 208, 304);
  }

  set pad(value: Uint8Array) {
    setField(this, 'pad', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): ConstHeader {
    return readWith(bytes, (io) => new ConstHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): ConstHeader | undefined {
    return decodeWith(ConstHeader, bytes, sink, (io) => new ConstHeader(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<ConstHeader> = {}): ConstHeader {
    return createWith(ConstHeader, values, (io) => new ConstHeader(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8le(this.magic, 'magic');
    io.writeU8le(this.version, 'version');
    io.writeU8le(this.capacity, 'capacity');
    io.writeU8le(this.grainSize, 'grain_size');
    io.writeU8le(this.grainTableSize, 'grain_table_size');
    io.writeU8le(this.flags, 'flags');
    io.writeU8le(this.reserved1, 'reserved1');
    io.writeU8le(this.reserved2, 'reserved2');
    io.writeU8le(this.reserved3, 'reserved3');
    io.writeU8le(this.reserved4, 'reserved4');
    io.writeU8le(this.volatileHeaderOffset, 'volatile_header_offset');
    io.writeU8le(this.volatileHeaderSize, 'volatile_header_size');
    io.writeU8le(this.journalHeaderOffset, 'journal_header_offset');
    io.writeU8le(this.journalHeaderSize, 'journal_header_size');
    io.writeU8le(this.journalOffset, 'journal_offset');
    io.writeU8le(this.journalSize, 'journal_size');
    io.writeU8le(this.grainDirOffset, 'grain_dir_offset');
    io.writeU8le(this.grainDirSize, 'grain_dir_size');
    io.writeU8le(this.grainTablesOffset, 'grain_tables_offset');
    io.writeU8le(this.grainTablesSize, 'grain_tables_size');
    io.writeU8le(this.freeBitmapOffset, 'free_bitmap_offset');
    io.writeU8le(this.freeBitmapSize, 'free_bitmap_size');
    io.writeU8le(this.backmapOffset, 'backmap_offset');
    io.writeU8le(this.backmapSize, 'backmap_size');
    io.writeU8le(this.grainsOffset, 'grains_offset');
    io.writeU8le(this.grainsSize, 'grains_size');
    io.writeBytesLimit(this.pad, 304, undefined, 'pad');
  }
}

type VolatileHeaderField = 'magic' | 'free_gt_number' | 'next_txn_seq_number' | 'replay_journal' | 'pad';

const volatileHeaderLayout: Layout<VolatileHeaderField> = {
  type: 'volatile_header',
  rule: 'sesparse/area-out-of-file',
  size: 512,
  fields: {
    magic: {
      type: 'u8le',
      at: 0,
      size: 8,
      hex: true,
      rule: 'sesparse/volatile-magic',
      initial: 3405695742,
      doc: '0x00000000cafecafe.',
    },
    free_gt_number: {
      type: 'u8le',
      property: 'freeGtNumber',
      at: 8,
      size: 8,
      doc: 'Believed to be the index of the grain table that will be handed out next.',
    },
    next_txn_seq_number: {
      type: 'u8le',
      property: 'nextTxnSeqNumber',
      at: 16,
      size: 8,
      doc: 'Number that the next transaction of the journal will have.',
    },
    replay_journal: {
      type: 'u8le',
      property: 'replayJournal',
      at: 24,
      size: 8,
      rule: 'sesparse/replay-journal',
      initial: 0,
      doc: '0 after a clean close; otherwise the tables are stale until ESXi has replayed the journal.',
    },
    pad: {
      type: 'bytes',
      at: 32,
      size: 480,
      rule: 'sesparse/volatile-pad-nonzero',
      doc: 'Zeros up to the end of the sector.',
    },
  },
};

/**
 * One sector of state that changes while the disk is in use.
 *
 * Too few bytes break the rule `sesparse/area-out-of-file`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, block/vmdk.c, seSparse volatile header
 */
export class VolatileHeader extends Structure<VolatileHeaderField> {
  static readonly layout = volatileHeaderLayout;
  declare readonly _root: Sesparse | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    const { view } = io;
    io.alignToByte();
    const { at } = io;
    const room = io.end - at;
    if (room < 8) cutOff(this);
    const magic = roundedU8(view, at, true);
    if (magic !== 0xcafecafe) reportNotEqual(this, 'magic', 0xcafecafe);
    if (room < 32) cutOff(this);
    const replayJournal = roundedU8(view, at + 24, true);
    if (replayJournal !== 0) reportNotEqual(this, 'replay_journal', 0);
    if (room < 512) cutOff(this);
    if (!zerosAt(view, at + 32, 480)) reportExpr(this, 'pad', 'zeros');
    io.at = at + 512;
  }

  static get schema(): JsonSchema {
    return schemaOf(volatileHeaderLayout);
  }

  /** 0x00000000cafecafe. */
  get magic(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 0), true);
  }

  set magic(value: bigint) {
    setField(this, 'magic', value);
  }

  /** Believed to be the index of the grain table that will be handed out next. */
  get freeGtNumber(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 8), true);
  }

  set freeGtNumber(value: bigint) {
    setField(this, 'freeGtNumber', value);
  }

  /** Number that the next transaction of the journal will have. */
  get nextTxnSeqNumber(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 16), true);
  }

  set nextTxnSeqNumber(value: bigint) {
    setField(this, 'nextTxnSeqNumber', value);
  }

  /** 0 after a clean close; otherwise the tables are stale until ESXi has replayed the journal. */
  get replayJournal(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 24), true);
  }

  set replayJournal(value: bigint) {
    setField(this, 'replayJournal', value);
  }

  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  get pad(): Uint8Array {
    return bytesIn(this, 32, 480);
  }

  set pad(value: Uint8Array) {
    setField(this, 'pad', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): VolatileHeader {
    return readWith(bytes, (io) => new VolatileHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): VolatileHeader | undefined {
    return decodeWith(VolatileHeader, bytes, sink, (io) => new VolatileHeader(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<VolatileHeader> = {}): VolatileHeader {
    return createWith(VolatileHeader, values, (io) => new VolatileHeader(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8le(this.magic, 'magic');
    io.writeU8le(this.freeGtNumber, 'free_gt_number');
    io.writeU8le(this.nextTxnSeqNumber, 'next_txn_seq_number');
    io.writeU8le(this.replayJournal, 'replay_journal');
    io.writeBytesLimit(this.pad, 480, undefined, 'pad');
  }
}

type GrainDirEntryField = 'table_index' | 'reserved' | 'type';

const grainDirEntryLayout: Layout<GrainDirEntryField> = {
  type: 'grain_dir_entry',
  size: 8,
  fields: {
    table_index: {
      type: 'u4le',
      property: 'tableIndex',
      at: 0,
      size: 4,
      doc: 'Bits 0 to 31. Number of the table within the area of grain tables.',
    },
    reserved: {
      type: 'b28le',
      at: 4,
      bit: 0,
      bits: 28,
      rule: 'sesparse/gde-type',
      initial: 0,
      doc: 'Bits 32 to 59, zero.',
    },
    type: {
      type: 'b4le',
      at: 7,
      bit: 4,
      bits: 4,
      enum: () => GrainDirEntryType,
      rule: 'sesparse/gde-type',
      doc: 'Bits 60 to 63. Whether there is a table; without one the whole entry is zero.',
    },
  },
};

/**
 * One 64-bit entry of the grain directory, lowest bits first. All zero where no table exists.
 *
 * @see QEMU 7.2, block/vmdk.c, seSparse grain directory entry
 */
export class GrainDirEntry extends Structure<GrainDirEntryField> {
  static readonly layout = grainDirEntryLayout;
  declare readonly _root: Sesparse | undefined;
  /** Bits 0 to 31. Number of the table within the area of grain tables. */
  declare tableIndex: number;
  /** Bits 32 to 59, zero. */
  declare reserved: number;
  /** Bits 60 to 63. Whether there is a table; without one the whole entry is zero. */
  declare type: OpenEnum<GrainDirEntryType>;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    this.tableIndex = io.readU4le();
    this.reserved = io.readBitsIntLe(28);
    if (this.reserved !== 0) reportNotEqual(this, 'reserved', 0);
    this.type = io.readBitsIntLe(4);
    if (!(
      this.type === GrainDirEntryType.table ||
      (this.type === GrainDirEntryType.none && this.tableIndex === 0)
    ))
      reportExpr(this, 'type', '1, or else all of the entry 0');
  }

  static get schema(): JsonSchema {
    return schemaOf(grainDirEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): GrainDirEntry {
    return readWith(bytes, (io) => new GrainDirEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): GrainDirEntry | undefined {
    return decodeWith(GrainDirEntry, bytes, sink, (io) => new GrainDirEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<GrainDirEntry> = {}): GrainDirEntry {
    return createWith(GrainDirEntry, values, (io) => new GrainDirEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4le(this.tableIndex, 'table_index');
    io.writeBitsIntLe(28, this.reserved, 'reserved');
    io.writeBitsIntLe(4, this.type, 'type');
  }
}

type GrainTableEntryField = 'index_high' | 'index_low' | 'type';

const grainTableEntryLayout: Layout<GrainTableEntryField> = {
  type: 'grain_table_entry',
  size: 8,
  fields: {
    index_high: {
      type: 'b48le',
      property: 'indexHigh',
      at: 0,
      bit: 0,
      bits: 48,
      doc: 'Bits 0 to 47. Slot number without its lowest 12 bits.',
    },
    index_low: {
      type: 'b12le',
      property: 'indexLow',
      at: 6,
      bit: 0,
      bits: 12,
      doc: 'Bits 48 to 59. Lowest 12 bits of the slot number.',
    },
    type: {
      type: 'b4le',
      at: 7,
      bit: 4,
      bits: 4,
      enum: () => GrainTableEntryType,
      rule: 'sesparse/gte-type',
      doc: 'Bits 60 to 63. What the guest sees in the grain.',
    },
  },
};

/**
 * One 64-bit entry of a grain table, lowest bits first. The slot of an allocated grain is `index_high * 4096 + index_low`, counted in grains
 * from the start of the grain area.
 *
 * @see QEMU 7.2, block/vmdk.c, seSparse grain table entry
 */
export class GrainTableEntry extends Structure<GrainTableEntryField> {
  static readonly layout = grainTableEntryLayout;
  declare readonly _root: Sesparse | undefined;
  /** Bits 0 to 47. Slot number without its lowest 12 bits. */
  declare indexHigh: bigint;
  /** Bits 48 to 59. Lowest 12 bits of the slot number. */
  declare indexLow: number;
  /** Bits 60 to 63. What the guest sees in the grain. */
  declare type: OpenEnum<GrainTableEntryType>;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    this.indexHigh = io.readBitsIntLe64(48);
    this.indexLow = io.readBitsIntLe(12);
    this.type = io.readBitsIntLe(4);
    expectInEnum(this, 'type', this.type, GrainTableEntryType, 'grain_table_entry_type');
  }

  static get schema(): JsonSchema {
    return schemaOf(grainTableEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): GrainTableEntry {
    return readWith(bytes, (io) => new GrainTableEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): GrainTableEntry | undefined {
    return decodeWith(GrainTableEntry, bytes, sink, (io) => new GrainTableEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<GrainTableEntry> = {}): GrainTableEntry {
    return createWith(GrainTableEntry, values, (io) => new GrainTableEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntLe64(48, this.indexHigh, 'index_high');
    io.writeBitsIntLe(12, this.indexLow, 'index_low');
    io.writeBitsIntLe(4, this.type, 'type');
  }
}

/** The enum `grain_dir_entry_type` of the spec. */
export const GrainDirEntryType = {
  /** No table; the grains are the parent's. */
  none: 0,
  /** A table exists. */
  table: 1,
} as const;

/** One of the values of {@link GrainDirEntryType}. */
export type GrainDirEntryType = (typeof GrainDirEntryType)[keyof typeof GrainDirEntryType];

/** The enum `grain_table_entry_type` of the spec. */
export const GrainTableEntryType = {
  /** The grain is the parent's; the index is 0. */
  unallocated: 0,
  /** The guest gave the grain up. The index names the slot it had, to be reclaimed; readers disagree whether it shows zeros or the parent. */
  unmapped: 1,
  /** The grain reads as zeros without asking the parent. */
  zero: 2,
  /** The grain is stored in the slot of the index. */
  allocated: 3,
} as const;

/** One of the values of {@link GrainTableEntryType}. */
export type GrainTableEntryType = (typeof GrainTableEntryType)[keyof typeof GrainTableEntryType];

/** The rules that this spec names with `-rule`. */
export type SpecRule =
  | 'sesparse/area-out-of-file'
  | 'sesparse/capacity-zero'
  | 'sesparse/const-magic'
  | 'sesparse/flags'
  | 'sesparse/gde-type'
  | 'sesparse/grain-size'
  | 'sesparse/grain-table-size'
  | 'sesparse/grains-too-small'
  | 'sesparse/gte-type'
  | 'sesparse/replay-journal'
  | 'sesparse/reserved-nonzero'
  | 'sesparse/version'
  | 'sesparse/volatile-magic'
  | 'sesparse/volatile-pad-nonzero';
