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
];
