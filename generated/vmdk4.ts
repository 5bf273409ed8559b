// Generated from vmdk4.ksy by `npm run generate`. Do not edit.

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
  bytesEqual,
  createWith,
  decodeWith,
  encode,
  expectAnyOf,
  expectContents,
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

type Vmdk4Field = never;

const vmdk4Layout: Layout<Vmdk4Field> = { type: 'vmdk4', size: 0, fields: {} };

/**
 * Structures of a hosted sparse VMDK extent, one type for each. A "sector" is always 512 bytes, whatever the sector size of the disk.
 * Directories and tables are plain arrays of 32-bit sector numbers and need no type of their own.
 *
 * @see Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents
 */
export class Vmdk4 extends Structure<Vmdk4Field> {
  /** Where each field lies. */
  static readonly layout = vmdk4Layout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vmdk4;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
    super(io, parent, root, true);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(vmdk4Layout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Vmdk4 {
    return readWith(bytes, (io) => new Vmdk4(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
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
      doc: 'Guest size of the extent in sectors, at most 2^32 where grains are not compressed (tables hold 32-bit sector numbers), and always\nless than 2^63 bytes. 0 where the header only carries a text descriptor.',
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
      doc: 'Sectors of metadata in front of the first grain, usually a multiple of the grain size.',
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
 * @see Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents, SparseExtentHeader
 */
export class SparseExtentHeader extends Structure<SparseExtentHeaderField> {
  /** Where each field lies. */
  static readonly layout = sparseExtentHeaderLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vmdk4 | undefined;
  /**
   * The letters "KDMV". Lower-case letters mark the output of a writer that did not finish.
   *
   * A view of the input.
   *
   * In the document: `magicNumber`.
   */
  magicNumber: Uint8Array;
  /**
   * Version of the layout: 1 in nearly all extents, 2 where a grain table entry of 1 means a zeroed grain, 3 for streamOptimized
   * extents and disks with changed block tracking.
   */
  version: number;
  /** Features in use. Readers disagree about compressed grains that have no markers, so the two flags go together. */
  flags: SparseExtentFlags;
  /**
   * Guest size of the extent in sectors, at most 2^32 where grains are not compressed (tables hold 32-bit sector numbers), and always
   * less than 2^63 bytes. 0 where the header only carries a text descriptor.
   *
   * Unit: sectors.
   */
  capacity: bigint;
  /**
   * Guest sectors in one grain, a power of two; 128 (64 KiB) in practice.
   *
   * Unit: sectors.
   *
   * In the document: `grainSize`.
   */
  grainSize: bigint;
  /**
   * Sector where the embedded text descriptor begins, usually 1; 0 where there is none.
   *
   * Unit: sectors.
   *
   * In the document: `descriptorOffset`.
   */
  descriptorOffset: bigint;
  /**
   * Sectors reserved for the embedded descriptor, usually 20 and 10 MiB at most; 0 where there is none.
   *
   * Unit: sectors.
   *
   * In the document: `descriptorSize`.
   */
  descriptorSize: bigint;
  /**
   * Entries of one grain table, a power of two; 512 in practice.
   *
   * Unit: entries.
   *
   * In the document: `numGTEsPerGT`.
   */
  numGtesPerGt: number;
  /**
   * Sector of the redundant grain directory; 0 where there is none, and possibly `0xffff_ffff_ffff_ffff` where the directories
   * follow the grains.
   *
   * Unit: sectors.
   *
   * In the document: `rgdOffset`.
   */
  rgdOffset: bigint;
  /**
   * Sector of the grain directory. `0xffff_ffff_ffff_ffff` (GD_AT_END) sends the reader to the footer. May be 0 only in a header that
   * carries nothing but a text descriptor.
   *
   * Unit: sectors.
   *
   * In the document: `gdOffset`.
   */
  gdOffset: bigint;
  /**
   * Sectors of metadata in front of the first grain, usually a multiple of the grain size.
   *
   * Unit: sectors.
   *
   * In the document: `overHead`.
   */
  overhead: bigint;
  /**
   * 1 while a virtual machine has the extent open, 0 otherwise; 1 in a resting file means that its last use ended in a crash.
   *
   * In the document: `uncleanShutdown`.
   */
  uncleanShutdown: number;
  /**
   * Line feed, space, carriage return, line feed. A transfer that rewrites line ends changes these bytes, and with them bytes all over
   * the file. Without meaning where the flag for it is clear.
   *
   * A view of the input.
   */
  newlineDetector: Uint8Array;
  /**
   * How grains are compressed.
   *
   * In the document: `compressAlgorithm`.
   */
  compressAlgorithm: OpenEnum<CompressAlgorithm>;
  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  pad: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
    super(io, parent, root);
    this.magicNumber = io.readBytes(4);
    expectContents(this, 'magic_number', this.magicNumber, [0x4b, 0x44, 0x4d, 0x56]);
    this.version = io.readU4le();
    expectMin(this, 'version', this.version, 1);
    expectMax(this, 'version', this.version, 3);
    this.flags = new SparseExtentFlags(io, this, this._root);
    expectThat(
      this,
      'flags',
      this.flags,
      !this.flags.compressed || this.flags.markers,
      'with markers where grains are compressed',
    );
    this.capacity = io.readU8le();
    expectThat(
      this,
      'capacity',
      this.capacity,
      this.capacity < 0x40000000000000n && (this.flags.compressed || this.capacity <= 0x100000000n),
      'less than 2^63 bytes, and at most 2^32 sectors unless compressed',
    );
    this.grainSize = io.readU8le();
    expectAnyOf(this, 'grain_size', this.grainSize, [
      8n,
      16n,
      32n,
      64n,
      128n,
      256n,
      512n,
      1024n,
      2048n,
      4096n,
      8192n,
      16384n,
      32768n,
      65536n,
      131072n,
      262144n,
      524288n,
      1048576n,
      2097152n,
    ]);
    const at = reserve(this, 16, 'descriptor_offset');
    this.descriptorOffset = io.view.getBigUint64(at, true);
    this.descriptorSize = io.view.getBigUint64(at + 8, true);
    expectThat(
      this,
      'descriptor_size',
      this.descriptorSize,
      this.descriptorOffset === 0n || (this.descriptorSize > 0n && this.descriptorSize <= 20480n),
      '1 to 20480 where there is a descriptor',
    );
    this.numGtesPerGt = io.readU4le();
    expectAnyOf(this, 'num_gtes_per_gt', this.numGtesPerGt, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    const at2 = reserve(this, 16, 'rgd_offset');
    this.rgdOffset = io.view.getBigUint64(at2, true);
    this.gdOffset = io.view.getBigUint64(at2 + 8, true);
    expectThat(this, 'gd_offset', this.gdOffset, this.gdOffset !== 0n || this.capacity === 0n, 'not 0');
    this.overhead = io.readU8le();
    expectThat(this, 'overhead', this.overhead, this.overhead !== 0n || this.capacity === 0n, 'not 0');
    const at3 = reserve(this, 5, 'unclean_shutdown');
    this.uncleanShutdown = io.view.getUint8(at3);
    this.newlineDetector = io.bytes.subarray(at3 + 1, at3 + 5);
    expectThat(
      this,
      'newline_detector',
      this.newlineDetector,
      !this.flags.validNewlineDetector || bytesEqual(this.newlineDetector, [0xa, 0x20, 0xd, 0xa]),
      '0a 20 0d 0a',
    );
    this.compressAlgorithm = io.readU2le();
    expectInEnum(this, 'compress_algorithm', this.compressAlgorithm, CompressAlgorithm, 'compress_algorithm');
    this.pad = io.readBytes(433);
    expectThat(this, 'pad', this.pad, maxOf(this.pad) === 0, 'zeros');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(sparseExtentHeaderLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): SparseExtentHeader {
    return readWith(bytes, (io) => new SparseExtentHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.magicNumber, 4);
    io.writeU4le(this.version);
    this.flags._write(io);
    io.writeU8le(this.capacity);
    io.writeU8le(this.grainSize);
    io.writeU8le(this.descriptorOffset);
    io.writeU8le(this.descriptorSize);
    io.writeU4le(this.numGtesPerGt);
    io.writeU8le(this.rgdOffset);
    io.writeU8le(this.gdOffset);
    io.writeU8le(this.overhead);
    io.writeU1(this.uncleanShutdown);
    io.writeBytesLimit(this.newlineDetector, 4);
    io.writeU2le(this.compressAlgorithm);
    io.writeBytesLimit(this.pad, 433);
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
 * @see Virtual Disk Format 5.0 (VMware), Hosted Sparse Extents, flags of SparseExtentHeader
 */
export class SparseExtentFlags extends Structure<SparseExtentFlagsField> {
  /** Where each field lies. */
  static readonly layout = sparseExtentFlagsLayout;
  /** The structure that holds this one. */
  declare readonly _parent: SparseExtentHeader | undefined;
  /** The outermost structure of the spec. */
  declare readonly _root: Vmdk4 | undefined;
  /** Bit 0. The newline detector bytes mean something, so that a transfer in text mode shows. */
  validNewlineDetector: boolean;
  /** Bit 1. A redundant grain directory with its own tables exists. */
  useRedundant: boolean;
  /** Bit 2, from version 2 on. A grain table entry of 1 means a grain that reads as zeros without asking the parent. */
  zeroedGrain: boolean;
  /** Bits 3 to 15, zero. Features a reader could ignore. */
  reservedCompatible: number;
  /** Bit 16. Grains are compressed. */
  compressed: boolean;
  /** Bit 17. Each compressed grain begins with its own address, and markers announce metadata; only together with bit 16. */
  markers: boolean;
  /** Bits 18 to 31, zero. Features a reader must know. */
  reservedIncompatible: number;

  constructor(io: ByteReader, parent?: SparseExtentHeader, root?: Vmdk4) {
    super(io, parent, root);
    this.validNewlineDetector = io.readBitsIntLe(1) !== 0;
    expectEqual(this, 'valid_newline_detector', this.validNewlineDetector, true);
    this.useRedundant = io.readBitsIntLe(1) !== 0;
    this.zeroedGrain = io.readBitsIntLe(1) !== 0;
    this.reservedCompatible = io.readBitsIntLe(13);
    expectEqual(this, 'reserved_compatible', this.reservedCompatible, 0);
    this.compressed = io.readBitsIntLe(1) !== 0;
    this.markers = io.readBitsIntLe(1) !== 0;
    expectThat(
      this,
      'markers',
      this.markers,
      !this.markers || this.compressed,
      'clear unless grains are compressed',
    );
    this.reservedIncompatible = io.readBitsIntLe(14);
    expectEqual(this, 'reserved_incompatible', this.reservedIncompatible, 0);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(sparseExtentFlagsLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): SparseExtentFlags {
    return readWith(bytes, (io) => new SparseExtentFlags(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBitsIntLe(1, Number(this.validNewlineDetector));
    io.writeBitsIntLe(1, Number(this.useRedundant));
    io.writeBitsIntLe(1, Number(this.zeroedGrain));
    io.writeBitsIntLe(13, this.reservedCompatible);
    io.writeBitsIntLe(1, Number(this.compressed));
    io.writeBitsIntLe(1, Number(this.markers));
    io.writeBitsIntLe(14, this.reservedIncompatible);
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
 * @see Virtual Disk Format 5.0 (VMware), Stream-Optimized Compressed Sparse Extents, grain marker
 */
export class GrainMarker extends Structure<GrainMarkerField> {
  /** Where each field lies. */
  static readonly layout = grainMarkerLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vmdk4 | undefined;
  /**
   * First guest sector of the grain, counted from the start of the extent.
   *
   * Unit: sectors.
   */
  lba: bigint;
  /**
   * Bytes of the zlib stream that follows, at least 1; 0 would make this a metadata marker.
   *
   * Unit: bytes.
   *
   * In the document: `cmpSize`.
   */
  cmpSize: number;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
    super(io, parent, root);
    const at = reserve(this, 12, 'lba');
    this.lba = io.view.getBigUint64(at, true);
    this.cmpSize = io.view.getUint32(at + 8, true);
    expectMin(this, 'cmp_size', this.cmpSize, 1);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(grainMarkerLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): GrainMarker {
    return readWith(bytes, (io) => new GrainMarker(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU8le(this.lba);
    io.writeU4le(this.cmpSize);
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
 * @see Virtual Disk Format 5.0 (VMware), Stream-Optimized Compressed Sparse Extents, metadata marker
 */
export class MetadataMarker extends Structure<MetadataMarkerField> {
  /** Where each field lies. */
  static readonly layout = metadataMarkerLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vmdk4 | undefined;
  /**
   * Sectors of the metadata that follow; some writers leave 0.
   *
   * Unit: sectors.
   *
   * In the document: `numSectors`.
   */
  numSectors: bigint;
  /**
   * 0. Anything else is the data size of a grain marker, so the place where the marker was looked for decides what is wrong.
   *
   * Unit: bytes.
   */
  size: number;
  /** What follows the marker. */
  type: OpenEnum<MarkerType>;
  /**
   * Zeros up to the end of the sector.
   *
   * A view of the input.
   */
  pad: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vmdk4) {
    super(io, parent, root);
    const at = reserve(this, 16, 'num_sectors');
    this.numSectors = io.view.getBigUint64(at, true);
    this.size = io.view.getUint32(at + 8, true);
    this.type = io.view.getUint32(at + 12, true);
    expectInEnum(this, 'type', this.type, MarkerType, 'marker_type');
    this.pad = io.readBytes(496);
    expectThat(this, 'pad', this.pad, maxOf(this.pad) === 0, 'zeros');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(metadataMarkerLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): MetadataMarker {
    return readWith(bytes, (io) => new MetadataMarker(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU8le(this.numSectors);
    io.writeU4le(this.size);
    io.writeU4le(this.type);
    io.writeBytesLimit(this.pad, 496);
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
  /** Nothing follows; the stream ends. */
  end_of_stream: 0,
  /** A grain table follows, or several where the writer puts one marker before them all. */
  grain_table: 1,
  /** The grain directory follows. */
  grain_directory: 2,
  /** The footer follows. */
  footer: 3,
  /** Nothing follows. Undocumented; seen in recent exports of vSphere. */
  progress: 4,
} as const;
/** One of the values of {@link MarkerType}. */
export type MarkerType = (typeof MarkerType)[keyof typeof MarkerType];
