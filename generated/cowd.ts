// Generated from cowd.ksy by `npm run generate`. Do not edit.

import {
  type BareStructure,
  type BreachSink,
  type ByteReader,
  type ByteWriter,
  IO,
  type JsonSchema,
  type Layout,
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
  floorDiv,
  readWith,
  reportExpr,
  reportLessThan,
  reportNotEqual,
  requireRuntime,
  schemaOf,
  setField,
} from '../src/codec/index.ts';

requireRuntime(2, 'cowd.ts');

type CowdField = never;

const cowdLayout: Layout<CowdField> = { type: 'cowd', size: 0, fields: {} };

/**
 * Header of a sparse extent as ESX wrote it for snapshots. A "sector" is 512 bytes. The grain directory and its tables of 4096 entries are
 * plain arrays of 32-bit sector numbers.
 *
 * @see Virtual Disk Format 5.0 (VMware), ESX Server Sparse Extents
 */
export class Cowd extends Structure<CowdField> {
  static readonly layout = cowdLayout;
  declare readonly _root: Cowd;

  constructor(io: ByteReader, parent?: BareStructure, root?: Cowd) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(cowdLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Cowd {
    return readWith(bytes, (io) => new Cowd(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Cowd | undefined {
    return decodeWith(Cowd, bytes, sink, (io) => new Cowd(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Cowd> = {}): Cowd {
    return createWith(Cowd, values, (io) => new Cowd(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(_io: ByteWriter): void {}
}

type CowdHeaderField =
  | 'magic_number'
  | 'version'
  | 'flags'
  | 'num_sectors'
  | 'grain_size'
  | 'gd_offset'
  | 'num_gd_entries'
  | 'free_sector'
  | 'parent_file_name'
  | 'parent_generation'
  | 'generation'
  | 'name'
  | 'description'
  | 'saved_generation'
  | 'reserved'
  | 'unclean_shutdown'
  | 'padding';

const cowdHeaderLayout: Layout<CowdHeaderField> = {
  type: 'cowd_header',
  rule: 'vmdk3/header-truncated',
  size: 2048,
  fields: {
    magic_number: {
      type: 'bytes',
      property: 'magicNumber',
      at: 0,
      size: 4,
      rule: 'vmdk3/magic',
      initial: [67, 79, 87, 68],
      doc: 'The letters "COWD".',
    },
    version: {
      type: 'u4le',
      at: 4,
      size: 4,
      rule: 'vmdk3/version',
      initial: 1,
      doc: 'Version of the layout, 1.',
    },
    flags: {
      type: 'u4le',
      at: 8,
      size: 4,
      rule: 'vmdk3/flags',
      initial: 3,
      doc: '3; no other value is documented.',
    },
    num_sectors: {
      type: 'u4le',
      property: 'numSectors',
      at: 12,
      size: 4,
      rule: 'vmdk3/capacity-zero',
      doc: 'Guest size in sectors, at least 1.',
    },
    grain_size: {
      type: 'u4le',
      property: 'grainSize',
      at: 16,
      size: 4,
      rule: 'vmdk3/grain-size-invalid',
      doc: 'Guest sectors in one grain, a power of two; 1 is the default of ESX.',
    },
    gd_offset: {
      type: 'u4le',
      property: 'gdOffset',
      at: 20,
      size: 4,
      rule: 'vmdk3/gd-offset-invalid',
      doc: 'Sector of the grain directory, after this header; 4 in practice.',
    },
    num_gd_entries: {
      type: 'u4le',
      property: 'numGdEntries',
      at: 24,
      size: 4,
      rule: 'vmdk3/gd-entries-mismatch',
      doc: 'Entries of the grain directory, one for each 4096 grains of the disk, the last ones rounded up.',
    },
    free_sector: {
      type: 'u4le',
      property: 'freeSector',
      at: 28,
      size: 4,
      doc: 'Next sector that a new table or grain is put at; not beyond the end of the file.',
    },
    parent_file_name: {
      type: 'bytes',
      property: 'parentFileName',
      at: 32,
      size: 1024,
      doc: 'File name of the parent, ended by a zero byte, and usually empty in recent files. A disk without a parent keeps its geometry in the first 12\nbytes: cylinders, heads and sectors, 32 bits each.',
    },
    parent_generation: {
      type: 'u4le',
      property: 'parentGeneration',
      at: 1056,
      size: 4,
      doc: 'Generation of the parent at the time the snapshot was taken.',
    },
    generation: { type: 'u4le', at: 1060, size: 4, doc: 'Generation of this disk.' },
    name: { type: 'bytes', at: 1064, size: 60, doc: 'Name of the disk, ended by a zero byte.' },
    description: { type: 'bytes', at: 1124, size: 512, doc: 'Free text, ended by a zero byte.' },
    saved_generation: {
      type: 'u4le',
      property: 'savedGeneration',
      at: 1636,
      size: 4,
      doc: 'Generation that was last saved.',
    },
    reserved: { type: 'bytes', at: 1640, size: 8, doc: 'Reserved, zero.' },
    unclean_shutdown: {
      type: 'u4le',
      property: 'uncleanShutdown',
      at: 1648,
      size: 4,
      rule: 'vmdk3/unclean-shutdown',
      initial: 0,
      doc: '1 while the disk is open for writing, 0 otherwise; not 0 in a resting file means that its last use ended in a crash.',
    },
    padding: { type: 'bytes', at: 1652, size: 396, doc: 'Zeros up to the end of the fourth sector.' },
  },
};

/**
 * First four sectors of the extent.
 *
 * Too few bytes break the rule `vmdk3/header-truncated`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see Virtual Disk Format 5.0 (VMware), ESX Server Sparse Extents, COWDisk_Header
 */
export class CowdHeader extends Structure<CowdHeaderField> {
  static readonly layout = cowdHeaderLayout;
  declare readonly _root: Cowd | undefined;

  constructor(io: ByteReader, parent?: BareStructure, root?: Cowd) {
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
    if (view.getUint32(at) !== 0x434f5744)
      reportNotEqual(this, 'magic_number', Uint8Array.of(0x43, 0x4f, 0x57, 0x44));
    if (room < 8) cutOff(this);
    const version = view.getUint32(at + 4, true);
    if (version !== 1) reportNotEqual(this, 'version', 1);
    if (room < 12) cutOff(this);
    const flags = view.getUint32(at + 8, true);
    if (flags !== 3) reportNotEqual(this, 'flags', 3);
    if (room < 16) cutOff(this);
    const numSectors = view.getUint32(at + 12, true);
    if (numSectors < 1) reportLessThan(this, 'num_sectors', 1);
    if (room < 20) cutOff(this);
    const grainSize = view.getUint32(at + 16, true);
    if (!(grainSize !== 0 && (grainSize & (grainSize - 1)) >>> 0 === 0))
      reportExpr(this, 'grain_size', 'a power of two');
    if (room < 24) cutOff(this);
    const gdOffset = view.getUint32(at + 20, true);
    if (gdOffset < 4) reportLessThan(this, 'gd_offset', 4);
    if (room < 28) cutOff(this);
    const numGdEntries = view.getUint32(at + 24, true);
    if (!(grainSize === 0 || Math.floor(floorDiv(numSectors - 1, grainSize) / 4096) < numGdEntries))
      reportExpr(this, 'num_gd_entries', 'enough for all grains of the disk, 4096 for each entry');
    if (room < 1652) cutOff(this);
    const uncleanShutdown = view.getUint32(at + 1648, true);
    if (uncleanShutdown !== 0) reportNotEqual(this, 'unclean_shutdown', 0);
    if (room < 2048) cutOff(this);
    io.at = at + 2048;
  }

  static get schema(): JsonSchema {
    return schemaOf(cowdHeaderLayout);
  }

  /**
   * The letters "COWD".
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

  /** Version of the layout, 1. */
  get version(): number {
    return this._io.view.getUint32(byteIn(this, 4), true);
  }

  set version(value: number) {
    setField(this, 'version', value);
  }

  /** 3; no other value is documented. */
  get flags(): number {
    return this._io.view.getUint32(byteIn(this, 8), true);
  }

  set flags(value: number) {
    setField(this, 'flags', value);
  }

  /**
   * Guest size in sectors, at least 1.
   *
   * Unit: sectors.
   *
   * In the document: `numSectors`.
   */
  get numSectors(): number {
    return this._io.view.getUint32(byteIn(this, 12), true);
  }

  set numSectors(value: number) {
    setField(this, 'numSectors', value);
  }

  /**
   * Guest sectors in one grain, a power of two; 1 is the default of ESX.
   *
   * Unit: sectors.
   *
   * In the document: `grainSize`.
   */
  get grainSize(): number {
    return this._io.view.getUint32(byteIn(this, 16), true);
  }

  set grainSize(value: number) {
    setField(this, 'grainSize', value);
  }

  /**
   * Sector of the grain directory, after this header; 4 in practice.
   *
   * Unit: sectors.
   *
   * In the document: `gdOffset`.
   */
  get gdOffset(): number {
    return this._io.view.getUint32(byteIn(this, 20), true);
  }

  set gdOffset(value: number) {
    setField(this, 'gdOffset', value);
  }

  /**
   * Entries of the grain directory, one for each 4096 grains of the disk, the last ones rounded up.
   *
   * Unit: entries.
   *
   * In the document: `numGDEntries`.
   */
  get numGdEntries(): number {
    return this._io.view.getUint32(byteIn(this, 24), true);
  }

  set numGdEntries(value: number) {
    setField(this, 'numGdEntries', value);
  }

  /**
   * Next sector that a new table or grain is put at; not beyond the end of the file.
   *
   * Unit: sectors.
   *
   * In the document: `freeSector`.
   */
  get freeSector(): number {
    return this._io.view.getUint32(byteIn(this, 28), true);
  }

  set freeSector(value: number) {
    setField(this, 'freeSector', value);
  }

  /**
   * File name of the parent, ended by a zero byte, and usually empty in recent files. A disk without a parent keeps its geometry in the first 12
   * bytes: cylinders, heads and sectors, 32 bits each.
   *
   * A view of the input.
   *
   * In the document: `root`, `parentFileName`.
   */
  get parentFileName(): Uint8Array {
    return bytesIn(this, 32, 1024);
  }

  set parentFileName(value: Uint8Array) {
    setField(this, 'parentFileName', value);
  }

  /**
   * Generation of the parent at the time the snapshot was taken.
   *
   * In the document: `parentGeneration`.
   */
  get parentGeneration(): number {
    return this._io.view.getUint32(byteIn(this, 1056), true);
  }

  set parentGeneration(value: number) {
    setField(this, 'parentGeneration', value);
  }

  /** Generation of this disk. */
  get generation(): number {
    return this._io.view.getUint32(byteIn(this, 1060), true);
  }

  set generation(value: number) {
    setField(this, 'generation', value);
  }

  /**
   * Name of the disk, ended by a zero byte.
   *
   * A view of the input.
   */
  get name(): Uint8Array {
    return bytesIn(this, 1064, 60);
  }

  set name(value: Uint8Array) {
    setField(this, 'name', value);
  }

  /**
   * Free text, ended by a zero byte.
   *
   * A view of the input.
   */
  get description(): Uint8Array {
    return bytesIn(this, 1124, 512);
  }

  set description(value: Uint8Array) {
    setField(this, 'description', value);
  }

  /**
   * Generation that was last saved.
   *
   * In the document: `savedGeneration`.
   */
  get savedGeneration(): number {
    return this._io.view.getUint32(byteIn(this, 1636), true);
  }

  set savedGeneration(value: number) {
    setField(this, 'savedGeneration', value);
  }

  /**
   * Reserved, zero.
   *
   * A view of the input.
   */
  get reserved(): Uint8Array {
    return bytesIn(this, 1640, 8);
  }

  set reserved(value: Uint8Array) {
    setField(this, 'reserved', value);
  }

  /**
   * 1 while the disk is open for writing, 0 otherwise; not 0 in a resting file means that its last use ended in a crash.
   *
   * In the document: `uncleanShutdown`.
   */
  get uncleanShutdown(): number {
    return this._io.view.getUint32(byteIn(this, 1648), true);
  }

  set uncleanShutdown(value: number) {
    setField(this, 'uncleanShutdown', value);
  }

  /**
   * Zeros up to the end of the fourth sector.
   *
   * A view of the input.
   */
  get padding(): Uint8Array {
    return bytesIn(this, 1652, 396);
  }

  set padding(value: Uint8Array) {
    setField(this, 'padding', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): CowdHeader {
    return readWith(bytes, (io) => new CowdHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): CowdHeader | undefined {
    return decodeWith(CowdHeader, bytes, sink, (io) => new CowdHeader(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<CowdHeader> = {}): CowdHeader {
    return createWith(CowdHeader, values, (io) => new CowdHeader(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.magicNumber, 4, undefined, 'magic_number');
    io.writeU4le(this.version, 'version');
    io.writeU4le(this.flags, 'flags');
    io.writeU4le(this.numSectors, 'num_sectors');
    io.writeU4le(this.grainSize, 'grain_size');
    io.writeU4le(this.gdOffset, 'gd_offset');
    io.writeU4le(this.numGdEntries, 'num_gd_entries');
    io.writeU4le(this.freeSector, 'free_sector');
    io.writeBytesLimit(this.parentFileName, 1024, undefined, 'parent_file_name');
    io.writeU4le(this.parentGeneration, 'parent_generation');
    io.writeU4le(this.generation, 'generation');
    io.writeBytesLimit(this.name, 60, undefined, 'name');
    io.writeBytesLimit(this.description, 512, undefined, 'description');
    io.writeU4le(this.savedGeneration, 'saved_generation');
    io.writeBytesLimit(this.reserved, 8, undefined, 'reserved');
    io.writeU4le(this.uncleanShutdown, 'unclean_shutdown');
    io.writeBytesLimit(this.padding, 396, undefined, 'padding');
  }
}

/** The rules that this spec names with `-rule`. */
export type SpecRule =
  | 'vmdk3/capacity-zero'
  | 'vmdk3/flags'
  | 'vmdk3/gd-entries-mismatch'
  | 'vmdk3/gd-offset-invalid'
  | 'vmdk3/grain-size-invalid'
  | 'vmdk3/header-truncated'
  | 'vmdk3/magic'
  | 'vmdk3/unclean-shutdown'
  | 'vmdk3/version';
