import { readFileSync } from 'node:fs';

/** What both sides read. */
export interface Contest {
  readonly spec: string;
  /** The type inside the spec, where it is not the outermost one. */
  readonly type?: string;
  readonly what: string;
  /** Are structures of fixed size views here, as they are in the parsers of this project? */
  readonly views?: boolean;
  /** What is parsed in one round, one by one. */
  readonly inputs: () => readonly Uint8Array[];
  /** Looks at the values. */
  readonly use: (parsed: object) => unknown;
  /** Least ratio that is accepted. */
  readonly must: number;
}

const RECORDS = 500_000;
const HEADERS = 20_000;
const VMDK_HEADER = readFileSync(
  new URL('../../samples/sound/tw_sparse-s001.vmdk', import.meta.url),
).subarray(0, 512);

export const contests: readonly Contest[] = [
  {
    spec: 'records',
    what: '500,000 records of 16 bytes as views',
    views: true,
    inputs: () => [noise(RECORDS * 16)],
    use: sumOfRecords,
    must: 2,
  },
  {
    spec: 'records',
    what: '500,000 records of 16 bytes',
    inputs: () => [noise(RECORDS * 16)],
    use: sumOfRecords,
    must: 0.8,
  },
  {
    spec: 'tables',
    what: 'a table of 400,000 integers',
    inputs: () => [noise(400_000 * 4)],
    use: keep,
    must: 5,
  },
  {
    spec: 'mixed',
    what: '25,000 records with bits, text and a switch',
    inputs: () => [mixedRecords(25_000)],
    use: keep,
    must: 1,
  },
  {
    spec: 'triangles',
    what: '100,000 triangles of vectors of floats as views',
    views: true,
    inputs: () => [triangles(100_000)],
    use: keep,
    must: 2,
  },
  {
    spec: 'triangles',
    what: '100,000 triangles of vectors of floats',
    inputs: () => [triangles(100_000)],
    use: keep,
    must: 0.8,
  },
  {
    spec: 'packets',
    what: '40,000 packets, each with five streams',
    inputs: () => [packets(40_000)],
    use: sumOfPackets,
    must: 1,
  },
  {
    spec: 'archive',
    what: '20,000 files and their directory',
    inputs: () => [archive(20_000)],
    use: keep,
    must: 1,
  },
  {
    spec: 'chunks',
    what: '30,000 chunks of bytes, densities and palettes',
    inputs: () => [chunks(30_000)],
    use: keep,
    must: 1,
  },
  {
    spec: 'events',
    what: '60,000 events with times of variable length',
    inputs: () => [events(60_000)],
    use: keep,
    must: 1,
  },
  {
    spec: '../../specs/vmdk4',
    type: 'sparse_extent_header',
    views: true,
    what: `${HEADERS.toLocaleString('en')} sparse headers of VMDK, one stream each`,
    // Each in memory of its own: the reference parser takes whole buffers without a copy.
    inputs: () => Array.from({ length: HEADERS }, () => Uint8Array.from(VMDK_HEADER)),
    use: keep,
    must: 4,
  },
];

/** Bytes without a pattern, the same in every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function mixedRecords(count: number): Uint8Array {
  const record = [0x21, 0x43, 6, 0, ...Buffer.from('record'), 1, 2, 3, 4];
  const bytes = new Uint8Array(count * record.length);
  for (let index = 0; index < count; index += 1) {
    bytes.set(record, index * record.length);
    bytes[index * record.length + 3] = index % 3;
  }
  return bytes;
}

function triangles(count: number): Uint8Array {
  const bytes = noise(84 + count * 50);
  new DataView(bytes.buffer).setUint32(80, count, true);
  return bytes;
}

function packets(count: number): Uint8Array {
  const header = Buffer.alloc(24);
  header.set([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
  header.writeUInt32LE(1, 20);
  const all: Uint8Array[] = [header];
  for (let index = 0; index < count; index += 1) {
    const transport =
      index % 2 === 0
        ? [0x14, 0xe9, 0x0f, 0xa0, 0, 60, 0, 0]
        : [0, 80, 7, 208, ...new Array<number>(16).fill(7)];
    const payload = [...transport, ...new Array<number>(52).fill(index & 255)];
    const ip = [
      0x45,
      0,
      0,
      20 + payload.length,
      0,
      7,
      0x40,
      0,
      64,
      index % 2 === 0 ? 17 : 6,
      0,
      0,
      10,
      0,
      0,
      1,
      10,
      0,
      0,
      2,
    ];
    const frame = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, ...ip, ...payload];
    const head = Buffer.alloc(16);
    head.writeUInt32LE(1_600_000_000 + index, 0);
    head.writeUInt32LE(frame.length, 8);
    head.writeUInt32LE(frame.length, 12);
    all.push(head, Uint8Array.from(frame));
  }
  return Uint8Array.from(Buffer.concat(all));
}

interface Packet {
  readonly seconds: number;
  readonly body: { readonly body: { readonly ttl: number } };
}

function sumOfPackets(parsed: object): number {
  const { packets: all } = parsed as { readonly packets: readonly Packet[] };
  let sum = 0;
  for (const { seconds, body } of all) sum ^= seconds ^ body.body.ttl;
  return sum;
}

function archive(count: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const body = new Uint8Array(100).fill(5);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const name = Buffer.from(`dir/file${String(index).padStart(6, '0')}.bin`);
    const extra = index % 2 === 0 ? Buffer.of() : Buffer.of(0x55, 0x54, 5, 0, 1, 2, 3, 4, 5);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt32LE(body.length, 18);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(at, 42);
    parts.push(local, name, extra, body);
    directory.push(entry, name, extra);
    at += local.length + name.length + extra.length + body.length;
  }
  const end = Buffer.from('PK\x05\x06\0\0\0\0', 'latin1');
  return Uint8Array.from(Buffer.concat([...parts, ...directory, end]));
}

function chunks(count: number): Uint8Array {
  const kinds = [
    ['IDAT', new Array<number>(60).fill(3)],
    ['pHYs', [0, 0, 1, 0, 0, 0, 1, 0, 1]],
    ['PLTE', new Array<number>(24).fill(200)],
  ] as const;
  const all = Array.from({ length: count }, (_, index) => {
    const [kind, body] = kinds[index % 3] ?? kinds[0];
    return chunk(kind, body);
  });
  return Uint8Array.from(Buffer.concat([Buffer.of(0x89, 0x50), ...all, chunk('IEND', [])]));
}

function chunk(kind: string, body: readonly number[]): Uint8Array {
  return Buffer.concat([
    Buffer.of(0, 0, 0, body.length),
    Buffer.from(kind),
    Uint8Array.from(body),
    Buffer.alloc(4),
  ]);
}

function events(count: number): Uint8Array {
  const kinds = [
    [0x90, 60, 100],
    [0x80, 60, 0],
    [0xe1, 3, 64],
    [0xc0, 9],
  ];
  const all = Array.from({ length: count }, (_, index) => [
    ...(index % 3 === 0 ? [0x81, 0x40] : [index & 0x7f]),
    ...(kinds[index % 4] ?? []),
  ]).flat();
  const head = Buffer.from('MTrk\0\0\0\0');
  head.writeUInt32BE(all.length, 4);
  return Uint8Array.from([...head, ...all]);
}

/** Looks at every field, since ours reads those of records no sooner. */
function sumOfRecords(parsed: object): number {
  const { records } = parsed as { readonly records: readonly PlainRecord[] };
  let sum = 0;
  for (const record of records)
    sum ^= record.kind ^ record.flags ^ record.length ^ record.offset ^ record.checksum;
  return sum;
}

interface PlainRecord {
  readonly kind: number;
  readonly flags: number;
  readonly length: number;
  readonly offset: number;
  readonly checksum: number;
}

function keep(parsed: object): object {
  return parsed;
}
