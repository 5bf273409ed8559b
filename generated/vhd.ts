// Generated from vhd.ksy by `npm run generate`. Do not edit.

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
  checkCount,
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

type VhdField = never;

const vhdLayout: Layout<VhdField> = { type: 'vhd', size: 0, fields: {} };

/**
 * Structures of a fixed, dynamic or differencing VHD. A "sector" is 512 bytes. The block allocation table is a plain array of
 * 32-bit sector numbers, `0xffff_ffff` for a block that is not allocated.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006)
 */
export class Vhd extends Structure<VhdField> {
  /** Where each field lies. */
  static readonly layout = vhdLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
    super(io, parent, root, true);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(vhdLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Vhd {
    return readWith(bytes, (io) => new Vhd(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): Vhd | undefined {
    return decodeWith(Vhd, bytes, sink, (io) => new Vhd(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Vhd> = {}): Vhd {
    return createWith(Vhd, values, (io) => new Vhd(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(_io: ByteWriter): void {}
}

type FooterField =
  | 'cookie'
  | 'features'
  | 'file_format_version'
  | 'data_offset'
  | 'time_stamp'
  | 'creator_application'
  | 'creator_version'
  | 'creator_host_os'
  | 'original_size'
  | 'current_size'
  | 'disk_geometry'
  | 'disk_type'
  | 'checksum'
  | 'unique_id'
  | 'saved_state'
  | 'hidden'
  | 'reserved';

const footerLayout: Layout<FooterField> = {
  type: 'footer',
  size: 512,
  fields: {
    cookie: {
      type: 'bytes',
      at: 0,
      size: 8,
      doc: 'The letters "conectix". blktap writes "v_poison" while an operation is under way. What it means that neither is there depends\non the place in the file, so that the code judges it.',
    },
    features: {
      type: 'footer_features',
      at: 8,
      size: 4,
      of: () => [FooterFeatures],
      doc: 'Features of the disk.',
    },
    file_format_version: {
      type: 'u4be',
      property: 'fileFormatVersion',
      at: 12,
      size: 4,
      hex: true,
      rule: 'vhd/format-version',
      initial: 65536,
      doc: 'Version 1.0, the major number in the upper half.',
    },
    data_offset: {
      type: 'u8be',
      property: 'dataOffset',
      at: 16,
      size: 8,
      doc: 'Byte position of the dynamic disk header, usually 512; `0xffff_ffff_ffff_ffff` in a fixed disk.',
    },
    time_stamp: {
      type: 'u4be',
      property: 'timeStamp',
      at: 24,
      size: 4,
      doc: 'When the disk was created, or last changed.',
    },
    creator_application: {
      type: 'u4be',
      property: 'creatorApplication',
      at: 28,
      size: 4,
      enum: () => CreatorApplication,
      rule: 'vhd/creator-unknown',
      doc: "Program that made the disk, as four letters. Readers choose by it which of the sizes is the disk's.",
    },
    creator_version: {
      type: 'u4be',
      property: 'creatorVersion',
      at: 32,
      size: 4,
      rule: 'vhd/creator-tap-version',
      doc: 'Version of that program, the major number in the upper half. blktap went up to 1.3; disks of its version 0.1 have sector bitmaps with\nthe bits of each byte the other way round.',
    },
    creator_host_os: {
      type: 'u4be',
      property: 'creatorHostOs',
      at: 36,
      size: 4,
      enum: () => CreatorHostOs,
      doc: 'Operating system of the program, as four letters; 0 in disks of blktap.',
    },
    original_size: {
      type: 'u8be',
      property: 'originalSize',
      at: 40,
      size: 8,
      doc: 'Guest size when the disk was made, a multiple of 512.',
    },
    current_size: {
      type: 'u8be',
      property: 'currentSize',
      at: 48,
      size: 8,
      hex: true,
      rule: 'vhd/current-size-limit',
      doc: 'Guest size now, a multiple of 512, not 0 and at most 2040 GiB.',
    },
    disk_geometry: {
      type: 'disk_geometry',
      property: 'diskGeometry',
      at: 56,
      size: 4,
      of: () => [DiskGeometry],
      doc: 'Geometry of the disk, from which Virtual PC and QEMU work out its size.',
    },
    disk_type: {
      type: 'u4be',
      property: 'diskType',
      at: 60,
      size: 4,
      enum: () => DiskType,
      rule: 'vhd/disk-type',
      doc: "How the guest's bytes are stored. 0, 1, 5 and 6 are deprecated.",
    },
    checksum: {
      type: 'u4be',
      at: 64,
      size: 4,
      doc: "One's complement of the sum of all bytes of the footer, these four taken as 0.",
    },
    unique_id: {
      type: 'bytes',
      property: 'uniqueId',
      at: 68,
      size: 16,
      rule: 'vhd/unique-id-null',
      doc: 'UUID by which children know their parent, big-endian, not null.',
    },
    saved_state: {
      type: 'u1',
      property: 'savedState',
      at: 84,
      size: 1,
      doc: '1 where the disk belongs to a saved virtual machine, 0 otherwise.',
    },
    hidden: {
      type: 'u1',
      at: 85,
      size: 1,
      rule: 'vhd/reserved-nonzero',
      doc: '0; XenServer writes 1 for a disk that only serves as a parent. Part of the reserved bytes in the document.',
    },
    reserved: {
      type: 'bytes',
      at: 86,
      size: 426,
      rule: 'vhd/reserved-nonzero',
      doc: 'Zeros up to the end of the sector. Virtual PC before 2004 left the last byte out.',
    },
  },
};

/**
 * Last sector of every VHD, and in dynamic and differencing disks a copy of it in the first sector. All else is found from here.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format
 */
export class Footer extends Structure<FooterField> {
  /** Where each field lies. */
  static readonly layout = footerLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /**
   * The letters "conectix". blktap writes "v_poison" while an operation is under way. What it means that neither is there depends
   * on the place in the file, so that the code judges it.
   *
   * A view of the input.
   *
   * In the document: `Cookie`.
   */
  cookie: Uint8Array;
  /**
   * Features of the disk.
   *
   * In the document: `Features`.
   */
  features: FooterFeatures;
  /**
   * Version 1.0, the major number in the upper half.
   *
   * In the document: `File Format Version`.
   */
  fileFormatVersion: number;
  /**
   * Byte position of the dynamic disk header, usually 512; `0xffff_ffff_ffff_ffff` in a fixed disk.
   *
   * Unit: bytes.
   *
   * In the document: `Data Offset`.
   */
  dataOffset: bigint;
  /**
   * When the disk was created, or last changed.
   *
   * Unit: seconds since 2000-01-01 00:00 UTC.
   *
   * In the document: `Time Stamp`.
   */
  timeStamp: number;
  /**
   * Program that made the disk, as four letters. Readers choose by it which of the sizes is the disk's.
   *
   * In the document: `Creator Application`.
   */
  creatorApplication: OpenEnum<CreatorApplication>;
  /**
   * Version of that program, the major number in the upper half. blktap went up to 1.3; disks of its version 0.1 have sector bitmaps with
   * the bits of each byte the other way round.
   *
   * In the document: `Creator Version`.
   */
  creatorVersion: number;
  /**
   * Operating system of the program, as four letters; 0 in disks of blktap.
   *
   * In the document: `Creator Host OS`.
   */
  creatorHostOs: OpenEnum<CreatorHostOs>;
  /**
   * Guest size when the disk was made, a multiple of 512.
   *
   * Unit: bytes.
   *
   * In the document: `Original Size`.
   */
  originalSize: bigint;
  /**
   * Guest size now, a multiple of 512, not 0 and at most 2040 GiB.
   *
   * Unit: bytes.
   *
   * In the document: `Current Size`.
   */
  currentSize: bigint;
  /**
   * Geometry of the disk, from which Virtual PC and QEMU work out its size.
   *
   * In the document: `Disk Geometry`.
   */
  diskGeometry: DiskGeometry;
  /**
   * How the guest's bytes are stored. 0, 1, 5 and 6 are deprecated.
   *
   * In the document: `Disk Type`.
   */
  diskType: OpenEnum<DiskType>;
  /**
   * One's complement of the sum of all bytes of the footer, these four taken as 0.
   *
   * In the document: `Checksum`.
   */
  checksum: number;
  /**
   * UUID by which children know their parent, big-endian, not null.
   *
   * A view of the input.
   *
   * In the document: `Unique Id`.
   */
  uniqueId: Uint8Array;
  /**
   * 1 where the disk belongs to a saved virtual machine, 0 otherwise.
   *
   * In the document: `Saved State`.
   */
  savedState: number;
  /** 0; XenServer writes 1 for a disk that only serves as a parent. Part of the reserved bytes in the document. */
  hidden: number;
  /**
   * Zeros up to the end of the sector. Virtual PC before 2004 left the last byte out.
   *
   * A view of the input.
   *
   * In the document: `Reserved`.
   */
  reserved: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
    super(io, parent, root);
    this.cookie = io.readBytes(8);
    this.features = new FooterFeatures(io, this, this._root);
    this.fileFormatVersion = io.readU4be();
    expectEqual(this, 'file_format_version', this.fileFormatVersion, 0x10000);
    const at = reserve(this, 16, 'data_offset');
    this.dataOffset = io.view.getBigUint64(at);
    this.timeStamp = io.view.getUint32(at + 8);
    this.creatorApplication = io.view.getUint32(at + 12);
    expectInEnum(
      this,
      'creator_application',
      this.creatorApplication,
      CreatorApplication,
      'creator_application',
    );
    this.creatorVersion = io.readU4be();
    expectThat(
      this,
      'creator_version',
      this.creatorVersion,
      this.creatorApplication !== CreatorApplication.blktap ||
        (this.creatorVersion !== 0x1 && this.creatorVersion <= 0x10003),
      '1.0 to 1.3 in a disk of blktap',
    );
    const at2 = reserve(this, 20, 'creator_host_os');
    this.creatorHostOs = io.view.getUint32(at2);
    this.originalSize = io.view.getBigUint64(at2 + 4);
    this.currentSize = io.view.getBigUint64(at2 + 12);
    expectMax(this, 'current_size', this.currentSize, 0x1fe00000000n);
    this.diskGeometry = new DiskGeometry(io, this, this._root);
    this.diskType = io.readU4be();
    expectInEnum(this, 'disk_type', this.diskType, DiskType, 'disk_type');
    const at3 = reserve(this, 20, 'checksum');
    this.checksum = io.view.getUint32(at3);
    this.uniqueId = io.bytes.subarray(at3 + 4, at3 + 20);
    expectThat(this, 'unique_id', this.uniqueId, maxOf(this.uniqueId) !== 0, 'not null');
    const at4 = reserve(this, 2, 'saved_state');
    this.savedState = io.view.getUint8(at4);
    this.hidden = io.view.getUint8(at4 + 1);
    expectThat(
      this,
      'hidden',
      this.hidden,
      this.hidden === 0 || this.creatorApplication === CreatorApplication.blktap,
      '0 except in a disk of blktap',
    );
    this.reserved = io.readBytes(426);
    expectThat(this, 'reserved', this.reserved, maxOf(this.reserved) === 0, 'zeros');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(footerLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Footer {
    return readWith(bytes, (io) => new Footer(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): Footer | undefined {
    return decodeWith(Footer, bytes, sink, (io) => new Footer(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Footer> = {}): Footer {
    return createWith(Footer, values, (io) => new Footer(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.cookie, 8);
    this.features._write(io);
    io.writeU4be(this.fileFormatVersion);
    io.writeU8be(this.dataOffset);
    io.writeU4be(this.timeStamp);
    io.writeU4be(this.creatorApplication);
    io.writeU4be(this.creatorVersion);
    io.writeU4be(this.creatorHostOs);
    io.writeU8be(this.originalSize);
    io.writeU8be(this.currentSize);
    this.diskGeometry._write(io);
    io.writeU4be(this.diskType);
    io.writeU4be(this.checksum);
    io.writeBytesLimit(this.uniqueId, 16);
    io.writeU1(this.savedState);
    io.writeU1(this.hidden);
    io.writeBytesLimit(this.reserved, 426);
  }
}

type FooterFeaturesField = 'unknown' | 'reserved' | 'temporary';

const footerFeaturesLayout: Layout<FooterFeaturesField> = {
  type: 'footer_features',
  size: 4,
  fields: {
    unknown: {
      type: 'b30be',
      at: 0,
      bit: 0,
      bits: 30,
      rule: 'vhd/features-unknown',
      initial: 0,
      doc: 'Bits 2 to 31, zero.',
    },
    reserved: {
      type: 'b1be',
      at: 3,
      bit: 6,
      bits: 1,
      rule: 'vhd/features-reserved-bit',
      initial: true,
      doc: 'Bit 1, always set.',
    },
    temporary: {
      type: 'b1be',
      at: 3,
      bit: 7,
      bits: 1,
      rule: 'vhd/features-temporary',
      initial: false,
      doc: 'Bit 0. The disk may be deleted when its host shuts down.',
    },
  },
};

/**
 * The 32-bit features word of the footer, highest bit first.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format, Features
 */
export class FooterFeatures extends Structure<FooterFeaturesField> {
  /** Where each field lies. */
  static readonly layout = footerFeaturesLayout;
  /** The structure that holds this one. */
  declare readonly _parent: Footer | undefined;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /** Bits 2 to 31, zero. */
  unknown: number;
  /** Bit 1, always set. */
  reserved: boolean;
  /** Bit 0. The disk may be deleted when its host shuts down. */
  temporary: boolean;

  constructor(io: ByteReader, parent?: Footer, root?: Vhd) {
    super(io, parent, root);
    this.unknown = io.readBitsIntBe(30);
    expectEqual(this, 'unknown', this.unknown, 0);
    this.reserved = io.readBitsIntBe(1) !== 0;
    expectEqual(this, 'reserved', this.reserved, true);
    this.temporary = io.readBitsIntBe(1) !== 0;
    expectEqual(this, 'temporary', this.temporary, false);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(footerFeaturesLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): FooterFeatures {
    return readWith(bytes, (io) => new FooterFeatures(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): FooterFeatures | undefined {
    return decodeWith(FooterFeatures, bytes, sink, (io) => new FooterFeatures(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<FooterFeatures> = {}): FooterFeatures {
    return createWith(FooterFeatures, values, (io) => new FooterFeatures(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBitsIntBe(30, this.unknown);
    io.writeBitsIntBe(1, Number(this.reserved));
    io.writeBitsIntBe(1, Number(this.temporary));
  }
}

type DiskGeometryField = 'cylinders' | 'heads' | 'sectors_per_track';

const diskGeometryLayout: Layout<DiskGeometryField> = {
  type: 'disk_geometry',
  size: 4,
  fields: {
    cylinders: {
      type: 'u2be',
      at: 0,
      size: 2,
      rule: 'vhd/geometry-invalid',
      doc: 'Number of cylinders, at least 1.',
    },
    heads: {
      type: 'u1',
      at: 2,
      size: 1,
      rule: 'vhd/geometry-invalid',
      doc: 'Heads per cylinder, 1 to 16; old versions of QEMU wrote 255 for disks over 127 GiB.',
    },
    sectors_per_track: {
      type: 'u1',
      property: 'sectorsPerTrack',
      at: 3,
      size: 1,
      rule: 'vhd/geometry-invalid',
      doc: 'Sectors per track, at least 1.',
    },
  },
};

/**
 * Cylinders, heads and sectors of the disk; their product is rarely the exact size.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format, Disk Geometry
 */
export class DiskGeometry extends Structure<DiskGeometryField> {
  /** Where each field lies. */
  static readonly layout = diskGeometryLayout;
  /** The structure that holds this one. */
  declare readonly _parent: Footer | undefined;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /**
   * Number of cylinders, at least 1.
   *
   * Unit: cylinders.
   *
   * In the document: `Cylinder`.
   */
  cylinders: number;
  /**
   * Heads per cylinder, 1 to 16; old versions of QEMU wrote 255 for disks over 127 GiB.
   *
   * Unit: heads.
   *
   * In the document: `Heads`.
   */
  heads: number;
  /**
   * Sectors per track, at least 1.
   *
   * Unit: sectors.
   *
   * In the document: `Sectors per track/cylinder`.
   */
  sectorsPerTrack: number;

  constructor(io: ByteReader, parent?: Footer, root?: Vhd) {
    super(io, parent, root);
    this.cylinders = io.readU2be();
    expectMin(this, 'cylinders', this.cylinders, 1);
    this.heads = io.readU1();
    expectThat(
      this,
      'heads',
      this.heads,
      (this.heads >= 1 && this.heads <= 16) || this.heads === 255,
      '1 to 16',
    );
    this.sectorsPerTrack = io.readU1();
    expectMin(this, 'sectors_per_track', this.sectorsPerTrack, 1);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(diskGeometryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): DiskGeometry {
    return readWith(bytes, (io) => new DiskGeometry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): DiskGeometry | undefined {
    return decodeWith(DiskGeometry, bytes, sink, (io) => new DiskGeometry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<DiskGeometry> = {}): DiskGeometry {
    return createWith(DiskGeometry, values, (io) => new DiskGeometry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU2be(this.cylinders);
    io.writeU1(this.heads);
    io.writeU1(this.sectorsPerTrack);
  }
}

type DynamicHeaderField =
  | 'cookie'
  | 'data_offset'
  | 'table_offset'
  | 'header_version'
  | 'max_table_entries'
  | 'block_size'
  | 'checksum'
  | 'parent_unique_id'
  | 'parent_time_stamp'
  | 'reserved1'
  | 'parent_unicode_name'
  | 'parent_locators'
  | 'reserved2';

const dynamicHeaderLayout: Layout<DynamicHeaderField> = {
  type: 'dynamic_header',
  rule: 'vhd/data-offset-invalid',
  size: 1024,
  fields: {
    cookie: {
      type: 'bytes',
      at: 0,
      size: 8,
      rule: 'vhd/header-cookie',
      initial: [99, 120, 115, 112, 97, 114, 115, 101],
      doc: 'The letters "cxsparse".',
    },
    data_offset: {
      type: 'u8be',
      property: 'dataOffset',
      at: 8,
      size: 8,
      hex: true,
      rule: 'vhd/header-data-offset',
      initial: 18446744073709551615n,
      doc: "Unused, all 64 bits set. The document's text shows 32 of them.",
    },
    table_offset: {
      type: 'u8be',
      property: 'tableOffset',
      at: 16,
      size: 8,
      rule: 'vhd/table-offset-invalid',
      doc: 'Byte position of the block allocation table, a multiple of 512 behind the copy of the footer; usually 1536.',
    },
    header_version: {
      type: 'u4be',
      property: 'headerVersion',
      at: 24,
      size: 4,
      hex: true,
      rule: 'vhd/header-version',
      initial: 65536,
      doc: 'Version 1.0, the major number in the upper half.',
    },
    max_table_entries: {
      type: 'u4be',
      property: 'maxTableEntries',
      at: 28,
      size: 4,
      doc: 'Entries of the block allocation table, at least one for each block of the disk.',
    },
    block_size: {
      type: 'u4be',
      property: 'blockSize',
      at: 32,
      size: 4,
      hex: true,
      rule: 'vhd/block-size-invalid',
      doc: 'Bytes of one block without its sector bitmap, a power of two of at least 512; 2 MiB in practice.',
    },
    checksum: {
      type: 'u4be',
      at: 36,
      size: 4,
      doc: "One's complement of the sum of all bytes of this header, these four taken as 0.",
    },
    parent_unique_id: {
      type: 'bytes',
      property: 'parentUniqueId',
      at: 40,
      size: 16,
      doc: 'UUID of the parent in a differencing disk, otherwise zeros. XenServer leaves zeros for a parent that is a raw disk.',
    },
    parent_time_stamp: {
      type: 'u4be',
      property: 'parentTimeStamp',
      at: 56,
      size: 4,
      doc: "When the parent's file was last changed; 0 in a dynamic disk.",
    },
    reserved1: {
      type: 'u4be',
      at: 60,
      size: 4,
      rule: 'vhd/header-reserved',
      initial: 0,
      doc: 'Reserved, 0.',
    },
    parent_unicode_name: {
      type: 'bytes',
      property: 'parentUnicodeName',
      at: 64,
      size: 512,
      doc: 'File name of the parent, padded with zeros; a full path in some checkpoints of Hyper-V. Kept as bytes, for lone surrogates occur.',
    },
    parent_locators: {
      type: 'parent_locator_entry[]',
      property: 'parentLocators',
      at: 576,
      size: 192,
      element: 24,
      repeated: true,
      of: () => [ParentLocatorEntry],
      doc: 'Where to look for the parent, each entry in the manner of one platform.',
    },
    reserved2: {
      type: 'bytes',
      at: 768,
      size: 256,
      rule: 'vhd/header-reserved',
      doc: 'Zeros up to the end of the second sector.',
    },
  },
};

/**
 * Two sectors that describe the blocks of a dynamic or differencing disk, and the parent of the latter.
 *
 * Too few bytes break the rule `vhd/data-offset-invalid`.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Dynamic Disk Header Format
 */
export class DynamicHeader extends Structure<DynamicHeaderField> {
  /** Where each field lies. */
  static readonly layout = dynamicHeaderLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /**
   * The letters "cxsparse".
   *
   * A view of the input.
   *
   * In the document: `Cookie`.
   */
  cookie: Uint8Array;
  /**
   * Unused, all 64 bits set. The document's text shows 32 of them.
   *
   * Unit: bytes.
   *
   * In the document: `Data Offset`.
   */
  dataOffset: bigint;
  /**
   * Byte position of the block allocation table, a multiple of 512 behind the copy of the footer; usually 1536.
   *
   * Unit: bytes.
   *
   * In the document: `Table Offset`.
   */
  tableOffset: bigint;
  /**
   * Version 1.0, the major number in the upper half.
   *
   * In the document: `Header Version`.
   */
  headerVersion: number;
  /**
   * Entries of the block allocation table, at least one for each block of the disk.
   *
   * Unit: entries.
   *
   * In the document: `Max Table Entries`.
   */
  maxTableEntries: number;
  /**
   * Bytes of one block without its sector bitmap, a power of two of at least 512; 2 MiB in practice.
   *
   * Unit: bytes.
   *
   * In the document: `Block Size`.
   */
  blockSize: number;
  /**
   * One's complement of the sum of all bytes of this header, these four taken as 0.
   *
   * In the document: `Checksum`.
   */
  checksum: number;
  /**
   * UUID of the parent in a differencing disk, otherwise zeros. XenServer leaves zeros for a parent that is a raw disk.
   *
   * A view of the input.
   *
   * In the document: `Parent Unique ID`.
   */
  parentUniqueId: Uint8Array;
  /**
   * When the parent's file was last changed; 0 in a dynamic disk.
   *
   * Unit: seconds since 2000-01-01 00:00 UTC.
   *
   * In the document: `Parent Time Stamp`.
   */
  parentTimeStamp: number;
  /**
   * Reserved, 0.
   *
   * In the document: `Reserved`.
   */
  reserved1: number;
  /**
   * File name of the parent, padded with zeros; a full path in some checkpoints of Hyper-V. Kept as bytes, for lone surrogates occur.
   *
   * A view of the input.
   *
   * In the document: `Parent Unicode Name`.
   */
  parentUnicodeName: Uint8Array;
  /**
   * Where to look for the parent, each entry in the manner of one platform.
   *
   * In the document: `Parent Locator Entry`.
   */
  parentLocators: ParentLocatorEntry[];
  /**
   * Zeros up to the end of the second sector.
   *
   * A view of the input.
   *
   * In the document: `Reserved`.
   */
  reserved2: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
    super(io, parent, root);
    this.cookie = io.readBytes(8);
    expectContents(this, 'cookie', this.cookie, [0x63, 0x78, 0x73, 0x70, 0x61, 0x72, 0x73, 0x65]);
    this.dataOffset = io.readU8be();
    expectEqual(this, 'data_offset', this.dataOffset, 0xffffffffffffffffn);
    this.tableOffset = io.readU8be();
    expectMin(this, 'table_offset', this.tableOffset, 512n);
    this.headerVersion = io.readU4be();
    expectEqual(this, 'header_version', this.headerVersion, 0x10000);
    const at = reserve(this, 8, 'max_table_entries');
    this.maxTableEntries = io.view.getUint32(at);
    this.blockSize = io.view.getUint32(at + 4);
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
    const at2 = reserve(this, 28, 'checksum');
    this.checksum = io.view.getUint32(at2);
    this.parentUniqueId = io.bytes.subarray(at2 + 4, at2 + 20);
    this.parentTimeStamp = io.view.getUint32(at2 + 20);
    this.reserved1 = io.view.getUint32(at2 + 24);
    expectEqual(this, 'reserved1', this.reserved1, 0);
    this.parentUnicodeName = io.readBytes(512);
    this.parentLocators = [];
    for (let index = 0; index < 8; index++) {
      this.parentLocators.push(new ParentLocatorEntry(io, this, this._root));
    }

    this.reserved2 = io.readBytes(256);
    expectThat(this, 'reserved2', this.reserved2, maxOf(this.reserved2) === 0, 'zeros');
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(dynamicHeaderLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): DynamicHeader {
    return readWith(bytes, (io) => new DynamicHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): DynamicHeader | undefined {
    return decodeWith(DynamicHeader, bytes, sink, (io) => new DynamicHeader(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<DynamicHeader> = {}): DynamicHeader {
    return createWith(DynamicHeader, values, (io) => new DynamicHeader(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.cookie, 8);
    io.writeU8be(this.dataOffset);
    io.writeU8be(this.tableOffset);
    io.writeU4be(this.headerVersion);
    io.writeU4be(this.maxTableEntries);
    io.writeU4be(this.blockSize);
    io.writeU4be(this.checksum);
    io.writeBytesLimit(this.parentUniqueId, 16);
    io.writeU4be(this.parentTimeStamp);
    io.writeU4be(this.reserved1);
    io.writeBytesLimit(this.parentUnicodeName, 512);
    checkCount(this, 'parent_locators', this.parentLocators.length, 8);
    for (const item of this.parentLocators) {
      item._write(io);
    }

    io.writeBytesLimit(this.reserved2, 256);
  }
}

type ParentLocatorEntryField =
  'platform_code' | 'platform_data_space' | 'platform_data_length' | 'reserved' | 'platform_data_offset';

const parentLocatorEntryLayout: Layout<ParentLocatorEntryField> = {
  type: 'parent_locator_entry',
  size: 24,
  fields: {
    platform_code: {
      type: 'u4be',
      property: 'platformCode',
      at: 0,
      size: 4,
      enum: () => PlatformCode,
      rule: 'vhd/locator-code',
      doc: 'Manner of the name, as four letters; 0 for an unused entry.',
    },
    platform_data_space: {
      type: 'u4be',
      property: 'platformDataSpace',
      at: 4,
      size: 4,
      doc: 'Room for the name. The document counts sectors, most writers count bytes; below 512 it can only be sectors.',
    },
    platform_data_length: {
      type: 'u4be',
      property: 'platformDataLength',
      at: 8,
      size: 4,
      rule: 'vhd/locator-length-odd',
      doc: 'Bytes of the name, an even number in the UTF-16 manners. There is no zero at its end.',
    },
    reserved: { type: 'u4be', at: 12, size: 4, rule: 'vhd/header-reserved', initial: 0, doc: 'Reserved, 0.' },
    platform_data_offset: {
      type: 'u8be',
      property: 'platformDataOffset',
      at: 16,
      size: 8,
      rule: 'vhd/locator-none-nonzero',
      doc: 'Byte position of the name, a multiple of 512; zero like space and length in an unused entry.',
    },
  },
};

/**
 * Points to the name of the parent in the manner of one platform. All zero where it is not used.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Dynamic Disk Header Format, Parent Locator Entries
 */
export class ParentLocatorEntry extends Structure<ParentLocatorEntryField> {
  /** Where each field lies. */
  static readonly layout = parentLocatorEntryLayout;
  /** The structure that holds this one. */
  declare readonly _parent: DynamicHeader | undefined;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /**
   * Manner of the name, as four letters; 0 for an unused entry.
   *
   * In the document: `Platform Code`.
   */
  platformCode: OpenEnum<PlatformCode>;
  /**
   * Room for the name. The document counts sectors, most writers count bytes; below 512 it can only be sectors.
   *
   * In the document: `Platform Data Space`.
   */
  platformDataSpace: number;
  /**
   * Bytes of the name, an even number in the UTF-16 manners. There is no zero at its end.
   *
   * Unit: bytes.
   *
   * In the document: `Platform Data Length`.
   */
  platformDataLength: number;
  /**
   * Reserved, 0.
   *
   * In the document: `Reserved`.
   */
  reserved: number;
  /**
   * Byte position of the name, a multiple of 512; zero like space and length in an unused entry.
   *
   * Unit: bytes.
   *
   * In the document: `Platform Data Offset`.
   */
  platformDataOffset: bigint;

  constructor(io: ByteReader, parent?: DynamicHeader, root?: Vhd) {
    super(io, parent, root);
    this.platformCode = io.readU4be();
    expectInEnum(this, 'platform_code', this.platformCode, PlatformCode, 'platform_code');
    const at = reserve(this, 8, 'platform_data_space');
    this.platformDataSpace = io.view.getUint32(at);
    this.platformDataLength = io.view.getUint32(at + 4);
    expectThat(
      this,
      'platform_data_length',
      this.platformDataLength,
      !(this.platformCode === PlatformCode.w2ru || this.platformCode === PlatformCode.w2ku) ||
        (this.platformDataLength !== 0 && this.platformDataLength % 2 === 0),
      'an even number, not 0',
    );
    this.reserved = io.readU4be();
    expectEqual(this, 'reserved', this.reserved, 0);
    this.platformDataOffset = io.readU8be();
    expectThat(
      this,
      'platform_data_offset',
      this.platformDataOffset,
      this.platformCode !== PlatformCode.none ||
        (this.platformDataSpace === 0 && this.platformDataLength === 0 && this.platformDataOffset === 0n),
      '0 like length and space in an unused entry',
    );
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(parentLocatorEntryLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): ParentLocatorEntry {
    return readWith(bytes, (io) => new ParentLocatorEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): ParentLocatorEntry | undefined {
    return decodeWith(ParentLocatorEntry, bytes, sink, (io) => new ParentLocatorEntry(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<ParentLocatorEntry> = {}): ParentLocatorEntry {
    return createWith(ParentLocatorEntry, values, (io) => new ParentLocatorEntry(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU4be(this.platformCode);
    io.writeU4be(this.platformDataSpace);
    io.writeU4be(this.platformDataLength);
    io.writeU4be(this.reserved);
    io.writeU8be(this.platformDataOffset);
  }
}

type BatmapHeaderField =
  | 'cookie'
  | 'batmap_offset'
  | 'batmap_size'
  | 'batmap_version'
  | 'checksum'
  | 'marker'
  | 'keyhash'
  | 'reserved';

const batmapHeaderLayout: Layout<BatmapHeaderField> = {
  type: 'batmap_header',
  rule: 'vhd/batmap-header',
  size: 512,
  fields: {
    cookie: {
      type: 'bytes',
      at: 0,
      size: 8,
      rule: 'vhd/batmap-cookie',
      initial: [116, 100, 98, 97, 116, 109, 97, 112],
      doc: 'The letters "tdbatmap".',
    },
    batmap_offset: {
      type: 'u8be',
      property: 'batmapOffset',
      at: 8,
      size: 8,
      rule: 'vhd/batmap-header',
      doc: 'Byte position of the map, a multiple of 512 behind the copy of the footer.',
    },
    batmap_size: {
      type: 'u4be',
      property: 'batmapSize',
      at: 16,
      size: 4,
      rule: 'vhd/batmap-header',
      doc: 'Sectors of the map, enough for one bit for each table entry.',
    },
    batmap_version: {
      type: 'u4be',
      property: 'batmapVersion',
      at: 20,
      size: 4,
      hex: true,
      rule: 'vhd/batmap-header',
      doc: 'Version 1.1 or 1.2, the major number in the upper half.',
    },
    checksum: {
      type: 'u4be',
      at: 24,
      size: 4,
      doc: "One's complement of the sum of all bytes of the map; version 1.1 adds them up as signed bytes.",
    },
    marker: { type: 'u1', at: 28, size: 1, doc: 'Mark of an operation of blktap that is under way.' },
    keyhash: {
      type: 'batmap_keyhash',
      at: 29,
      size: 65,
      of: () => [BatmapKeyhash],
      doc: 'Hash of the key of an encrypted disk.',
    },
    reserved: { type: 'bytes', at: 94, size: 418, doc: 'Reserved up to the end of the sector.' },
  },
};

/**
 * One sector behind the padded block allocation table in disks of blktap. The map it points to has one bit for each block,
 * highest bit first, set where every sector of the block is written.
 *
 * Too few bytes break the rule `vhd/batmap-header`.
 *
 * @see blktap (XenServer), libvhd, struct dd_batmap_hdr
 */
export class BatmapHeader extends Structure<BatmapHeaderField> {
  /** Where each field lies. */
  static readonly layout = batmapHeaderLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /**
   * The letters "tdbatmap".
   *
   * A view of the input.
   */
  cookie: Uint8Array;
  /**
   * Byte position of the map, a multiple of 512 behind the copy of the footer.
   *
   * Unit: bytes.
   */
  batmapOffset: bigint;
  /**
   * Sectors of the map, enough for one bit for each table entry.
   *
   * Unit: sectors.
   */
  batmapSize: number;
  /** Version 1.1 or 1.2, the major number in the upper half. */
  batmapVersion: number;
  /** One's complement of the sum of all bytes of the map; version 1.1 adds them up as signed bytes. */
  checksum: number;
  /** Mark of an operation of blktap that is under way. */
  marker: number;
  /** Hash of the key of an encrypted disk. */
  keyhash: BatmapKeyhash;
  /**
   * Reserved up to the end of the sector.
   *
   * A view of the input.
   */
  reserved: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
    super(io, parent, root);
    this.cookie = io.readBytes(8);
    expectContents(this, 'cookie', this.cookie, [0x74, 0x64, 0x62, 0x61, 0x74, 0x6d, 0x61, 0x70]);
    this.batmapOffset = io.readU8be();
    expectMin(this, 'batmap_offset', this.batmapOffset, 512n);
    this.batmapSize = io.readU4be();
    expectMin(this, 'batmap_size', this.batmapSize, 1);
    this.batmapVersion = io.readU4be();
    expectMax(this, 'batmap_version', this.batmapVersion, 0x10002);
    const at = reserve(this, 5, 'checksum');
    this.checksum = io.view.getUint32(at);
    this.marker = io.view.getUint8(at + 4);
    this.keyhash = new BatmapKeyhash(io, this, this._root);
    this.reserved = io.readBytes(418);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(batmapHeaderLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BatmapHeader {
    return readWith(bytes, (io) => new BatmapHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): BatmapHeader | undefined {
    return decodeWith(BatmapHeader, bytes, sink, (io) => new BatmapHeader(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<BatmapHeader> = {}): BatmapHeader {
    return createWith(BatmapHeader, values, (io) => new BatmapHeader(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.cookie, 8);
    io.writeU8be(this.batmapOffset);
    io.writeU4be(this.batmapSize);
    io.writeU4be(this.batmapVersion);
    io.writeU4be(this.checksum);
    io.writeU1(this.marker);
    this.keyhash._write(io);
    io.writeBytesLimit(this.reserved, 418);
  }
}

type BatmapKeyhashField = 'cookie' | 'nonce' | 'hash';

const batmapKeyhashLayout: Layout<BatmapKeyhashField> = {
  type: 'batmap_keyhash',
  size: 65,
  fields: {
    cookie: { type: 'u1', at: 0, size: 1, doc: 'Whether a hash is stored, 0 or 1.' },
    nonce: { type: 'bytes', at: 1, size: 32, doc: 'Random bytes that go into the hash.' },
    hash: { type: 'bytes', at: 33, size: 32, doc: 'Hash of nonce and key.' },
  },
};

/**
 * Says which key an encrypted disk was written with.
 *
 * @see blktap (XenServer), libvhd, struct vhd_keyhash
 */
export class BatmapKeyhash extends Structure<BatmapKeyhashField> {
  /** Where each field lies. */
  static readonly layout = batmapKeyhashLayout;
  /** The structure that holds this one. */
  declare readonly _parent: BatmapHeader | undefined;
  /** The outermost structure of the spec. */
  declare readonly _root: Vhd | undefined;
  /** Whether a hash is stored, 0 or 1. */
  cookie: number;
  /**
   * Random bytes that go into the hash.
   *
   * A view of the input.
   */
  nonce: Uint8Array;
  /**
   * Hash of nonce and key.
   *
   * A view of the input.
   */
  hash: Uint8Array;

  constructor(io: ByteReader, parent?: BatmapHeader, root?: Vhd) {
    super(io, parent, root);
    const at = reserve(this, 65, 'cookie');
    this.cookie = io.view.getUint8(at);
    this.nonce = io.bytes.subarray(at + 1, at + 33);
    this.hash = io.bytes.subarray(at + 33, at + 65);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(batmapKeyhashLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BatmapKeyhash {
    return readWith(bytes, (io) => new BatmapKeyhash(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
  static decode(bytes: Uint8Array, sink: BreachSink): BatmapKeyhash | undefined {
    return decodeWith(BatmapKeyhash, bytes, sink, (io) => new BatmapKeyhash(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<BatmapKeyhash> = {}): BatmapKeyhash {
    return createWith(BatmapKeyhash, values, (io) => new BatmapKeyhash(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeU1(this.cookie);
    io.writeBytesLimit(this.nonce, 32);
    io.writeBytesLimit(this.hash, 32);
  }
}

/** The enum `creator_application` of the spec. */
export const CreatorApplication = {
  /** "vpc ", Microsoft Virtual PC */
  virtual_pc: 1987076896,
  /** "vs  ", Microsoft Virtual Server */
  virtual_server: 1987256352,
  /** "win ", Windows and Hyper-V */
  windows: 2003398176,
  /** "wa" and two zero bytes, Azure */
  azure: 2002845696,
  /** "d2v ", Disk2vhd */
  disk2vhd: 1681028640,
  /** "d2v" and a zero byte, Disk2vhd */
  disk2vhd_zero: 1681028608,
  /** "qemu", QEMU with a size rounded to the geometry */
  qemu: 1902472565,
  /** "qem2", QEMU with the exact size (force_size) */
  qemu_exact: 1902472498,
  /** "tap" and a zero byte, blktap and XenServer */
  blktap: 1952542720,
  /** "vbox", VirtualBox */
  virtualbox: 1986162552,
  /** "xo  ", Xen Orchestra */
  xen_orchestra: 2020548640,
} as const;
/** One of the values of {@link CreatorApplication}. */
export type CreatorApplication = (typeof CreatorApplication)[keyof typeof CreatorApplication];

/** The enum `creator_host_os` of the spec. */
export const CreatorHostOs = {
  /** Not given, as in disks of blktap */
  unspecified: 0,
  /** "Mac ", Macintosh */
  macintosh: 1298228000,
  /** "Wi2k", Windows */
  windows: 1466511979,
} as const;
/** One of the values of {@link CreatorHostOs}. */
export type CreatorHostOs = (typeof CreatorHostOs)[keyof typeof CreatorHostOs];

/** The enum `disk_type` of the spec. */
export const DiskType = {
  /** The guest's bytes one after another, then the footer. */
  fixed: 2,
  /** Blocks are allocated when first written; the others read as zeros. */
  dynamic: 3,
  /** Blocks are allocated when first written; all else is the parent's. */
  differencing: 4,
} as const;
/** One of the values of {@link DiskType}. */
export type DiskType = (typeof DiskType)[keyof typeof DiskType];

/** The enum `platform_code` of the spec. */
export const PlatformCode = {
  /** The entry is not used. */
  none: 0,
  /** "Mac ", an alias of Mac OS */
  mac: 1298228000,
  /** "MacX", a file URL in UTF-8 */
  macx: 1298228056,
  /** "Wi2k", an absolute Windows path, deprecated */
  wi2k: 1466511979,
  /** "Wi2r", a relative Windows path, deprecated */
  wi2r: 1466511986,
  /** "W2ku", an absolute Windows path in UTF-16LE */
  w2ku: 1462922101,
  /** "W2ru", a Windows path relative to the child in UTF-16LE */
  w2ru: 1462923893,
} as const;
/** One of the values of {@link PlatformCode}. */
export type PlatformCode = (typeof PlatformCode)[keyof typeof PlatformCode];
