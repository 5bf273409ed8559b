import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NODE, ROOT, withFolder } from './support/program.ts';
import { descriptorFile } from './support/vmdk.ts';
import { buildVhd } from './support/vhd.ts';

const SECTOR = 512;
/** Times that what is twice as large may take. */
const MOST = 2.5;
/** What the clock and the collector of garbage are good for: milliseconds and bytes. */
const SLACK_TIME = 40;
const SLACK_MEMORY = 32 * 1024 * 1024;
/** Bytes of memory for each byte of an image, beyond those of the program itself (ARCHITECTURE.md, "What a small file can command"). */
const MEMORY_PER_BYTE = 48;

/** Files of a kind that has `count` of something; the first is the one to check. */
type Build = (count: number) => Readonly<Record<string, Uint8Array>>;

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const HEAD =
  '# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\n';
const withLines = (line: string): Build => {
  return (count) => ({ 'disk.vmdk': text(HEAD + line.repeat(count)) });
};

/** A hosted sparse extent of grains of 4 KiB; `tableOf` gives the sector of each table. */
function hosted(tables: number, bytes: number, tableOf: (index: number) => number): Uint8Array {
  const directory = Math.ceil((tables * 4) / SECTOR);
  const file = new Uint8Array((1 + directory) * SECTOR + bytes);
  const view = new DataView(file.buffer);
  file.set(text('KDMV'));
  view.setUint32(4, 1, true);
  view.setUint32(8, 1, true);
  view.setBigUint64(12, BigInt(tables * 512 * 8), true);
  view.setBigUint64(20, 8n, true);
  view.setUint32(44, 512, true);
  view.setBigUint64(56, 1n, true);
  view.setBigUint64(64, BigInt(1 + directory), true);
  file.set([0x0a, 0x20, 0x0d, 0x0a], 73);
  for (let index = 0; index < tables; index++)
    view.setUint32(SECTOR + 4 * index, 1 + directory + tableOf(index), true);
  for (let at = (1 + directory) * SECTOR; at < file.length; at += 4)
    view.setUint32(at, 1 + directory + ((at >>> 2) % 64), true);
  return file;
}

/** A qcow2 image with clusters of 512 bytes, all L1 entries naming the same L2 table, all of whose entries name one cluster. */
function sharedTable(entries: number): Uint8Array {
  const l1 = 4 * SECTOR;
  const l2 = l1 + Math.ceil((entries * 8) / SECTOR) * SECTOR;
  const file = new Uint8Array(l2 + 2 * SECTOR);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, 2);
  view.setUint32(20, 9);
  view.setBigUint64(24, BigInt(entries * 64 * SECTOR));
  view.setUint32(36, entries);
  view.setBigUint64(40, BigInt(l1));
  view.setBigUint64(48, BigInt(SECTOR));
  view.setUint32(56, 1);
  view.setBigUint64(SECTOR, BigInt(2 * SECTOR));
  for (let index = 0; index < entries; index++) view.setBigUint64(l1 + 8 * index, BigInt(l2));
  for (let index = 0; index < 64; index++) view.setBigUint64(l2 + 8 * index, BigInt(l2 + SECTOR));
  return file;
}

/** A dynamic VHD with blocks of 4 KiB, all of whose entries name the same block. */
function sharedBlock(entries: number): Uint8Array {
  const { bytes } = buildVhd({ blockSize: 4096, size: entries * 4096, blocks: [[0]] });
  const file = bytes.slice();
  const view = new DataView(file.buffer);
  for (let index = 1; index < entries; index++) view.setUint32(1536 + 4 * index, view.getUint32(1536));
  return file;
}

/** What an image may have much of; each with a count by which it takes some time. */
const KINDS: Readonly<Record<string, readonly [count: number, build: Build]>> = {
  'line ends before anything else': [2_000_000, (count) => ({ 'disk.vmdk': text('\n'.repeat(count)) })],
  'blank comments': [200_000, withLines('# \n')],
  'blanks in one value': [900_000, (count) => ({ 'disk.vmdk': text(`${HEAD}foo=a${' '.repeat(count)}b\n`) })],
  'lines that are nothing': [9_000, withLines('what is this\n')],
  'properties that are there twice': [9_000, withLines('foo = "1"\n')],
  'lines that name one extent': [
    2_000,
    (count) => ({
      'disk.vmdk': descriptorFile({
        extents: Array.from({ length: count }, () => 'RW 4096 SPARSE "s.vmdk"'),
      }),
      's.vmdk': hosted(64, 64 * 2048, (index) => 4 * index),
    }),
  ],
  'entries that name one grain table': [60_000, (count) => ({ 'disk.vmdk': hosted(count, 2048, () => 0) })],
  'grain tables that overlap their neighbours': [
    4_000,
    (count) => ({ 'disk.vmdk': hosted(count, (count + 4) * SECTOR, (index) => index) }),
  ],
  'entries that name one L2 table': [100_000, (count) => ({ 'disk.qcow2': sharedTable(count) })],
  'entries that name one block': [100_000, (count) => ({ 'disk.vhd': sharedBlock(count) })],
};

/**
 * Makes the program say at its end what it took: microseconds and KiB. The kernel's figure of the memory starts with that of the process that
 * started it, so it is read where the kernel begins it anew.
 */
const MEASURE = `data:text/javascript,${encodeURIComponent(`
import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let memory = maxRSS;
  try { memory = Number(/VmHWM:[ \t]*([0-9]+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]); } catch {}
  process.stderr.write('\\n' + JSON.stringify([userCPUTime + systemCPUTime, memory]));
});`)}`;

interface Cost {
  /** Milliseconds of the processor, the least of several runs. */
  readonly time: number;
  /** Bytes at the most. */
  readonly memory: number;
  readonly size: number;
}

function measure(folder: string, files: Readonly<Record<string, Uint8Array>>, runs = 3): Cost {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const [name = ''] = Object.keys(files);
  const costs = Array.from({ length: runs }, () => {
    const arguments_ = ['--import', MEASURE, join(ROOT, 'dist/cli.js'), 'check', '--output', 'json', name];
    const { stderr, status } = spawnSync(NODE, arguments_, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(status, stderr).toBeLessThan(4);
    const [time = 0, memory = 0] = JSON.parse(stderr.split('\n').at(-1) ?? '') as number[];
    return { time: time / 1000, memory: memory * 1024 };
  });
  const size = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    time: Math.min(...costs.map(({ time }) => time)),
    memory: Math.min(...costs.map(({ memory }) => memory)),
    size,
  };
}

test.each(Object.entries(KINDS))(
  'twice as many %s take no more than 2.5 times',
  async (_, [count, build]) => {
    await withFolder((folder) => {
      const nothing = measure(folder, build(1));
      const once = measure(folder, build(count));
      const twice = measure(folder, build(2 * count));
      const shown = JSON.stringify({ nothing, once, twice });
      const time = ({ time: spent }: Cost): number => Math.max(0, spent - nothing.time);
      const memory = ({ memory: taken }: Cost): number => Math.max(0, taken - nothing.memory);
      expect(time(twice), shown).toBeLessThan(MOST * time(once) + SLACK_TIME);
      expect(memory(twice), shown).toBeLessThan(MOST * memory(once) + SLACK_MEMORY);
      expect(memory(twice), shown).toBeLessThan(MEMORY_PER_BYTE * twice.size + SLACK_MEMORY);
    });
  },
  120_000,
);
