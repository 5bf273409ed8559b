// Generated from cowd.ksy by `npm run generate`. Do not edit.

import {
  type BareStructure,
  type BreachSink,
  ByteReader,
  type ByteWriter,
  type JsonSchema,
  type Layout,
  Structure,
  type Values,
  createWith,
  decodeWith,
  encode,
  expectContents,
  expectEqual,
  expectMin,
  expectThat,
  floorDiv,
  readWith,
  reserve,
  schemaOf,
} from '../src/codec/index.ts';

type CowdField = never;

const cowdLayout: Layout<CowdField> = { type: 'cowd', size: 0, fields: {} };

/**
 * Header of a sparse extent as ESX wrote it for snapshots. A "sector" is 512 bytes. The grain directory and its tables of 4096 entries are
 * plain arrays of 32-bit sector numbers.
 *
 * @see Virtual Disk Format 5.0 (VMware), ESX Server Sparse Extents
 */
export class Cowd extends Structure<CowdField> {
  /** Where each field lies. */
  static readonly layout = cowdLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Cowd;

  constructor(io: ByteReader, parent?: BareStructure, root?: Cowd) {
    super(io, parent, root, true);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(cowdLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Cowd {
    return readWith(bytes, (io) => new Cowd(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
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
      doc: 'Sector of the grain directory, behind this header; 4 in practice.',
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
 * @see Virtual Disk Format 5.0 (VMware), ESX Server Sparse Extents, COWDisk_Header
 */
export class CowdHeader extends Structure<CowdHeaderField> {
  /** Where each field lies. */
  static readonly layout = cowdHeaderLayout;
  /** The outermost structure of the spec. */
  declare readonly _root: Cowd | undefined;
  /**
   * The letters "COWD".
   *
   * A view of the input.
   *
   * In the document: `magicNumber`.
   */
  magicNumber: Uint8Array;
  /** Version of the layout, 1. */
  version: number;
  /** 3; no other value is documented. */
  flags: number;
  /**
   * Guest size in sectors, at least 1.
   *
   * Unit: sectors.
   *
   * In the document: `numSectors`.
   */
  numSectors: number;
  /**
   * Guest sectors in one grain, a power of two; 1 is the default of ESX.
   *
   * Unit: sectors.
   *
   * In the document: `grainSize`.
   */
  grainSize: number;
  /**
   * Sector of the grain directory, behind this header; 4 in practice.
   *
   * Unit: sectors.
   *
   * In the document: `gdOffset`.
   */
  gdOffset: number;
  /**
   * Entries of the grain directory, one for each 4096 grains of the disk, the last ones rounded up.
   *
   * Unit: entries.
   *
   * In the document: `numGDEntries`.
   */
  numGdEntries: number;
  /**
   * Next sector that a new table or grain is put at; not beyond the end of the file.
   *
   * Unit: sectors.
   *
   * In the document: `freeSector`.
   */
  freeSector: number;
  /**
   * File name of the parent, ended by a zero byte, and usually empty in recent files. A disk without a parent keeps its geometry in the first 12
   * bytes: cylinders, heads and sectors, 32 bits each.
   *
   * A view of the input.
   */
  parentFileName: Uint8Array;
  /**
   * Generation of the parent at the time the snapshot was taken.
   *
   * In the document: `parentGeneration`.
   */
  parentGeneration: number;
  /** Generation of this disk. */
  generation: number;
  /**
   * Name of the disk, ended by a zero byte.
   *
   * A view of the input.
   */
  name: Uint8Array;
  /**
   * Free text, ended by a zero byte.
   *
   * A view of the input.
   */
  description: Uint8Array;
  /**
   * Generation that was last saved.
   *
   * In the document: `savedGeneration`.
   */
  savedGeneration: number;
  /**
   * Reserved, zero.
   *
   * A view of the input.
   */
  reserved: Uint8Array;
  /**
   * 1 while the disk is open for writing, 0 otherwise; not 0 in a resting file means that its last use ended in a crash.
   *
   * In the document: `uncleanShutdown`.
   */
  uncleanShutdown: number;
  /**
   * Zeros up to the end of the fourth sector.
   *
   * A view of the input.
   */
  padding: Uint8Array;

  constructor(io: ByteReader, parent?: BareStructure, root?: Cowd) {
    super(io, parent, root);
    this.magicNumber = io.readBytes(4);
    expectContents(this, 'magic_number', this.magicNumber, [0x43, 0x4f, 0x57, 0x44]);
    this.version = io.readU4le();
    expectEqual(this, 'version', this.version, 1);
    this.flags = io.readU4le();
    expectEqual(this, 'flags', this.flags, 3);
    this.numSectors = io.readU4le();
    expectMin(this, 'num_sectors', this.numSectors, 1);
    this.grainSize = io.readU4le();
    expectThat(
      this,
      'grain_size',
      this.grainSize,
      this.grainSize !== 0 && (this.grainSize & (this.grainSize - 1)) >>> 0 === 0,
      'a power of two',
    );
    this.gdOffset = io.readU4le();
    expectMin(this, 'gd_offset', this.gdOffset, 4);
    this.numGdEntries = io.readU4le();
    expectThat(
      this,
      'num_gd_entries',
      this.numGdEntries,
      this.grainSize === 0 ||
        Math.floor(floorDiv(this.numSectors - 1, this.grainSize) / 4096) < this.numGdEntries,
      'enough for all grains of the disk, 4096 for each entry',
    );
    const at = reserve(this, 1624, 'free_sector');
    this.freeSector = io.view.getUint32(at, true);
    this.parentFileName = io.bytes.subarray(at + 4, at + 1028);
    this.parentGeneration = io.view.getUint32(at + 1028, true);
    this.generation = io.view.getUint32(at + 1032, true);
    this.name = io.bytes.subarray(at + 1036, at + 1096);
    this.description = io.bytes.subarray(at + 1096, at + 1608);
    this.savedGeneration = io.view.getUint32(at + 1608, true);
    this.reserved = io.bytes.subarray(at + 1612, at + 1620);
    this.uncleanShutdown = io.view.getUint32(at + 1620, true);
    expectEqual(this, 'unclean_shutdown', this.uncleanShutdown, 0);
    this.padding = io.readBytes(396);
  }

  /** The JSON Schema of what `toJSON()` gives. */
  static get schema(): JsonSchema {
    return schemaOf(cowdHeaderLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): CowdHeader {
    return readWith(bytes, (io) => new CowdHeader(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where the bytes end too early. */
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

  /** Writes the fields in order, from where the writer stands. */
  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.magicNumber, 4);
    io.writeU4le(this.version);
    io.writeU4le(this.flags);
    io.writeU4le(this.numSectors);
    io.writeU4le(this.grainSize);
    io.writeU4le(this.gdOffset);
    io.writeU4le(this.numGdEntries);
    io.writeU4le(this.freeSector);
    io.writeBytesLimit(this.parentFileName, 1024);
    io.writeU4le(this.parentGeneration);
    io.writeU4le(this.generation);
    io.writeBytesLimit(this.name, 60);
    io.writeBytesLimit(this.description, 512);
    io.writeU4le(this.savedGeneration);
    io.writeBytesLimit(this.reserved, 8);
    io.writeU4le(this.uncleanShutdown);
    io.writeBytesLimit(this.padding, 396);
  }
}
