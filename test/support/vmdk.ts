import { deflateSync } from 'node:zlib';

const SECTOR = 512;
const encoder = new TextEncoder();

/** Bytes of a file with the places of its structures; each change works in place and gives the file back. */
export class VmdkFile<Place extends string = string> {
  bytes: Uint8Array;
  /** Byte positions of what the builder placed. */
  readonly at: Readonly<Record<Place, number>>;

  constructor(bytes: Uint8Array, at: Readonly<Record<Place, number>>) {
    this.bytes = bytes;
    this.at = at;
  }

  get view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  u8(offset: number, value: number): this {
    this.bytes[offset] = value;
    return this;
  }

  u16(offset: number, value: number): this {
    this.view.setUint16(offset, value, true);
    return this;
  }

  u32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint | number): this {
    this.view.setBigUint64(offset, BigInt(value), true);
    return this;
  }

  put(offset: number, data: string | Uint8Array): this {
    this.bytes.set(typeof data === 'string' ? encoder.encode(data) : data, offset);
    return this;
  }

  cut(length: number): this {
    this.bytes = this.bytes.slice(0, length);
    return this;
  }

  append(length: number, fill = 0): this {
    const longer = new Uint8Array(this.bytes.length + length).fill(fill, this.bytes.length);
    longer.set(this.bytes);
    this.bytes = longer;
    return this;
  }
}

/** What a descriptor says; everything has a sound default. */
export interface DescriptorPlan {
  readonly createType?: string;
  readonly cid?: string;
  readonly parentCid?: string;
  readonly hint?: string;
  readonly extents?: readonly string[];
  /** Lines put behind `version`. */
  readonly more?: readonly string[];
  readonly ddb?: readonly string[];
}

/** The text of a descriptor. */
export function descriptorText(plan: DescriptorPlan = {}): string {
  return [
    '# Disk DescriptorFile',
    'version=1',
    ...(plan.more ?? []),
    `CID=${plan.cid ?? '12345678'}`,
    `parentCID=${plan.parentCid ?? 'ffffffff'}`,
    `createType="${plan.createType ?? 'monolithicFlat'}"`,
    ...(plan.hint === undefined ? [] : [`parentFileNameHint="${plan.hint}"`]),
    '',
    '# Extent description',
    ...(plan.extents ?? []),
    '',
    '# The Disk Data Base',
    '#DDB',
    '',
    ...(plan.ddb ?? [
      'ddb.virtualHWVersion = "4"',
      'ddb.geometry.cylinders = "4"',
      'ddb.geometry.heads = "16"',
      'ddb.geometry.sectors = "63"',
      'ddb.adapterType = "ide"',
    ]),
    '',
  ].join('\n');
}

/** A descriptor as a file. */
export function descriptorFile(plan: DescriptorPlan = {}): Uint8Array {
  return encoder.encode(descriptorText(plan));
}

/** Fields of a hosted sparse header: byte offset and width (VDF 5.0, SparseExtentHeader). */
export const HOSTED = {
  magic: 0,
  version: 4,
  flags: 8,
  capacity: 12,
  grainSize: 20,
  descriptorOffset: 28,
  descriptorSize: 36,
  numGtesPerGt: 44,
  rgdOffset: 48,
  gdOffset: 56,
  overhead: 64,
  unclean: 72,
  newline: 73,
  compression: 77,
  pad: 79,
} as const;

/** What a hosted sparse extent is like. Grains are written in this order; `zero` gives an entry of 1. */
export interface HostedPlan {
  readonly name?: string;
  /** Sectors; default 131072, two tables. */
  readonly capacity?: number;
  /** Sectors; default 128. */
  readonly grainSize?: number;
  readonly entriesPerTable?: number;
  /** Guest grain numbers that are stored; each is filled with its number plus 1. */
  readonly grains?: readonly number[];
  readonly zero?: readonly number[];
  readonly redundant?: boolean;
  /** Without one the area stays empty. */
  readonly descriptor?: DescriptorPlan | null;
}

type HostedPlace = 'gd' | 'rgd' | 'gt' | 'rgt' | 'grains' | 'descriptor';

/** Builds a sound hosted sparse extent: header, descriptor, RGD and its tables, GD and its tables, grains. */
export function buildHosted(plan: HostedPlan = {}): VmdkFile<HostedPlace> {
  const { capacity = 131072, grainSize = 128, entriesPerTable = 512, grains = [0, 1, 5], zero = [] } = plan;
  const isRedundant = plan.redundant !== false;
  const tables = Math.ceil(Math.ceil(capacity / grainSize) / entriesPerTable);
  const gdSectors = Math.ceil((tables * 4) / SECTOR);
  const tableSectors = Math.ceil((entriesPerTable * 4) / SECTOR);
  const rgd = 21;
  const rgt = rgd + gdSectors;
  const gd = isRedundant ? rgt + tables * tableSectors : 21;
  const gt = gd + gdSectors;
  const overhead = Math.ceil((gt + tables * tableSectors) / grainSize) * grainSize;
  const file = new VmdkFile<HostedPlace>(new Uint8Array((overhead + grains.length * grainSize) * SECTOR), {
    gd: gd * SECTOR,
    rgd: rgd * SECTOR,
    gt: gt * SECTOR,
    rgt: rgt * SECTOR,
    grains: overhead * SECTOR,
    descriptor: SECTOR,
  });
  const flags = (isRedundant ? 3 : 1) | (zero.length > 0 ? 4 : 0);
  writeHeader(file, 0, {
    ...plan,
    capacity,
    grainSize,
    entriesPerTable,
    flags,
    version: zero.length > 0 ? 2 : 1,
  });
  file
    .u64(HOSTED.rgdOffset, isRedundant ? rgd : 0)
    .u64(HOSTED.gdOffset, gd)
    .u64(HOSTED.overhead, overhead);
  if (plan.descriptor !== null) file.put(SECTOR, embeddedText(plan, capacity, 'monolithicSparse'));
  for (const [directory, table] of isRedundant
    ? [[gd, gt] as const, [rgd, rgt] as const]
    : [[gd, gt] as const]) {
    for (let index = 0; index < tables; index++)
      file.u32(directory * SECTOR + 4 * index, table + index * tableSectors);
    for (const [place, grain] of grains.entries())
      file.u32(entryAt(table, grain), overhead + place * grainSize);
    for (const grain of zero) file.u32(entryAt(table, grain), 1);
  }
  for (const [place, grain] of grains.entries()) {
    const start = (overhead + place * grainSize) * SECTOR;
    file.bytes.fill(grain + 1, start, start + grainSize * SECTOR);
  }
  return file;

  function entryAt(table: number, grain: number): number {
    return (
      (table + Math.floor(grain / entriesPerTable) * tableSectors) * SECTOR + (grain % entriesPerTable) * 4
    );
  }
}

interface HeaderPlan {
  readonly capacity: number;
  readonly grainSize: number;
  readonly entriesPerTable: number;
  readonly flags: number;
  readonly version: number;
}

function writeHeader(file: VmdkFile, offset: number, plan: HeaderPlan): void {
  file
    .put(offset, 'KDMV')
    .u32(offset + HOSTED.version, plan.version)
    .u32(offset + HOSTED.flags, plan.flags)
    .u64(offset + HOSTED.capacity, plan.capacity)
    .u64(offset + HOSTED.grainSize, plan.grainSize)
    .u64(offset + HOSTED.descriptorOffset, 1)
    .u64(offset + HOSTED.descriptorSize, 20)
    .u32(offset + HOSTED.numGtesPerGt, plan.entriesPerTable)
    .put(offset + HOSTED.newline, '\n \r\n');
}

function embeddedText(plan: HostedPlan, capacity: number, createType: string): string {
  const extents = [`RW ${capacity} SPARSE "${plan.name ?? 'disk.vmdk'}"`];
  return descriptorText({ createType, extents, ...plan.descriptor });
}

/** What a streamOptimized extent is like. */
export interface StreamPlan extends HostedPlan {
  /** Where the directory is: behind the grains with a footer (default), or in front. */
  readonly directory?: 'end' | 'front';
  /** Bytes of a grain; default: all are its number plus 1. */
  readonly content?: (grain: number) => Uint8Array;
}

type StreamPlace = 'gd' | 'gt' | 'grains' | 'footer' | 'gtMarker' | 'gdMarker';

/** Builds a sound streamOptimized extent as VMware writes it: grains, GT marker and table, GD marker and GD, footer, EOS. */
export function buildStream(plan: StreamPlan = {}): VmdkFile<StreamPlace> {
  const { capacity = 65536, grainSize = 128, entriesPerTable = 512, grains = [0, 1, 5] } = plan;
  const packed = grains.map((grain) => packGrain(grain, grainSize, plan.content?.(grain)));
  const overhead = 32;
  let position = overhead;
  const starts = packed.map((bytes) => {
    const start = position;
    position += Math.ceil(bytes.length / SECTOR);
    return start;
  });
  const tableSectors = Math.ceil((entriesPerTable * 4) / SECTOR);
  const isFront = plan.directory === 'front';
  const gtMarker = position;
  const gt = isFront ? 22 : gtMarker + 1;
  const gdMarker = isFront ? position : gt + tableSectors;
  const gd = isFront ? 21 : gdMarker + 1;
  const footer = isFront ? position : gd + 2;
  const end = isFront ? position : footer + 2;
  const file = new VmdkFile<StreamPlace>(new Uint8Array(end * SECTOR), {
    gd: gd * SECTOR,
    gt: gt * SECTOR,
    grains: overhead * SECTOR,
    footer: footer * SECTOR,
    gtMarker: gtMarker * SECTOR,
    gdMarker: gdMarker * SECTOR,
  });
  const header = { capacity, grainSize, entriesPerTable, flags: 0x30001, version: 3 };
  for (const offset of isFront ? [0] : [0, footer * SECTOR]) {
    writeHeader(file, offset, header);
    file.u16(offset + HOSTED.compression, 1).u64(offset + HOSTED.overhead, overhead);
    file.u64(offset + HOSTED.gdOffset, offset > 0 || isFront ? gd : 0xffff_ffff_ffff_ffffn);
  }
  if (plan.descriptor !== null) file.put(SECTOR, embeddedText(plan, capacity, 'streamOptimized'));
  if (!isFront) {
    file.u64(gtMarker * SECTOR, tableSectors).u32(gtMarker * SECTOR + 12, 1);
    file.u64(gdMarker * SECTOR, 1).u32(gdMarker * SECTOR + 12, 2);
    file.u64((footer - 1) * SECTOR, 1).u32((footer - 1) * SECTOR + 12, 3);
  }
  file.u32(gd * SECTOR, gt);
  for (const [place, grain] of grains.entries()) {
    file.u32(gt * SECTOR + 4 * grain, starts[place] ?? 0);
    file.put((starts[place] ?? 0) * SECTOR, packed[place] ?? new Uint8Array(0));
  }
  return file;
}

/** A grain behind its marker. */
function packGrain(
  grain: number,
  grainSize: number,
  content: Uint8Array = new Uint8Array(grainSize * SECTOR).fill(grain + 1),
): Uint8Array {
  const stream = deflateSync(content);
  const file = new VmdkFile(new Uint8Array(12 + stream.length), {});
  return file
    .u64(0, grain * grainSize)
    .u32(8, stream.length)
    .put(12, stream).bytes;
}

/** Fields of a COWD header: byte offsets (VDF 5.0, COWDisk_Header). */
export const COWD = {
  magic: 0,
  version: 4,
  flags: 8,
  numSectors: 12,
  grainSize: 16,
  gdOffset: 20,
  numGdEntries: 24,
  freeSector: 28,
  parentFileName: 32,
  unclean: 1648,
} as const;

/** What a COWD extent is like. */
export interface CowdPlan {
  readonly sectors?: number;
  readonly grainSize?: number;
  readonly grains?: readonly number[];
}

/** Builds a sound COWD extent: header, directory, its first table, grains. */
export function buildCowd(plan: CowdPlan = {}): VmdkFile<'gd' | 'gt' | 'grains'> {
  const { sectors = 4096, grainSize = 1, grains = [0, 1, 7] } = plan;
  const entries = Math.ceil(sectors / grainSize / 4096);
  const gt = 5;
  const first = gt + 32;
  const end = first + grains.length * grainSize;
  const file = new VmdkFile(new Uint8Array(end * SECTOR), {
    gd: 4 * SECTOR,
    gt: gt * SECTOR,
    grains: first * SECTOR,
  });
  file.put(0, 'COWD').u32(COWD.version, 1).u32(COWD.flags, 3).u32(COWD.numSectors, sectors);
  file
    .u32(COWD.grainSize, grainSize)
    .u32(COWD.gdOffset, 4)
    .u32(COWD.numGdEntries, entries)
    .u32(COWD.freeSector, end);
  file.u32(4 * SECTOR, gt);
  for (const [place, grain] of grains.entries()) {
    file.u32(gt * SECTOR + 4 * grain, first + place * grainSize);
    file.bytes.fill(
      grain + 1,
      (first + place * grainSize) * SECTOR,
      (first + (place + 1) * grainSize) * SECTOR,
    );
  }
  return file;
}

/** Byte offsets of the constant header's fields (QEMU 7.2, block/vmdk.c). */
export const SESPARSE = {
  magic: 0,
  version: 8,
  capacity: 16,
  grainSize: 24,
  grainTableSize: 32,
  flags: 40,
  reserved1: 48,
  volatile: 80,
  journalHeader: 96,
  journal: 112,
  grainDir: 128,
  grainTables: 144,
  freeBitmap: 160,
  backmap: 176,
  grains: 192,
  pad: 208,
} as const;

/** A seSparse entry: kind in the top four bits, slot rotated. */
export function slotEntry(kind: number, slot = 0): bigint {
  return (BigInt(kind) << 60n) | (BigInt(slot & 0xfff) << 48n) | BigInt(slot >>> 12);
}

/** What a seSparse extent is like: entries by guest grain, slots in use. */
export interface SeSparsePlan {
  readonly capacity?: number;
  readonly entries?: Readonly<Record<number, bigint>>;
  readonly slots?: number;
}

type SeSparsePlace = 'volatile' | 'journal' | 'gd' | 'gt' | 'bitmap' | 'backmap' | 'grains';

/** Builds a sound seSparse extent with one grain table; areas have the usual order and are rounded to 2048 sectors. */
export function buildSeSparse(plan: SeSparsePlan = {}): VmdkFile<SeSparsePlace> {
  const {
    capacity = 8192,
    entries = { 0: slotEntry(3, 0), 1: slotEntry(2), 2: slotEntry(3, 1) },
    slots = 2,
  } = plan;
  const step = 2048;
  const areas = ['journal', 'grainDir', 'grainTables', 'freeBitmap', 'backmap'] as const;
  const grains = (areas.length + 1) * step;
  const file = new VmdkFile(new Uint8Array((grains + slots * 8) * SECTOR), {
    volatile: SECTOR,
    journal: step * SECTOR,
    gd: 2 * step * SECTOR,
    gt: 3 * step * SECTOR,
    bitmap: 4 * step * SECTOR,
    backmap: 5 * step * SECTOR,
    grains: grains * SECTOR,
  });
  file.u64(SESPARSE.magic, 0xcafebaben).u64(SESPARSE.version, 0x200000001n).u64(SESPARSE.capacity, capacity);
  file.u64(SESPARSE.grainSize, 8).u64(SESPARSE.grainTableSize, 64);
  const area = (field: number, offset: number, size: number) => file.u64(field, offset).u64(field + 8, size);
  area(SESPARSE.volatile, 1, 1);
  area(SESPARSE.journalHeader, 2, 2);
  for (const [index, name] of areas.entries()) area(SESPARSE[name], (index + 1) * step, step);
  area(SESPARSE.grains, grains, capacity);
  file
    .u64(SECTOR, 0xcafecafen)
    .u64(SECTOR + 8, 1)
    .u64(SECTOR + 16, 1);
  file.u64(file.at.gd, 1n << 60n);
  for (const [grain, entry] of Object.entries(entries)) {
    file.u64(file.at.gt + 8 * Number(grain), entry);
    const slot = Number((entry >> 48n) & 0xfffn) + Number(entry & 0xffff_ffff_ffffn) * 4096;
    const byte = file.at.bitmap + (slot >>> 3);
    if (entry >> 60n === 3n && slot < slots) file.u8(byte, (file.bytes[byte] ?? 0) | (1 << (slot & 7)));
  }
  for (let slot = 0; slot < slots; slot++)
    file.bytes.fill(slot + 1, (grains + slot * 8) * SECTOR, (grains + slot * 8 + 8) * SECTOR);
  return file;
}
