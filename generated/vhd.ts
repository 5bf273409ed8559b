// Generated from vhd.ksy by `npm run generate`. Do not edit.

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
  bitsBe,
  byteIn,
  bytesAt,
  bytesIn,
  checkCount,
  createWith,
  cutOff,
  decodeWith,
  encode,
  expectAnyOf,
  expectInEnum,
  listOf,
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
  zerosAt,
} from '../src/codec/index.ts';

requireRuntime(2, 'vhd.ts');

type VhdField = never;

const vhdLayout: Layout<VhdField> = { type: 'vhd', size: 0, fields: {} };

/**
 * Structures of a fixed, dynamic or differencing VHD. A "sector" is 512 bytes. The block allocation table is a plain array of
 * 32-bit sector numbers, `0xffff_ffff` for a block that is not allocated.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006)
 */
export class Vhd extends Structure<VhdField> {
  static readonly layout = vhdLayout;
  declare readonly _root: Vhd;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(vhdLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Vhd {
    return readWith(bytes, (io) => new Vhd(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format
 */
export class Footer extends Structure<FooterField> {
  static readonly layout = footerLayout;
  declare readonly _root: Vhd | undefined;
  /**
   * Features of the disk.
   *
   * In the document: `Features`.
   */
  declare features: FooterFeatures;
  /**
   * Geometry of the disk, from which Virtual PC and QEMU work out its size.
   *
   * In the document: `Disk Geometry`.
   */
  declare diskGeometry: DiskGeometry;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
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
    io.at = at + 8;
    this.features = new FooterFeatures(io, this);
    if (room < 16) cutOff(this);
    const fileFormatVersion = view.getUint32(at + 12);
    if (fileFormatVersion !== 0x10000) reportNotEqual(this, 'file_format_version', 0x10000);
    if (room < 32) cutOff(this);
    const creatorApplication = view.getUint32(at + 28);
    expectInEnum(this, 'creator_application', creatorApplication, CreatorApplication, 'creator_application');
    if (room < 36) cutOff(this);
    const creatorVersion = view.getUint32(at + 32);
    if (!(
      creatorApplication !== CreatorApplication.blktap ||
      (creatorVersion !== 0x1 && creatorVersion <= 0x10003)
    ))
      reportExpr(this, 'creator_version', '1.0 to 1.3 in a disk of blktap');
    if (room < 56) cutOff(this);
    const currentSize = roundedU8(view, at + 48);
    if (currentSize > 0x1fe00000000) reportGreaterThan(this, 'current_size', 0x1fe00000000);
    io.at = at + 56;
    this.diskGeometry = new DiskGeometry(io, this);
    if (room < 64) cutOff(this);
    const diskType = view.getUint32(at + 60);
    expectInEnum(this, 'disk_type', diskType, DiskType, 'disk_type');
    if (room < 84) cutOff(this);
    if (zerosAt(view, at + 68, 16)) reportExpr(this, 'unique_id', 'not null');
    if (room < 86) cutOff(this);
    const hidden = view.getUint8(at + 85);
    if (!(hidden === 0 || creatorApplication === CreatorApplication.blktap))
      reportExpr(this, 'hidden', '0 except in a disk of blktap');
    if (room < 512) cutOff(this);
    if (!zerosAt(view, at + 86, 426)) reportExpr(this, 'reserved', 'zeros');
    io.at = at + 512;
  }

  static get schema(): JsonSchema {
    return schemaOf(footerLayout);
  }

  /**
   * The letters "conectix". blktap writes "v_poison" while an operation is under way. What it means that neither is there depends
   * on the place in the file, so that the code judges it.
   *
   * A view of the input.
   *
   * In the document: `Cookie`.
   */
  get cookie(): Uint8Array {
    return bytesIn(this, 0, 8);
  }

  set cookie(value: Uint8Array) {
    setField(this, 'cookie', value);
  }

  /**
   * Version 1.0, the major number in the upper half.
   *
   * In the document: `File Format Version`.
   */
  get fileFormatVersion(): number {
    return this._io.view.getUint32(byteIn(this, 12));
  }

  set fileFormatVersion(value: number) {
    setField(this, 'fileFormatVersion', value);
  }

  /**
   * Byte position of the dynamic disk header, usually 512; `0xffff_ffff_ffff_ffff` in a fixed disk.
   *
   * Unit: bytes.
   *
   * In the document: `Data Offset`.
   */
  get dataOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 16));
  }

  set dataOffset(value: bigint) {
    setField(this, 'dataOffset', value);
  }

  /**
   * When the disk was created, or last changed.
   *
   * Unit: seconds since 2000-01-01 00:00 UTC.
   *
   * In the document: `Time Stamp`.
   */
  get timeStamp(): number {
    return this._io.view.getUint32(byteIn(this, 24));
  }

  set timeStamp(value: number) {
    setField(this, 'timeStamp', value);
  }

  /**
   * Program that made the disk, as four letters. Readers choose by it which of the sizes is the disk's.
   *
   * In the document: `Creator Application`.
   */
  get creatorApplication(): OpenEnum<CreatorApplication> {
    return this._io.view.getUint32(byteIn(this, 28));
  }

  set creatorApplication(value: OpenEnum<CreatorApplication>) {
    setField(this, 'creatorApplication', value);
  }

  /**
   * Version of that program, the major number in the upper half. blktap went up to 1.3; disks of its version 0.1 have sector bitmaps with
   * the bits of each byte the other way round.
   *
   * In the document: `Creator Version`.
   */
  get creatorVersion(): number {
    return this._io.view.getUint32(byteIn(this, 32));
  }

  set creatorVersion(value: number) {
    setField(this, 'creatorVersion', value);
  }

  /**
   * Operating system of the program, as four letters; 0 in disks of blktap.
   *
   * In the document: `Creator Host OS`.
   */
  get creatorHostOs(): OpenEnum<CreatorHostOs> {
    return this._io.view.getUint32(byteIn(this, 36));
  }

  set creatorHostOs(value: OpenEnum<CreatorHostOs>) {
    setField(this, 'creatorHostOs', value);
  }

  /**
   * Guest size when the disk was made, a multiple of 512.
   *
   * Unit: bytes.
   *
   * In the document: `Original Size`.
   */
  get originalSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 40));
  }

  set originalSize(value: bigint) {
    setField(this, 'originalSize', value);
  }

  /**
   * Guest size now, a multiple of 512, not 0 and at most 2040 GiB.
   *
   * Unit: bytes.
   *
   * In the document: `Current Size`.
   */
  get currentSize(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 48));
  }

  set currentSize(value: bigint) {
    setField(this, 'currentSize', value);
  }

  /**
   * How the guest's bytes are stored. 0, 1, 5 and 6 are deprecated.
   *
   * In the document: `Disk Type`.
   */
  get diskType(): OpenEnum<DiskType> {
    return this._io.view.getUint32(byteIn(this, 60));
  }

  set diskType(value: OpenEnum<DiskType>) {
    setField(this, 'diskType', value);
  }

  /**
   * One's complement of the sum of all bytes of the footer, these four taken as 0.
   *
   * In the document: `Checksum`.
   */
  get checksum(): number {
    return this._io.view.getUint32(byteIn(this, 64));
  }

  set checksum(value: number) {
    setField(this, 'checksum', value);
  }

  /**
   * UUID by which children know their parent, big-endian, not null.
   *
   * A view of the input.
   *
   * In the document: `Unique Id`.
   */
  get uniqueId(): Uint8Array {
    return bytesIn(this, 68, 16);
  }

  set uniqueId(value: Uint8Array) {
    setField(this, 'uniqueId', value);
  }

  /**
   * 1 where the disk belongs to a saved virtual machine, 0 otherwise.
   *
   * In the document: `Saved State`.
   */
  get savedState(): number {
    return this._io.view.getUint8(byteIn(this, 84));
  }

  set savedState(value: number) {
    setField(this, 'savedState', value);
  }

  /** 0; XenServer writes 1 for a disk that only serves as a parent. Part of the reserved bytes in the document. */
  get hidden(): number {
    return this._io.view.getUint8(byteIn(this, 85));
  }

  set hidden(value: number) {
    setField(this, 'hidden', value);
  }

  /**
   * Zeros up to the end of the sector. Virtual PC before 2004 left the last byte out.
   *
   * A view of the input.
   *
   * In the document: `Reserved`.
   */
  get reserved(): Uint8Array {
    return bytesIn(this, 86, 426);
  }

  set reserved(value: Uint8Array) {
    setField(this, 'reserved', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Footer {
    return readWith(bytes, (io) => new Footer(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.cookie, 8, undefined, 'cookie');
    io.writeStructure(this.features, 'features');
    io.writeU4be(this.fileFormatVersion, 'file_format_version');
    io.writeU8be(this.dataOffset, 'data_offset');
    io.writeU4be(this.timeStamp, 'time_stamp');
    io.writeU4be(this.creatorApplication, 'creator_application');
    io.writeU4be(this.creatorVersion, 'creator_version');
    io.writeU4be(this.creatorHostOs, 'creator_host_os');
    io.writeU8be(this.originalSize, 'original_size');
    io.writeU8be(this.currentSize, 'current_size');
    io.writeStructure(this.diskGeometry, 'disk_geometry');
    io.writeU4be(this.diskType, 'disk_type');
    io.writeU4be(this.checksum, 'checksum');
    io.writeBytesLimit(this.uniqueId, 16, undefined, 'unique_id');
    io.writeU1(this.savedState, 'saved_state');
    io.writeU1(this.hidden, 'hidden');
    io.writeBytesLimit(this.reserved, 426, undefined, 'reserved');
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
 * Its fields are read from the bytes when they are asked for.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format, Features
 */
export class FooterFeatures extends Structure<FooterFeaturesField> {
  static readonly layout = footerFeaturesLayout;
  declare readonly _parent: Footer | undefined;
  declare readonly _root: Vhd | undefined;

  constructor(io: ByteReader, parent?: Footer, root?: Vhd) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    if (io.bitsLeft > 0) this[LEAD] = io.bitsLeft;
    io.begin(this);
    const room = io.remaining * 8 + io.bitsLeft;
    if (room < 30) cutOff(this);
    const unknown = bitsBe(this, 0, 30);
    if (unknown !== 0) reportNotEqual(this, 'unknown', 0);
    if (room < 31) cutOff(this);
    const reserved = bitsBe(this, 30, 1) !== 0;
    if (reserved !== true) reportNotEqual(this, 'reserved', true);
    if (room < 32) cutOff(this);
    const temporary = bitsBe(this, 31, 1) !== 0;
    if (temporary !== false) reportNotEqual(this, 'temporary', false);
    io.skipBitsBe(32);
  }

  static get schema(): JsonSchema {
    return schemaOf(footerFeaturesLayout);
  }

  /** Bits 2 to 31, zero. */
  get unknown(): number {
    return bitsBe(this, 0, 30);
  }

  set unknown(value: number) {
    setField(this, 'unknown', value);
  }

  /** Bit 1, always set. */
  get reserved(): boolean {
    return bitsBe(this, 30, 1) !== 0;
  }

  set reserved(value: boolean) {
    setField(this, 'reserved', value);
  }

  /** Bit 0. The disk may be deleted when its host shuts down. */
  get temporary(): boolean {
    return bitsBe(this, 31, 1) !== 0;
  }

  set temporary(value: boolean) {
    setField(this, 'temporary', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): FooterFeatures {
    return readWith(bytes, (io) => new FooterFeatures(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeBitsIntBe(30, this.unknown, 'unknown');
    io.writeBitsIntBe(1, Number(this.reserved), 'reserved');
    io.writeBitsIntBe(1, Number(this.temporary), 'temporary');
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
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Hard Disk Footer Format, Disk Geometry
 */
export class DiskGeometry extends Structure<DiskGeometryField> {
  static readonly layout = diskGeometryLayout;
  declare readonly _parent: Footer | undefined;
  declare readonly _root: Vhd | undefined;

  constructor(io: ByteReader, parent?: Footer, root?: Vhd) {
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
    if (room < 2) cutOff(this);
    const cylinders = view.getUint16(at);
    if (cylinders < 1) reportLessThan(this, 'cylinders', 1);
    if (room < 3) cutOff(this);
    const heads = view.getUint8(at + 2);
    if (!((heads >= 1 && heads <= 16) || heads === 255)) reportExpr(this, 'heads', '1 to 16');
    if (room < 4) cutOff(this);
    const sectorsPerTrack = view.getUint8(at + 3);
    if (sectorsPerTrack < 1) reportLessThan(this, 'sectors_per_track', 1);
    io.at = at + 4;
  }

  static get schema(): JsonSchema {
    return schemaOf(diskGeometryLayout);
  }

  /**
   * Number of cylinders, at least 1.
   *
   * Unit: cylinders.
   *
   * In the document: `Cylinder`.
   */
  get cylinders(): number {
    return this._io.view.getUint16(byteIn(this, 0));
  }

  set cylinders(value: number) {
    setField(this, 'cylinders', value);
  }

  /**
   * Heads per cylinder, 1 to 16; old versions of QEMU wrote 255 for disks over 127 GiB.
   *
   * Unit: heads.
   *
   * In the document: `Heads`.
   */
  get heads(): number {
    return this._io.view.getUint8(byteIn(this, 2));
  }

  set heads(value: number) {
    setField(this, 'heads', value);
  }

  /**
   * Sectors per track, at least 1.
   *
   * Unit: sectors.
   *
   * In the document: `Sectors per track/cylinder`.
   */
  get sectorsPerTrack(): number {
    return this._io.view.getUint8(byteIn(this, 3));
  }

  set sectorsPerTrack(value: number) {
    setField(this, 'sectorsPerTrack', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): DiskGeometry {
    return readWith(bytes, (io) => new DiskGeometry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeU2be(this.cylinders, 'cylinders');
    io.writeU1(this.heads, 'heads');
    io.writeU1(this.sectorsPerTrack, 'sectors_per_track');
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
      doc: 'Byte position of the block allocation table, a multiple of 512 after the copy of the footer; usually 1536.',
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
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Dynamic Disk Header Format
 */
export class DynamicHeader extends Structure<DynamicHeaderField> {
  static readonly layout = dynamicHeaderLayout;
  declare readonly _root: Vhd | undefined;
  /**
   * Where to look for the parent, each entry in the manner of one platform.
   *
   * In the document: `Parent Locator Entry`.
   */
  declare parentLocators: ParentLocatorEntry[];

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
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
    if (!bytesAt(view, at, [0x63, 0x78, 0x73, 0x70, 0x61, 0x72, 0x73, 0x65]))
      reportNotEqual(this, 'cookie', Uint8Array.of(0x63, 0x78, 0x73, 0x70, 0x61, 0x72, 0x73, 0x65));
    if (room < 16) cutOff(this);
    const dataOffset = view.getBigUint64(at + 8);
    if (dataOffset !== 0xffffffffffffffffn) reportNotEqual(this, 'data_offset', 0xffffffffffffffffn);
    if (room < 24) cutOff(this);
    const tableOffset = roundedU8(view, at + 16);
    if (tableOffset < 512) reportLessThan(this, 'table_offset', 512);
    if (room < 28) cutOff(this);
    const headerVersion = view.getUint32(at + 24);
    if (headerVersion !== 0x10000) reportNotEqual(this, 'header_version', 0x10000);
    if (room < 36) cutOff(this);
    const blockSize = view.getUint32(at + 32);
    expectAnyOf(
      this,
      'block_size',
      blockSize,
      [
        0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000,
        0x200000, 0x400000, 0x800000, 0x1000000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000,
        0x40000000, 0x80000000,
      ],
    );
    if (room < 64) cutOff(this);
    const reserved1 = view.getUint32(at + 60);
    if (reserved1 !== 0) reportNotEqual(this, 'reserved1', 0);
    if (room < 576) cutOff(this);
    io.at = at + 576;
    {
      const count = 8;
      this.parentLocators = listOf(io, count, 24);
      for (let index = 0; index < count; index++) {
        this.parentLocators[index] = new ParentLocatorEntry(io, this);
      }
    }
    if (room < 1024) cutOff(this);
    if (!zerosAt(view, at + 768, 256)) reportExpr(this, 'reserved2', 'zeros');
    io.at = at + 1024;
  }

  static get schema(): JsonSchema {
    return schemaOf(dynamicHeaderLayout);
  }

  /**
   * The letters "cxsparse".
   *
   * A view of the input.
   *
   * In the document: `Cookie`.
   */
  get cookie(): Uint8Array {
    return bytesIn(this, 0, 8);
  }

  set cookie(value: Uint8Array) {
    setField(this, 'cookie', value);
  }

  /**
   * Unused, all 64 bits set. The document's text shows 32 of them.
   *
   * Unit: bytes.
   *
   * In the document: `Data Offset`.
   */
  get dataOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 8));
  }

  set dataOffset(value: bigint) {
    setField(this, 'dataOffset', value);
  }

  /**
   * Byte position of the block allocation table, a multiple of 512 after the copy of the footer; usually 1536.
   *
   * Unit: bytes.
   *
   * In the document: `Table Offset`.
   */
  get tableOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 16));
  }

  set tableOffset(value: bigint) {
    setField(this, 'tableOffset', value);
  }

  /**
   * Version 1.0, the major number in the upper half.
   *
   * In the document: `Header Version`.
   */
  get headerVersion(): number {
    return this._io.view.getUint32(byteIn(this, 24));
  }

  set headerVersion(value: number) {
    setField(this, 'headerVersion', value);
  }

  /**
   * Entries of the block allocation table, at least one for each block of the disk.
   *
   * Unit: entries.
   *
   * In the document: `Max Table Entries`.
   */
  get maxTableEntries(): number {
    return this._io.view.getUint32(byteIn(this, 28));
  }

  set maxTableEntries(value: number) {
    setField(this, 'maxTableEntries', value);
  }

  /**
   * Bytes of one block without its sector bitmap, a power of two of at least 512; 2 MiB in practice.
   *
   * Unit: bytes.
   *
   * In the document: `Block Size`.
   */
  get blockSize(): number {
    return this._io.view.getUint32(byteIn(this, 32));
  }

  set blockSize(value: number) {
    setField(this, 'blockSize', value);
  }

  /**
   * One's complement of the sum of all bytes of this header, these four taken as 0.
   *
   * In the document: `Checksum`.
   */
  get checksum(): number {
    return this._io.view.getUint32(byteIn(this, 36));
  }

  set checksum(value: number) {
    setField(this, 'checksum', value);
  }

  /**
   * UUID of the parent in a differencing disk, otherwise zeros. XenServer leaves zeros for a parent that is a raw disk.
   *
   * A view of the input.
   *
   * In the document: `Parent Unique ID`.
   */
  get parentUniqueId(): Uint8Array {
    return bytesIn(this, 40, 16);
  }

  set parentUniqueId(value: Uint8Array) {
    setField(this, 'parentUniqueId', value);
  }

  /**
   * When the parent's file was last changed; 0 in a dynamic disk.
   *
   * Unit: seconds since 2000-01-01 00:00 UTC.
   *
   * In the document: `Parent Time Stamp`.
   */
  get parentTimeStamp(): number {
    return this._io.view.getUint32(byteIn(this, 56));
  }

  set parentTimeStamp(value: number) {
    setField(this, 'parentTimeStamp', value);
  }

  /**
   * Reserved, 0.
   *
   * In the document: `Reserved`.
   */
  get reserved1(): number {
    return this._io.view.getUint32(byteIn(this, 60));
  }

  set reserved1(value: number) {
    setField(this, 'reserved1', value);
  }

  /**
   * File name of the parent, padded with zeros; a full path in some checkpoints of Hyper-V. Kept as bytes, for lone surrogates occur.
   *
   * A view of the input.
   *
   * In the document: `Parent Unicode Name`.
   */
  get parentUnicodeName(): Uint8Array {
    return bytesIn(this, 64, 512);
  }

  set parentUnicodeName(value: Uint8Array) {
    setField(this, 'parentUnicodeName', value);
  }

  /**
   * Zeros up to the end of the second sector.
   *
   * A view of the input.
   *
   * In the document: `Reserved`.
   */
  get reserved2(): Uint8Array {
    return bytesIn(this, 768, 256);
  }

  set reserved2(value: Uint8Array) {
    setField(this, 'reserved2', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): DynamicHeader {
    return readWith(bytes, (io) => new DynamicHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.cookie, 8, undefined, 'cookie');
    io.writeU8be(this.dataOffset, 'data_offset');
    io.writeU8be(this.tableOffset, 'table_offset');
    io.writeU4be(this.headerVersion, 'header_version');
    io.writeU4be(this.maxTableEntries, 'max_table_entries');
    io.writeU4be(this.blockSize, 'block_size');
    io.writeU4be(this.checksum, 'checksum');
    io.writeBytesLimit(this.parentUniqueId, 16, undefined, 'parent_unique_id');
    io.writeU4be(this.parentTimeStamp, 'parent_time_stamp');
    io.writeU4be(this.reserved1, 'reserved1');
    io.writeBytesLimit(this.parentUnicodeName, 512, undefined, 'parent_unicode_name');
    checkCount(io, 'parent_locators', this.parentLocators.length, 8);
    for (const [index, item] of this.parentLocators.entries()) {
      io.writeStructure(item, 'parent_locators', index);
    }
    io.writeBytesLimit(this.reserved2, 256, undefined, 'reserved2');
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
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0 (Microsoft, 2006), Dynamic Disk Header Format, Parent Locator Entries
 */
export class ParentLocatorEntry extends Structure<ParentLocatorEntryField> {
  static readonly layout = parentLocatorEntryLayout;
  declare readonly _parent: DynamicHeader | undefined;
  declare readonly _root: Vhd | undefined;

  constructor(io: ByteReader, parent?: DynamicHeader, root?: Vhd) {
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
    const platformCode = view.getUint32(at);
    expectInEnum(this, 'platform_code', platformCode, PlatformCode, 'platform_code');
    if (room < 12) cutOff(this);
    const platformDataLength = view.getUint32(at + 8);
    if (!(
      !(platformCode === PlatformCode.w2ru || platformCode === PlatformCode.w2ku) ||
      (platformDataLength !== 0 && platformDataLength % 2 === 0)
    ))
      reportExpr(this, 'platform_data_length', 'an even number, not 0');
    if (room < 16) cutOff(this);
    const reserved = view.getUint32(at + 12);
    if (reserved !== 0) reportNotEqual(this, 'reserved', 0);
    if (room < 24) cutOff(this);
    const platformDataSpace = view.getUint32(at + 4);
    const platformDataOffset = roundedU8(view, at + 16);
    if (!(
      platformCode !== PlatformCode.none ||
      (platformDataSpace === 0 && platformDataLength === 0 && platformDataOffset === 0)
    ))
      reportExpr(this, 'platform_data_offset', '0 like length and space in an unused entry');
    io.at = at + 24;
  }

  static get schema(): JsonSchema {
    return schemaOf(parentLocatorEntryLayout);
  }

  /**
   * Manner of the name, as four letters; 0 for an unused entry.
   *
   * In the document: `Platform Code`.
   */
  get platformCode(): OpenEnum<PlatformCode> {
    return this._io.view.getUint32(byteIn(this, 0));
  }

  set platformCode(value: OpenEnum<PlatformCode>) {
    setField(this, 'platformCode', value);
  }

  /**
   * Room for the name. The document counts sectors, most writers count bytes; below 512 it can only be sectors.
   *
   * In the document: `Platform Data Space`.
   */
  get platformDataSpace(): number {
    return this._io.view.getUint32(byteIn(this, 4));
  }

  set platformDataSpace(value: number) {
    setField(this, 'platformDataSpace', value);
  }

  /**
   * Bytes of the name, an even number in the UTF-16 manners. There is no zero at its end.
   *
   * Unit: bytes.
   *
   * In the document: `Platform Data Length`.
   */
  get platformDataLength(): number {
    return this._io.view.getUint32(byteIn(this, 8));
  }

  set platformDataLength(value: number) {
    setField(this, 'platformDataLength', value);
  }

  /**
   * Reserved, 0.
   *
   * In the document: `Reserved`.
   */
  get reserved(): number {
    return this._io.view.getUint32(byteIn(this, 12));
  }

  set reserved(value: number) {
    setField(this, 'reserved', value);
  }

  /**
   * Byte position of the name, a multiple of 512; zero like space and length in an unused entry.
   *
   * Unit: bytes.
   *
   * In the document: `Platform Data Offset`.
   */
  get platformDataOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 16));
  }

  set platformDataOffset(value: bigint) {
    setField(this, 'platformDataOffset', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): ParentLocatorEntry {
    return readWith(bytes, (io) => new ParentLocatorEntry(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeU4be(this.platformCode, 'platform_code');
    io.writeU4be(this.platformDataSpace, 'platform_data_space');
    io.writeU4be(this.platformDataLength, 'platform_data_length');
    io.writeU4be(this.reserved, 'reserved');
    io.writeU8be(this.platformDataOffset, 'platform_data_offset');
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
      doc: 'Byte position of the map, a multiple of 512 after the copy of the footer.',
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
 * One sector after the padded block allocation table in disks of blktap. The map it points to has one bit for each block,
 * highest bit first, set where every sector of the block is written.
 *
 * Too few bytes break the rule `vhd/batmap-header`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see blktap (XenServer), libvhd, struct dd_batmap_hdr
 */
export class BatmapHeader extends Structure<BatmapHeaderField> {
  static readonly layout = batmapHeaderLayout;
  declare readonly _root: Vhd | undefined;
  /** Hash of the key of an encrypted disk. */
  declare keyhash: BatmapKeyhash;

  constructor(io: ByteReader, parent?: BareStructure, root?: Vhd) {
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
    if (!bytesAt(view, at, [0x74, 0x64, 0x62, 0x61, 0x74, 0x6d, 0x61, 0x70]))
      reportNotEqual(this, 'cookie', Uint8Array.of(0x74, 0x64, 0x62, 0x61, 0x74, 0x6d, 0x61, 0x70));
    if (room < 16) cutOff(this);
    const batmapOffset = roundedU8(view, at + 8);
    if (batmapOffset < 512) reportLessThan(this, 'batmap_offset', 512);
    if (room < 20) cutOff(this);
    const batmapSize = view.getUint32(at + 16);
    if (batmapSize < 1) reportLessThan(this, 'batmap_size', 1);
    if (room < 24) cutOff(this);
    const batmapVersion = view.getUint32(at + 20);
    if (batmapVersion > 0x10002) reportGreaterThan(this, 'batmap_version', 0x10002);
    if (room < 29) cutOff(this);
    io.at = at + 29;
    this.keyhash = new BatmapKeyhash(io, this);
    if (room < 512) cutOff(this);
    io.at = at + 512;
  }

  static get schema(): JsonSchema {
    return schemaOf(batmapHeaderLayout);
  }

  /**
   * The letters "tdbatmap".
   *
   * A view of the input.
   */
  get cookie(): Uint8Array {
    return bytesIn(this, 0, 8);
  }

  set cookie(value: Uint8Array) {
    setField(this, 'cookie', value);
  }

  /**
   * Byte position of the map, a multiple of 512 after the copy of the footer.
   *
   * Unit: bytes.
   */
  get batmapOffset(): bigint {
    return this._io.view.getBigUint64(byteIn(this, 8));
  }

  set batmapOffset(value: bigint) {
    setField(this, 'batmapOffset', value);
  }

  /**
   * Sectors of the map, enough for one bit for each table entry.
   *
   * Unit: sectors.
   */
  get batmapSize(): number {
    return this._io.view.getUint32(byteIn(this, 16));
  }

  set batmapSize(value: number) {
    setField(this, 'batmapSize', value);
  }

  /** Version 1.1 or 1.2, the major number in the upper half. */
  get batmapVersion(): number {
    return this._io.view.getUint32(byteIn(this, 20));
  }

  set batmapVersion(value: number) {
    setField(this, 'batmapVersion', value);
  }

  /** One's complement of the sum of all bytes of the map; version 1.1 adds them up as signed bytes. */
  get checksum(): number {
    return this._io.view.getUint32(byteIn(this, 24));
  }

  set checksum(value: number) {
    setField(this, 'checksum', value);
  }

  /** Mark of an operation of blktap that is under way. */
  get marker(): number {
    return this._io.view.getUint8(byteIn(this, 28));
  }

  set marker(value: number) {
    setField(this, 'marker', value);
  }

  /**
   * Reserved up to the end of the sector.
   *
   * A view of the input.
   */
  get reserved(): Uint8Array {
    return bytesIn(this, 94, 418);
  }

  set reserved(value: Uint8Array) {
    setField(this, 'reserved', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BatmapHeader {
    return readWith(bytes, (io) => new BatmapHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.cookie, 8, undefined, 'cookie');
    io.writeU8be(this.batmapOffset, 'batmap_offset');
    io.writeU4be(this.batmapSize, 'batmap_size');
    io.writeU4be(this.batmapVersion, 'batmap_version');
    io.writeU4be(this.checksum, 'checksum');
    io.writeU1(this.marker, 'marker');
    io.writeStructure(this.keyhash, 'keyhash');
    io.writeBytesLimit(this.reserved, 418, undefined, 'reserved');
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
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see blktap (XenServer), libvhd, struct vhd_keyhash
 */
export class BatmapKeyhash extends Structure<BatmapKeyhashField> {
  static readonly layout = batmapKeyhashLayout;
  declare readonly _parent: BatmapHeader | undefined;
  declare readonly _root: Vhd | undefined;

  constructor(io: ByteReader, parent?: BatmapHeader, root?: Vhd) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    if (root !== undefined) this[ROOT] = root;
    this[START] = io.at;
    io.begin(this);
    reserve(this, 65, 'cookie');
  }

  static get schema(): JsonSchema {
    return schemaOf(batmapKeyhashLayout);
  }

  /** Whether a hash is stored, 0 or 1. */
  get cookie(): number {
    return this._io.view.getUint8(byteIn(this, 0));
  }

  set cookie(value: number) {
    setField(this, 'cookie', value);
  }

  /**
   * Random bytes that go into the hash.
   *
   * A view of the input.
   */
  get nonce(): Uint8Array {
    return bytesIn(this, 1, 32);
  }

  set nonce(value: Uint8Array) {
    setField(this, 'nonce', value);
  }

  /**
   * Hash of nonce and key.
   *
   * A view of the input.
   */
  get hash(): Uint8Array {
    return bytesIn(this, 33, 32);
  }

  set hash(value: Uint8Array) {
    setField(this, 'hash', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): BatmapKeyhash {
    return readWith(bytes, (io) => new BatmapKeyhash(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
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

  _write(io: ByteWriter): void {
    io.writeU1(this.cookie, 'cookie');
    io.writeBytesLimit(this.nonce, 32, undefined, 'nonce');
    io.writeBytesLimit(this.hash, 32, undefined, 'hash');
  }
}

/** The enum `creator_application` of the spec. */
export const CreatorApplication = {
  /** "vpc ", Microsoft Virtual PC */
  virtual_pc: 0x76706320,
  /** "vs  ", Microsoft Virtual Server */
  virtual_server: 0x76732020,
  /** "win ", Windows and Hyper-V */
  windows: 0x77696e20,
  /** "wa" and two zero bytes, Azure */
  azure: 0x77610000,
  /** "d2v ", Disk2vhd */
  disk2vhd: 0x64327620,
  /** "d2v" and a zero byte, Disk2vhd */
  disk2vhd_zero: 0x64327600,
  /** "qemu", QEMU with a size rounded to the geometry */
  qemu: 0x71656d75,
  /** "qem2", QEMU with the exact size (force_size) */
  qemu_exact: 0x71656d32,
  /** "tap" and a zero byte, blktap and XenServer */
  blktap: 0x74617000,
  /** "vbox", VirtualBox */
  virtualbox: 0x76626f78,
  /** "xo  ", Xen Orchestra */
  xen_orchestra: 0x786f2020,
} as const;

/** One of the values of {@link CreatorApplication}. */
export type CreatorApplication = (typeof CreatorApplication)[keyof typeof CreatorApplication];

/** The enum `creator_host_os` of the spec. */
export const CreatorHostOs = {
  /** Not given, as in disks of blktap */
  unspecified: 0,
  /** "Mac ", Macintosh */
  macintosh: 0x4d616320,
  /** "Wi2k", Windows */
  windows: 0x5769326b,
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
  mac: 0x4d616320,
  /** "MacX", a file URL in UTF-8 */
  macx: 0x4d616358,
  /** "Wi2k", an absolute Windows path, deprecated */
  wi2k: 0x5769326b,
  /** "Wi2r", a relative Windows path, deprecated */
  wi2r: 0x57693272,
  /** "W2ku", an absolute Windows path in UTF-16LE */
  w2ku: 0x57326b75,
  /** "W2ru", a Windows path relative to the child in UTF-16LE */
  w2ru: 0x57327275,
} as const;

/** One of the values of {@link PlatformCode}. */
export type PlatformCode = (typeof PlatformCode)[keyof typeof PlatformCode];

/** The rules that this spec names with `-rule`. */
export type SpecRule =
  | 'vhd/batmap-cookie'
  | 'vhd/batmap-header'
  | 'vhd/block-size-invalid'
  | 'vhd/creator-tap-version'
  | 'vhd/creator-unknown'
  | 'vhd/current-size-limit'
  | 'vhd/disk-type'
  | 'vhd/features-reserved-bit'
  | 'vhd/features-temporary'
  | 'vhd/features-unknown'
  | 'vhd/format-version'
  | 'vhd/geometry-invalid'
  | 'vhd/header-cookie'
  | 'vhd/header-data-offset'
  | 'vhd/header-reserved'
  | 'vhd/header-version'
  | 'vhd/locator-code'
  | 'vhd/locator-length-odd'
  | 'vhd/locator-none-nonzero'
  | 'vhd/reserved-nonzero'
  | 'vhd/table-offset-invalid'
  | 'vhd/unique-id-null';
