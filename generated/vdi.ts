// Generated from vdi.ksy by `npm run generate`. Do not edit.

import {
  type AllValues,
  type BareStructure,
  type BreachSink,
  type ByteReader,
  type ByteWriter,
  END0,
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
  assemble,
  bitsLe,
  byteIn,
  checkAbsent,
  createWith,
  cutOff,
  decodeWith,
  encode,
  expectAnyOf,
  expectContents,
  expectInEnum,
  maxOf,
  present,
  readWith,
  reportExpr,
  reportLessThan,
  reportNotEqual,
  requireRuntime,
  reserve,
  schemaOf,
  setField,
} from '../src/codec/index.ts';

requireRuntime(2, 'vdi.ts');

type VdiField = never;

const vdiLayout: Layout<VdiField> = { type: 'vdi', size: 0, fields: {} };

/**
 * The header of a dynamic, static or differencing VDI. The block map that it points to is a plain array of 32-bit numbers, one for each block of
 * the disk: which of the stored blocks it is, `0xffff_ffff` for one that is not stored, `0xffff_fffe` for one of zeros.
 *
 * @see VirtualBox 7.0, src/VBox/Storage/VDICore.h
 */
export class Vdi extends Structure<VdiField> {
  static readonly layout = vdiLayout;
  declare readonly _root: Vdi;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vdi) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(vdiLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Vdi {
    return readWith(bytes, (io) => new Vdi(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Vdi | undefined {
    return decodeWith(Vdi, bytes, sink, (io) => new Vdi(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Vdi> = {}): Vdi {
    return createWith(Vdi, values, (io) => new Vdi(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(_io: ByteWriter): void {}
}

type HeaderField =
  | 'file_info'
  | 'signature'
  | 'version'
  | 'header_size'
  | 'image_type'
  | 'flags'
  | 'comment'
  | 'blocks_offset'
  | 'data_offset'
  | 'legacy_geometry'
  | 'translation'
  | 'disk_size'
  | 'block_size'
  | 'block_extra'
  | 'num_blocks'
  | 'num_blocks_allocated'
  | 'uuid_create'
  | 'uuid_modify'
  | 'uuid_linkage'
  | 'uuid_parent_modify'
  | 'logical_geometry';

const headerLayout: Layout<HeaderField> = {
  type: 'header',
  rule: 'vdi/header-truncated',
  fields: {
    file_info: {
      type: 'bytes',
      property: 'fileInfo',
      at: 0,
      size: 64,
      doc: 'A text that names the writer, padded with zeros; no reader looks at it.',
    },
    signature: {
      type: 'bytes',
      at: 64,
      size: 4,
      rule: 'vdi/signature',
      initial: [127, 16, 218, 190],
      doc: 'The number 0xbeda107f, lowest byte first.',
    },
    version: {
      type: 'u4le',
      at: 68,
      size: 4,
      hex: true,
      rule: 'vdi/version',
      initial: 65537,
      doc: 'Version 1.1, the major number in the upper half.',
    },
    header_size: {
      type: 'u4le',
      property: 'headerSize',
      at: 72,
      size: 4,
      rule: 'vdi/header-size',
      doc: 'Bytes of the fields from this one on, 400 with the logical geometry and 384 without it.',
    },
    image_type: {
      type: 'u4le',
      property: 'imageType',
      at: 76,
      size: 4,
      enum: () => ImageType,
      rule: 'vdi/image-type',
      doc: "How the guest's bytes are stored.",
    },
    flags: {
      type: 'image_flags',
      at: 80,
      size: 4,
      of: () => [ImageFlags],
      doc: 'What VirtualBox noted when it made the image.',
    },
    comment: { type: 'bytes', at: 84, size: 256, doc: "A text of the user's, padded with zeros." },
    blocks_offset: {
      type: 'u4le',
      property: 'blocksOffset',
      at: 340,
      size: 4,
      rule: 'vdi/blocks-offset-invalid',
      doc: 'Byte position of the block map, after the header; 512 or 1 MiB in practice.',
    },
    data_offset: {
      type: 'u4le',
      property: 'dataOffset',
      at: 344,
      size: 4,
      doc: 'Byte position of the first stored block, after the block map.',
    },
    legacy_geometry: {
      type: 'geometry',
      property: 'legacyGeometry',
      at: 348,
      size: 16,
      of: () => [Geometry],
      doc: 'Geometry as the first versions stored it; zeros but for the size of a sector.',
    },
    translation: {
      type: 'u4le',
      at: 364,
      size: 4,
      doc: "Once the BIOS's way to translate geometries, not used any more.",
    },
    disk_size: {
      type: 'u8le',
      property: 'diskSize',
      at: 368,
      size: 8,
      rule: 'vdi/disk-size-zero',
      doc: 'Guest size, a multiple of 512.',
    },
    block_size: {
      type: 'u4le',
      property: 'blockSize',
      at: 376,
      size: 4,
      hex: true,
      rule: 'vdi/block-size-invalid',
      doc: 'Guest bytes of one block, a power of two of at least 512; 1 MiB in practice.',
    },
    block_extra: {
      type: 'u4le',
      property: 'blockExtra',
      at: 380,
      size: 4,
      rule: 'vdi/block-extra-invalid',
      doc: "Bytes before the data of each stored block, which are not the guest's; 0 in practice.",
    },
    num_blocks: {
      type: 'u4le',
      property: 'numBlocks',
      at: 384,
      size: 4,
      doc: 'Entries of the block map, one for each block of the disk.',
    },
    num_blocks_allocated: {
      type: 'u4le',
      property: 'numBlocksAllocated',
      at: 388,
      size: 4,
      rule: 'vdi/allocated-exceeds-blocks',
      doc: 'Blocks that are stored; the next one that is written is stored after so many.',
    },
    uuid_create: {
      type: 'bytes',
      property: 'uuidCreate',
      at: 392,
      size: 16,
      rule: 'vdi/uuid-create-null',
      doc: 'Which image this is; its first three parts have their lowest byte first.',
    },
    uuid_modify: {
      type: 'bytes',
      property: 'uuidModify',
      at: 408,
      size: 16,
      rule: 'vdi/uuid-modify-null',
      doc: 'Changes whenever the image was written to.',
    },
    uuid_linkage: {
      type: 'bytes',
      property: 'uuidLinkage',
      at: 424,
      size: 16,
      doc: 'Which image the parent of a differencing image is; zeros in all others.',
    },
    uuid_parent_modify: {
      type: 'bytes',
      property: 'uuidParentModify',
      at: 440,
      size: 16,
      doc: 'The modification UUID that the parent of a differencing image had; zeros in all others.',
    },
    logical_geometry: {
      type: 'geometry',
      property: 'logicalGeometry',
      at: 456,
      of: () => [Geometry],
      doc: "Geometry that the guest's BIOS sees; zeros but for the size of a sector until a BIOS has chosen one.",
    },
  },
};

/**
 * The first 472 bytes of the file: a text for people, signature and version, then the fields of version 1.1. Writers that know nothing of the
 * logical geometry leave it out and give a header size of 384.
 *
 * Too few bytes break the rule `vdi/header-truncated`.
 *
 * @see VirtualBox 7.0, src/VBox/Storage/VDICore.h, VDIPREHEADER and VDIHEADER1PLUS
 */
export class Header extends Structure<HeaderField> {
  static readonly layout = headerLayout;
  declare readonly _root: Vdi | undefined;
  /**
   * A text that names the writer, padded with zeros; no reader looks at it.
   *
   * A view of the input.
   *
   * In the document: `szFileInfo`.
   */
  declare fileInfo: Uint8Array;
  /**
   * The number 0xbeda107f, lowest byte first.
   *
   * A view of the input.
   *
   * In the document: `u32Signature`.
   */
  declare signature: Uint8Array;
  /**
   * Version 1.1, the major number in the upper half.
   *
   * In the document: `u32Version`.
   */
  declare version: number;
  /**
   * Bytes of the fields from this one on, 400 with the logical geometry and 384 without it.
   *
   * Unit: bytes.
   *
   * In the document: `cbHeader`.
   */
  declare headerSize: number;
  /**
   * How the guest's bytes are stored.
   *
   * In the document: `u32Type`.
   */
  declare imageType: OpenEnum<ImageType>;
  /**
   * What VirtualBox noted when it made the image.
   *
   * In the document: `fFlags`.
   */
  declare flags: ImageFlags;
  /**
   * A text of the user's, padded with zeros.
   *
   * A view of the input.
   *
   * In the document: `szComment`.
   */
  declare comment: Uint8Array;
  /**
   * Byte position of the block map, after the header; 512 or 1 MiB in practice.
   *
   * Unit: bytes.
   *
   * In the document: `offBlocks`.
   */
  declare blocksOffset: number;
  /**
   * Byte position of the first stored block, after the block map.
   *
   * Unit: bytes.
   *
   * In the document: `offData`.
   */
  declare dataOffset: number;
  /**
   * Geometry as the first versions stored it; zeros but for the size of a sector.
   *
   * In the document: `LegacyGeometry`.
   */
  declare legacyGeometry: Geometry;
  /**
   * Once the BIOS's way to translate geometries, not used any more.
   *
   * In the document: `u32Dummy`.
   */
  declare translation: number;
  /**
   * Guest size, a multiple of 512.
   *
   * Unit: bytes.
   *
   * In the document: `cbDisk`.
   */
  declare diskSize: bigint;
  /**
   * Guest bytes of one block, a power of two of at least 512; 1 MiB in practice.
   *
   * Unit: bytes.
   *
   * In the document: `cbBlock`.
   */
  declare blockSize: number;
  /**
   * Bytes before the data of each stored block, which are not the guest's; 0 in practice.
   *
   * Unit: bytes.
   *
   * In the document: `cbBlockExtra`.
   */
  declare blockExtra: number;
  /**
   * Entries of the block map, one for each block of the disk.
   *
   * Unit: blocks.
   *
   * In the document: `cBlocks`.
   */
  declare numBlocks: number;
  /**
   * Blocks that are stored; the next one that is written is stored after so many.
   *
   * Unit: blocks.
   *
   * In the document: `cBlocksAllocated`.
   */
  declare numBlocksAllocated: number;
  /**
   * Which image this is; its first three parts have their lowest byte first.
   *
   * A view of the input.
   *
   * In the document: `uuidCreate`.
   */
  declare uuidCreate: Uint8Array;
  /**
   * Changes whenever the image was written to.
   *
   * A view of the input.
   *
   * In the document: `uuidModify`.
   */
  declare uuidModify: Uint8Array;
  /**
   * Which image the parent of a differencing image is; zeros in all others.
   *
   * A view of the input.
   *
   * In the document: `uuidLinkage`.
   */
  declare uuidLinkage: Uint8Array;
  /**
   * The modification UUID that the parent of a differencing image had; zeros in all others.
   *
   * A view of the input.
   *
   * In the document: `uuidParentModify`.
   */
  declare uuidParentModify: Uint8Array;
  /**
   * Geometry that the guest's BIOS sees; zeros but for the size of a sector until a BIOS has chosen one.
   *
   * In the document: `LCHSGeometry`.
   */
  declare logicalGeometry: Geometry | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vdi) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    const at = reserve(this, 68, 'file_info');
    this.fileInfo = io.bytes.subarray(at, at + 64);
    this.signature = io.bytes.subarray(at + 64, at + 68);
    expectContents(this, 'signature', this.signature, [0x7f, 0x10, 0xda, 0xbe]);
    this.version = io.readU4le();
    if (this.version !== 0x10001) reportNotEqual(this, 'version', 0x10001);
    this.headerSize = io.readU4le();
    if (this.headerSize < 384) reportLessThan(this, 'header_size', 384);
    this.imageType = io.readU4le();
    expectInEnum(this, 'image_type', this.imageType, ImageType, 'image_type');
    this.flags = new ImageFlags(io, this);
    const at2 = reserve(this, 260, 'comment');
    this.comment = io.bytes.subarray(at2, at2 + 256);
    this.blocksOffset = io.view.getUint32(at2 + 256, true);
    if (this.blocksOffset < 456) reportLessThan(this, 'blocks_offset', 456);
    this.dataOffset = io.readU4le();
    this.legacyGeometry = new Geometry(io, this);
    const at3 = reserve(this, 12, 'translation');
    this.translation = io.view.getUint32(at3, true);
    this.diskSize = io.view.getBigUint64(at3 + 4, true);
    if (this.diskSize < 1n) reportLessThan(this, 'disk_size', 1n);
    this.blockSize = io.readU4le();
    expectAnyOf(
      this,
      'block_size',
      this.blockSize,
      [
        0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000,
        0x200000, 0x400000, 0x800000, 0x1000000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000,
        0x40000000, 0x80000000,
      ],
    );
    this.blockExtra = io.readU4le();
    if (!(
      this.blockExtra === 0 ||
      (this.blockExtra !== 1 && (this.blockExtra & (this.blockExtra - 1)) >>> 0 === 0)
    ))
      reportExpr(this, 'block_extra', '0 or a power of two above 1');
    const at4 = reserve(this, 8, 'num_blocks');
    this.numBlocks = io.view.getUint32(at4, true);
    this.numBlocksAllocated = io.view.getUint32(at4 + 4, true);
    if (!(this.numBlocksAllocated <= this.numBlocks))
      reportExpr(this, 'num_blocks_allocated', 'at most the number of blocks');
    this.uuidCreate = io.readBytes(16);
    if (maxOf(this.uuidCreate) === 0) reportExpr(this, 'uuid_create', 'not null');
    this.uuidModify = io.readBytes(16);
    if (maxOf(this.uuidModify) === 0) reportExpr(this, 'uuid_modify', 'not null');
    const at5 = reserve(this, 32, 'uuid_linkage');
    this.uuidLinkage = io.bytes.subarray(at5, at5 + 16);
    this.uuidParentModify = io.bytes.subarray(at5 + 16, at5 + 32);
    if (this.headerSize >= 400) {
      this.logicalGeometry = new Geometry(io, this);
    } else this.logicalGeometry = undefined;
    this[END0] = io.bit;
  }

  static get schema(): JsonSchema {
    return schemaOf(headerLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Header {
    return readWith(bytes, (io) => new Header(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Header | undefined {
    return decodeWith(Header, bytes, sink, (io) => new Header(io));
  }

  /** A new structure of the given values. */
  static of(values: AllValues<Header>): Header {
    return assemble(Header, values);
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.fileInfo, 64, undefined, 'file_info');
    io.writeBytesLimit(this.signature, 4, undefined, 'signature');
    io.writeU4le(this.version, 'version');
    io.writeU4le(this.headerSize, 'header_size');
    io.writeU4le(this.imageType, 'image_type');
    io.writeStructure(this.flags, 'flags');
    io.writeBytesLimit(this.comment, 256, undefined, 'comment');
    io.writeU4le(this.blocksOffset, 'blocks_offset');
    io.writeU4le(this.dataOffset, 'data_offset');
    io.writeStructure(this.legacyGeometry, 'legacy_geometry');
    io.writeU4le(this.translation, 'translation');
    io.writeU8le(this.diskSize, 'disk_size');
    io.writeU4le(this.blockSize, 'block_size');
    io.writeU4le(this.blockExtra, 'block_extra');
    io.writeU4le(this.numBlocks, 'num_blocks');
    io.writeU4le(this.numBlocksAllocated, 'num_blocks_allocated');
    io.writeBytesLimit(this.uuidCreate, 16, undefined, 'uuid_create');
    io.writeBytesLimit(this.uuidModify, 16, undefined, 'uuid_modify');
    io.writeBytesLimit(this.uuidLinkage, 16, undefined, 'uuid_linkage');
    io.writeBytesLimit(this.uuidParentModify, 16, undefined, 'uuid_parent_modify');
    if (this.headerSize >= 400) {
      io.writeStructure(present(this.logicalGeometry, 'logical_geometry'), 'logical_geometry');
    } else checkAbsent(io, 'logical_geometry', this.logicalGeometry);
  }
}

type ImageFlagsField = 'zero_expand' | 'unknown_low' | 'fixed' | 'differencing' | 'unknown_high';

const imageFlagsLayout: Layout<ImageFlagsField> = {
  type: 'image_flags',
  size: 4,
  fields: {
    zero_expand: {
      type: 'b1le',
      property: 'zeroExpand',
      at: 0,
      bit: 0,
      bits: 1,
      doc: 'Bit 0. New blocks are filled with zeros.',
    },
    unknown_low: {
      type: 'b7le',
      property: 'unknownLow',
      at: 0,
      bit: 1,
      bits: 7,
      rule: 'vdi/flags-unknown',
      initial: 0,
      doc: 'Bits 1 to 7, zero.',
    },
    fixed: {
      type: 'b1le',
      at: 1,
      bit: 0,
      bits: 1,
      doc: 'Bit 8. The image is a static one, as its type says too.',
    },
    differencing: {
      type: 'b1le',
      at: 1,
      bit: 1,
      bits: 1,
      doc: 'Bit 9. The image is a differencing one, as its type says too.',
    },
    unknown_high: {
      type: 'b22le',
      property: 'unknownHigh',
      at: 1,
      bit: 2,
      bits: 22,
      rule: 'vdi/flags-unknown',
      initial: 0,
      doc: 'Bits 10 to 31, zero.',
    },
  },
};

/**
 * The 32-bit flags word, lowest bit first.
 *
 * Its fields are read from the bytes when they are asked for.
 *
 * @see VirtualBox 7.0, src/VBox/Storage/VDICore.h, getImageFlags
 */
export class ImageFlags extends Structure<ImageFlagsField> {
  static readonly layout = imageFlagsLayout;
  declare readonly _parent: Header | undefined;
  declare readonly _root: Vdi | undefined;

  constructor(io: ByteReader, parent?: Header, root?: Vdi) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    const room = io.remaining * 8 + io.bitsLeft;
    if (room < 8) cutOff(this);
    const unknownLow = bitsLe(this, 1, 7);
    if (unknownLow !== 0) reportNotEqual(this, 'unknown_low', 0);
    if (room < 32) cutOff(this);
    const unknownHigh = bitsLe(this, 10, 22);
    if (unknownHigh !== 0) reportNotEqual(this, 'unknown_high', 0);
    io.skipBitsLe(32);
  }

  static get schema(): JsonSchema {
    return schemaOf(imageFlagsLayout);
  }

  /** Bit 0. New blocks are filled with zeros. */
  get zeroExpand(): boolean {
    return bitsLe(this, 0, 1) !== 0;
  }

  set zeroExpand(value: boolean) {
    setField(this, 'zeroExpand', value);
  }

  /** Bits 1 to 7, zero. */
  get unknownLow(): number {
    return bitsLe(this, 1, 7);
  }

  set unknownLow(value: number) {
    setField(this, 'unknownLow', value);
  }

  /** Bit 8. The image is a static one, as its type says too. */
  get fixed(): boolean {
    return bitsLe(this, 8, 1) !== 0;
  }

  set fixed(value: boolean) {
    setField(this, 'fixed', value);
  }

  /** Bit 9. The image is a differencing one, as its type says too. */
  get differencing(): boolean {
    return bitsLe(this, 9, 1) !== 0;
  }

  set differencing(value: boolean) {
    setField(this, 'differencing', value);
  }

  /** Bits 10 to 31, zero. */
  get unknownHigh(): number {
    return bitsLe(this, 10, 22);
  }

  set unknownHigh(value: number) {
    setField(this, 'unknownHigh', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): ImageFlags {
    return readWith(bytes, (io) => new ImageFlags(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): ImageFlags | undefined {
    return decodeWith(ImageFlags, bytes, sink, (io) => new ImageFlags(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<ImageFlags> = {}): ImageFlags {
    return createWith(ImageFlags, values, (io) => new ImageFlags(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntLe(1, Number(this.zeroExpand), 'zero_expand');
    io.writeBitsIntLe(7, this.unknownLow, 'unknown_low');
    io.writeBitsIntLe(1, Number(this.fixed), 'fixed');
    io.writeBitsIntLe(1, Number(this.differencing), 'differencing');
    io.writeBitsIntLe(22, this.unknownHigh, 'unknown_high');
  }
}

type GeometryField = 'cylinders' | 'heads' | 'sectors_per_track' | 'sector_size';

const geometryLayout: Layout<GeometryField> = {
  type: 'geometry',
  size: 16,
  fields: {
    cylinders: { type: 'u4le', at: 0, size: 4, doc: 'Number of cylinders.' },
    heads: { type: 'u4le', at: 4, size: 4, doc: 'Heads per cylinder.' },
    sectors_per_track: {
      type: 'u4le',
      property: 'sectorsPerTrack',
      at: 8,
      size: 4,
      doc: 'Sectors per track.',
    },
    sector_size: { type: 'u4le', property: 'sectorSize', at: 12, size: 4, doc: 'Bytes of a sector, 512.' },
  },
};

/**
 * Cylinders, heads and sectors of a disk; all three are zero where they are unknown.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see VirtualBox 7.0, src/VBox/Storage/VDICore.h, VDIDISKGEOMETRY
 */
export class Geometry extends Structure<GeometryField> {
  static readonly layout = geometryLayout;
  declare readonly _parent: Header | undefined;
  declare readonly _root: Vdi | undefined;

  constructor(io: ByteReader, parent?: Header, root?: Vdi) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    reserve(this, 16, 'cylinders');
  }

  static get schema(): JsonSchema {
    return schemaOf(geometryLayout);
  }

  /**
   * Number of cylinders.
   *
   * Unit: cylinders.
   *
   * In the document: `cCylinders`.
   */
  get cylinders(): number {
    return this._io.view.getUint32(byteIn(this, 0), true);
  }

  set cylinders(value: number) {
    setField(this, 'cylinders', value);
  }

  /**
   * Heads per cylinder.
   *
   * Unit: heads.
   *
   * In the document: `cHeads`.
   */
  get heads(): number {
    return this._io.view.getUint32(byteIn(this, 4), true);
  }

  set heads(value: number) {
    setField(this, 'heads', value);
  }

  /**
   * Sectors per track.
   *
   * Unit: sectors.
   *
   * In the document: `cSectors`.
   */
  get sectorsPerTrack(): number {
    return this._io.view.getUint32(byteIn(this, 8), true);
  }

  set sectorsPerTrack(value: number) {
    setField(this, 'sectorsPerTrack', value);
  }

  /**
   * Bytes of a sector, 512.
   *
   * Unit: bytes.
   *
   * In the document: `cbSector`.
   */
  get sectorSize(): number {
    return this._io.view.getUint32(byteIn(this, 12), true);
  }

  set sectorSize(value: number) {
    setField(this, 'sectorSize', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Geometry {
    return readWith(bytes, (io) => new Geometry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Geometry | undefined {
    return decodeWith(Geometry, bytes, sink, (io) => new Geometry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Geometry> = {}): Geometry {
    return createWith(Geometry, values, (io) => new Geometry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4le(this.cylinders, 'cylinders');
    io.writeU4le(this.heads, 'heads');
    io.writeU4le(this.sectorsPerTrack, 'sectors_per_track');
    io.writeU4le(this.sectorSize, 'sector_size');
  }
}

/** The enum `image_type` of the spec. */
export const ImageType = {
  /**
   * Blocks are stored when first written; the others read as zeros.
   *
   * In the document: `VDI_IMAGE_TYPE_NORMAL`.
   */
  dynamic: 1,
  /**
   * All blocks are stored from the start.
   *
   * In the document: `VDI_IMAGE_TYPE_FIXED`.
   */
  static: 2,
  /**
   * Blocks are stored when first written; all else is the parent's. No released VirtualBox makes such images.
   *
   * In the document: `VDI_IMAGE_TYPE_UNDO`.
   */
  undo: 3,
  /**
   * Blocks are stored when first written; all else is the parent's.
   *
   * In the document: `VDI_IMAGE_TYPE_DIFF`.
   */
  differencing: 4,
} as const;

/** One of the values of {@link ImageType}. */
export type ImageType = (typeof ImageType)[keyof typeof ImageType];

/** The rules that this spec names with `-rule`. */
export type SpecRule =
  | 'vdi/allocated-exceeds-blocks'
  | 'vdi/block-extra-invalid'
  | 'vdi/block-size-invalid'
  | 'vdi/blocks-offset-invalid'
  | 'vdi/disk-size-zero'
  | 'vdi/flags-unknown'
  | 'vdi/header-size'
  | 'vdi/header-truncated'
  | 'vdi/image-type'
  | 'vdi/signature'
  | 'vdi/uuid-create-null'
  | 'vdi/uuid-modify-null'
  | 'vdi/version';
