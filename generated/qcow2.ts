// Generated from qcow2.ksy by `npm run generate`. Do not edit.

import {
  type AllValues,
  type BareStructure,
  type BreachSink,
  type ByteReader,
  type ByteWriter,
  END0,
  END1,
  END2,
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
  bitsBe,
  byteIn,
  bytesIn,
  checkAbsent,
  createWith,
  cutOff,
  decodeWith,
  encode,
  expectAnyOf,
  expectContents,
  expectInEnum,
  mark,
  maxOf,
  present,
  readWith,
  reportExpr,
  reportGreaterThan,
  reportLessThan,
  reportNotEqual,
  requireRuntime,
  reserve,
  roundedU8,
  schemaOf,
  setField,
} from '../src/codec/index.ts';

requireRuntime(2, 'qcow2.ts');

type Qcow2Field = never;

const qcow2Layout: Layout<Qcow2Field> = { type: 'qcow2', size: 0, fields: {} };

/**
 * Structures of a qcow2 image. A cluster is `1 << cluster_bits` bytes. Host offsets are positions in the image's file. In table entries they are
 * without their nine lowest bits, which are flags or zero: in units of 512 bytes, here called sectors.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt
 */
export class Qcow2 extends Structure<Qcow2Field> {
  static readonly layout = qcow2Layout;
  declare readonly _root: Qcow2;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(qcow2Layout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Qcow2 {
    return readWith(bytes, (io) => new Qcow2(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Qcow2 | undefined {
    return decodeWith(Qcow2, bytes, sink, (io) => new Qcow2(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Qcow2> = {}): Qcow2 {
    return createWith(Qcow2, values, (io) => new Qcow2(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(_io: ByteWriter): void {}
}

type HeaderField =
  | 'magic'
  | 'version'
  | 'backing_file_offset'
  | 'backing_file_size'
  | 'cluster_bits'
  | 'size'
  | 'crypt_method'
  | 'l1_size'
  | 'l1_table_offset'
  | 'refcount_table_offset'
  | 'refcount_table_clusters'
  | 'nb_snapshots'
  | 'snapshots_offset'
  | 'incompatible_features'
  | 'compatible_features'
  | 'autoclear_features'
  | 'refcount_order'
  | 'header_length'
  | 'compression_type'
  | 'padding'
  | 'unknown_fields';

const headerLayout: Layout<HeaderField> = {
  type: 'header',
  rule: 'qcow2/header-truncated',
  fields: {
    magic: {
      type: 'bytes',
      at: 0,
      size: 4,
      rule: 'qcow2/magic',
      initial: [81, 70, 73, 251],
      doc: 'The letters "QFI" and the byte 0xfb.',
    },
    version: {
      type: 'u4be',
      at: 4,
      size: 4,
      rule: 'qcow2/version',
      doc: '2 or 3. Version 1 is another format of the same name.',
    },
    backing_file_offset: {
      type: 'u8be',
      property: 'backingFileOffset',
      at: 8,
      size: 8,
      doc: "Position of the backing file's name, inside the first cluster; 0 without a backing file.",
    },
    backing_file_size: {
      type: 'u4be',
      property: 'backingFileSize',
      at: 16,
      size: 4,
      rule: 'qcow2/backing-name-bounds',
      doc: "Length of the backing file's name, at most 1023. There is no zero at its end.",
    },
    cluster_bits: {
      type: 'u4be',
      property: 'clusterBits',
      at: 20,
      size: 4,
      rule: 'qcow2/cluster-bits',
      doc: 'Binary logarithm of the cluster size, 9 (512 bytes) to 21 (2 MiB); 16 (64 KiB) in practice, and at least 14 with extended L2 entries.',
    },
    size: {
      type: 'u8be',
      at: 24,
      size: 8,
      hex: true,
      rule: 'qcow2/size-limit',
      doc: 'Guest size, usually a multiple of 512.',
    },
    crypt_method: {
      type: 'u4be',
      property: 'cryptMethod',
      at: 32,
      size: 4,
      enum: () => CryptMethod,
      rule: 'qcow2/crypt-method',
      doc: 'How guest clusters are encrypted. Metadata never is.',
    },
    l1_size: {
      type: 'u4be',
      property: 'l1Size',
      at: 36,
      size: 4,
      hex: true,
      rule: 'qcow2/l1-too-large',
      doc: 'Entries of the active L1 table, at most 4194304 (32 MiB).',
    },
    l1_table_offset: {
      type: 'u8be',
      property: 'l1TableOffset',
      at: 40,
      size: 8,
      rule: 'qcow2/l1-unaligned',
      doc: 'Position of the active L1 table, a multiple of the cluster size and not 0 where the table has entries.',
    },
    refcount_table_offset: {
      type: 'u8be',
      property: 'refcountTableOffset',
      at: 48,
      size: 8,
      rule: 'qcow2/reftable-missing',
      doc: 'Position of the refcount table, a multiple of the cluster size, not 0.',
    },
    refcount_table_clusters: {
      type: 'u4be',
      property: 'refcountTableClusters',
      at: 56,
      size: 4,
      rule: 'qcow2/reftable-missing',
      doc: 'Clusters of the refcount table, at least 1 and at most 8 MiB in all.',
    },
    nb_snapshots: {
      type: 'u4be',
      property: 'nbSnapshots',
      at: 60,
      size: 4,
      rule: 'qcow2/snapshot-table-bounds',
      doc: 'Number of internal snapshots, at most 65536.',
    },
    snapshots_offset: {
      type: 'u8be',
      property: 'snapshotsOffset',
      at: 64,
      size: 8,
      doc: 'Position of the snapshot table, a multiple of the cluster size where there are snapshots.',
    },
    incompatible_features: {
      type: 'incompatible_features',
      property: 'incompatibleFeatures',
      at: 72,
      of: () => [IncompatibleFeatures],
      rule: 'qcow2/snapshot-with-data-file',
      doc: 'Features that a reader must know. Internal snapshots and an external data file exclude each other.',
    },
    compatible_features: {
      type: 'compatible_features',
      property: 'compatibleFeatures',
      after: 0,
      at: 0,
      of: () => [CompatibleFeatures],
      doc: 'Features that a reader may ignore.',
    },
    autoclear_features: {
      type: 'autoclear_features',
      property: 'autoclearFeatures',
      after: 1,
      at: 0,
      of: () => [AutoclearFeatures],
      rule: 'qcow2/raw-external-without-data-file',
      doc: 'Features that a writer which does not know them switches off. Raw external data needs an external data file.',
    },
    refcount_order: {
      type: 'u4be',
      property: 'refcountOrder',
      after: 2,
      at: 0,
      rule: 'qcow2/refcount-order',
      doc: 'Binary logarithm of the width of a reference count in bits, 0 to 6; 4 (16 bits) in practice and always in version 2.',
    },
    header_length: {
      type: 'u4be',
      property: 'headerLength',
      after: 3,
      at: 0,
      rule: 'qcow2/header-length',
      doc: 'Length of the header, a multiple of 8 from 104 up to the cluster size. Header extensions begin here.',
    },
    compression_type: {
      type: 'u1',
      property: 'compressionType',
      after: 4,
      at: 0,
      enum: () => CompressionType,
      rule: 'qcow2/compression-type-unknown',
      doc: 'How clusters are compressed; deflate where the header is too short to say.',
    },
    padding: {
      type: 'bytes',
      after: 5,
      at: 0,
      rule: 'qcow2/header-padding',
      doc: 'Zeros up to the next multiple of 8.',
    },
    unknown_fields: {
      type: 'bytes',
      property: 'unknownFields',
      after: 6,
      at: 0,
      rule: 'qcow2/header-unknown-fields',
      doc: 'Fields of later versions of the format, to be kept as they are; zero where a feature is not used.',
    },
  },
};

/**
 * Begins the file and its first cluster. Version 2 ends after `snapshots_offset`, at 72 bytes; version 3 says itself how long it is.
 *
 * Too few bytes break the rule `qcow2/header-truncated`.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, General and Header
 */
export class Header extends Structure<HeaderField> {
  static readonly layout = headerLayout;
  declare readonly _root: Qcow2 | undefined;
  /**
   * The letters "QFI" and the byte 0xfb.
   *
   * A view of the input.
   */
  declare magic: Uint8Array;
  /** 2 or 3. Version 1 is another format of the same name. */
  declare version: number;
  /**
   * Position of the backing file's name, inside the first cluster; 0 without a backing file.
   *
   * Unit: bytes.
   */
  declare backingFileOffset: bigint;
  /**
   * Length of the backing file's name, at most 1023. There is no zero at its end.
   *
   * Unit: bytes.
   */
  declare backingFileSize: number;
  /**
   * Binary logarithm of the cluster size, 9 (512 bytes) to 21 (2 MiB); 16 (64 KiB) in practice, and at least 14 with extended L2 entries.
   *
   * Unit: bits.
   */
  declare clusterBits: number;
  /**
   * Guest size, usually a multiple of 512.
   *
   * Unit: bytes.
   */
  declare size: bigint;
  /** How guest clusters are encrypted. Metadata never is. */
  declare cryptMethod: OpenEnum<CryptMethod>;
  /**
   * Entries of the active L1 table, at most 4194304 (32 MiB).
   *
   * Unit: entries.
   */
  declare l1Size: number;
  /**
   * Position of the active L1 table, a multiple of the cluster size and not 0 where the table has entries.
   *
   * Unit: bytes.
   */
  declare l1TableOffset: bigint;
  /**
   * Position of the refcount table, a multiple of the cluster size, not 0.
   *
   * Unit: bytes.
   */
  declare refcountTableOffset: bigint;
  /**
   * Clusters of the refcount table, at least 1 and at most 8 MiB in all.
   *
   * Unit: clusters.
   */
  declare refcountTableClusters: number;
  /**
   * Number of internal snapshots, at most 65536.
   *
   * Unit: entries.
   */
  declare nbSnapshots: number;
  /**
   * Position of the snapshot table, a multiple of the cluster size where there are snapshots.
   *
   * Unit: bytes.
   */
  declare snapshotsOffset: bigint;
  /** Features that a reader must know. Internal snapshots and an external data file exclude each other. */
  declare incompatibleFeatures: IncompatibleFeatures | undefined;
  /** Features that a reader may ignore. */
  declare compatibleFeatures: CompatibleFeatures | undefined;
  /** Features that a writer which does not know them switches off. Raw external data needs an external data file. */
  declare autoclearFeatures: AutoclearFeatures | undefined;
  /** Binary logarithm of the width of a reference count in bits, 0 to 6; 4 (16 bits) in practice and always in version 2. */
  declare refcountOrder: number | undefined;
  /**
   * Length of the header, a multiple of 8 from 104 up to the cluster size. Header extensions begin here.
   *
   * Unit: bytes.
   */
  declare headerLength: number | undefined;
  /** How clusters are compressed; deflate where the header is too short to say. */
  declare compressionType: OpenEnum<CompressionType> | undefined;
  /**
   * Zeros up to the next multiple of 8.
   *
   * A view of the input.
   */
  declare padding: Uint8Array | undefined;
  /**
   * Fields of later versions of the format, to be kept as they are; zero where a feature is not used.
   *
   * A view of the input.
   */
  declare unknownFields: Uint8Array | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    this.magic = io.readBytes(4);
    expectContents(this, 'magic', this.magic, [0x51, 0x46, 0x49, 0xfb]);
    this.version = io.readU4be();
    expectAnyOf(this, 'version', this.version, [2, 3]);
    const at = reserve(this, 12, 'backing_file_offset');
    this.backingFileOffset = io.view.getBigUint64(at);
    this.backingFileSize = io.view.getUint32(at + 8);
    if (this.backingFileSize > 1023) reportGreaterThan(this, 'backing_file_size', 1023);
    this.clusterBits = io.readU4be();
    if (this.clusterBits < 9) reportLessThan(this, 'cluster_bits', 9);
    if (this.clusterBits > 21) reportGreaterThan(this, 'cluster_bits', 21);
    this.size = io.readU8be();
    if (this.size > 0x2000000000000000n) reportGreaterThan(this, 'size', 0x2000000000000000n);
    this.cryptMethod = io.readU4be();
    expectInEnum(this, 'crypt_method', this.cryptMethod, CryptMethod, 'crypt_method');
    this.l1Size = io.readU4be();
    if (this.l1Size > 0x400000) reportGreaterThan(this, 'l1_size', 0x400000);
    this.l1TableOffset = io.readU8be();
    if (!(this.l1TableOffset !== 0n || this.l1Size === 0)) reportExpr(this, 'l1_table_offset', 'not 0');
    this.refcountTableOffset = io.readU8be();
    if (this.refcountTableOffset < 1n) reportLessThan(this, 'refcount_table_offset', 1n);
    this.refcountTableClusters = io.readU4be();
    if (this.refcountTableClusters < 1) reportLessThan(this, 'refcount_table_clusters', 1);
    this.nbSnapshots = io.readU4be();
    if (this.nbSnapshots > 65536) reportGreaterThan(this, 'nb_snapshots', 65536);
    this.snapshotsOffset = io.readU8be();
    if (this.version >= 3) {
      this.incompatibleFeatures = new IncompatibleFeatures(io, this);
      if (!(!this.incompatibleFeatures.externalDataFile || this.nbSnapshots === 0))
        reportExpr(this, 'incompatible_features', 'without external data file where there are snapshots');
    } else this.incompatibleFeatures = undefined;
    this[END0] = io.bit;
    if (this.version >= 3) {
      this.compatibleFeatures = new CompatibleFeatures(io, this);
    } else this.compatibleFeatures = undefined;
    this[END1] = io.bit;
    if (this.version >= 3) {
      this.autoclearFeatures = new AutoclearFeatures(io, this);
      if (!(
        !this.autoclearFeatures.rawExternalData ||
        present(this.incompatibleFeatures, 'incompatible_features').externalDataFile
      ))
        reportExpr(
          this,
          'autoclear_features',
          'without raw external data where there is no external data file',
        );
    } else this.autoclearFeatures = undefined;
    this[END2] = io.bit;
    if (this.version >= 3) {
      this.refcountOrder = io.readU4be();
      if (this.refcountOrder > 6) reportGreaterThan(this, 'refcount_order', 6);
    } else this.refcountOrder = undefined;
    mark(this, 3);
    if (this.version >= 3) {
      this.headerLength = io.readU4be();
      if (!(this.headerLength >= 104 && this.headerLength <= 0x200000 && this.headerLength % 8 === 0))
        reportExpr(this, 'header_length', 'a multiple of 8 from 104 to the cluster size');
    } else this.headerLength = undefined;
    mark(this, 4);
    if (this.version >= 3 && this.headerLength !== undefined && this.headerLength >= 112) {
      this.compressionType = io.readU1();
      expectInEnum(this, 'compression_type', this.compressionType, CompressionType, 'compression_type');
    } else this.compressionType = undefined;
    mark(this, 5);
    if (this.version >= 3 && this.headerLength !== undefined && this.headerLength >= 112) {
      this.padding = io.readBytes(7);
      if (maxOf(this.padding) !== 0) reportExpr(this, 'padding', 'zeros');
    } else this.padding = undefined;
    mark(this, 6);
    if (this.version >= 3 && this.headerLength !== undefined && this.headerLength > 112) {
      this.unknownFields = io.readBytes(present(this.headerLength, 'header_length') - 112);
      if (maxOf(this.unknownFields) !== 0) reportExpr(this, 'unknown_fields', 'zeros');
    } else this.unknownFields = undefined;
    mark(this, 7);
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
    io.writeBytesLimit(this.magic, 4, undefined, 'magic');
    io.writeU4be(this.version, 'version');
    io.writeU8be(this.backingFileOffset, 'backing_file_offset');
    io.writeU4be(this.backingFileSize, 'backing_file_size');
    io.writeU4be(this.clusterBits, 'cluster_bits');
    io.writeU8be(this.size, 'size');
    io.writeU4be(this.cryptMethod, 'crypt_method');
    io.writeU4be(this.l1Size, 'l1_size');
    io.writeU8be(this.l1TableOffset, 'l1_table_offset');
    io.writeU8be(this.refcountTableOffset, 'refcount_table_offset');
    io.writeU4be(this.refcountTableClusters, 'refcount_table_clusters');
    io.writeU4be(this.nbSnapshots, 'nb_snapshots');
    io.writeU8be(this.snapshotsOffset, 'snapshots_offset');
    if (this.version >= 3) {
      io.writeStructure(present(this.incompatibleFeatures, 'incompatible_features'), 'incompatible_features');
    } else checkAbsent(io, 'incompatible_features', this.incompatibleFeatures);
    if (this.version >= 3) {
      io.writeStructure(present(this.compatibleFeatures, 'compatible_features'), 'compatible_features');
    } else checkAbsent(io, 'compatible_features', this.compatibleFeatures);
    if (this.version >= 3) {
      io.writeStructure(present(this.autoclearFeatures, 'autoclear_features'), 'autoclear_features');
    } else checkAbsent(io, 'autoclear_features', this.autoclearFeatures);
    if (this.version >= 3) {
      io.writeU4be(present(this.refcountOrder, 'refcount_order'), 'refcount_order');
    } else checkAbsent(io, 'refcount_order', this.refcountOrder);
    if (this.version >= 3) {
      io.writeU4be(present(this.headerLength, 'header_length'), 'header_length');
    } else checkAbsent(io, 'header_length', this.headerLength);
    if (this.version >= 3 && this.headerLength !== undefined && this.headerLength >= 112) {
      io.writeU1(present(this.compressionType, 'compression_type'), 'compression_type');
    } else checkAbsent(io, 'compression_type', this.compressionType);
    if (this.version >= 3 && this.headerLength !== undefined && this.headerLength >= 112) {
      io.writeBytesLimit(present(this.padding, 'padding'), 7, undefined, 'padding');
    } else checkAbsent(io, 'padding', this.padding);
    if (this.version >= 3 && this.headerLength !== undefined && this.headerLength > 112) {
      io.writeBytesLimit(
        present(this.unknownFields, 'unknown_fields'),
        present(this.headerLength, 'header_length') - 112,
        undefined,
        'unknown_fields',
      );
    } else checkAbsent(io, 'unknown_fields', this.unknownFields);
  }
}

type IncompatibleFeaturesField =
  'reserved1' | 'reserved2' | 'extended_l2' | 'compression_type' | 'external_data_file' | 'corrupt' | 'dirty';

const incompatibleFeaturesLayout: Layout<IncompatibleFeaturesField> = {
  type: 'incompatible_features',
  size: 8,
  fields: {
    reserved1: {
      type: 'u4be',
      at: 0,
      size: 4,
      rule: 'qcow2/incompatible-unknown',
      initial: 0,
      doc: 'Bits 32 to 63, zero.',
    },
    reserved2: {
      type: 'b27be',
      at: 4,
      bit: 0,
      bits: 27,
      rule: 'qcow2/incompatible-unknown',
      initial: 0,
      doc: 'Bits 5 to 31, zero.',
    },
    extended_l2: {
      type: 'b1be',
      property: 'extendedL2',
      at: 7,
      bit: 3,
      bits: 1,
      doc: 'Bit 4. L2 entries are 16 bytes with a state for each of 32 subclusters.',
    },
    compression_type: {
      type: 'b1be',
      property: 'compressionType',
      at: 7,
      bit: 4,
      bits: 1,
      doc: 'Bit 3. Set exactly where the field `compression_type` is not 0.',
    },
    external_data_file: {
      type: 'b1be',
      property: 'externalDataFile',
      at: 7,
      bit: 5,
      bits: 1,
      doc: 'Bit 2. Guest clusters are in another file, at the same positions as in the guest.',
    },
    corrupt: {
      type: 'b1be',
      at: 7,
      bit: 6,
      bits: 1,
      rule: 'qcow2/corrupt',
      initial: false,
      doc: 'Bit 1. A writer found damage; the image must not be written before it is repaired.',
    },
    dirty: {
      type: 'b1be',
      at: 7,
      bit: 7,
      bits: 1,
      rule: 'qcow2/dirty',
      initial: false,
      doc: 'Bit 0. Reference counts may be out of date, as after a crash with lazy refcounts.',
    },
  },
};

/**
 * Set of features, highest bit first, that a reader must know to read the image.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Header, incompatible_features
 */
export class IncompatibleFeatures extends Structure<IncompatibleFeaturesField> {
  static readonly layout = incompatibleFeaturesLayout;
  declare readonly _parent: Header | undefined;
  declare readonly _root: Qcow2 | undefined;
  /** Bits 32 to 63, zero. */
  declare reserved1: number;
  /** Bits 5 to 31, zero. */
  declare reserved2: number;
  /** Bit 4. L2 entries are 16 bytes with a state for each of 32 subclusters. */
  declare extendedL2: boolean;
  /** Bit 3. Set exactly where the field `compression_type` is not 0. */
  declare compressionType: boolean;
  /** Bit 2. Guest clusters are in another file, at the same positions as in the guest. */
  declare externalDataFile: boolean;
  /** Bit 1. A writer found damage; the image must not be written before it is repaired. */
  declare corrupt: boolean;
  /** Bit 0. Reference counts may be out of date, as after a crash with lazy refcounts. */
  declare dirty: boolean;

  constructor(io: ByteReader, parent?: Header, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    this.reserved1 = io.readU4be();
    if (this.reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    this.reserved2 = io.readBitsIntBe(27);
    if (this.reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
    this.extendedL2 = io.readBitsIntBe(1) !== 0;
    this.compressionType = io.readBitsIntBe(1) !== 0;
    this.externalDataFile = io.readBitsIntBe(1) !== 0;
    this.corrupt = io.readBitsIntBe(1) !== 0;
    if (this.corrupt !== false) reportNotEqual(this, 'corrupt', false);
    this.dirty = io.readBitsIntBe(1) !== 0;
    if (this.dirty !== false) reportNotEqual(this, 'dirty', false);
  }

  static get schema(): JsonSchema {
    return schemaOf(incompatibleFeaturesLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): IncompatibleFeatures {
    return readWith(bytes, (io) => new IncompatibleFeatures(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): IncompatibleFeatures | undefined {
    return decodeWith(IncompatibleFeatures, bytes, sink, (io) => new IncompatibleFeatures(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<IncompatibleFeatures> = {}): IncompatibleFeatures {
    return createWith(IncompatibleFeatures, values, (io) => new IncompatibleFeatures(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4be(this.reserved1, 'reserved1');
    io.writeBitsIntBe(27, this.reserved2, 'reserved2');
    io.writeBitsIntBe(1, Number(this.extendedL2), 'extended_l2');
    io.writeBitsIntBe(1, Number(this.compressionType), 'compression_type');
    io.writeBitsIntBe(1, Number(this.externalDataFile), 'external_data_file');
    io.writeBitsIntBe(1, Number(this.corrupt), 'corrupt');
    io.writeBitsIntBe(1, Number(this.dirty), 'dirty');
  }
}

type CompatibleFeaturesField = 'reserved1' | 'reserved2' | 'lazy_refcounts';

const compatibleFeaturesLayout: Layout<CompatibleFeaturesField> = {
  type: 'compatible_features',
  size: 8,
  fields: {
    reserved1: {
      type: 'u4be',
      at: 0,
      size: 4,
      rule: 'qcow2/compatible-unknown',
      initial: 0,
      doc: 'Bits 32 to 63, zero.',
    },
    reserved2: {
      type: 'b31be',
      at: 4,
      bit: 0,
      bits: 31,
      rule: 'qcow2/compatible-unknown',
      initial: 0,
      doc: 'Bits 1 to 31, zero.',
    },
    lazy_refcounts: {
      type: 'b1be',
      property: 'lazyRefcounts',
      at: 7,
      bit: 7,
      bits: 1,
      doc: 'Bit 0. Writers may put off updates of reference counts while the dirty bit is set.',
    },
  },
};

/**
 * Set of features, highest bit first, that a reader may ignore.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Header, compatible_features
 */
export class CompatibleFeatures extends Structure<CompatibleFeaturesField> {
  static readonly layout = compatibleFeaturesLayout;
  declare readonly _parent: Header | undefined;
  declare readonly _root: Qcow2 | undefined;
  /** Bits 32 to 63, zero. */
  declare reserved1: number;
  /** Bits 1 to 31, zero. */
  declare reserved2: number;
  /** Bit 0. Writers may put off updates of reference counts while the dirty bit is set. */
  declare lazyRefcounts: boolean;

  constructor(io: ByteReader, parent?: Header, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    this.reserved1 = io.readU4be();
    if (this.reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    this.reserved2 = io.readBitsIntBe(31);
    if (this.reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
    this.lazyRefcounts = io.readBitsIntBe(1) !== 0;
  }

  static get schema(): JsonSchema {
    return schemaOf(compatibleFeaturesLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): CompatibleFeatures {
    return readWith(bytes, (io) => new CompatibleFeatures(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): CompatibleFeatures | undefined {
    return decodeWith(CompatibleFeatures, bytes, sink, (io) => new CompatibleFeatures(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<CompatibleFeatures> = {}): CompatibleFeatures {
    return createWith(CompatibleFeatures, values, (io) => new CompatibleFeatures(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4be(this.reserved1, 'reserved1');
    io.writeBitsIntBe(31, this.reserved2, 'reserved2');
    io.writeBitsIntBe(1, Number(this.lazyRefcounts), 'lazy_refcounts');
  }
}

type AutoclearFeaturesField = 'reserved1' | 'reserved2' | 'raw_external_data' | 'bitmaps';

const autoclearFeaturesLayout: Layout<AutoclearFeaturesField> = {
  type: 'autoclear_features',
  size: 8,
  fields: {
    reserved1: {
      type: 'u4be',
      at: 0,
      size: 4,
      rule: 'qcow2/autoclear-unknown',
      initial: 0,
      doc: 'Bits 32 to 63, zero.',
    },
    reserved2: {
      type: 'b30be',
      at: 4,
      bit: 0,
      bits: 30,
      rule: 'qcow2/autoclear-unknown',
      initial: 0,
      doc: 'Bits 2 to 31, zero.',
    },
    raw_external_data: {
      type: 'b1be',
      property: 'rawExternalData',
      at: 7,
      bit: 6,
      bits: 1,
      doc: 'Bit 1. The external data file can be read as a raw disk by itself.',
    },
    bitmaps: { type: 'b1be', at: 7, bit: 7, bits: 1, doc: 'Bit 0. The bitmaps extension is up to date.' },
  },
};

/**
 * Set of features, highest bit first, that become wrong when a writer which does not know them changes the image, and are then cleared.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Header, autoclear_features
 */
export class AutoclearFeatures extends Structure<AutoclearFeaturesField> {
  static readonly layout = autoclearFeaturesLayout;
  declare readonly _parent: Header | undefined;
  declare readonly _root: Qcow2 | undefined;
  /** Bits 32 to 63, zero. */
  declare reserved1: number;
  /** Bits 2 to 31, zero. */
  declare reserved2: number;
  /** Bit 1. The external data file can be read as a raw disk by itself. */
  declare rawExternalData: boolean;
  /** Bit 0. The bitmaps extension is up to date. */
  declare bitmaps: boolean;

  constructor(io: ByteReader, parent?: Header, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    this.reserved1 = io.readU4be();
    if (this.reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    this.reserved2 = io.readBitsIntBe(30);
    if (this.reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
    this.rawExternalData = io.readBitsIntBe(1) !== 0;
    this.bitmaps = io.readBitsIntBe(1) !== 0;
  }

  static get schema(): JsonSchema {
    return schemaOf(autoclearFeaturesLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): AutoclearFeatures {
    return readWith(bytes, (io) => new AutoclearFeatures(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): AutoclearFeatures | undefined {
    return decodeWith(AutoclearFeatures, bytes, sink, (io) => new AutoclearFeatures(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<AutoclearFeatures> = {}): AutoclearFeatures {
    return createWith(AutoclearFeatures, values, (io) => new AutoclearFeatures(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4be(this.reserved1, 'reserved1');
    io.writeBitsIntBe(30, this.reserved2, 'reserved2');
    io.writeBitsIntBe(1, Number(this.rawExternalData), 'raw_external_data');
    io.writeBitsIntBe(1, Number(this.bitmaps), 'bitmaps');
  }
}

type HeaderExtensionField = 'type' | 'length' | 'data' | 'padding';

const headerExtensionLayout: Layout<HeaderExtensionField> = {
  type: 'header_extension',
  rule: 'qcow2/ext-overrun',
  fields: {
    type: {
      type: 'u4be',
      at: 0,
      size: 4,
      enum: () => HeaderExtensionType,
      doc: 'What the data mean. An unknown type is skipped and kept.',
    },
    length: {
      type: 'u4be',
      at: 4,
      size: 4,
      rule: 'qcow2/ext-end-length',
      doc: 'Bytes of data without padding; 0 at the end of the list.',
    },
    data: {
      type: 'bytes',
      at: 8,
      doc: 'The data. Names of formats and files are text without a zero at the end.',
    },
    padding: {
      type: 'bytes',
      after: 0,
      at: 0,
      rule: 'qcow2/ext-padding-nonzero',
      doc: 'Zeros up to the next multiple of 8.',
    },
  },
};

/**
 * One record of the list after the header. The list ends with a record of type `end`, or else at the backing file's name or at the end of
 * the first cluster.
 *
 * Too few bytes break the rule `qcow2/ext-overrun`.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Header extensions
 */
export class HeaderExtension extends Structure<HeaderExtensionField> {
  static readonly layout = headerExtensionLayout;
  declare readonly _root: Qcow2 | undefined;
  /** What the data mean. An unknown type is skipped and kept. */
  declare type: OpenEnum<HeaderExtensionType>;
  /**
   * Bytes of data without padding; 0 at the end of the list.
   *
   * Unit: bytes.
   */
  declare length: number;
  /**
   * The data. Names of formats and files are text without a zero at the end.
   *
   * A view of the input.
   *
   * Unit: bytes.
   */
  declare data: Uint8Array;
  /**
   * Zeros up to the next multiple of 8.
   *
   * A view of the input.
   */
  declare padding: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    const at = reserve(this, 8, 'type');
    this.type = io.view.getUint32(at);
    this.length = io.view.getUint32(at + 4);
    if (!(this.type !== HeaderExtensionType.end || this.length === 0)) reportExpr(this, 'length', '0');
    this.data = io.readBytes(this.type === HeaderExtensionType.end ? 0 : this.length);
    this[END0] = io.bit;
    this.padding = io.readBytes((8 - (this.data.length % 8)) % 8);
    if (!(this.padding.length === 0 || maxOf(this.padding) === 0)) reportExpr(this, 'padding', 'zeros');
    this[END1] = io.bit;
  }

  static get schema(): JsonSchema {
    return schemaOf(headerExtensionLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): HeaderExtension {
    return readWith(bytes, (io) => new HeaderExtension(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): HeaderExtension | undefined {
    return decodeWith(HeaderExtension, bytes, sink, (io) => new HeaderExtension(io));
  }

  /** A new structure of the given values. */
  static of(values: AllValues<HeaderExtension>): HeaderExtension {
    return assemble(HeaderExtension, values);
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4be(this.type, 'type');
    io.writeU4be(this.length, 'length');
    io.writeBytesLimit(this.data, this.type === HeaderExtensionType.end ? 0 : this.length, undefined, 'data');
    io.writeBytesLimit(this.padding, (8 - (this.data.length % 8)) % 8, undefined, 'padding');
  }
}

type FeatureNameEntryField = 'feature_type' | 'bit_number' | 'name';

const featureNameEntryLayout: Layout<FeatureNameEntryField> = {
  type: 'feature_name_entry',
  rule: 'qcow2/feature-table-malformed',
  size: 48,
  fields: {
    feature_type: {
      type: 'u1',
      property: 'featureType',
      at: 0,
      size: 1,
      enum: () => FeatureType,
      rule: 'qcow2/feature-table-malformed',
      doc: 'Which set of features the bit belongs to.',
    },
    bit_number: {
      type: 'u1',
      property: 'bitNumber',
      at: 1,
      size: 1,
      rule: 'qcow2/feature-table-malformed',
      doc: 'Number of the bit in its set, 0 to 63.',
    },
    name: { type: 'bytes', at: 2, size: 46, doc: 'Name of the feature, padded with zeros.' },
  },
};

/**
 * One of the 48-byte records in a feature name table, which gives the name of a feature bit for messages to the user.
 *
 * Too few bytes break the rule `qcow2/feature-table-malformed`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Feature name table
 */
export class FeatureNameEntry extends Structure<FeatureNameEntryField> {
  static readonly layout = featureNameEntryLayout;
  declare readonly _root: Qcow2 | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
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
    if (room < 1) cutOff(this);
    const featureType = view.getUint8(at);
    expectInEnum(this, 'feature_type', featureType, FeatureType, 'feature_type');
    if (room < 2) cutOff(this);
    const bitNumber = view.getUint8(at + 1);
    if (bitNumber > 63) reportGreaterThan(this, 'bit_number', 63);
    if (room < 48) cutOff(this);
    io.at = at + 48;
  }

  static get schema(): JsonSchema {
    return schemaOf(featureNameEntryLayout);
  }

  /** Which set of features the bit belongs to. */
  get featureType(): OpenEnum<FeatureType> {
    return this._io.view.getUint8(byteIn(this, 0));
  }

  set featureType(value: OpenEnum<FeatureType>) {
    setField(this, 'featureType', value);
  }

  /**
   * Number of the bit in its set, 0 to 63.
   *
   * Unit: bits.
   */
  get bitNumber(): number {
    return this._io.view.getUint8(byteIn(this, 1));
  }

  set bitNumber(value: number) {
    setField(this, 'bitNumber', value);
  }

  /**
   * Name of the feature, padded with zeros.
   *
   * A view of the input.
   */
  get name(): Uint8Array {
    return bytesIn(this, 2, 46);
  }

  set name(value: Uint8Array) {
    setField(this, 'name', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): FeatureNameEntry {
    return readWith(bytes, (io) => new FeatureNameEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): FeatureNameEntry | undefined {
    return decodeWith(FeatureNameEntry, bytes, sink, (io) => new FeatureNameEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<FeatureNameEntry> = {}): FeatureNameEntry {
    return createWith(FeatureNameEntry, values, (io) => new FeatureNameEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU1(this.featureType, 'feature_type');
    io.writeU1(this.bitNumber, 'bit_number');
    io.writeBytesLimit(this.name, 46, undefined, 'name');
  }
}

type BitmapsExtensionField = 'nb_bitmaps' | 'reserved' | 'bitmap_directory_size' | 'bitmap_directory_offset';

const bitmapsExtensionLayout: Layout<BitmapsExtensionField> = {
  type: 'bitmaps_extension',
  rule: 'qcow2/bitmap-ext-invalid',
  size: 24,
  fields: {
    nb_bitmaps: {
      type: 'u4be',
      property: 'nbBitmaps',
      at: 0,
      size: 4,
      rule: 'qcow2/bitmap-ext-invalid',
      doc: 'Number of bitmaps, 1 to 65535.',
    },
    reserved: {
      type: 'u4be',
      at: 4,
      size: 4,
      rule: 'qcow2/bitmap-ext-invalid',
      initial: 0,
      doc: 'Reserved, 0.',
    },
    bitmap_directory_size: {
      type: 'u8be',
      property: 'bitmapDirectorySize',
      at: 8,
      size: 8,
      rule: 'qcow2/bitmap-ext-invalid',
      doc: 'Bytes of the bitmap directory, not 0.',
    },
    bitmap_directory_offset: {
      type: 'u8be',
      property: 'bitmapDirectoryOffset',
      at: 16,
      size: 8,
      rule: 'qcow2/bitmap-ext-invalid',
      doc: 'Position of the bitmap directory, a multiple of the cluster size after the first cluster.',
    },
  },
};

/**
 * Data of the bitmaps extension, 24 bytes. Says where the directory of persistent bitmaps is.
 *
 * Too few bytes break the rule `qcow2/bitmap-ext-invalid`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Bitmaps extension
 */
export class BitmapsExtension extends Structure<BitmapsExtensionField> {
  static readonly layout = bitmapsExtensionLayout;
  declare readonly _root: Qcow2 | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
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
    const nbBitmaps = view.getUint32(at);
    if (nbBitmaps < 1) reportLessThan(this, 'nb_bitmaps', 1);
    if (nbBitmaps > 65535) reportGreaterThan(this, 'nb_bitmaps', 65535);
    if (room < 8) cutOff(this);
    const reserved = view.getUint32(at + 4);
    if (reserved !== 0) reportNotEqual(this, 'reserved', 0);
    if (room < 16) cutOff(this);
    const bitmapDirectorySize = roundedU8(view, at + 8);
    if (bitmapDirectorySize < 1) reportLessThan(this, 'bitmap_directory_size', 1);
    if (room < 24) cutOff(this);
    const bitmapDirectoryOffset = roundedU8(view, at + 16);
    if (bitmapDirectoryOffset < 1) reportLessThan(this, 'bitmap_directory_offset', 1);
    io.at = at + 24;
  }

  static get schema(): JsonSchema {
    return schemaOf(bitmapsExtensionLayout);
  }

  /**
   * Number of bitmaps, 1 to 65535.
   *
   * Unit: entries.
   */
  get nbBitmaps(): number {
    return this._io.view.getUint32(byteIn(this, 0));
  }

  set nbBitmaps(value: number) {
    setField(this, 'nbBitmaps', value);
  }

  /** Reserved, 0. */
  get reserved(): number {
    return this._io.view.getUint32(byteIn(this, 4));
  }

  set reserved(value: number) {
    setField(this, 'reserved', value);
  }

  /**
   * Bytes of the bitmap directory, not 0.
   *
   * Unit: bytes.
   */
  get bitmapDirectorySize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 8));
  }

  set bitmapDirectorySize(value: bigint) {
    setField(this, 'bitmapDirectorySize', value);
  }

  /**
   * Position of the bitmap directory, a multiple of the cluster size after the first cluster.
   *
   * Unit: bytes.
   */
  get bitmapDirectoryOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 16));
  }

  set bitmapDirectoryOffset(value: bigint) {
    setField(this, 'bitmapDirectoryOffset', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BitmapsExtension {
    return readWith(bytes, (io) => new BitmapsExtension(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): BitmapsExtension | undefined {
    return decodeWith(BitmapsExtension, bytes, sink, (io) => new BitmapsExtension(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<BitmapsExtension> = {}): BitmapsExtension {
    return createWith(BitmapsExtension, values, (io) => new BitmapsExtension(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4be(this.nbBitmaps, 'nb_bitmaps');
    io.writeU4be(this.reserved, 'reserved');
    io.writeU8be(this.bitmapDirectorySize, 'bitmap_directory_size');
    io.writeU8be(this.bitmapDirectoryOffset, 'bitmap_directory_offset');
  }
}

type EncryptionExtensionField = 'offset' | 'length';

const encryptionExtensionLayout: Layout<EncryptionExtensionField> = {
  type: 'encryption_extension',
  rule: 'qcow2/luks-header-bounds',
  size: 16,
  fields: {
    offset: {
      type: 'u8be',
      at: 0,
      size: 8,
      doc: 'Position of the encryption header, a multiple of the cluster size.',
    },
    length: { type: 'u8be', at: 8, size: 8, doc: 'Bytes of the encryption header with its key material.' },
  },
};

/**
 * Data of the full disk encryption extension, 16 bytes. Says where the LUKS header is.
 *
 * Too few bytes break the rule `qcow2/luks-header-bounds`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Full disk encryption header pointer
 */
export class EncryptionExtension extends Structure<EncryptionExtensionField> {
  static readonly layout = encryptionExtensionLayout;
  declare readonly _root: Qcow2 | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    reserve(this, 16, 'offset');
  }

  static get schema(): JsonSchema {
    return schemaOf(encryptionExtensionLayout);
  }

  /**
   * Position of the encryption header, a multiple of the cluster size.
   *
   * Unit: bytes.
   */
  get offset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 0));
  }

  set offset(value: bigint) {
    setField(this, 'offset', value);
  }

  /**
   * Bytes of the encryption header with its key material.
   *
   * Unit: bytes.
   */
  get length(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 8));
  }

  set length(value: bigint) {
    setField(this, 'length', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): EncryptionExtension {
    return readWith(bytes, (io) => new EncryptionExtension(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): EncryptionExtension | undefined {
    return decodeWith(EncryptionExtension, bytes, sink, (io) => new EncryptionExtension(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<EncryptionExtension> = {}): EncryptionExtension {
    return createWith(EncryptionExtension, values, (io) => new EncryptionExtension(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8be(this.offset, 'offset');
    io.writeU8be(this.length, 'length');
  }
}

type L1EntryField = 'copied' | 'reserved1' | 'offset_sectors' | 'reserved2';

const l1EntryLayout: Layout<L1EntryField> = {
  type: 'l1_entry',
  size: 8,
  fields: {
    copied: {
      type: 'b1be',
      at: 0,
      bit: 0,
      bits: 1,
      doc: "Bit 63. The L2 table's reference count is exactly 1, so that it can be written in place; only kept in the active table.",
    },
    reserved1: {
      type: 'b7be',
      at: 0,
      bit: 1,
      bits: 7,
      rule: 'qcow2/l1-entry-reserved',
      initial: 0,
      doc: 'Bits 56 to 62, zero.',
    },
    offset_sectors: {
      type: 'b47be',
      property: 'offsetSectors',
      at: 1,
      bit: 0,
      bits: 47,
      doc: 'Bits 9 to 55. Position of the L2 table in units of 512 bytes; 0 where there is none and all its clusters are unallocated.',
    },
    reserved2: {
      type: 'b9be',
      at: 6,
      bit: 7,
      bits: 9,
      rule: 'qcow2/l1-entry-reserved',
      initial: 0,
      doc: 'Bits 0 to 8, zero.',
    },
  },
};

/**
 * One 64-bit entry of an L1 table, highest bit first. Leads to an L2 table of one cluster.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Cluster mapping, L1 table entry
 */
export class L1Entry extends Structure<L1EntryField> {
  static readonly layout = l1EntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /** Bit 63. The L2 table's reference count is exactly 1, so that it can be written in place; only kept in the active table. */
  declare copied: boolean;
  /** Bits 56 to 62, zero. */
  declare reserved1: number;
  /**
   * Bits 9 to 55. Position of the L2 table in units of 512 bytes; 0 where there is none and all its clusters are unallocated.
   *
   * Unit: sectors.
   */
  declare offsetSectors: bigint;
  /** Bits 0 to 8, zero. */
  declare reserved2: number;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    this.copied = io.readBitsIntBe(1) !== 0;
    this.reserved1 = io.readBitsIntBe(7);
    if (this.reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    this.offsetSectors = io.readBitsIntBe64(47);
    this.reserved2 = io.readBitsIntBe(9);
    if (this.reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
  }

  static get schema(): JsonSchema {
    return schemaOf(l1EntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): L1Entry {
    return readWith(bytes, (io) => new L1Entry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): L1Entry | undefined {
    return decodeWith(L1Entry, bytes, sink, (io) => new L1Entry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<L1Entry> = {}): L1Entry {
    return createWith(L1Entry, values, (io) => new L1Entry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntBe(1, Number(this.copied), 'copied');
    io.writeBitsIntBe(7, this.reserved1, 'reserved1');
    io.writeBitsIntBe64(47, this.offsetSectors, 'offset_sectors');
    io.writeBitsIntBe(9, this.reserved2, 'reserved2');
  }
}

type L2StandardEntryField = 'copied' | 'compressed' | 'reserved1' | 'offset_sectors' | 'reserved2' | 'zero';

const l2StandardEntryLayout: Layout<L2StandardEntryField> = {
  type: 'l2_standard_entry',
  size: 8,
  fields: {
    copied: {
      type: 'b1be',
      at: 0,
      bit: 0,
      bits: 1,
      doc: "Bit 63. The host cluster's reference count is exactly 1, so that it can be written in place; only kept in active tables.",
    },
    compressed: {
      type: 'b1be',
      at: 0,
      bit: 1,
      bits: 1,
      doc: 'Bit 62, clear. Where it is set the other bits have another meaning.',
    },
    reserved1: {
      type: 'b6be',
      at: 0,
      bit: 2,
      bits: 6,
      rule: 'qcow2/l2-entry-reserved',
      initial: 0,
      doc: 'Bits 56 to 61, zero.',
    },
    offset_sectors: {
      type: 'b47be',
      property: 'offsetSectors',
      at: 1,
      bit: 0,
      bits: 47,
      doc: 'Bits 9 to 55. Position of the host cluster in units of 512 bytes; 0 where the cluster is not allocated.',
    },
    reserved2: {
      type: 'b8be',
      at: 6,
      bit: 7,
      bits: 8,
      rule: 'qcow2/l2-entry-reserved',
      initial: 0,
      doc: 'Bits 1 to 8, zero.',
    },
    zero: {
      type: 'b1be',
      at: 7,
      bit: 7,
      bits: 1,
      doc: 'Bit 0. The guest cluster reads as zeros. Only in version 3 and without extended entries.',
    },
  },
};

/**
 * One 64-bit entry of an L2 table, highest bit first, for a guest cluster that is not compressed.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Cluster mapping, L2 table entry and Standard Cluster Descriptor
 */
export class L2StandardEntry extends Structure<L2StandardEntryField> {
  static readonly layout = l2StandardEntryLayout;
  declare readonly _parent: L2ExtendedEntry | undefined;
  declare readonly _root: Qcow2 | undefined;
  /** Bit 63. The host cluster's reference count is exactly 1, so that it can be written in place; only kept in active tables. */
  declare copied: boolean;
  /** Bit 62, clear. Where it is set the other bits have another meaning. */
  declare compressed: boolean;
  /** Bits 56 to 61, zero. */
  declare reserved1: number;
  /**
   * Bits 9 to 55. Position of the host cluster in units of 512 bytes; 0 where the cluster is not allocated.
   *
   * Unit: sectors.
   */
  declare offsetSectors: bigint;
  /** Bits 1 to 8, zero. */
  declare reserved2: number;
  /** Bit 0. The guest cluster reads as zeros. Only in version 3 and without extended entries. */
  declare zero: boolean;

  constructor(io: ByteReader, parent?: L2ExtendedEntry, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    this.copied = io.readBitsIntBe(1) !== 0;
    this.compressed = io.readBitsIntBe(1) !== 0;
    this.reserved1 = io.readBitsIntBe(6);
    if (this.reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    this.offsetSectors = io.readBitsIntBe64(47);
    this.reserved2 = io.readBitsIntBe(8);
    if (this.reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
    this.zero = io.readBitsIntBe(1) !== 0;
  }

  static get schema(): JsonSchema {
    return schemaOf(l2StandardEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): L2StandardEntry {
    return readWith(bytes, (io) => new L2StandardEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): L2StandardEntry | undefined {
    return decodeWith(L2StandardEntry, bytes, sink, (io) => new L2StandardEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<L2StandardEntry> = {}): L2StandardEntry {
    return createWith(L2StandardEntry, values, (io) => new L2StandardEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntBe(1, Number(this.copied), 'copied');
    io.writeBitsIntBe(1, Number(this.compressed), 'compressed');
    io.writeBitsIntBe(6, this.reserved1, 'reserved1');
    io.writeBitsIntBe64(47, this.offsetSectors, 'offset_sectors');
    io.writeBitsIntBe(8, this.reserved2, 'reserved2');
    io.writeBitsIntBe(1, Number(this.zero), 'zero');
  }
}

type L2ExtendedEntryField = 'standard' | 'zero_bitmap' | 'allocation_bitmap';

const l2ExtendedEntryLayout: Layout<L2ExtendedEntryField> = {
  type: 'l2_extended_entry',
  size: 16,
  fields: {
    standard: {
      type: 'l2_standard_entry',
      at: 0,
      size: 8,
      of: () => [L2StandardEntry],
      rule: 'qcow2/l2-zero-bit-extended',
      doc: 'Word with the host cluster, as in images without extended entries, but never with the zero bit.',
    },
    zero_bitmap: {
      type: 'u4be',
      property: 'zeroBitmap',
      at: 8,
      size: 4,
      doc: 'Bits 32 to 63. The subcluster reads as zeros.',
    },
    allocation_bitmap: {
      type: 'u4be',
      property: 'allocationBitmap',
      at: 12,
      size: 4,
      rule: 'qcow2/subcluster-alloc-and-zero',
      doc: 'Bits 0 to 31. The subcluster is stored in the host cluster; never together with its zero bit.',
    },
  },
};

/**
 * One 128-bit entry of an L2 table, for an image with extended L2 entries. Has two bits for each of 32 subclusters, the first
 * in the lowest bit.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Extended L2 Entries
 */
export class L2ExtendedEntry extends Structure<L2ExtendedEntryField> {
  static readonly layout = l2ExtendedEntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /** Word with the host cluster, as in images without extended entries, but never with the zero bit. */
  declare standard: L2StandardEntry;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    const { view } = io;
    io.alignToByte();
    const { at } = io;
    const room = io.end - at;
    this.standard = new L2StandardEntry(io, this);
    if (this.standard.zero) reportExpr(this, 'standard', 'without the zero bit');
    if (room < 16) cutOff(this);
    const zeroBitmap = view.getUint32(at + 8);
    const allocationBitmap = view.getUint32(at + 12);
    if (!((allocationBitmap & zeroBitmap) >>> 0 === 0))
      reportExpr(this, 'allocation_bitmap', 'clear wherever zero_bitmap is set');
    io.at = at + 16;
  }

  static get schema(): JsonSchema {
    return schemaOf(l2ExtendedEntryLayout);
  }

  /** Bits 32 to 63. The subcluster reads as zeros. */
  get zeroBitmap(): number {
    return this._io.view.getUint32(byteIn(this, 8));
  }

  set zeroBitmap(value: number) {
    setField(this, 'zeroBitmap', value);
  }

  /** Bits 0 to 31. The subcluster is stored in the host cluster; never together with its zero bit. */
  get allocationBitmap(): number {
    return this._io.view.getUint32(byteIn(this, 12));
  }

  set allocationBitmap(value: number) {
    setField(this, 'allocationBitmap', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): L2ExtendedEntry {
    return readWith(bytes, (io) => new L2ExtendedEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): L2ExtendedEntry | undefined {
    return decodeWith(L2ExtendedEntry, bytes, sink, (io) => new L2ExtendedEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<L2ExtendedEntry> = {}): L2ExtendedEntry {
    return createWith(L2ExtendedEntry, values, (io) => new L2ExtendedEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeStructure(this.standard, 'standard');
    io.writeU4be(this.zeroBitmap, 'zero_bitmap');
    io.writeU4be(this.allocationBitmap, 'allocation_bitmap');
  }
}

type L2CompressedEntryField = 'copied' | 'compressed' | 'descriptor';

const l2CompressedEntryLayout: Layout<L2CompressedEntryField> = {
  type: 'l2_compressed_entry',
  size: 8,
  fields: {
    copied: {
      type: 'b1be',
      at: 0,
      bit: 0,
      bits: 1,
      rule: 'qcow2/compressed-copied',
      initial: false,
      doc: 'Bit 63, always clear.',
    },
    compressed: {
      type: 'b1be',
      at: 0,
      bit: 1,
      bits: 1,
      doc: 'Bit 62, set. Where it is clear the other bits have another meaning.',
    },
    descriptor: {
      type: 'b62be',
      at: 0,
      bit: 2,
      bits: 62,
      doc: 'Bits 0 to 61. Position and length of the compressed data.',
    },
  },
};

/**
 * One 64-bit entry of an L2 table, highest bit first, for a compressed guest cluster. In the descriptor the lowest `70 - cluster_bits` bits are
 * the position of the data in bytes, and the rest is the number of additional sectors that the data may reach into.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Cluster mapping, Compressed Clusters Descriptor
 */
export class L2CompressedEntry extends Structure<L2CompressedEntryField> {
  static readonly layout = l2CompressedEntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /** Bit 63, always clear. */
  declare copied: boolean;
  /** Bit 62, set. Where it is clear the other bits have another meaning. */
  declare compressed: boolean;
  /** Bits 0 to 61. Position and length of the compressed data. */
  declare descriptor: bigint;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    this.copied = io.readBitsIntBe(1) !== 0;
    if (this.copied !== false) reportNotEqual(this, 'copied', false);
    this.compressed = io.readBitsIntBe(1) !== 0;
    this.descriptor = io.readBitsIntBe64(62);
  }

  static get schema(): JsonSchema {
    return schemaOf(l2CompressedEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): L2CompressedEntry {
    return readWith(bytes, (io) => new L2CompressedEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): L2CompressedEntry | undefined {
    return decodeWith(L2CompressedEntry, bytes, sink, (io) => new L2CompressedEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<L2CompressedEntry> = {}): L2CompressedEntry {
    return createWith(L2CompressedEntry, values, (io) => new L2CompressedEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntBe(1, Number(this.copied), 'copied');
    io.writeBitsIntBe(1, Number(this.compressed), 'compressed');
    io.writeBitsIntBe64(62, this.descriptor, 'descriptor');
  }
}

type RefcountTableEntryField = 'offset_sectors' | 'reserved';

const refcountTableEntryLayout: Layout<RefcountTableEntryField> = {
  type: 'refcount_table_entry',
  size: 8,
  fields: {
    offset_sectors: {
      type: 'b55be',
      property: 'offsetSectors',
      at: 0,
      bit: 0,
      bits: 55,
      doc: 'Bits 9 to 63. Position of the refcount block in units of 512 bytes; 0 where there is none and all its counts are 0.',
    },
    reserved: {
      type: 'b9be',
      at: 6,
      bit: 7,
      bits: 9,
      rule: 'qcow2/reftable-entry-reserved',
      initial: 0,
      doc: 'Bits 0 to 8, zero.',
    },
  },
};

/**
 * One 64-bit entry of the refcount table, highest bit first. Leads to a refcount block of one cluster.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Host cluster management, Refcount table entry
 */
export class RefcountTableEntry extends Structure<RefcountTableEntryField> {
  static readonly layout = refcountTableEntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /**
   * Bits 9 to 63. Position of the refcount block in units of 512 bytes; 0 where there is none and all its counts are 0.
   *
   * Unit: sectors.
   */
  declare offsetSectors: bigint;
  /** Bits 0 to 8, zero. */
  declare reserved: number;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    this.offsetSectors = io.readBitsIntBe64(55);
    this.reserved = io.readBitsIntBe(9);
    if (this.reserved !== 0) reportNotEqual(this, 'reserved', 0);
  }

  static get schema(): JsonSchema {
    return schemaOf(refcountTableEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): RefcountTableEntry {
    return readWith(bytes, (io) => new RefcountTableEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): RefcountTableEntry | undefined {
    return decodeWith(RefcountTableEntry, bytes, sink, (io) => new RefcountTableEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<RefcountTableEntry> = {}): RefcountTableEntry {
    return createWith(RefcountTableEntry, values, (io) => new RefcountTableEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntBe64(55, this.offsetSectors, 'offset_sectors');
    io.writeBitsIntBe(9, this.reserved, 'reserved');
  }
}

type SnapshotEntryField =
  | 'l1_table_offset'
  | 'l1_size'
  | 'id_str_size'
  | 'name_size'
  | 'date_sec'
  | 'date_nsec'
  | 'vm_clock_nsec'
  | 'vm_state_size'
  | 'extra_data_size'
  | 'vm_state_size_large'
  | 'disk_size'
  | 'icount'
  | 'unknown_extra_data'
  | 'id_str'
  | 'name'
  | 'padding';

const snapshotEntryLayout: Layout<SnapshotEntryField> = {
  type: 'snapshot_entry',
  rule: 'qcow2/snapshot-table-bounds',
  fields: {
    l1_table_offset: {
      type: 'u8be',
      property: 'l1TableOffset',
      at: 0,
      size: 8,
      doc: "Position of the snapshot's L1 table, a multiple of the cluster size.",
    },
    l1_size: {
      type: 'u4be',
      property: 'l1Size',
      at: 8,
      size: 4,
      hex: true,
      rule: 'qcow2/snapshot-l1-bounds',
      doc: "Entries of the snapshot's L1 table, at most 4194304 (32 MiB).",
    },
    id_str_size: {
      type: 'u2be',
      property: 'idStrSize',
      at: 12,
      size: 2,
      rule: 'qcow2/snapshot-id',
      doc: 'Length of the id, at least 1.',
    },
    name_size: { type: 'u2be', property: 'nameSize', at: 14, size: 2, doc: 'Length of the name.' },
    date_sec: { type: 'u4be', property: 'dateSec', at: 16, size: 4, doc: 'When the snapshot was taken.' },
    date_nsec: {
      type: 'u4be',
      property: 'dateNsec',
      at: 20,
      size: 4,
      rule: 'qcow2/snapshot-date',
      doc: 'Fraction of that second, less than 10^9.',
    },
    vm_clock_nsec: {
      type: 'u8be',
      property: 'vmClockNsec',
      at: 24,
      size: 8,
      doc: 'Time that the virtual machine had been running.',
    },
    vm_state_size: {
      type: 'u4be',
      property: 'vmStateSize',
      at: 32,
      size: 4,
      doc: 'Bytes of saved machine state; without meaning where the extra data have the 64-bit size.',
    },
    extra_data_size: {
      type: 'u4be',
      property: 'extraDataSize',
      at: 36,
      size: 4,
      rule: 'qcow2/snapshot-extra-size',
      doc: 'Length of the extra data, at most 1024, and at least 16 in version 3.',
    },
    vm_state_size_large: {
      type: 'u8be',
      property: 'vmStateSizeLarge',
      at: 40,
      rule: 'qcow2/snapshot-vmstate',
      doc: 'Bytes of saved machine state, which are stored in guest clusters past the end of the disk. `vm_state_size` is the same, or 0 where\nthe state is too large for it.',
    },
    disk_size: {
      type: 'u8be',
      property: 'diskSize',
      after: 0,
      at: 0,
      rule: 'qcow2/snapshot-disk-size',
      doc: 'Guest size of the snapshot, not 0.',
    },
    icount: {
      type: 'u8be',
      after: 1,
      at: 0,
      doc: 'Count of executed instructions, `0xffff_ffff_ffff_ffff` where it was not kept.',
    },
    unknown_extra_data: {
      type: 'bytes',
      property: 'unknownExtraData',
      after: 2,
      at: 0,
      doc: 'Extra data of later versions of the format, to be kept as they are.',
    },
    id_str: {
      type: 'bytes',
      property: 'idStr',
      after: 3,
      at: 0,
      doc: 'Id of the snapshot, unique in the image. There is no zero at its end.',
    },
    name: { type: 'bytes', after: 4, at: 0, doc: 'Name of the snapshot. There is no zero at its end.' },
    padding: { type: 'bytes', after: 5, at: 0, doc: 'Bytes up to the next multiple of 8.' },
  },
};

/**
 * One record of the snapshot table, of variable length.
 *
 * Too few bytes break the rule `qcow2/snapshot-table-bounds`.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Snapshots
 */
export class SnapshotEntry extends Structure<SnapshotEntryField> {
  static readonly layout = snapshotEntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /**
   * Position of the snapshot's L1 table, a multiple of the cluster size.
   *
   * Unit: bytes.
   */
  declare l1TableOffset: bigint;
  /**
   * Entries of the snapshot's L1 table, at most 4194304 (32 MiB).
   *
   * Unit: entries.
   */
  declare l1Size: number;
  /**
   * Length of the id, at least 1.
   *
   * Unit: bytes.
   */
  declare idStrSize: number;
  /**
   * Length of the name.
   *
   * Unit: bytes.
   */
  declare nameSize: number;
  /**
   * When the snapshot was taken.
   *
   * Unit: seconds since 1970-01-01 00:00 UTC.
   */
  declare dateSec: number;
  /**
   * Fraction of that second, less than 10^9.
   *
   * Unit: nanoseconds.
   */
  declare dateNsec: number;
  /**
   * Time that the virtual machine had been running.
   *
   * Unit: nanoseconds.
   */
  declare vmClockNsec: bigint;
  /**
   * Bytes of saved machine state; without meaning where the extra data have the 64-bit size.
   *
   * Unit: bytes.
   */
  declare vmStateSize: number;
  /**
   * Length of the extra data, at most 1024, and at least 16 in version 3.
   *
   * Unit: bytes.
   */
  declare extraDataSize: number;
  /**
   * Bytes of saved machine state, which are stored in guest clusters past the end of the disk. `vm_state_size` is the same, or 0 where
   * the state is too large for it.
   *
   * Unit: bytes.
   */
  declare vmStateSizeLarge: bigint | undefined;
  /**
   * Guest size of the snapshot, not 0.
   *
   * Unit: bytes.
   */
  declare diskSize: bigint | undefined;
  /** Count of executed instructions, `0xffff_ffff_ffff_ffff` where it was not kept. */
  declare icount: bigint | undefined;
  /**
   * Extra data of later versions of the format, to be kept as they are.
   *
   * A view of the input.
   */
  declare unknownExtraData: Uint8Array;
  /**
   * Id of the snapshot, unique in the image. There is no zero at its end.
   *
   * A view of the input.
   */
  declare idStr: Uint8Array;
  /**
   * Name of the snapshot. There is no zero at its end.
   *
   * A view of the input.
   */
  declare name: Uint8Array;
  /**
   * Bytes up to the next multiple of 8.
   *
   * A view of the input.
   */
  declare padding: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    const at = reserve(this, 12, 'l1_table_offset');
    this.l1TableOffset = io.view.getBigUint64(at);
    this.l1Size = io.view.getUint32(at + 8);
    if (this.l1Size > 0x400000) reportGreaterThan(this, 'l1_size', 0x400000);
    this.idStrSize = io.readU2be();
    if (this.idStrSize < 1) reportLessThan(this, 'id_str_size', 1);
    const at2 = reserve(this, 10, 'name_size');
    this.nameSize = io.view.getUint16(at2);
    this.dateSec = io.view.getUint32(at2 + 2);
    this.dateNsec = io.view.getUint32(at2 + 6);
    if (this.dateNsec > 999999999) reportGreaterThan(this, 'date_nsec', 999999999);
    const at3 = reserve(this, 16, 'vm_clock_nsec');
    this.vmClockNsec = io.view.getBigUint64(at3);
    this.vmStateSize = io.view.getUint32(at3 + 8);
    this.extraDataSize = io.view.getUint32(at3 + 12);
    if (this.extraDataSize > 1024) reportGreaterThan(this, 'extra_data_size', 1024);
    if (this.extraDataSize >= 8) {
      this.vmStateSizeLarge = io.readU8be();
      if (!(this.vmStateSize === 0 || this.vmStateSizeLarge === BigInt(this.vmStateSize)))
        reportExpr(this, 'vm_state_size_large', 'equal to vm_state_size');
    } else this.vmStateSizeLarge = undefined;
    this[END0] = io.bit;
    if (this.extraDataSize >= 16) {
      this.diskSize = io.readU8be();
      if (this.diskSize < 1n) reportLessThan(this, 'disk_size', 1n);
    } else this.diskSize = undefined;
    this[END1] = io.bit;
    if (this.extraDataSize >= 24) {
      this.icount = io.readU8be();
    } else this.icount = undefined;
    this[END2] = io.bit;
    this.unknownExtraData = io.readBytes(
      this.extraDataSize < 24 ? this.extraDataSize % 8 : this.extraDataSize - 24,
    );
    mark(this, 3);
    this.idStr = io.readBytes(this.idStrSize);
    mark(this, 4);
    this.name = io.readBytes(this.nameSize);
    mark(this, 5);
    this.padding = io.readBytes((8 - ((this.extraDataSize + this.idStrSize + this.nameSize) % 8)) % 8);
    mark(this, 6);
  }

  static get schema(): JsonSchema {
    return schemaOf(snapshotEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): SnapshotEntry {
    return readWith(bytes, (io) => new SnapshotEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): SnapshotEntry | undefined {
    return decodeWith(SnapshotEntry, bytes, sink, (io) => new SnapshotEntry(io));
  }

  /** A new structure of the given values. */
  static of(values: AllValues<SnapshotEntry>): SnapshotEntry {
    return assemble(SnapshotEntry, values);
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8be(this.l1TableOffset, 'l1_table_offset');
    io.writeU4be(this.l1Size, 'l1_size');
    io.writeU2be(this.idStrSize, 'id_str_size');
    io.writeU2be(this.nameSize, 'name_size');
    io.writeU4be(this.dateSec, 'date_sec');
    io.writeU4be(this.dateNsec, 'date_nsec');
    io.writeU8be(this.vmClockNsec, 'vm_clock_nsec');
    io.writeU4be(this.vmStateSize, 'vm_state_size');
    io.writeU4be(this.extraDataSize, 'extra_data_size');
    if (this.extraDataSize >= 8) {
      io.writeU8be(present(this.vmStateSizeLarge, 'vm_state_size_large'), 'vm_state_size_large');
    } else checkAbsent(io, 'vm_state_size_large', this.vmStateSizeLarge);
    if (this.extraDataSize >= 16) {
      io.writeU8be(present(this.diskSize, 'disk_size'), 'disk_size');
    } else checkAbsent(io, 'disk_size', this.diskSize);
    if (this.extraDataSize >= 24) {
      io.writeU8be(present(this.icount, 'icount'), 'icount');
    } else checkAbsent(io, 'icount', this.icount);
    io.writeBytesLimit(
      this.unknownExtraData,
      this.extraDataSize < 24 ? this.extraDataSize % 8 : this.extraDataSize - 24,
      undefined,
      'unknown_extra_data',
    );
    io.writeBytesLimit(this.idStr, this.idStrSize, undefined, 'id_str');
    io.writeBytesLimit(this.name, this.nameSize, undefined, 'name');
    io.writeBytesLimit(
      this.padding,
      (8 - ((this.extraDataSize + this.idStrSize + this.nameSize) % 8)) % 8,
      undefined,
      'padding',
    );
  }
}

type BitmapDirectoryEntryField =
  | 'bitmap_table_offset'
  | 'bitmap_table_size'
  | 'flags'
  | 'type'
  | 'granularity_bits'
  | 'name_size'
  | 'extra_data_size'
  | 'extra_data'
  | 'name'
  | 'padding';

const bitmapDirectoryEntryLayout: Layout<BitmapDirectoryEntryField> = {
  type: 'bitmap_directory_entry',
  rule: 'qcow2/bitmap-directory-entry',
  fields: {
    bitmap_table_offset: {
      type: 'u8be',
      property: 'bitmapTableOffset',
      at: 0,
      size: 8,
      doc: "Position of the bitmap's table, a multiple of the cluster size.",
    },
    bitmap_table_size: {
      type: 'u4be',
      property: 'bitmapTableSize',
      at: 8,
      size: 4,
      doc: "Entries of the bitmap's table, one for each cluster of the bitmap.",
    },
    flags: { type: 'bitmap_flags', at: 12, size: 4, of: () => [BitmapFlags], doc: 'State of the bitmap.' },
    type: {
      type: 'u1',
      at: 16,
      size: 1,
      rule: 'qcow2/bitmap-directory-entry',
      initial: 1,
      doc: '1, a bitmap of dirty guest ranges.',
    },
    granularity_bits: {
      type: 'u1',
      property: 'granularityBits',
      at: 17,
      size: 1,
      rule: 'qcow2/bitmap-directory-entry',
      doc: 'Binary logarithm of the guest bytes that one bit stands for, 9 to 31.',
    },
    name_size: {
      type: 'u2be',
      property: 'nameSize',
      at: 18,
      size: 2,
      rule: 'qcow2/bitmap-directory-entry',
      doc: 'Length of the name, 1 to 1023.',
    },
    extra_data_size: {
      type: 'u4be',
      property: 'extraDataSize',
      at: 20,
      size: 4,
      rule: 'qcow2/bitmap-directory-entry',
      initial: 0,
      doc: 'Length of the extra data, 0; no kind of them is defined.',
    },
    extra_data: { type: 'bytes', property: 'extraData', at: 24, doc: 'Extra data, to be kept as they are.' },
    name: {
      type: 'bytes',
      after: 0,
      at: 0,
      doc: 'Name of the bitmap, unique in the image. There is no zero at its end.',
    },
    padding: {
      type: 'bytes',
      after: 1,
      at: 0,
      rule: 'qcow2/bitmap-directory-entry',
      doc: 'Zeros up to the next multiple of 8.',
    },
  },
};

/**
 * One record of the bitmap directory, of variable length.
 *
 * Too few bytes break the rule `qcow2/bitmap-directory-entry`.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Bitmaps, Bitmap directory
 */
export class BitmapDirectoryEntry extends Structure<BitmapDirectoryEntryField> {
  static readonly layout = bitmapDirectoryEntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /**
   * Position of the bitmap's table, a multiple of the cluster size.
   *
   * Unit: bytes.
   */
  declare bitmapTableOffset: bigint;
  /**
   * Entries of the bitmap's table, one for each cluster of the bitmap.
   *
   * Unit: entries.
   */
  declare bitmapTableSize: number;
  /** State of the bitmap. */
  declare flags: BitmapFlags;
  /** 1, a bitmap of dirty guest ranges. */
  declare type: number;
  /**
   * Binary logarithm of the guest bytes that one bit stands for, 9 to 31.
   *
   * Unit: bits.
   */
  declare granularityBits: number;
  /**
   * Length of the name, 1 to 1023.
   *
   * Unit: bytes.
   */
  declare nameSize: number;
  /**
   * Length of the extra data, 0; no kind of them is defined.
   *
   * Unit: bytes.
   */
  declare extraDataSize: number;
  /**
   * Extra data, to be kept as they are.
   *
   * A view of the input.
   */
  declare extraData: Uint8Array;
  /**
   * Name of the bitmap, unique in the image. There is no zero at its end.
   *
   * A view of the input.
   */
  declare name: Uint8Array;
  /**
   * Zeros up to the next multiple of 8.
   *
   * A view of the input.
   */
  declare padding: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    const at = reserve(this, 12, 'bitmap_table_offset');
    this.bitmapTableOffset = io.view.getBigUint64(at);
    this.bitmapTableSize = io.view.getUint32(at + 8);
    this.flags = new BitmapFlags(io, this);
    this.type = io.readU1();
    if (this.type !== 1) reportNotEqual(this, 'type', 1);
    this.granularityBits = io.readU1();
    if (this.granularityBits < 9) reportLessThan(this, 'granularity_bits', 9);
    if (this.granularityBits > 31) reportGreaterThan(this, 'granularity_bits', 31);
    this.nameSize = io.readU2be();
    if (this.nameSize < 1) reportLessThan(this, 'name_size', 1);
    if (this.nameSize > 1023) reportGreaterThan(this, 'name_size', 1023);
    this.extraDataSize = io.readU4be();
    if (this.extraDataSize !== 0) reportNotEqual(this, 'extra_data_size', 0);
    this.extraData = io.readBytes(this.extraDataSize);
    this[END0] = io.bit;
    this.name = io.readBytes(this.nameSize);
    this[END1] = io.bit;
    this.padding = io.readBytes((8 - ((this.extraDataSize + this.nameSize) % 8)) % 8);
    if (!(this.padding.length === 0 || maxOf(this.padding) === 0)) reportExpr(this, 'padding', 'zeros');
    this[END2] = io.bit;
  }

  static get schema(): JsonSchema {
    return schemaOf(bitmapDirectoryEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BitmapDirectoryEntry {
    return readWith(bytes, (io) => new BitmapDirectoryEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): BitmapDirectoryEntry | undefined {
    return decodeWith(BitmapDirectoryEntry, bytes, sink, (io) => new BitmapDirectoryEntry(io));
  }

  /** A new structure of the given values. */
  static of(values: AllValues<BitmapDirectoryEntry>): BitmapDirectoryEntry {
    return assemble(BitmapDirectoryEntry, values);
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU8be(this.bitmapTableOffset, 'bitmap_table_offset');
    io.writeU4be(this.bitmapTableSize, 'bitmap_table_size');
    io.writeStructure(this.flags, 'flags');
    io.writeU1(this.type, 'type');
    io.writeU1(this.granularityBits, 'granularity_bits');
    io.writeU2be(this.nameSize, 'name_size');
    io.writeU4be(this.extraDataSize, 'extra_data_size');
    io.writeBytesLimit(this.extraData, this.extraDataSize, undefined, 'extra_data');
    io.writeBytesLimit(this.name, this.nameSize, undefined, 'name');
    io.writeBytesLimit(
      this.padding,
      (8 - ((this.extraDataSize + this.nameSize) % 8)) % 8,
      undefined,
      'padding',
    );
  }
}

type BitmapFlagsField = 'reserved' | 'extra_data_compatible' | 'auto' | 'in_use';

const bitmapFlagsLayout: Layout<BitmapFlagsField> = {
  type: 'bitmap_flags',
  size: 4,
  fields: {
    reserved: {
      type: 'b29be',
      at: 0,
      bit: 0,
      bits: 29,
      rule: 'qcow2/bitmap-directory-entry',
      initial: 0,
      doc: 'Bits 3 to 31, zero.',
    },
    extra_data_compatible: {
      type: 'b1be',
      property: 'extraDataCompatible',
      at: 3,
      bit: 5,
      bits: 1,
      doc: 'Bit 2. A reader that does not know the extra data may use the bitmap all the same.',
    },
    auto: {
      type: 'b1be',
      at: 3,
      bit: 6,
      bits: 1,
      doc: 'Bit 1. The bitmap records all writes while the image is open.',
    },
    in_use: {
      type: 'b1be',
      property: 'inUse',
      at: 3,
      bit: 7,
      bits: 1,
      rule: 'qcow2/bitmap-in-use',
      initial: false,
      doc: 'Bit 0. The bitmap was not saved when the image was last in use, so that its bits are out of date.',
    },
  },
};

/**
 * The 32-bit flags word of a bitmap, highest bit first.
 *
 * Its fields are read from the bytes when they are asked for.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Bitmaps, Bitmap directory
 */
export class BitmapFlags extends Structure<BitmapFlagsField> {
  static readonly layout = bitmapFlagsLayout;
  declare readonly _parent: BitmapDirectoryEntry | undefined;
  declare readonly _root: Qcow2 | undefined;

  constructor(io: ByteReader, parent?: BitmapDirectoryEntry, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    const room = io.remaining * 8 + io.bitsLeft;
    if (room < 29) cutOff(this);
    const reserved = bitsBe(this, 0, 29);
    if (reserved !== 0) reportNotEqual(this, 'reserved', 0);
    if (room < 32) cutOff(this);
    const inUse = bitsBe(this, 31, 1) !== 0;
    if (inUse !== false) reportNotEqual(this, 'in_use', false);
    io.skipBitsBe(32);
  }

  static get schema(): JsonSchema {
    return schemaOf(bitmapFlagsLayout);
  }

  /** Bits 3 to 31, zero. */
  get reserved(): number {
    return bitsBe(this, 0, 29);
  }

  set reserved(value: number) {
    setField(this, 'reserved', value);
  }

  /** Bit 2. A reader that does not know the extra data may use the bitmap all the same. */
  get extraDataCompatible(): boolean {
    return bitsBe(this, 29, 1) !== 0;
  }

  set extraDataCompatible(value: boolean) {
    setField(this, 'extraDataCompatible', value);
  }

  /** Bit 1. The bitmap records all writes while the image is open. */
  get auto(): boolean {
    return bitsBe(this, 30, 1) !== 0;
  }

  set auto(value: boolean) {
    setField(this, 'auto', value);
  }

  /** Bit 0. The bitmap was not saved when the image was last in use, so that its bits are out of date. */
  get inUse(): boolean {
    return bitsBe(this, 31, 1) !== 0;
  }

  set inUse(value: boolean) {
    setField(this, 'inUse', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BitmapFlags {
    return readWith(bytes, (io) => new BitmapFlags(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): BitmapFlags | undefined {
    return decodeWith(BitmapFlags, bytes, sink, (io) => new BitmapFlags(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<BitmapFlags> = {}): BitmapFlags {
    return createWith(BitmapFlags, values, (io) => new BitmapFlags(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntBe(29, this.reserved, 'reserved');
    io.writeBitsIntBe(1, Number(this.extraDataCompatible), 'extra_data_compatible');
    io.writeBitsIntBe(1, Number(this.auto), 'auto');
    io.writeBitsIntBe(1, Number(this.inUse), 'in_use');
  }
}

type BitmapTableEntryField = 'reserved1' | 'offset_sectors' | 'reserved2' | 'all_ones';

const bitmapTableEntryLayout: Layout<BitmapTableEntryField> = {
  type: 'bitmap_table_entry',
  size: 8,
  fields: {
    reserved1: {
      type: 'b8be',
      at: 0,
      bit: 0,
      bits: 8,
      rule: 'qcow2/bitmap-table-entry',
      initial: 0,
      doc: 'Bits 56 to 63, zero.',
    },
    offset_sectors: {
      type: 'b47be',
      property: 'offsetSectors',
      at: 1,
      bit: 0,
      bits: 47,
      doc: "Bits 9 to 55. Position of the bitmap's cluster in units of 512 bytes; 0 where all its bits are the same.",
    },
    reserved2: {
      type: 'b8be',
      at: 6,
      bit: 7,
      bits: 8,
      rule: 'qcow2/bitmap-table-entry',
      initial: 0,
      doc: 'Bits 1 to 8, zero.',
    },
    all_ones: {
      type: 'b1be',
      property: 'allOnes',
      at: 7,
      bit: 7,
      bits: 1,
      rule: 'qcow2/bitmap-table-entry',
      doc: 'Bit 0. All bits of the cluster are set; only where it has no position.',
    },
  },
};

/**
 * One 64-bit entry of a bitmap's table, highest bit first. Stands for one cluster of the bitmap.
 *
 * @see QEMU 7.2, docs/interop/qcow2.txt, Bitmaps, Bitmap table
 */
export class BitmapTableEntry extends Structure<BitmapTableEntryField> {
  static readonly layout = bitmapTableEntryLayout;
  declare readonly _root: Qcow2 | undefined;
  /** Bits 56 to 63, zero. */
  declare reserved1: number;
  /**
   * Bits 9 to 55. Position of the bitmap's cluster in units of 512 bytes; 0 where all its bits are the same.
   *
   * Unit: sectors.
   */
  declare offsetSectors: bigint;
  /** Bits 1 to 8, zero. */
  declare reserved2: number;
  /** Bit 0. All bits of the cluster are set; only where it has no position. */
  declare allOnes: boolean;

  constructor(io: ByteReader, parent?: BareStructure, root?: Qcow2) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    this.reserved1 = io.readBitsIntBe(8);
    if (this.reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    this.offsetSectors = io.readBitsIntBe64(47);
    this.reserved2 = io.readBitsIntBe(8);
    if (this.reserved2 !== 0) reportNotEqual(this, 'reserved2', 0);
    this.allOnes = io.readBitsIntBe(1) !== 0;
    if (!(!this.allOnes || this.offsetSectors === 0n))
      reportExpr(this, 'all_ones', 'clear where there is a position');
  }

  static get schema(): JsonSchema {
    return schemaOf(bitmapTableEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BitmapTableEntry {
    return readWith(bytes, (io) => new BitmapTableEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): BitmapTableEntry | undefined {
    return decodeWith(BitmapTableEntry, bytes, sink, (io) => new BitmapTableEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<BitmapTableEntry> = {}): BitmapTableEntry {
    return createWith(BitmapTableEntry, values, (io) => new BitmapTableEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBitsIntBe(8, this.reserved1, 'reserved1');
    io.writeBitsIntBe64(47, this.offsetSectors, 'offset_sectors');
    io.writeBitsIntBe(8, this.reserved2, 'reserved2');
    io.writeBitsIntBe(1, Number(this.allOnes), 'all_ones');
  }
}

/** The enum `crypt_method` of the spec. */
export const CryptMethod = {
  /** Not encrypted. */
  none: 0,
  /** AES in CBC mode, a legacy that is not secure. */
  aes: 1,
  /** LUKS version 1, with its header inside the image. */
  luks: 2,
} as const;

/** One of the values of {@link CryptMethod}. */
export type CryptMethod = (typeof CryptMethod)[keyof typeof CryptMethod];

/** The enum `compression_type` of the spec. */
export const CompressionType = {
  /**
   * Deflate without a zlib header (RFC 1951), with a window of 4 KiB.
   *
   * In the document: `zlib`.
   */
  deflate: 0,
  /** Zstandard frames (RFC 8878). */
  zstd: 1,
} as const;

/** One of the values of {@link CompressionType}. */
export type CompressionType = (typeof CompressionType)[keyof typeof CompressionType];

/** The enum `header_extension_type` of the spec. */
export const HeaderExtensionType = {
  /** End of the list. */
  end: 0x00000000,
  /** Full disk encryption, where the LUKS header is. */
  encryption: 0x0537be77,
  /** Where the directory of persistent bitmaps is. */
  bitmaps: 0x23852875,
  /** Name of the external data file. */
  data_file: 0x44415441,
  /** Names of feature bits. */
  feature_names: 0x6803f857,
  /** Name of the backing file's format. */
  backing_format: 0xe2792aca,
} as const;

/** One of the values of {@link HeaderExtensionType}. */
export type HeaderExtensionType = (typeof HeaderExtensionType)[keyof typeof HeaderExtensionType];

/** The enum `feature_type` of the spec. */
export const FeatureType = {
  /** The bit is in `incompatible_features`. */
  incompatible: 0,
  /** The bit is in `compatible_features`. */
  compatible: 1,
  /** The bit is in `autoclear_features`. */
  autoclear: 2,
} as const;

/** One of the values of {@link FeatureType}. */
export type FeatureType = (typeof FeatureType)[keyof typeof FeatureType];

/** The rules that this spec names with `-rule`. */
export type SpecRule =
  | 'qcow2/autoclear-unknown'
  | 'qcow2/backing-name-bounds'
  | 'qcow2/bitmap-directory-entry'
  | 'qcow2/bitmap-ext-invalid'
  | 'qcow2/bitmap-in-use'
  | 'qcow2/bitmap-table-entry'
  | 'qcow2/cluster-bits'
  | 'qcow2/compatible-unknown'
  | 'qcow2/compressed-copied'
  | 'qcow2/compression-type-unknown'
  | 'qcow2/corrupt'
  | 'qcow2/crypt-method'
  | 'qcow2/dirty'
  | 'qcow2/ext-end-length'
  | 'qcow2/ext-overrun'
  | 'qcow2/ext-padding-nonzero'
  | 'qcow2/feature-table-malformed'
  | 'qcow2/header-length'
  | 'qcow2/header-padding'
  | 'qcow2/header-truncated'
  | 'qcow2/header-unknown-fields'
  | 'qcow2/incompatible-unknown'
  | 'qcow2/l1-entry-reserved'
  | 'qcow2/l1-too-large'
  | 'qcow2/l1-unaligned'
  | 'qcow2/l2-entry-reserved'
  | 'qcow2/l2-zero-bit-extended'
  | 'qcow2/luks-header-bounds'
  | 'qcow2/magic'
  | 'qcow2/raw-external-without-data-file'
  | 'qcow2/refcount-order'
  | 'qcow2/reftable-entry-reserved'
  | 'qcow2/reftable-missing'
  | 'qcow2/size-limit'
  | 'qcow2/snapshot-date'
  | 'qcow2/snapshot-disk-size'
  | 'qcow2/snapshot-extra-size'
  | 'qcow2/snapshot-id'
  | 'qcow2/snapshot-l1-bounds'
  | 'qcow2/snapshot-table-bounds'
  | 'qcow2/snapshot-vmstate'
  | 'qcow2/snapshot-with-data-file'
  | 'qcow2/subcluster-alloc-and-zero'
  | 'qcow2/version';
