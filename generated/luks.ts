// Generated from luks.ksy by `npm run generate`. Do not edit.

import {
  type BareStructure,
  type BreachSink,
  type ByteReader,
  type ByteWriter,
  IO,
  type JsonSchema,
  type Layout,
  type OpenEnum,
  PARENT,
  ROOT,
  START,
  Structure,
  type Values,
  byteIn,
  bytesAt,
  bytesIn,
  checkCount,
  createWith,
  cutOff,
  decodeWith,
  encode,
  expectInEnum,
  listOf,
  readWith,
  reportExpr,
  reportNotEqual,
  requireRuntime,
  schemaOf,
  setField,
} from '../src/codec/index.ts';

requireRuntime(2, 'luks.ts');

type LuksField = never;

const luksLayout: Layout<LuksField> = { type: 'luks', size: 0, fields: {} };

/**
 * Header of an encrypted qcow2 image, at the position that the full disk encryption extension gives. Positions in it count from its own start.
 *
 * @see LUKS On-Disk Format Specification 1.2.3
 */
export class Luks extends Structure<LuksField> {
  static readonly layout = luksLayout;
  declare readonly _root: Luks;

  constructor(io: ByteReader, parent?: BareStructure, root?: Luks) {
    super();
    this[IO] = io;
    this[PARENT] = parent;
    this[ROOT] = root ?? this;
    this[START] = io.at;
    io.begin(this);
  }

  static get schema(): JsonSchema {
    return schemaOf(luksLayout);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Luks {
    return readWith(bytes, (io) => new Luks(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Luks | undefined {
    return decodeWith(Luks, bytes, sink, (io) => new Luks(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Luks> = {}): Luks {
    return createWith(Luks, values, (io) => new Luks(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(_io: ByteWriter): void {}
}

type Luks1HeaderField =
  | 'magic'
  | 'version'
  | 'cipher_name'
  | 'cipher_mode'
  | 'hash_spec'
  | 'payload_offset'
  | 'key_bytes'
  | 'mk_digest'
  | 'mk_digest_salt'
  | 'mk_digest_iter'
  | 'uuid'
  | 'key_slots';

const luks1HeaderLayout: Layout<Luks1HeaderField> = {
  type: 'luks1_header',
  rule: 'qcow2/luks-header-bounds',
  size: 592,
  fields: {
    magic: {
      type: 'bytes',
      at: 0,
      size: 6,
      rule: 'qcow2/luks-header-magic',
      initial: [76, 85, 75, 83, 186, 190],
      doc: 'The letters "LUKS" and the bytes 0xba 0xbe.',
    },
    version: {
      type: 'u2be',
      at: 6,
      size: 2,
      rule: 'qcow2/luks-header-magic',
      initial: 1,
      doc: 'Version of the header, 1.',
    },
    cipher_name: {
      type: 'bytes',
      property: 'cipherName',
      at: 8,
      size: 32,
      doc: 'Name of the cipher, padded with zeros.',
    },
    cipher_mode: {
      type: 'bytes',
      property: 'cipherMode',
      at: 40,
      size: 32,
      doc: 'Mode of the cipher, padded with zeros.',
    },
    hash_spec: {
      type: 'bytes',
      property: 'hashSpec',
      at: 72,
      size: 32,
      doc: 'Name of the hash function, padded with zeros.',
    },
    payload_offset: {
      type: 'u4be',
      property: 'payloadOffset',
      at: 104,
      size: 4,
      doc: 'Sector where encrypted data would begin in a partition of its own; not used by qcow2.',
    },
    key_bytes: { type: 'u4be', property: 'keyBytes', at: 108, size: 4, doc: 'Bytes of the master key.' },
    mk_digest: {
      type: 'bytes',
      property: 'mkDigest',
      at: 112,
      size: 20,
      doc: 'Digest that a recovered master key is checked against.',
    },
    mk_digest_salt: {
      type: 'bytes',
      property: 'mkDigestSalt',
      at: 132,
      size: 32,
      doc: 'Salt of that digest.',
    },
    mk_digest_iter: {
      type: 'u4be',
      property: 'mkDigestIter',
      at: 164,
      size: 4,
      doc: 'Iterations of that digest.',
    },
    uuid: { type: 'bytes', at: 168, size: 40, doc: 'UUID as text, padded with zeros.' },
    key_slots: {
      type: 'key_slot[]',
      property: 'keySlots',
      at: 208,
      size: 384,
      element: 48,
      repeated: true,
      of: () => [KeySlot],
      doc: 'One slot for each passphrase that opens the image.',
    },
  },
};

/**
 * Partition header of LUKS version 1, 592 bytes.
 *
 * Too few bytes break the rule `qcow2/luks-header-bounds`.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see LUKS On-Disk Format Specification 1.2.3, PHDR layout
 */
export class Luks1Header extends Structure<Luks1HeaderField> {
  static readonly layout = luks1HeaderLayout;
  declare readonly _root: Luks | undefined;
  /**
   * One slot for each passphrase that opens the image.
   *
   * In the document: `key-slot`.
   */
  declare keySlots: KeySlot[];

  constructor(io: ByteReader, parent?: BareStructure, root?: Luks) {
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
    if (room < 6) cutOff(this);
    if (!bytesAt(view, at, [0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]))
      reportNotEqual(this, 'magic', Uint8Array.of(0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe));
    if (room < 8) cutOff(this);
    const version = view.getUint16(at + 6);
    if (version !== 1) reportNotEqual(this, 'version', 1);
    if (room < 208) cutOff(this);
    io.at = at + 208;
    {
      const count = 8;
      this.keySlots = listOf(io, count, 48);
      for (let index = 0; index < count; index++) {
        this.keySlots[index] = new KeySlot(io, this);
      }
    }
  }

  static get schema(): JsonSchema {
    return schemaOf(luks1HeaderLayout);
  }

  /**
   * The letters "LUKS" and the bytes 0xba 0xbe.
   *
   * A view of the input.
   */
  get magic(): Uint8Array {
    return bytesIn(this, 0, 6);
  }

  set magic(value: Uint8Array) {
    setField(this, 'magic', value);
  }

  /** Version of the header, 1. */
  get version(): number {
    return this._io.view.getUint16(byteIn(this, 6));
  }

  set version(value: number) {
    setField(this, 'version', value);
  }

  /**
   * Name of the cipher, padded with zeros.
   *
   * A view of the input.
   *
   * In the document: `cipher-name`.
   */
  get cipherName(): Uint8Array {
    return bytesIn(this, 8, 32);
  }

  set cipherName(value: Uint8Array) {
    setField(this, 'cipherName', value);
  }

  /**
   * Mode of the cipher, padded with zeros.
   *
   * A view of the input.
   *
   * In the document: `cipher-mode`.
   */
  get cipherMode(): Uint8Array {
    return bytesIn(this, 40, 32);
  }

  set cipherMode(value: Uint8Array) {
    setField(this, 'cipherMode', value);
  }

  /**
   * Name of the hash function, padded with zeros.
   *
   * A view of the input.
   *
   * In the document: `hash-spec`.
   */
  get hashSpec(): Uint8Array {
    return bytesIn(this, 72, 32);
  }

  set hashSpec(value: Uint8Array) {
    setField(this, 'hashSpec', value);
  }

  /**
   * Sector where encrypted data would begin in a partition of its own; not used by qcow2.
   *
   * Unit: sectors.
   *
   * In the document: `payload-offset`.
   */
  get payloadOffset(): number {
    return this._io.view.getUint32(byteIn(this, 104));
  }

  set payloadOffset(value: number) {
    setField(this, 'payloadOffset', value);
  }

  /**
   * Bytes of the master key.
   *
   * Unit: bytes.
   *
   * In the document: `key-bytes`.
   */
  get keyBytes(): number {
    return this._io.view.getUint32(byteIn(this, 108));
  }

  set keyBytes(value: number) {
    setField(this, 'keyBytes', value);
  }

  /**
   * Digest that a recovered master key is checked against.
   *
   * A view of the input.
   *
   * In the document: `mk-digest`.
   */
  get mkDigest(): Uint8Array {
    return bytesIn(this, 112, 20);
  }

  set mkDigest(value: Uint8Array) {
    setField(this, 'mkDigest', value);
  }

  /**
   * Salt of that digest.
   *
   * A view of the input.
   *
   * In the document: `mk-digest-salt`.
   */
  get mkDigestSalt(): Uint8Array {
    return bytesIn(this, 132, 32);
  }

  set mkDigestSalt(value: Uint8Array) {
    setField(this, 'mkDigestSalt', value);
  }

  /**
   * Iterations of that digest.
   *
   * Unit: iterations.
   *
   * In the document: `mk-digest-iter`.
   */
  get mkDigestIter(): number {
    return this._io.view.getUint32(byteIn(this, 164));
  }

  set mkDigestIter(value: number) {
    setField(this, 'mkDigestIter', value);
  }

  /**
   * UUID as text, padded with zeros.
   *
   * A view of the input.
   */
  get uuid(): Uint8Array {
    return bytesIn(this, 168, 40);
  }

  set uuid(value: Uint8Array) {
    setField(this, 'uuid', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): Luks1Header {
    return readWith(bytes, (io) => new Luks1Header(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): Luks1Header | undefined {
    return decodeWith(Luks1Header, bytes, sink, (io) => new Luks1Header(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<Luks1Header> = {}): Luks1Header {
    return createWith(Luks1Header, values, (io) => new Luks1Header(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeBytesLimit(this.magic, 6, undefined, 'magic');
    io.writeU2be(this.version, 'version');
    io.writeBytesLimit(this.cipherName, 32, undefined, 'cipher_name');
    io.writeBytesLimit(this.cipherMode, 32, undefined, 'cipher_mode');
    io.writeBytesLimit(this.hashSpec, 32, undefined, 'hash_spec');
    io.writeU4be(this.payloadOffset, 'payload_offset');
    io.writeU4be(this.keyBytes, 'key_bytes');
    io.writeBytesLimit(this.mkDigest, 20, undefined, 'mk_digest');
    io.writeBytesLimit(this.mkDigestSalt, 32, undefined, 'mk_digest_salt');
    io.writeU4be(this.mkDigestIter, 'mk_digest_iter');
    io.writeBytesLimit(this.uuid, 40, undefined, 'uuid');
    checkCount(io, 'key_slots', this.keySlots.length, 8);
    for (const [index, item] of this.keySlots.entries()) {
      io.writeStructure(item, 'key_slots', index);
    }
  }
}

type KeySlotField = 'state' | 'iterations' | 'salt' | 'key_material_offset' | 'stripes';

const keySlotLayout: Layout<KeySlotField> = {
  type: 'key_slot',
  size: 48,
  fields: {
    state: {
      type: 'u4be',
      at: 0,
      size: 4,
      enum: () => KeySlotState,
      rule: 'qcow2/luks-slot',
      doc: 'Whether the slot is in use.',
    },
    iterations: {
      type: 'u4be',
      at: 4,
      size: 4,
      doc: "Iterations that turn the passphrase into the slot's key, 1000 at least in practice.",
    },
    salt: { type: 'bytes', at: 8, size: 32, doc: 'Salt of these iterations.' },
    key_material_offset: {
      type: 'u4be',
      property: 'keyMaterialOffset',
      at: 40,
      size: 4,
      doc: "Sector of the slot's key material, counted from the start of this header.",
    },
    stripes: {
      type: 'u4be',
      at: 44,
      size: 4,
      rule: 'qcow2/luks-slot',
      doc: 'Stripes that the key material is spread over, 4000 in practice and not 0 in a slot in use.',
    },
  },
};

/**
 * Where one encrypted copy of the master key is, 48 bytes.
 *
 * Its numbers and byte arrays are read from the bytes when they are asked for.
 *
 * @see LUKS On-Disk Format Specification 1.2.3, key slot layout
 */
export class KeySlot extends Structure<KeySlotField> {
  static readonly layout = keySlotLayout;
  declare readonly _parent: Luks1Header | undefined;
  declare readonly _root: Luks | undefined;

  constructor(io: ByteReader, parent?: Luks1Header, root?: Luks) {
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
    const state = view.getUint32(at);
    expectInEnum(this, 'state', state, KeySlotState, 'key_slot_state');
    if (room < 48) cutOff(this);
    const stripes = view.getUint32(at + 44);
    if (!(stripes !== 0 || state !== KeySlotState.active))
      reportExpr(this, 'stripes', 'not 0 in a slot in use');
    io.at = at + 48;
  }

  static get schema(): JsonSchema {
    return schemaOf(keySlotLayout);
  }

  /**
   * Whether the slot is in use.
   *
   * In the document: `active`.
   */
  get state(): OpenEnum<KeySlotState> {
    return this._io.view.getUint32(byteIn(this, 0));
  }

  set state(value: OpenEnum<KeySlotState>) {
    setField(this, 'state', value);
  }

  /**
   * Iterations that turn the passphrase into the slot's key, 1000 at least in practice.
   *
   * Unit: iterations.
   */
  get iterations(): number {
    return this._io.view.getUint32(byteIn(this, 4));
  }

  set iterations(value: number) {
    setField(this, 'iterations', value);
  }

  /**
   * Salt of these iterations.
   *
   * A view of the input.
   */
  get salt(): Uint8Array {
    return bytesIn(this, 8, 32);
  }

  set salt(value: Uint8Array) {
    setField(this, 'salt', value);
  }

  /**
   * Sector of the slot's key material, counted from the start of this header.
   *
   * Unit: sectors.
   *
   * In the document: `key-material-offset`.
   */
  get keyMaterialOffset(): number {
    return this._io.view.getUint32(byteIn(this, 40));
  }

  set keyMaterialOffset(value: number) {
    setField(this, 'keyMaterialOffset', value);
  }

  /**
   * Stripes that the key material is spread over, 4000 in practice and not 0 in a slot in use.
   *
   * Unit: stripes.
   */
  get stripes(): number {
    return this._io.view.getUint32(byteIn(this, 44));
  }

  set stripes(value: number) {
    setField(this, 'stripes', value);
  }

  /** Reads the structure. Throws a `DecodeError` where the bytes break the spec. */
  static from(bytes: Uint8Array): KeySlot {
    return readWith(bytes, (io) => new KeySlot(io));
  }

  /** Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one. */
  static decode(bytes: Uint8Array, sink: BreachSink): KeySlot | undefined {
    return decodeWith(KeySlot, bytes, sink, (io) => new KeySlot(io));
  }

  /** A new structure: zeros and the constants of the spec, and over them the given values. */
  static of(values: Values<KeySlot> = {}): KeySlot {
    return createWith(KeySlot, values, (io) => new KeySlot(io));
  }

  /** The structure as bytes. What no field holds, padding for one, is as it was read, or zero. */
  toBytes(): Uint8Array {
    return encode(this);
  }

  _write(io: ByteWriter): void {
    io.writeU4be(this.state, 'state');
    io.writeU4be(this.iterations, 'iterations');
    io.writeBytesLimit(this.salt, 32, undefined, 'salt');
    io.writeU4be(this.keyMaterialOffset, 'key_material_offset');
    io.writeU4be(this.stripes, 'stripes');
  }
}

/** The enum `key_slot_state` of the spec. */
export const KeySlotState = {
  /** The slot is free. */
  disabled: 0x0000dead,
  /** The slot contains a copy of the master key. */
  active: 0x00ac71f3,
} as const;

/** One of the values of {@link KeySlotState}. */
export type KeySlotState = (typeof KeySlotState)[keyof typeof KeySlotState];

/** The rules that this spec names with `-rule`. */
export type SpecRule = 'qcow2/luks-header-bounds' | 'qcow2/luks-header-magic' | 'qcow2/luks-slot';
