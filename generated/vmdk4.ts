// Generated from vmdk4.ksy by `npm run generate`. Do not edit.

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
  bitsLe,
  byteIn,
  bytesIn,
  createWith,
  cutOff,
  decodeWith,
  encode,
  expectAnyOf,
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

requireRuntime(2, 'vmdk4.ts');

type Vmdk4Field = never;

const vmdk4Layout: Layout<Vmdk4Field> = { type: 'vmdk4', size: 0, fields: {} };

/**
 * Structures of a hosted sparse VMDK extent, one type for each. A "sector" is always 512 bytes, whatever the sector size of the disk.
 * Directories and tables are plain arrays of 32-bit sector numbers and need no type of their own.
 *
 * @see Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents
 */
export class Vmdk4 extends Structure<Vmdk4Field> {
  static readonly layout = vmdk4Layout;
  declare readonly _root: Vmdk4;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(vmdk4Layout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Vmdk4 {
    return readWith(bytes, (io) => new Vmdk4(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Vmdk4 | undefined {
    return decodeWith(Vmdk4, bytes, sink, (io) => new Vmdk4(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Vmdk4> = {}): Vmdk4 {
    return createWith(Vmdk4, values, (io) => new Vmdk4(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(_io: ByteWriter): void {}
}

type SparseExtentHeaderField =
  | 'magic_number'
  | 'version'
  | 'flags'
  | 'capacity'
  | 'grain_size'
  | 'descriptor_offset'
  | 'descriptor_size'
  | 'num_gtes_per_gt'
  | 'rgd_offset'
  | 'gd_offset'
  | 'overhead'
  | 'unclean_shutdown'
  | 'newline_detector'
  | 'compress_algorithm'
  | 'pad';

const sparseExtentHeaderLayout: Layout<SparseExtentHeaderField> = {
  type: 'sparse_extent_header',
  rule: 'vmdk4/header-truncated',
  size: 512,
  fields: {
    magic_number: {
      type: 'bytes',
      property: 'magicNumber',
      at: 0,
      size: 4,
      rule: 'vmdk4/magic',
      initial: [75, 68, 77, 86],
      doc: 'The letters "KDMV". Lower-case letters mark the output of a writer that did not finish.',
    },
    version: {
      type: 'u4le',
      at: 4,
      size: 4,
      rule: 'vmdk4/version-unsupported',
      doc: 'Version of the layout: 1 in nearly all extents, 2 where a grain table entry of 1 means a zeroed grain, 3 for streamOptimized\nextents and disks with changed block tracking.',
    },
    flags: {
      type: 'sparse_extent_flags',
      at: 8,
      size: 4,
      of: () => [SparseExtentFlags],
      rule: 'vmdk4/compressed-without-markers',
      doc: 'Features in use. Readers disagree about compressed grains that have no markers, so the two flags go together.',
    },
    capacity: {
      type: 'u8le',
      at: 12,
      size: 8,
      rule: 'vmdk4/capacity-overflow',
      doc: 'Guest size of the extent in sectors, at most 2^32 where grains are not compressed (tables contain 32-bit sector numbers), and always\nless than 2^63 bytes. 0 where the header only carries a text descriptor.',
    },
    grain_size: {
      type: 'u8le',
      property: 'grainSize',
      at: 20,
      size: 8,
      rule: 'vmdk4/grain-size-invalid',
      doc: 'Guest sectors in one grain, a power of two; 128 (64 KiB) in practice.',
    },
    descriptor_offset: {
      type: 'u8le',
      property: 'descriptorOffset',
      at: 28,
      size: 8,
      doc: 'Sector where the embedded text descriptor begins, usually 1; 0 where there is none.',
    },
    descriptor_size: {
      type: 'u8le',
      property: 'descriptorSize',
      at: 36,
      size: 8,
      rule: 'vmdk4/descriptor-bounds',
      doc: 'Sectors reserved for the embedded descriptor, usually 20 and 10 MiB at most; 0 where there is none.',
    },
    num_gtes_per_gt: {
      type: 'u4le',
      property: 'numGtesPerGt',
      at: 44,
      size: 4,
      rule: 'vmdk4/gtes-per-gt-invalid',
      doc: 'Entries of one grain table, a power of two; 512 in practice.',
    },
    rgd_offset: {
      type: 'u8le',
      property: 'rgdOffset',
      at: 48,
      size: 8,
      doc: 'Sector of the redundant grain directory; 0 where there is none, and possibly `0xffff_ffff_ffff_ffff` where the directories\nfollow the grains.',
    },
    gd_offset: {
      type: 'u8le',
      property: 'gdOffset',
      at: 56,
      size: 8,
      rule: 'vmdk4/gd-offset-missing',
      doc: 'Sector of the grain directory. `0xffff_ffff_ffff_ffff` (GD_AT_END) sends the reader to the footer. May be 0 only in a header that\ncarries nothing but a text descriptor.',
    },
    overhead: {
      type: 'u8le',
      at: 64,
      size: 8,
      rule: 'vmdk4/overhead-invalid',
      doc: 'Sectors of metadata before the first grain, usually a multiple of the grain size.',
    },
    unclean_shutdown: {
      type: 'u1',
      property: 'uncleanShutdown',
      at: 72,
      size: 1,
      doc: '1 while a virtual machine has the extent open, 0 otherwise; 1 in a resting file means that its last use ended in a crash.',
    },
    newline_detector: {
      type: 'bytes',
      property: 'newlineDetector',
      at: 73,
      size: 4,
      rule: 'vmdk4/newline-damage',
      doc: 'Line feed, space, carriage return, line feed. A transfer that rewrites line ends changes these bytes, and with them bytes all over\nthe file. Without meaning where the flag for it is clear.',
    },
    compress_algorithm: {
      type: 'u2le',
      property: 'compressAlgorithm',
      at: 77,
      size: 2,
      enum: () => CompressAlgorithm,
      rule: 'vmdk4/compression-unknown',
      doc: 'How grains are compressed.',
    },
    pad: {
      type: 'bytes',
      at: 79,
      size: 433,
      rule: 'vmdk4/pad-nonzero',
      doc: 'Zeros up to the end of the sector.',
    },
  },
};

/**
 * First sector of the extent. A streamOptimized extent repeats it near the end of the file as its footer, and there the
 * offsets are the true ones: the header then says `0xffff_ffff_ffff_ffff` for the grain directory.
 * Fields from `capacity` on are not aligned to their size.
 *
 * Too few bytes break the rule `vmdk4/header-truncated`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents, SparseExtentHeader
 */
export class SparseExtentHeader extends Structure<SparseExtentHeaderField> {
  static readonly layout = sparseExtentHeaderLayout;
  declare readonly _root: Vmdk4 | undefined;
  /** Features in use. Readers disagree about compressed grains that have no markers, so the two flags go together. */
  declare flags: SparseExtentFlags;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
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
    if (room < 4) cutOff(this);
    if (view.getUint32(at) !== 0x4b444d56)
      reportNotEqual(this, 'magic_number', Uint8Array.of(0x4b, 0x44, 0x4d, 0x56));
    if (room < 8) cutOff(this);
    const version = view.getUint32(at + 4, true);
    if (version < 1) reportLessThan(this, 'version', 1);
    if (version > 3) reportGreaterThan(this, 'version', 3);
    io.at = at + 8;
    this.flags = new SparseExtentFlags(io, this);
    if (!(!this.flags.compressed || this.flags.markers))
      reportExpr(this, 'flags', 'with markers where grains are compressed');
    if (room < 20) cutOff(this);
    const capacity = roundedU8(view, at + 12, true);
    if (!(capacity < 0x40000000000000 && (this.flags.compressed || capacity <= 0x100000000)))
      reportExpr(this, 'capacity', 'less than 2^63 bytes, and at most 2^32 sectors unless compressed');
    if (room < 28) cutOff(this);
    const grainSize = roundedU8(view, at + 20, true);
    expectAnyOf(
      this,
      'grain_size',
      grainSize,
      [
        8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288,
        1048576, 2097152,
      ],
    );
    if (room < 44) cutOff(this);
    const descriptorOffset = roundedU8(view, at + 28, true);
    const descriptorSize = roundedU8(view, at + 36, true);
    if (!(descriptorOffset === 0 || (descriptorSize > 0 && descriptorSize <= 20480)))
      reportExpr(this, 'descriptor_size', '1 to 20480 where there is a descriptor');
    if (room < 48) cutOff(this);
    const numGtesPerGt = view.getUint32(at + 44, true);
    expectAnyOf(this, 'num_gtes_per_gt', numGtesPerGt, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    if (room < 64) cutOff(this);
    const gdOffset = roundedU8(view, at + 56, true);
    if (!(gdOffset !== 0 || capacity === 0)) reportExpr(this, 'gd_offset', 'not 0');
    if (room < 72) cutOff(this);
    const overhead = roundedU8(view, at + 64, true);
    if (!(overhead !== 0 || capacity === 0)) reportExpr(this, 'overhead', 'not 0');
    if (room < 77) cutOff(this);
    if (!(!this.flags.validNewlineDetector || view.getUint32(at + 73) === 0x0a200d0a))
      reportExpr(this, 'newline_detector', '0a 20 0d 0a');
    if (room < 79) cutOff(this);
    const compressAlgorithm = view.getUint16(at + 77, true);
    expectInEnum(this, 'compress_algorithm', compressAlgorithm, CompressAlgorithm, 'compress_algorithm');
    if (room < 512) cutOff(this);
    if (!zerosAt(view, at + 79, 433)) reportExpr(this, 'pad', 'zeros');
    io.at = at + 512;
  }

  static get schema(): JsonSchema {
    return schemaOf(sparseExtentHeaderLayout);
  }

  /**
   * The letters "KDMV". Lower-case letters mark the output of a writer that did not finish.
   *
   * A view of the input.
   *
   * In the document: `magicNumber`.
   */
  get magicNumber(): Uint8Array {
    return bytesIn(this, 0, 4);
  }

  set magicNumber(value: Uint8Array) {
    setField(this, 'magicNumber', value);
  }

  /**
   * Version of the layout: 1 in nearly all extents, 2 where a grain table entry of 1 means a zeroed grain, 3 for streamOptimized
   * extents and disks with changed block tracking.
   */
  get version(): number {
    return this._io.view.getUint32(byteIn(this, 4), true);
  }

  set version(value: number) {
    setField(this, 'version', value);
  }

  /**
   * Guest size of the extent in sectors, at most 2^32 where grains are not compressed (tables contain 32-bit sector numbers), and always
   * less than 2^63 bytes. 0 where the header only carries a text descriptor.
   *
   * Unit: sectors.
   */
  get capacity(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 12), true);
  }

  set capacity(value: bigint) {
    setField(this, 'capacity', value);
  }

  /**
   * Guest sectors in one grain, a power of two; 128 (64 KiB) in practice.
   *
   * Unit: sectors.
   *
   * In the document: `grainSize`.
   */
  get grainSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 20), true);
  }

  set grainSize(value: bigint) {
    setField(this, 'grainSize', value);
  }

  /**
   * Sector where the embedded text descriptor begins, usually 1; 0 where there is none.
   *
   * Unit: sectors.
   *
   * In the document: `descriptorOffset`.
   */
  get descriptorOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 28), true);
  }

  set descriptorOffset(value: bigint) {
    setField(this, 'descriptorOffset', value);
  }

  /**
   * Sectors reserved for the embedded descriptor, usually 20 and 10 MiB at most; 0 where there is none.
   *
   * Unit: sectors.
   *
   * In the document: `descriptorSize`.
   */
  get descriptorSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 36), true);
  }

  set descriptorSize(value: bigint) {
    setField(this, 'descriptorSize', value);
  }

  /**
   * Entries of one grain table, a power of two; 512 in practice.
   *
   * Unit: entries.
   *
   * In the document: `numGTEsPerGT`.
   */
  get numGtesPerGt(): number {
    return this._io.view.getUint32(byteIn(this, 44), true);
  }

  set numGtesPerGt(value: number) {
    setField(this, 'numGtesPerGt', value);
  }

  /**
   * Sector of the redundant grain directory; 0 where there is none, and possibly `0xffff_ffff_ffff_ffff` where the directories
   * follow the grains.
   *
   * Unit: sectors.
   *
   * In the document: `rgdOffset`.
   */
  get rgdOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 48), true);
  }

  set rgdOffset(value: bigint) {
    setField(this, 'rgdOffset', value);
  }

  /**
   * Sector of the grain directory. `0xffff_ffff_ffff_ffff` (GD_AT_END) sends the reader to the footer. May be 0 only in a header that
   * carries nothing but a text descriptor.
   *
   * Unit: sectors.
   *
   * In the document: `gdOffset`.
   */
  get gdOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 56), true);
  }

  set gdOffset(value: bigint) {
    setField(this, 'gdOffset', value);
  }

  /**
   * Sectors of metadata before the first grain, usually a multiple of the grain size.
   *
   * Unit: sectors.
   *
   * In the document: `overHead`.
   */
  get overhead(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 64), true);
  }

  set overhead(value: bigint) {
    setField(this, 'overhead', value);
  }

  /**
   * 1 while a virtual machine has the extent open, 0 otherwise; 1 in a resting file means that its last use ended in a crash.
   *
   * In the document: `uncleanShutdown`.
   */
  get uncleanShutdown(): number {
    return this._io.view.getUint8(byteIn(this, 72));
  }

  set uncleanShutdown(value: number) {
    setField(this, 'uncleanShutdown', value);
  }

  /**
   * Line feed, space, carriage return, line feed. A transfer that rewrites line ends changes these bytes, and with them bytes all over
   * the file. Without meaning where the flag for it is clear.
   *
   * A view of the input.
   *
   * In the document: `singleEndLineChar`, `nonEndLineChar`, `doubleEndLineChar1`, `doubleEndLineChar2`.
   */
  get newlineDetector(): Uint8Array {
    return bytesIn(this, 73, 4);
  }

  set newlineDetector(value: Uint8Array) {
    setField(this, 'newlineDetector', value);
  }

  /**
   * How grains are compressed.
   *
   * In the document: `compressAlgorithm`.
   */
  get compressAlgorithm(): OpenEnum<CompressAlgorithm> {
    return this._io.view.getUint16(byteIn(this, 77), true);
  }

  set compressAlgorithm(value: OpenEnum<CompressAlgorithm>) {
    setField(this, 'compressAlgorithm', value);
  }

  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  get pad(): Uint8Array {
    return bytesIn(this, 79, 433);
  }

  set pad(value: Uint8Array) {
    setField(this, 'pad', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): SparseExtentHeader {
    return readWith(bytes, (io) => new SparseExtentHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): SparseExtentHeader | undefined {
    return decodeWith(SparseExtentHeader, bytes, sink, (io) => new SparseExtentHeader(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<SparseExtentHeader> = {}): SparseExtentHeader {
    return createWith(SparseExtentHeader, values, (io) => new SparseExtentHeader(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.magicNumber, 4, undefined, 'magic_number');
    io.writeU4le(this.version, 'version');
    io.writeStructure(this.flags, 'flags');
    io.writeU8le(this.capacity, 'capacity');
    io.writeU8le(this.grainSize, 'grain_size');
    io.writeU8le(this.descriptorOffset, 'descriptor_offset');
    io.writeU8le(this.descriptorSize, 'descriptor_size');
    io.writeU4le(this.numGtesPerGt, 'num_gtes_per_gt');
    io.writeU8le(this.rgdOffset, 'rgd_offset');
    io.writeU8le(this.gdOffset, 'gd_offset');
    io.writeU8le(this.overhead, 'overhead');
    io.writeU1(this.uncleanShutdown, 'unclean_shutdown');
    io.writeBytesLimit(this.newlineDetector, 4, undefined, 'newline_detector');
    io.writeU2le(this.compressAlgorithm, 'compress_algorithm');
    io.writeBytesLimit(this.pad, 433, undefined, 'pad');
  }
}

type SparseExtentFlagsField =
  | 'valid_newline_detector'
  | 'use_redundant'
  | 'zeroed_grain'
  | 'reserved_compatible'
  | 'compressed'
  | 'markers'
  | 'reserved_incompatible';

const sparseExtentFlagsLayout: Layout<SparseExtentFlagsField> = {
  type: 'sparse_extent_flags',
  size: 4,
  fields: {
    valid_newline_detector: {
      type: 'b1le',
      property: 'validNewlineDetector',
      at: 0,
      bit: 0,
      bits: 1,
      rule: 'vmdk4/newline-flag-unset',
      initial: true,
      doc: 'Bit 0. The newline detector bytes mean something, so that a transfer in text mode shows.',
    },
    use_redundant: {
      type: 'b1le',
      property: 'useRedundant',
      at: 0,
      bit: 1,
      bits: 1,
      doc: 'Bit 1. A redundant grain directory with its own tables exists.',
    },
    zeroed_grain: {
      type: 'b1le',
      property: 'zeroedGrain',
      at: 0,
      bit: 2,
      bits: 1,
      doc: 'Bit 2, from version 2 on. A grain table entry of 1 means a grain that reads as zeros without asking the parent.',
    },
    reserved_compatible: {
      type: 'b13le',
      property: 'reservedCompatible',
      at: 0,
      bit: 3,
      bits: 13,
      rule: 'vmdk4/flags-unknown-compatible',
      initial: 0,
      doc: 'Bits 3 to 15, zero. Features a reader could ignore.',
    },
    compressed: { type: 'b1le', at: 2, bit: 0, bits: 1, doc: 'Bit 16. Grains are compressed.' },
    markers: {
      type: 'b1le',
      at: 2,
      bit: 1,
      bits: 1,
      rule: 'vmdk4/markers-without-compression',
      doc: 'Bit 17. Each compressed grain begins with its own address, and markers announce metadata; only together with bit 16.',
    },
    reserved_incompatible: {
      type: 'b14le',
      property: 'reservedIncompatible',
      at: 2,
      bit: 2,
      bits: 14,
      rule: 'vmdk4/flags-unknown-incompatible',
      initial: 0,
      doc: 'Bits 18 to 31, zero. Features a reader must know.',
    },
  },
};

/**
 * The 32-bit flags word, lowest bit first. A reader may ignore what it does not know in the lower half and must refuse the extent for what
 * it does not know in the upper half.
 *
 * Its fields are read from the bytes when they are asked for.
 *
 * @see Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents, flags of SparseExtentHeader
 */
export class SparseExtentFlags extends Structure<SparseExtentFlagsField> {
  static readonly layout = sparseExtentFlagsLayout;
  declare readonly _parent: SparseExtentHeader | undefined;
  declare readonly _root: Vmdk4 | undefined;

  constructor(io: ByteReader, parent?: SparseExtentHeader, root?: Vmdk4) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    const room = io.remaining * 8 + io.bitsLeft;
    if (room < 1) cutOff(this);
    const validNewlineDetector = bitsLe(this, 0, 1) !== 0;
    if (validNewlineDetector !== true) reportNotEqual(this, 'valid_newline_detector', true);
    if (room < 16) cutOff(this);
    const reservedCompatible = bitsLe(this, 3, 13);
    if (reservedCompatible !== 0) reportNotEqual(this, 'reserved_compatible', 0);
    if (room < 18) cutOff(this);
    const compressed = bitsLe(this, 16, 1) !== 0;
    const markers = bitsLe(this, 17, 1) !== 0;
    if (!(!markers || compressed)) reportExpr(this, 'markers', 'clear unless grains are compressed');
    if (room < 32) cutOff(this);
    const reservedIncompatible = bitsLe(this, 18, 14);
    if (reservedIncompatible !== 0) reportNotEqual(this, 'reserved_incompatible', 0);
    io.skipBitsLe(32);
  }

  static get schema(): JsonSchema {
    return schemaOf(sparseExtentFlagsLayout);
  }

  /** Bit 0. The newline detector bytes mean something, so that a transfer in text mode shows. */
  get validNewlineDetector(): boolean {
    return bitsLe(this, 0, 1) !== 0;
  }

  set validNewlineDetector(value: boolean) {
    setField(this, 'validNewlineDetector', value);
  }

  /** Bit 1. A redundant grain directory with its own tables exists. */
  get useRedundant(): boolean {
    return bitsLe(this, 1, 1) !== 0;
  }

  set useRedundant(value: boolean) {
    setField(this, 'useRedundant', value);
  }

  /** Bit 2, from version 2 on. A grain table entry of 1 means a grain that reads as zeros without asking the parent. */
  get zeroedGrain(): boolean {
    return bitsLe(this, 2, 1) !== 0;
  }

  set zeroedGrain(value: boolean) {
    setField(this, 'zeroedGrain', value);
  }

  /** Bits 3 to 15, zero. Features a reader could ignore. */
  get reservedCompatible(): number {
    return bitsLe(this, 3, 13);
  }

  set reservedCompatible(value: number) {
    setField(this, 'reservedCompatible', value);
  }

  /** Bit 16. Grains are compressed. */
  get compressed(): boolean {
    return bitsLe(this, 16, 1) !== 0;
  }

  set compressed(value: boolean) {
    setField(this, 'compressed', value);
  }

  /** Bit 17. Each compressed grain begins with its own address, and markers announce metadata; only together with bit 16. */
  get markers(): boolean {
    return bitsLe(this, 17, 1) !== 0;
  }

  set markers(value: boolean) {
    setField(this, 'markers', value);
  }

  /** Bits 18 to 31, zero. Features a reader must know. */
  get reservedIncompatible(): number {
    return bitsLe(this, 18, 14);
  }

  set reservedIncompatible(value: number) {
    setField(this, 'reservedIncompatible', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): SparseExtentFlags {
    return readWith(bytes, (io) => new SparseExtentFlags(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): SparseExtentFlags | undefined {
    return decodeWith(SparseExtentFlags, bytes, sink, (io) => new SparseExtentFlags(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<SparseExtentFlags> = {}): SparseExtentFlags {
    return createWith(SparseExtentFlags, values, (io) => new SparseExtentFlags(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntLe(1, Number(this.validNewlineDetector), 'valid_newline_detector');
    io.writeBitsIntLe(1, Number(this.useRedundant), 'use_redundant');
    io.writeBitsIntLe(1, Number(this.zeroedGrain), 'zeroed_grain');
    io.writeBitsIntLe(13, this.reservedCompatible, 'reserved_compatible');
    io.writeBitsIntLe(1, Number(this.compressed), 'compressed');
    io.writeBitsIntLe(1, Number(this.markers), 'markers');
    io.writeBitsIntLe(14, this.reservedIncompatible, 'reserved_incompatible');
  }
}

type GrainMarkerField = 'lba' | 'cmp_size';

const grainMarkerLayout: Layout<GrainMarkerField> = {
  type: 'grain_marker',
  rule: 'vmdk4/grain-marker-out-of-file',
  size: 12,
  fields: {
    lba: {
      type: 'u8le',
      at: 0,
      size: 8,
      doc: 'First guest sector of the grain, counted from the start of the extent.',
    },
    cmp_size: {
      type: 'u4le',
      property: 'cmpSize',
      at: 8,
      size: 4,
      rule: 'vmdk4/grain-size-zero',
      doc: 'Bytes of the zlib stream that follows, at least 1; 0 would make this a metadata marker.',
    },
  },
};

/**
 * Stands before the data of each compressed grain. A zlib stream of `cmp_size` bytes follows, then zeros up to the end of a sector.
 *
 * Too few bytes break the rule `vmdk4/grain-marker-out-of-file`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Disk Format 5.0 (VMware), Stream-Optimized Compressed Sparse Extents, grain marker
 */
export class GrainMarker extends Structure<GrainMarkerField> {
  static readonly layout = grainMarkerLayout;
  declare readonly _root: Vmdk4 | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
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
    if (room < 12) cutOff(this);
    const cmpSize = view.getUint32(at + 8, true);
    if (cmpSize < 1) reportLessThan(this, 'cmp_size', 1);
    io.at = at + 12;
  }

  static get schema(): JsonSchema {
    return schemaOf(grainMarkerLayout);
  }

  /**
   * First guest sector of the grain, counted from the start of the extent.
   *
   * Unit: sectors.
   */
  get lba(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 0), true);
  }

  set lba(value: bigint) {
    setField(this, 'lba', value);
  }

  /**
   * Bytes of the zlib stream that follows, at least 1; 0 would make this a metadata marker.
   *
   * Unit: bytes.
   *
   * In the document: `cmpSize`.
   */
  get cmpSize(): number {
    return this._io.view.getUint32(byteIn(this, 8), true);
  }

  set cmpSize(value: number) {
    setField(this, 'cmpSize', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): GrainMarker {
    return readWith(bytes, (io) => new GrainMarker(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): GrainMarker | undefined {
    return decodeWith(GrainMarker, bytes, sink, (io) => new GrainMarker(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<GrainMarker> = {}): GrainMarker {
    return createWith(GrainMarker, values, (io) => new GrainMarker(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8le(this.lba, 'lba');
    io.writeU4le(this.cmpSize, 'cmp_size');
  }
}

type MetadataMarkerField = 'num_sectors' | 'size' | 'type' | 'pad';

const metadataMarkerLayout: Layout<MetadataMarkerField> = {
  type: 'metadata_marker',
  size: 512,
  fields: {
    num_sectors: {
      type: 'u8le',
      property: 'numSectors',
      at: 0,
      size: 8,
      doc: 'Sectors of the metadata that follow; some writers leave 0.',
    },
    size: {
      type: 'u4le',
      at: 8,
      size: 4,
      doc: '0. Anything else is the data size of a grain marker, so the place where the marker was looked for decides what is wrong.',
    },
    type: {
      type: 'u4le',
      at: 12,
      size: 4,
      enum: () => MarkerType,
      rule: 'vmdk4/marker-type-unknown',
      doc: 'What follows the marker.',
    },
    pad: {
      type: 'bytes',
      at: 16,
      size: 496,
      rule: 'vmdk4/marker-pad-nonzero',
      doc: 'Zeros up to the end of the sector.',
    },
  },
};

/**
 * One sector that announces what follows it in a streamOptimized extent. Told from a grain marker by its `size` of 0.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Disk Format 5.0 (VMware), Stream-Optimized Compressed Sparse Extents, metadata marker
 */
export class MetadataMarker extends Structure<MetadataMarkerField> {
  static readonly layout = metadataMarkerLayout;
  declare readonly _root: Vmdk4 | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
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
    if (room < 16) cutOff(this);
    const type = view.getUint32(at + 12, true);
    expectInEnum(this, 'type', type, MarkerType, 'marker_type');
    if (room < 512) cutOff(this);
    if (!zerosAt(view, at + 16, 496)) reportExpr(this, 'pad', 'zeros');
    io.at = at + 512;
  }

  static get schema(): JsonSchema {
    return schemaOf(metadataMarkerLayout);
  }

  /**
   * Sectors of the metadata that follow; some writers leave 0.
   *
   * Unit: sectors.
   *
   * In the document: `numSectors`.
   */
  get numSectors(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 0), true);
  }

  set numSectors(value: bigint) {
    setField(this, 'numSectors', value);
  }

  /**
   * 0. Anything else is the data size of a grain marker, so the place where the marker was looked for decides what is wrong.
   *
   * Unit: bytes.
   */
  get size(): number {
    return this._io.view.getUint32(byteIn(this, 8), true);
  }

  set size(value: number) {
    setField(this, 'size', value);
  }

  /** What follows the marker. */
  get type(): OpenEnum<MarkerType> {
    return this._io.view.getUint32(byteIn(this, 12), true);
  }

  set type(value: OpenEnum<MarkerType>) {
    setField(this, 'type', value);
  }

  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  get pad(): Uint8Array {
    return bytesIn(this, 16, 496);
  }

  set pad(value: Uint8Array) {
    setField(this, 'pad', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): MetadataMarker {
    return readWith(bytes, (io) => new MetadataMarker(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): MetadataMarker | undefined {
    return decodeWith(MetadataMarker, bytes, sink, (io) => new MetadataMarker(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<MetadataMarker> = {}): MetadataMarker {
    return createWith(MetadataMarker, values, (io) => new MetadataMarker(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8le(this.numSectors, 'num_sectors');
    io.writeU4le(this.size, 'size');
    io.writeU4le(this.type, 'type');
    io.writeBytesLimit(this.pad, 496, undefined, 'pad');
  }
}

/** The enum `compress_algorithm` of the spec. */
export const CompressAlgorithm = {
  /** Grains are stored as they are. */
  none: 0,
  /** Each grain is a zlib stream (RFC 1950). */
  deflate: 1,
} as const;

/** One of the values of {@link CompressAlgorithm}. */
export type CompressAlgorithm = (typeof CompressAlgorithm)[keyof typeof CompressAlgorithm];

/** The enum `marker_type` of the spec. */
export const MarkerType = {
  /**
   * Nothing follows; the stream ends.
   *
   * In the document: `MARKER_EOS`.
   */
  end_of_stream: 0,
  /**
   * A grain table follows, or several where the writer puts one marker before them all.
   *
   * In the document: `MARKER_GT`.
   */
  grain_table: 1,
  /**
   * The grain directory follows.
   *
   * In the document: `MARKER_GD`.
   */
  grain_directory: 2,
  /**
   * The footer follows.
   *
   * In the document: `MARKER_FOOTER`.
   */
  footer: 3,
  /** Nothing follows. Undocumented; seen in recent exports of vSphere. */
  progress: 4,
} as const;

/** One of the values of {@link MarkerType}. */
export type MarkerType = (typeof MarkerType)[keyof typeof MarkerType];

/** The rules that this spec names with `-rule`. */
export type SpecRule =
  | 'vmdk4/capacity-overflow'
  | 'vmdk4/compressed-without-markers'
  | 'vmdk4/compression-unknown'
  | 'vmdk4/descriptor-bounds'
  | 'vmdk4/flags-unknown-compatible'
  | 'vmdk4/flags-unknown-incompatible'
  | 'vmdk4/gd-offset-missing'
  | 'vmdk4/grain-marker-out-of-file'
  | 'vmdk4/grain-size-invalid'
  | 'vmdk4/grain-size-zero'
  | 'vmdk4/gtes-per-gt-invalid'
  | 'vmdk4/header-truncated'
  | 'vmdk4/magic'
  | 'vmdk4/marker-pad-nonzero'
  | 'vmdk4/marker-type-unknown'
  | 'vmdk4/markers-without-compression'
  | 'vmdk4/newline-damage'
  | 'vmdk4/newline-flag-unset'
  | 'vmdk4/overhead-invalid'
  | 'vmdk4/pad-nonzero'
  | 'vmdk4/version-unsupported';
