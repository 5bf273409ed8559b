import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../support/program.ts';
import { corpusEntries, hasCorpus, unpackCorpus } from './corpus.ts';

/** Images on which qemu-img is not right, or does not answer, with the reason. */
const NOT_COMPARED: Readonly<Record<string, string>> = {
  'SecurityRonin__vhd-forensic/fixed.vhd': 'is not recognised by qemu, which adds the footer to the disk',
  'log2timeline__dfvfs/fat-differential.vhd': 'qemu takes a differencing disk for one without a parent',
  'rubiojr__go-vhd/win8-child.vhd': 'qemu takes a differencing disk for one without a parent',
  'rubiojr__go-vhd/vbox.vhd': 'qemu takes the geometry for the size',
  'qemu/virtualpc-dynamic.vhd': 'qemu takes the geometry for the size',
  'libyal__libqcow/file_header.1': 'qemu reads tables behind the end of the file as zeros',
};

const hasQemu = spawnSync('qemu-img', ['--version']).status === 0;
if (!hasQemu || !hasCorpus) console.warn('SKIPPED: maps and sizes of real images against qemu-img');

/** One run of a map, by what both programs say. */
interface Run {
  readonly start: number;
  readonly length: number;
  readonly depth: number;
  readonly present: boolean;
  readonly zero: boolean;
  readonly data: boolean;
  readonly offset?: number;
}

function toRun({ start, length, depth, present, zero, data, offset }: Run): Run {
  return { start, length, depth, present, zero, data, ...(offset === undefined ? {} : { offset }) };
}

function qemu(...args: string[]): unknown {
  const { status, stdout } = spawnSync('qemu-img', args, { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as unknown) : null;
}

const names = corpusEntries()
  .map(({ file, unpacked_name: name }) => file.replace(/[^/]+$/, name))
  .filter((name) => NOT_COMPARED[name] === undefined);

describe.skipIf(!hasQemu || !hasCorpus)('as qemu-img answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vdcheck-oracle-'));
  let compared = 0;
  beforeAll(() => unpackCorpus(folder));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(names)('%s', (name) => {
    const path = join(folder, name);
    const info = qemu('info', '--output=json', path) as { format: string; 'virtual-size': number } | null;
    if (info === null || !['vmdk', 'vpc', 'qcow2', 'raw'].includes(info.format)) return;
    const ours = JSON.parse(runProgram(['info', '--output', 'json', path]).stdout) as Record<string, unknown>;
    expect(ours['virtual-size']).toBe(info['virtual-size']);
    expect(ours['format']).toBe(info.format === 'vpc' ? 'vhd' : info.format);
    const theirs = qemu('map', '--output=json', path) as Run[] | null;
    if (theirs === null) return;
    const map = JSON.parse(runProgram(['map', '--output', 'json', path]).stdout) as Run[];
    expect(map.map(toRun)).toEqual(theirs.map(toRun));
    compared++;
  });

  test('most images were compared', () => expect(compared).toBeGreaterThan(25));
});
