import { deflateRawSync } from 'node:zlib';
import type { MemoryFiles } from '../../support/open.ts';
import { buildQcow2, COMPRESSED, type Qcow2Editor, type Qcow2Plan } from '../../support/qcow2.ts';
import type { RuleCase } from '../../support/rule-case.ts';

const CLUSTER = 65536;
const SECTOR = 512;
/** Sectors beside the first that an entry counts begin at this bit. */
const COUNT_SHIFT = 62n - (16n - 8n);
/** Two compressed clusters and one that is not; the streams begin a sector apart. */
const PLAN: Qcow2Plan = { clusterBits: 16, clusters: { 0: 'data', 1: 'compressed', 2: 'compressed' } };

const noise = (length: number): Uint8Array => {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
};
/** Packs to 1200 bytes or so. */
const guest = (length = CLUSTER): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes.set(noise(1100));
  return bytes;
};
const small = deflateRawSync(new Uint8Array(CLUSTER).fill(7));

/** Stores `stream` for guest cluster 2, behind the sector that guest cluster 1 has, and counts `sectors` for it. */
function image(
  stream: Uint8Array,
  sectors: number,
  change: (file: Qcow2Editor) => unknown = () => undefined,
): MemoryFiles {
  const file = buildQcow2(PLAN);
  const first = Number(file.get64(file.l2(1)) & (COMPRESSED - 1n));
  file.put(first, small).put(first + SECTOR, stream);
  file.entry(2, (entry) => entry | (BigInt(sectors - 1) << COUNT_SHIFT));
  change(file);
  return { 'disk.qcow2': file.bytes };
}

const packed = deflateRawSync(guest());
const needed = Math.ceil(packed.length / SECTOR);
const sound = () => image(packed, needed);

export const dataCases: readonly RuleCase[] = [
  {
    rule: 'qcow2/compressed-corrupt',
    damaged: () =>
      image(
        packed.map((byte, at) => (at > 40 && at < 60 ? 0xff : byte)),
        needed,
      ),
    near: sound,
    also: [],
    field: 'l2[0][2]',
    count: 1,
  },
  {
    rule: 'qcow2/compressed-corrupt',
    damaged: () => image(deflateRawSync(guest(CLUSTER + 1)), needed),
    near: sound,
    also: [],
  },
  {
    rule: 'qcow2/compressed-too-short',
    damaged: () => image(packed, needed - 1),
    near: sound,
    also: [],
    count: 1,
  },
  {
    rule: 'qcow2/compressed-short-output',
    damaged: () => image(deflateRawSync(guest(CLUSTER - 1)), needed),
    near: sound,
    also: [],
  },
  {
    rule: 'qcow2/compressed-oversized-n',
    damaged: () => image(packed, needed + 2),
    near: () => image(packed, needed + 1),
    also: [],
  },
  {
    rule: 'qcow2/trailing-data',
    damaged: () => appended((bytes) => bytes.fill(1, -1)),
    near: () => appended(() => undefined),
    also: [],
    count: 1,
  },
  {
    rule: 'qcow2/bitmap-tail-bits',
    damaged: () => withBitmap(5),
    near: () => withBitmap(4),
    also: [],
    count: 1,
  },
  {
    rule: 'qcow2/data-file-raw-hole',
    damaged: () => rawData(2 * CLUSTER - 1),
    near: () => rawData(CLUSTER - 1),
    also: [],
    count: 1,
  },
];

/** An image with a cluster behind its last one. */
function appended(change: (bytes: Uint8Array) => unknown): MemoryFiles {
  const image = buildQcow2({ clusterBits: 16, clusters: { 0: 'data' } });
  const bytes = new Uint8Array(image.bytes.length + CLUSTER);
  bytes.set(image.bytes);
  change(bytes);
  return { 'disk.qcow2': bytes };
}

/** An image whose bitmap needs five bits, with one of them set. */
function withBitmap(bit: number): MemoryFiles {
  const image = buildQcow2({
    size: 5 * CLUSTER,
    clusterBits: 16,
    bitmaps: [{ name: 'daily', granularityBits: 16, flags: 0 }],
  });
  const table = image.positions.bitmapTables[0] ?? 0;
  image.u8(Number(image.get64(table)), 1 << bit);
  return { 'disk.qcow2': image.bytes };
}

/** An image with raw external data, of which guest cluster 0 is stored, and byte `at` is not zero. */
function rawData(at: number): MemoryFiles {
  const data = new Uint8Array(4 * CLUSTER);
  data[at] = 1;
  const plan = {
    clusterBits: 16,
    size: 4 * CLUSTER,
    clusters: { 0: 'data', 1: 'zero' },
    dataFile: 'data.raw',
    dataFileRaw: true,
  } as const;
  return { 'disk.qcow2': buildQcow2(plan).bytes, 'data.raw': data };
}
