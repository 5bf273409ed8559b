// Generated from sesparse.ksy by `npm run generate`. Do not edit.

import {
  type BareStructure,
  type BreachSink,
  ByteReader,
  type ByteWriter,
  type JsonSchema,
  type Layout,
  type OpenEnum,
  Structure,
  type Values,
  createWith,
  decodeWith,
  encode,
  expectEqual,
  expectInEnum,
  expectMax,
  expectMin,
  expectThat,
  maxOf,
  readWith,
  reserve,
  schemaOf,
} from '../src/codec/index.ts';

type SesparseField = never;

const sesparseLayout: Layout<SesparseField> = { type: 'sesparse', size: 0, fields: {} };

/**
 * Structures of a seSparse extent. VMware publishes no description: names and meanings come from public readers of the format.
 * A "sector" is 512 bytes, and positions and sizes of areas are in sectors.
 *
 * @see QEMU 7.2, block/vmdk.c, read support for seSparse
 */
export class Sesparse extends Structure<SesparseField> {
  /** Where each field lies. */
  static readonly layout = sesparseLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Sesparse;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super(io, parent, root, true);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(sesparseLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Sesparse {
    return readWith(bytes, (io) => new Sesparse(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
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
      doc: 'Sector of the map that leads from a grain slot back to the table that holds it.',
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
 * @see QEMU 7.2, block/vmdk.c, seSparse constant header
 */
export class ConstHeader extends Structure<ConstHeaderField> {
  /** Where each field lies. */
  static readonly layout = constHeaderLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Sesparse | undefined;
  /** 0x00000000cafebabe. */
  magic: bigint;
  /** 0x0000000200000001, version 2.1 with the major number in the upper half; no other is known. */
  version: bigint;
  /**
   * Guest size in sectors, at least 1 and less than 64 TiB.
   *
   * Unit: sectors.
   */
  capacity: bigint;
  /**
   * Sectors in one grain, 8 (4 KiB); no other size is known.
   *
   * Unit: sectors.
   */
  grainSize: bigint;
  /**
   * Sectors of one grain table, 64 (4096 entries, 16 MiB of the guest); no other size is known.
   *
   * Unit: sectors.
   */
  grainTableSize: bigint;
  /** 0; the meaning of its bits is unknown. */
  flags: bigint;
  /** Reserved, 0. */
  reserved1: bigint;
  /** Reserved, 0. */
  reserved2: bigint;
  /** Reserved, 0. */
  reserved3: bigint;
  /** Reserved, 0. */
  reserved4: bigint;
  /**
   * Sector of the volatile header; 1 in practice.
   *
   * Unit: sectors.
   */
  volatileHeaderOffset: bigint;
  /**
   * Sectors of the volatile header; 1 in practice.
   *
   * Unit: sectors.
   */
  volatileHeaderSize: bigint;
  /**
   * Sector of the journal's header; 2 in practice.
   *
   * Unit: sectors.
   */
  journalHeaderOffset: bigint;
  /**
   * Sectors of the journal's header; 2 in practice.
   *
   * Unit: sectors.
   */
  journalHeaderSize: bigint;
  /**
   * Sector of the journal, which is replayed when a disk is opened after a crash; 2048 in practice.
   *
   * Unit: sectors.
   */
  journalOffset: bigint;
  /**
   * Sectors of the journal; 2048 in practice.
   *
   * Unit: sectors.
   */
  journalSize: bigint;
  /**
   * Sector of the grain directory, an array of 64-bit entries.
   *
   * Unit: sectors.
   */
  grainDirOffset: bigint;
  /**
   * Sectors of the grain directory, 64 entries in each, rounded up to 2048.
   *
   * Unit: sectors.
   */
  grainDirSize: bigint;
  /**
   * Sector of the area of all grain tables; the directory counts tables from here.
   *
   * Unit: sectors.
   */
  grainTablesOffset: bigint;
  /**
   * Sectors of the area of all grain tables, 64 for each, rounded up to 2048.
   *
   * Unit: sectors.
   */
  grainTablesSize: bigint;
  /**
   * Sector of the bitmap of grain slots.
   *
   * Unit: sectors.
   */
  freeBitmapOffset: bigint;
  /**
   * Sectors of the bitmap, one bit for each grain slot, rounded up to 2048.
   *
   * Unit: sectors.
   */
  freeBitmapSize: bigint;
  /**
   * Sector of the map that leads from a grain slot back to the table that holds it.
   *
   * Unit: sectors.
   */
  backmapOffset: bigint;
  /**
   * Sectors of that map.
   *
   * Unit: sectors.
   */
  backmapSize: bigint;
  /**
   * Sector of grain slot 0.
   *
   * Unit: sectors.
   */
  grainsOffset: bigint;
  /**
   * Sectors set aside for grains, equal to the capacity in practice; the file itself may be shorter.
   *
   * Unit: sectors.
   */
  grainsSize: bigint;
  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  pad: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super(io, parent, root);
    this.magic = io.readU8le();
    expectEqual(this, 'magic', this.magic, 0xcafebaben);
    this.version = io.readU8le();
    expectEqual(this, 'version', this.version, 0x200000001n);
    this.capacity = io.readU8le();
    expectMin(this, 'capacity', this.capacity, 1n);
    expectMax(this, 'capacity', this.capacity, 0x1fffffffffn);
    this.grainSize = io.readU8le();
    expectEqual(this, 'grain_size', this.grainSize, 8n);
    this.grainTableSize = io.readU8le();
    expectEqual(this, 'grain_table_size', this.grainTableSize, 64n);
    this.flags = io.readU8le();
    expectEqual(this, 'flags', this.flags, 0n);
    this.reserved1 = io.readU8le();
    expectEqual(this, 'reserved1', this.reserved1, 0n);
    this.reserved2 = io.readU8le();
    expectEqual(this, 'reserved2', this.reserved2, 0n);
    this.reserved3 = io.readU8le();
    expectEqual(this, 'reserved3', this.reserved3, 0n);
    this.reserved4 = io.readU8le();
    expectEqual(this, 'reserved4', this.reserved4, 0n);
    const at = reserve(this, 128, 'volatile_header_offset');
    this.volatileHeaderOffset = io.view.getBigUint64(at, true);
    this.volatileHeaderSize = io.view.getBigUint64(at + 8, true);
    this.journalHeaderOffset = io.view.getBigUint64(at + 16, true);
    this.journalHeaderSize = io.view.getBigUint64(at + 24, true);
    this.journalOffset = io.view.getBigUint64(at + 32, true);
    this.journalSize = io.view.getBigUint64(at + 40, true);
    this.grainDirOffset = io.view.getBigUint64(at + 48, true);
    this.grainDirSize = io.view.getBigUint64(at + 56, true);
    this.grainTablesOffset = io.view.getBigUint64(at + 64, true);
    this.grainTablesSize = io.view.getBigUint64(at + 72, true);
    this.freeBitmapOffset = io.view.getBigUint64(at + 80, true);
    this.freeBitmapSize = io.view.getBigUint64(at + 88, true);
    this.backmapOffset = io.view.getBigUint64(at + 96, true);
    this.backmapSize = io.view.getBigUint64(at + 104, true);
    this.grainsOffset = io.view.getBigUint64(at + 112, true);
    this.grainsSize = io.view.getBigUint64(at + 120, true);
    expectMin(this, 'grains_size', this.grainsSize, this.capacity);
    this.pad = io.readBytes(304);
    expectThat(this, 'pad', this.pad, maxOf(this.pad) === 0, 'zeros');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(constHeaderLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): ConstHeader {
    return readWith(bytes, (io) => new ConstHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU8le(this.magic);
    io.writeU8le(this.version);
    io.writeU8le(this.capacity);
    io.writeU8le(this.grainSize);
    io.writeU8le(this.grainTableSize);
    io.writeU8le(this.flags);
    io.writeU8le(this.reserved1);
    io.writeU8le(this.reserved2);
    io.writeU8le(this.reserved3);
    io.writeU8le(this.reserved4);
    io.writeU8le(this.volatileHeaderOffset);
    io.writeU8le(this.volatileHeaderSize);
    io.writeU8le(this.journalHeaderOffset);
    io.writeU8le(this.journalHeaderSize);
    io.writeU8le(this.journalOffset);
    io.writeU8le(this.journalSize);
    io.writeU8le(this.grainDirOffset);
    io.writeU8le(this.grainDirSize);
    io.writeU8le(this.grainTablesOffset);
    io.writeU8le(this.grainTablesSize);
    io.writeU8le(this.freeBitmapOffset);
    io.writeU8le(this.freeBitmapSize);
    io.writeU8le(this.backmapOffset);
    io.writeU8le(this.backmapSize);
    io.writeU8le(this.grainsOffset);
    io.writeU8le(this.grainsSize);
    io.writeBytesLimit(this.pad, 304);
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
 * @see QEMU 7.2, block/vmdk.c, seSparse volatile header
 */
export class VolatileHeader extends Structure<VolatileHeaderField> {
  /** Where each field lies. */
  static readonly layout = volatileHeaderLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Sesparse | undefined;
  /** 0x00000000cafecafe. */
  magic: bigint;
  /** Believed to be the index of the grain table that will be handed out next. */
  freeGtNumber: bigint;
  /** Number that the next transaction of the journal will have. */
  nextTxnSeqNumber: bigint;
  /** 0 after a clean close; otherwise the tables are stale until ESXi has replayed the journal. */
  replayJournal: bigint;
  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  pad: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super(io, parent, root);
    this.magic = io.readU8le();
    expectEqual(this, 'magic', this.magic, 0xcafecafen);
    const at = reserve(this, 24, 'free_gt_number');
    this.freeGtNumber = io.view.getBigUint64(at, true);
    this.nextTxnSeqNumber = io.view.getBigUint64(at + 8, true);
    this.replayJournal = io.view.getBigUint64(at + 16, true);
    expectEqual(this, 'replay_journal', this.replayJournal, 0n);
    this.pad = io.readBytes(480);
    expectThat(this, 'pad', this.pad, maxOf(this.pad) === 0, 'zeros');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(volatileHeaderLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): VolatileHeader {
    return readWith(bytes, (io) => new VolatileHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU8le(this.magic);
    io.writeU8le(this.freeGtNumber);
    io.writeU8le(this.nextTxnSeqNumber);
    io.writeU8le(this.replayJournal);
    io.writeBytesLimit(this.pad, 480);
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
  /** Where each field lies. */
  static readonly layout = grainDirEntryLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Sesparse | undefined;
  /** Bits 0 to 31. Number of the table within the area of grain tables. */
  tableIndex: number;
  /** Bits 32 to 59, zero. */
  reserved: number;
  /** Bits 60 to 63. Whether there is a table; without one the whole entry is zero. */
  type: OpenEnum<GrainDirEntryType>;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super(io, parent, root);
    this.tableIndex = io.readU4le();
    this.reserved = io.readBitsIntLe(28);
    expectEqual(this, 'reserved', this.reserved, 0);
    this.type = io.readBitsIntLe(4);
    expectThat(
      this,
      'type',
      this.type,
      this.type === GrainDirEntryType.table ||
        (this.type === GrainDirEntryType.none && this.tableIndex === 0),
      '1, or else all of the entry 0',
    );
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(grainDirEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): GrainDirEntry {
    return readWith(bytes, (io) => new GrainDirEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU4le(this.tableIndex);
    io.writeBitsIntLe(28, this.reserved);
    io.writeBitsIntLe(4, this.type);
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
  /** Where each field lies. */
  static readonly layout = grainTableEntryLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Sesparse | undefined;
  /** Bits 0 to 47. Slot number without its lowest 12 bits. */
  indexHigh: bigint;
  /** Bits 48 to 59. Lowest 12 bits of the slot number. */
  indexLow: number;
  /** Bits 60 to 63. What the guest sees in the grain. */
  type: OpenEnum<GrainTableEntryType>;

  constructor(io: ByteReader, parent?: BareStructure, root?: Sesparse) {
    super(io, parent, root);
    this.indexHigh = io.readBitsIntLe64(48);
    this.indexLow = io.readBitsIntLe(12);
    this.type = io.readBitsIntLe(4);
    expectInEnum(this, 'type', this.type, GrainTableEntryType, 'grain_table_entry_type');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(grainTableEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): GrainTableEntry {
    return readWith(bytes, (io) => new GrainTableEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBitsIntLe64(48, this.indexHigh);
    io.writeBitsIntLe(12, this.indexLow);
    io.writeBitsIntLe(4, this.type);
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
