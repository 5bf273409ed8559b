import { deflateRawSync } from 'node:zlib';

/** Fields of the header: byte offset and width (QEMU docs/interop/qcow2, "Header"). */
const HEADER = {
  magic: [0, 4],
  version: [4, 4],
  backingOffset: [8, 8],
  backingSize: [16, 4],
  clusterBits: [20, 4],
  size: [24, 8],
  cryptMethod: [32, 4],
  l1Size: [36, 4],
  l1Offset: [40, 8],
  refcountTableOffset: [48, 8],
  refcountTableClusters: [56, 4],
  snapshotCount: [60, 4],
  snapshotsOffset: [64, 8],
  incompatible: [72, 8],
  compatible: [80, 8],
  autoclear: [88, 8],
  refcountOrder: [96, 4],
  headerLength: [100, 4],
  compressionType: [104, 1],
  padding: [105, 7],
} as const;

/** Types of header extensions. */
export const EXTENSION = {
  end: 0,
  backingFormat: 0xe2792aca,
  featureNames: 0x6803f857,
  bitmaps: 0x23852875,
  encryption: 0x0537be77,
  dataFile: 0x44415441,
} as const;

/** Bits of entries. */
export const COPIED = 1n << 63n;
export const COMPRESSED = 1n << 62n;

/** What a guest cluster is; `shared` is data that a snapshot has too. */
export type ClusterPlan = 'data' | 'zero' | 'preallocated' | 'compressed';

/** An internal snapshot. It maps the guest clusters given, each in a host cluster of its own. */
export interface SnapshotPlan {
  readonly id: string;
  readonly name?: string;
  readonly clusters?: readonly number[];
  readonly diskSize?: number;
  readonly vmStateSize?: number;
  readonly extraSize?: number;
  readonly dateSec?: number;
}

/** A persistent bitmap with all its clusters stored. */
export interface BitmapPlan {
  readonly name: string;
  readonly granularityBits?: number;
  readonly flags?: number;
}

/** An image to build; all parts may be left out. */
export interface Qcow2Plan {
  readonly version?: 2 | 3;
  /** Default 12. */
  readonly clusterBits?: number;
  /** Bytes of the disk, default 1 MiB. */
  readonly size?: number;
  /** Default 4. */
  readonly refcountOrder?: number;
  readonly headerLength?: number;
  readonly extendedL2?: boolean;
  readonly compressionType?: number;
  /** Guest clusters that are not unallocated. */
  readonly clusters?: Readonly<Record<number, ClusterPlan>>;
  readonly backing?: string;
  readonly backingFormat?: string;
  /** Name of an external data file. */
  readonly dataFile?: string;
  readonly dataFileRaw?: boolean;
  readonly snapshots?: readonly SnapshotPlan[];
  readonly bitmaps?: readonly BitmapPlan[];
  readonly luks?: boolean;
  readonly featureNames?: boolean;
  /** Further header extensions. */
  readonly extensions?: readonly { readonly type: number; readonly data: Uint8Array }[];
  /** Leaves the end marker of the extensions out. */
  readonly noEnd?: boolean;
  /** L1 entries beyond those that are needed. */
  readonly spareL1?: number;
}

const encoder = new TextEncoder();

/** Bytes that can be looked at and changed, with the positions of what an image consists of. */
export class Qcow2Editor {
  bytes: Uint8Array;
  readonly clusterSize: number;
  readonly positions: Positions;

  constructor(bytes: Uint8Array, clusterSize: number, positions: Positions) {
    this.bytes = bytes;
    this.clusterSize = clusterSize;
    this.positions = positions;
  }

  get view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  u8(at: number, value: number): this {
    this.bytes[at] = value;
    return this;
  }

  u16(at: number, value: number): this {
    this.view.setUint16(at, value);
    return this;
  }

  u32(at: number, value: number): this {
    this.view.setUint32(at, value);
    return this;
  }

  u64(at: number, value: bigint | number): this {
    this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  get64(at: number): bigint {
    return this.view.getBigUint64(at);
  }

  /** Sets a header field. */
  header(field: keyof typeof HEADER, value: number | bigint): this {
    const [at, width] = HEADER[field];
    if (width === 8) return this.u64(at, value);
    return width === 4 ? this.u32(at, Number(value)) : this.u8(at, Number(value));
  }

  /** Position of an L1 entry. */
  l1(index = 0): number {
    return this.positions.l1 + 8 * index;
  }

  /** Position of the L2 entry of a guest cluster. */
  l2(cluster: number): number {
    const { l2Entries, entryBytes } = this.positions;
    const table = this.positions.l2[Math.floor(cluster / l2Entries)];
    if (table === undefined) throw new Error(`guest cluster ${cluster} has no L2 table`);
    return table + (cluster % l2Entries) * entryBytes;
  }

  /** Changes the L2 entry of a guest cluster. */
  entry(cluster: number, change: (entry: bigint) => bigint): this {
    const at = this.l2(cluster);
    return this.u64(at, change(this.get64(at)));
  }

  /** Host position of a guest cluster's data. */
  host(cluster: number): number {
    return Number(this.get64(this.l2(cluster)) & 0x00ff_ffff_ffff_fe00n);
  }

  /** Sets the count of the cluster at a byte position. */
  refcount(position: number, count: number): this {
    setCount(
      this.bytes,
      this.positions.refcountBlock,
      this.positions.refcountOrder,
      position / this.clusterSize,
      count,
    );
    return this;
  }

  /** Cuts the file off. */
  cut(length: number): this {
    this.bytes = this.bytes.slice(0, length);
    return this;
  }

  /** Puts bytes. */
  put(at: number, bytes: Uint8Array): this {
    this.bytes.set(bytes, at);
    return this;
  }
}

/** Where the parts of a built image lie, in bytes. */
export interface Positions {
  readonly refcountTable: number;
  readonly refcountBlock: number;
  readonly refcountOrder: number;
  readonly l1: number;
  readonly l2Entries: number;
  readonly entryBytes: number;
  /** L2 tables by L1 index, those that exist. */
  readonly l2: readonly (number | undefined)[];
  /** Header extensions in order. */
  readonly extensions: readonly number[];
  readonly extensionsEnd: number;
  readonly backingName: number;
  readonly snapshots: readonly number[];
  readonly snapshotL1s: readonly number[];
  readonly bitmapDirectory: number;
  readonly bitmapEntries: readonly number[];
  readonly bitmapTables: readonly number[];
  readonly luks: number;
  /** First byte behind the last cluster. */
  readonly end: number;
}

/** Clusters handed out one after the other, and how often each is referred to. */
class Allocator {
  readonly counts: number[] = [];
  readonly #clusterSize: number;

  constructor(clusterSize: number) {
    this.#clusterSize = clusterSize;
  }

  /** Position of `bytes` in clusters of their own. */
  take(bytes: number): number {
    const first = this.counts.length;
    for (let i = 0; i < Math.max(1, Math.ceil(bytes / this.#clusterSize)); i++) this.counts.push(1);
    return first * this.#clusterSize;
  }

  again(position: number): void {
    const cluster = position / this.#clusterSize;
    this.counts[cluster] = (this.counts[cluster] ?? 0) + 1;
  }
}

interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Builds a sound image. */
export function buildQcow2(plan: Qcow2Plan = {}): Qcow2Editor {
  const { clusterBits = 12, size = 2 ** 20, refcountOrder = 4, extendedL2 = false } = plan;
  const clusterSize = 2 ** clusterBits;
  const entryBytes = extendedL2 ? 16 : 8;
  const l2Entries = clusterSize / entryBytes;
  const allocator = new Allocator(clusterSize);
  allocator.take(clusterSize);
  const refcountTable = allocator.take(clusterSize);
  const refcountBlock = allocator.take(clusterSize);
  const l1Entries = Math.ceil(size / (clusterSize * l2Entries)) + (plan.spareL1 ?? 0);
  const l1 = allocator.take(8 * l1Entries);
  const pieces: Piece[] = [{ at: refcountTable, bytes: words([BigInt(refcountBlock)]) }];
  const tree = buildTree(plan, allocator, { clusterBits, entryBytes, l2Entries, l1, l1Entries }, pieces);
  const snapshots = buildSnapshots(
    plan,
    allocator,
    { clusterSize, entryBytes, l2Entries, l1Entries, size },
    pieces,
  );
  const bitmaps = buildBitmaps(plan, allocator, { clusterSize, size }, pieces);
  const luks = plan.luks === true ? buildLuks(allocator, pieces) : 0;
  const extensions = buildExtensions(plan, bitmaps, luks);
  const header = buildHeader(plan, {
    ...{ clusterBits, size, refcountOrder, l1, l1Entries, refcountTable },
    ...{ snapshots: snapshots.table, extensions },
  });
  pieces.push({ at: 0, bytes: header.bytes });
  const bytes = new Uint8Array(allocator.counts.length * clusterSize);
  for (const piece of pieces) bytes.set(piece.bytes, piece.at);
  allocator.counts.forEach((count, cluster) => setCount(bytes, refcountBlock, refcountOrder, cluster, count));
  return new Qcow2Editor(bytes, clusterSize, {
    ...{ refcountTable, refcountBlock, refcountOrder, l1, l2Entries, entryBytes, l2: tree },
    ...{
      extensions: header.extensions,
      extensionsEnd: header.extensionsEnd,
      backingName: header.backingName,
    },
    ...{ snapshots: snapshots.entries, snapshotL1s: snapshots.l1s },
    ...{ bitmapDirectory: bitmaps.directory, bitmapEntries: bitmaps.entries, bitmapTables: bitmaps.tables },
    ...{ luks, end: bytes.length },
  });
}

interface TreeShape {
  readonly clusterBits: number;
  readonly entryBytes: number;
  readonly l2Entries: number;
  readonly l1: number;
  readonly l1Entries: number;
}

function buildTree(
  { clusters = {}, dataFile, extendedL2 = false, version = 3 }: Qcow2Plan,
  allocator: Allocator,
  { clusterBits, entryBytes, l2Entries, l1, l1Entries }: TreeShape,
  pieces: Piece[],
): readonly (number | undefined)[] {
  const clusterSize = 2 ** clusterBits;
  const tables: (Uint8Array | undefined)[] = [];
  const positions: (number | undefined)[] = [];
  let stream = 0;
  const place = (guest: number): bigint =>
    BigInt(dataFile === undefined ? allocator.take(clusterSize) : guest * clusterSize) | COPIED;
  const compress = (guest: number): bigint => {
    // Two streams share a cluster, so that its count is 2.
    if (stream === 0) stream = allocator.take(clusterSize);
    else {
      allocator.again(stream - (stream % clusterSize));
      stream += 512;
    }
    const bytes = deflateRawSync(new Uint8Array(clusterSize).fill(guest + 1));
    pieces.push({ at: stream, bytes });
    return COMPRESSED | BigInt(stream);
  };
  for (const [key, kind] of Object.entries(clusters)) {
    const guest = Number(key);
    const table = Math.floor(guest / l2Entries);
    positions[table] ??= allocator.take(clusterSize);
    const bytes = (tables[table] ??= new Uint8Array(clusterSize));
    const view = new DataView(bytes.buffer);
    const at = (guest % l2Entries) * entryBytes;
    const flag = extendedL2 || version === 2 ? 0n : 1n;
    const entry =
      kind === 'compressed'
        ? compress(guest)
        : kind === 'zero'
          ? flag
          : place(guest) | (kind === 'data' ? 0n : flag);
    view.setBigUint64(at, entry);
    if (extendedL2 && kind !== 'compressed')
      view.setBigUint64(at + 8, kind === 'data' ? 0xffff_ffffn : 0xffff_ffff_0000_0000n);
  }
  const l1Words = Array.from({ length: l1Entries }, (_, index) => {
    const position = positions[index];
    return position === undefined ? 0n : BigInt(position) | COPIED;
  });
  pieces.push({ at: l1, bytes: words(l1Words) });
  tables.forEach((bytes, index) =>
    pieces.push({ at: positions[index] ?? 0, bytes: bytes ?? new Uint8Array(0) }),
  );
  return positions;
}

function buildSnapshots(
  { snapshots = [] }: Qcow2Plan,
  allocator: Allocator,
  shape: { clusterSize: number; entryBytes: number; l2Entries: number; l1Entries: number; size: number },
  pieces: Piece[],
): { readonly table: number; readonly entries: readonly number[]; readonly l1s: readonly number[] } {
  if (snapshots.length === 0) return { table: 0, entries: [], l1s: [] };
  const { clusterSize, entryBytes, l2Entries, l1Entries, size } = shape;
  const table = allocator.take(clusterSize);
  const entries: number[] = [];
  const l1s: number[] = [];
  let at = table;
  for (const snapshot of snapshots) {
    const l1 = allocator.take(8 * l1Entries);
    const l2 = allocator.take(clusterSize);
    const bytes = new Uint8Array(clusterSize);
    for (const guest of snapshot.clusters ?? [])
      new DataView(bytes.buffer).setBigUint64(
        (guest % l2Entries) * entryBytes,
        BigInt(allocator.take(clusterSize)),
      );
    pieces.push({ at: l1, bytes: words([BigInt(l2)]) }, { at: l2, bytes });
    const entry = snapshotEntry(snapshot, l1, l1Entries, size);
    pieces.push({ at, bytes: entry });
    entries.push(at);
    l1s.push(l1);
    at += entry.length;
  }
  return { table, entries, l1s };
}

function snapshotEntry(
  { id, name = '', diskSize, vmStateSize = 0, extraSize = 16, dateSec = 1_600_000_000 }: SnapshotPlan,
  l1: number,
  l1Entries: number,
  size: number,
): Uint8Array {
  const text = encoder.encode(id + name);
  const bytes = new Uint8Array(Math.ceil((40 + extraSize + text.length) / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(l1));
  view.setUint32(8, l1Entries);
  view.setUint16(12, encoder.encode(id).length);
  view.setUint16(14, encoder.encode(name).length);
  view.setUint32(16, dateSec);
  view.setUint32(32, vmStateSize);
  view.setUint32(36, extraSize);
  if (extraSize >= 8) view.setBigUint64(40, BigInt(vmStateSize));
  if (extraSize >= 16) view.setBigUint64(48, BigInt(diskSize ?? size));
  bytes.set(text, 40 + extraSize);
  return bytes;
}

interface BuiltBitmaps {
  readonly directory: number;
  readonly directoryBytes: number;
  readonly entries: readonly number[];
  readonly tables: readonly number[];
}

function buildBitmaps(
  { bitmaps = [] }: Qcow2Plan,
  allocator: Allocator,
  { clusterSize, size }: { clusterSize: number; size: number },
  pieces: Piece[],
): BuiltBitmaps {
  if (bitmaps.length === 0) return { directory: 0, directoryBytes: 0, entries: [], tables: [] };
  const directory = allocator.take(clusterSize);
  const entries: number[] = [];
  const tables: number[] = [];
  let at = directory;
  for (const { name, granularityBits = 9, flags = 2 } of bitmaps) {
    const needed = Math.ceil(Math.ceil(Math.ceil(size / 2 ** granularityBits) / 8) / clusterSize);
    const table = allocator.take(8 * needed);
    const clusters = Array.from({ length: needed }, () => BigInt(allocator.take(clusterSize)));
    const text = encoder.encode(name);
    const entry = new Uint8Array(Math.ceil((24 + text.length) / 8) * 8);
    const view = new DataView(entry.buffer);
    view.setBigUint64(0, BigInt(table));
    view.setUint32(8, needed);
    view.setUint32(12, flags);
    view.setUint8(16, 1);
    view.setUint8(17, granularityBits);
    view.setUint16(18, text.length);
    entry.set(text, 24);
    pieces.push({ at: table, bytes: words(clusters) }, { at, bytes: entry });
    entries.push(at);
    tables.push(table);
    at += entry.length;
  }
  return { directory, directoryBytes: at - directory, entries, tables };
}

const LUKS_BYTES = 4096 + 64 * 4000;

/** A LUKS header with slot 0 active and its key material behind it. */
function buildLuks(allocator: Allocator, pieces: Piece[]): number {
  const at = allocator.take(LUKS_BYTES);
  const bytes = new Uint8Array(592);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, 0, 1]);
  bytes.set(encoder.encode('aes'), 8);
  bytes.set(encoder.encode('xts-plain64'), 40);
  bytes.set(encoder.encode('sha256'), 72);
  view.setUint32(108, 64);
  for (let slot = 0; slot < 8; slot++) {
    const start = 208 + 48 * slot;
    view.setUint32(start, slot === 0 ? 0x00ac71f3 : 0x0000dead);
    view.setUint32(start + 4, slot === 0 ? 100_000 : 0);
    view.setUint32(start + 40, 8);
    view.setUint32(start + 44, 4000);
  }
  pieces.push({ at, bytes });
  return at;
}

interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

function buildExtensions(plan: Qcow2Plan, bitmaps: BuiltBitmaps, luks: number): readonly Extension[] {
  const { backing, backingFormat, dataFile, featureNames = false } = plan;
  const text = (type: number, value: string): Extension => ({ type, data: encoder.encode(value) });
  return [
    ...(backing === undefined || backingFormat === undefined
      ? []
      : [text(EXTENSION.backingFormat, backingFormat)]),
    ...(dataFile === undefined ? [] : [text(EXTENSION.dataFile, dataFile)]),
    ...(luks === 0 ? [] : [{ type: EXTENSION.encryption, data: words([BigInt(luks), BigInt(LUKS_BYTES)]) }]),
    ...(featureNames ? [{ type: EXTENSION.featureNames, data: featureNameTable() }] : []),
    ...(bitmaps.directory === 0
      ? []
      : [
          {
            type: EXTENSION.bitmaps,
            data: words([
              BigInt(plan.bitmaps?.length ?? 0) << 32n,
              BigInt(bitmaps.directoryBytes),
              BigInt(bitmaps.directory),
            ]),
          },
        ]),
    ...(plan.extensions ?? []),
  ];
}

function featureNameTable(): Uint8Array {
  const bytes = new Uint8Array(96);
  bytes.set([0, 0, ...encoder.encode('dirty bit')]);
  bytes.set([1, 0, ...encoder.encode('lazy refcounts')], 48);
  return bytes;
}

interface HeaderFigures {
  readonly clusterBits: number;
  readonly size: number;
  readonly refcountOrder: number;
  readonly l1: number;
  readonly l1Entries: number;
  readonly refcountTable: number;
  readonly snapshots: number;
  readonly extensions: readonly Extension[];
}

function buildHeader(
  plan: Qcow2Plan,
  figures: HeaderFigures,
): { bytes: Uint8Array; extensions: number[]; extensionsEnd: number; backingName: number } {
  const { version = 3, backing } = plan;
  const length = version === 2 ? 72 : (plan.headerLength ?? 112);
  const bytes = new Uint8Array(2 ** figures.clusterBits);
  const view = new DataView(bytes.buffer);
  const extensions: number[] = [];
  let at = length;
  for (const { type, data } of figures.extensions) {
    extensions.push(at);
    view.setUint32(at, type);
    view.setUint32(at + 4, data.length);
    bytes.set(data, at + 8);
    at += 8 + Math.ceil(data.length / 8) * 8;
  }
  const backingName = at + (plan.noEnd === true ? 0 : 8);
  const set = (field: keyof typeof HEADER, value: number | bigint): void => {
    const [offset, width] = HEADER[field];
    if (width === 8) view.setBigUint64(offset, BigInt(value));
    else if (width === 4) view.setUint32(offset, Number(value));
    else view.setUint8(offset, Number(value));
  };
  set('magic', 0x514649fb);
  set('version', version);
  set('clusterBits', figures.clusterBits);
  set('size', figures.size);
  set('cryptMethod', plan.luks === true ? 2 : 0);
  set('l1Size', figures.l1Entries);
  set('l1Offset', figures.l1);
  set('refcountTableOffset', figures.refcountTable);
  set('refcountTableClusters', 1);
  set('snapshotCount', plan.snapshots?.length ?? 0);
  set('snapshotsOffset', figures.snapshots);
  if (backing !== undefined) {
    set('backingOffset', backingName);
    set('backingSize', encoder.encode(backing).length);
    bytes.set(encoder.encode(backing), backingName);
  }
  if (version === 3) setFeatures(plan, figures, length, set);
  return { bytes, extensions, extensionsEnd: at, backingName };
}

function setFeatures(
  plan: Qcow2Plan,
  { refcountOrder }: HeaderFigures,
  length: number,
  set: (field: keyof typeof HEADER, value: number | bigint) => void,
): void {
  const { dataFile, dataFileRaw, extendedL2, compressionType = 0, bitmaps = [] } = plan;
  const bit = (condition: boolean, number: number): number => (condition ? 1 << number : 0);
  set(
    'incompatible',
    bit(dataFile !== undefined, 2) | bit(compressionType !== 0, 3) | bit(extendedL2 === true, 4),
  );
  set('autoclear', bit(bitmaps.length > 0, 0) | bit(dataFileRaw === true, 1));
  set('refcountOrder', refcountOrder);
  set('headerLength', length);
  if (length >= 112) set('compressionType', compressionType);
}

function words(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setBigUint64(8 * index, value));
  return bytes;
}

/** Sets a count in a refcount block. Below 8 bits they count from the lowest bit of a byte, above they are big-endian. */
function setCount(bytes: Uint8Array, block: number, order: number, cluster: number, count: number): void {
  const bits = 2 ** order;
  if (bits < 8) {
    const bit = cluster * bits;
    const at = block + (bit >>> 3);
    const mask = (2 ** bits - 1) << (bit & 7);
    bytes[at] = ((bytes[at] ?? 0) & ~mask) | (count << (bit & 7));
    return;
  }
  const width = bits / 8;
  let rest = BigInt(count);
  for (let i = width - 1; i >= 0; i--, rest >>= 8n) bytes[block + cluster * width + i] = Number(rest & 0xffn);
}
