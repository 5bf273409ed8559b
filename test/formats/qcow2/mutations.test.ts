import { copyFileSync, openSync, closeSync, readSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLocalImage } from '../../../src/node/local.ts';
import { hasQemu, qemuCheck, qemuImg, qemuIo, workFolder, type QemuCheck } from './qemu.ts';

/** Images whose tables are damaged at random. */
const BASES: readonly {
  readonly name: string;
  readonly options: string;
  readonly then?: (path: string) => void;
}[] = [
  { name: 'plain', options: 'cluster_size=4k' },
  { name: 'version 2', options: 'compat=0.10,cluster_size=4k' },
  { name: 'narrow refcounts', options: 'cluster_size=4k,refcount_bits=1' },
  { name: 'wide refcounts', options: 'cluster_size=4k,refcount_bits=64' },
  { name: 'extended L2', options: 'cluster_size=16k,extended_l2=on' },
  {
    name: 'compressed',
    options: 'cluster_size=4k',
    then: (path) => qemuIo(path, ['write -c -P 5 3M 4k', 'write -c -P 6 3080k 4k', 'write -c -P 7 3084k 4k']),
  },
  {
    name: 'snapshots',
    options: 'cluster_size=4k',
    then: (path) => {
      qemuImg('snapshot', '-c', 'one', path);
      qemuIo(path, ['write -P 7 64k 16k', 'write -P 8 1800k 4k']);
      qemuImg('snapshot', '-c', 'two', path);
      qemuIo(path, ['write -P 9 0 4k']);
    },
  },
];

/** Rules on what `qemu-img check` passes; what else it says of such an image does not matter. */
const UNSEEN_BY_QEMU: ReadonlySet<string> = new Set([
  'qcow2/l2-zero-bit-v2',
  'qcow2/compressed-high-bits',
  'qcow2/l2-entry-duplicate',
  'qcow2/l1-entry-duplicate',
]);

const MUTATIONS_PER_IMAGE = Number(process.env.MUTATIONS ?? 24);

/** A small generator of reproducible numbers (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

class Patcher {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r+');
  }

  get(offset: number): bigint {
    const bytes = Buffer.alloc(8);
    readSync(this.#descriptor, bytes, 0, 8, offset);
    return bytes.readBigUInt64BE();
  }

  set(offset: number, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
    writeSync(this.#descriptor, bytes, 0, 8, offset);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

const OFFSET = 0x00ff_ffff_ffff_fe00n;

/** Positions of the words of a table that are in use, and one that is not. */
function usedWords(file: Patcher, start: number, words: number): readonly number[] {
  const all = Array.from({ length: words }, (_, index) => start + 8 * index);
  const used = all.filter((offset) => file.get(offset) !== 0n);
  const free = all.find((offset) => file.get(offset) === 0n);
  return free === undefined ? used : [...used, free];
}

/** Positions of all entries of L1, L2 tables, refcount table and blocks. */
function listEntries(file: Patcher): readonly number[] {
  const clusterSize = 1 << Number(file.get(20) >> 32n);
  const l1 = usedWords(file, Number(file.get(40)), Number(file.get(32) & 0xffff_ffffn));
  const words = clusterSize / 8;
  const l2 = l1.flatMap((at) => tableAt(file, at, words));
  const refcountTable = usedWords(file, Number(file.get(48)), words);
  const blocks = refcountTable.flatMap((at) => tableAt(file, at, words));
  return [...l1, ...l2, ...refcountTable, ...blocks];
}

function tableAt(file: Patcher, entry: number, words: number): readonly number[] {
  const target = Number(file.get(entry) & OFFSET);
  return target === 0 ? [] : usedWords(file, target, words);
}

/** Changes one entry in one of the ways in which entries go wrong. */
function mutate(path: string, seed: number): string {
  const random = randomFrom(seed);
  const file = new Patcher(path);
  try {
    const entries = listEntries(file);
    const pick = (): number => entries[random(entries.length)] ?? 0;
    const at = pick();
    const old = file.get(at);
    const ways: readonly (() => bigint)[] = [
      () => old ^ (1n << BigInt(random(64))),
      () => 0n,
      () => file.get(pick()),
      () => old + BigInt(random(4) + 1) * 4096n,
      () => old ^ (1n << 63n),
      () => (old & ~OFFSET) | (BigInt(random(2048)) << 12n),
      () => old + 1n,
    ];
    const made = BigInt.asUintN(64, (ways[random(ways.length)] ?? (() => 0n))());
    file.set(at, made);
    return `seed ${seed}: word at ${at} from 0x${old.toString(16)} to 0x${made.toString(16)}`;
  } finally {
    file.close();
  }
}

/** What the verdict should be, by what qemu says. */
function verdictOf({ exit }: QemuCheck): string {
  return exit === 0 ? 'sound' : exit === 3 ? 'leak' : 'corrupt';
}

describe.skipIf(!hasQemu())('tables damaged at random', () => {
  const folder = workFolder();
  afterAll(() => folder.remove());

  describe.each(BASES)('$name', ({ name, options, then }) => {
    const base = folder.path(`${name}.qcow2`);
    beforeAll(() => {
      qemuImg('create', '-q', '-f', 'qcow2', '-o', options, base, '4M');
      qemuIo(base, ['write -P 1 0 100k', 'write -P 2 1M 900k', 'write -P 3 2500k 12k']);
      then?.(base);
    });

    it.each(Array.from({ length: MUTATIONS_PER_IMAGE }, (_, index) => index + 1))('%i', async (seed) => {
      const path = folder.path(`${name}-damaged.qcow2`);
      copyFileSync(base, path);
      const change = mutate(path, seed);
      const report = await checkLocalImage(path);
      const qemu = qemuCheck(path);
      const { error, leak, byRule } = report.counts;
      const context = `${change}\n${JSON.stringify(byRule)}\nqemu: ${JSON.stringify(qemu)}`;
      const own = error > 0 ? 'corrupt' : leak > 0 ? 'leak' : 'sound';
      const isSeenByQemu = !Object.keys(byRule).some((rule) => UNSEEN_BY_QEMU.has(rule));
      if (isSeenByQemu || verdictOf(qemu) === 'corrupt') expect(own, context).toBe(verdictOf(qemu));
      if (own === 'leak') expect(leak, context).toBe(qemu.leaks);
    });
  });
});
