import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { findFormat } from '../../src/formats/index.ts';
import { unpack } from '../../src/node/unpack.ts';
import { checkMemory, type MemoryAccess, type MemoryFiles } from '../support/open.ts';
import type { Unpack } from '../../src/model/content.ts';
import type { ImageReport } from '../../src/model/report.ts';
import { buildQcow2, type Qcow2Editor } from '../support/qcow2.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { buildVhd, utf16, uuid } from '../support/vhd.ts';
import { buildStream } from '../support/vmdk.ts';
import { aboveInfo } from './conformance.ts';
import { loadFormatTests } from './folders.ts';
import { hosted } from './vmdk/cases.ts';
import { dataCases as qcow2Cases } from './qcow2/data-cases.ts';
import { dataCases as vhdCases } from './vhd/data-cases.ts';
import { dataCases as vmdkCases } from './vmdk/data-cases.ts';

const CASES = { qcow2: qcow2Cases, vhd: vhdCases, vmdk: vmdkCases };

function check(files: MemoryFiles, access: MemoryAccess & { format?: string } = {}): Promise<ImageReport> {
  return checkMemory(files, { ...access, depth: 'data', unpack });
}

describe.each(Object.entries(CASES))('%s: rules of depth data', (format, cases) => {
  test.each(cases.map((one, index) => [`${one.rule} (${index})`, one] as const))('%s', async (_, one) => {
    const damaged = one.damaged();
    const report = await check(damaged, { format });
    const found = report.problems.filter(({ rule }) => rule === one.rule);
    expect(found.length, JSON.stringify(report.counts.byRule)).toBeGreaterThan(0);
    expect(report.depth).toBe('data');
    if (one.severity !== undefined) expect(found.map(({ severity }) => severity)).toContain(one.severity);
    if (one.field !== undefined) expect(found.map(({ field }) => field)).toContain(one.field);
    if (one.offset !== undefined) expect(found.map(({ offset }) => offset)).toContain(one.offset);
    if (one.count !== undefined) expect(report.counts.byRule[one.rule]).toBe(one.count);
    if (one.also !== undefined)
      expect(aboveInfo(report).filter((rule) => rule !== one.rule)).toEqual([...one.also].sort());
    for (const { message } of found) expect(message).not.toMatch(/undefined|NaN|null|\[object/);
    expect(await check(damaged, { format, wrap: asynchronous })).toEqual(report);
    expect((await checkMemory(damaged, { format })).counts.byRule).not.toHaveProperty([one.rule]);
    const near = await check(one.near(), { format });
    expect(Object.keys(near.counts.byRule)).not.toContain(one.rule);
    expect(aboveInfo(near)).toEqual([]);
  });

  test('each has a case', async () => {
    const rules = (await findFormat(format)?.load())?.rules ?? [];
    const tried = new Set(cases.map(({ rule }) => rule));
    const untried = rules.filter(({ id, depth }) => depth === 'data' && !tried.has(id));
    expect(untried.map(({ id }) => id)).toEqual([]);
  });

  test.each([false, true])('a read that fails is no damage (async: %s)', async (isAsync) => {
    const files = cases[0]?.near() ?? {};
    let reads = 0;
    await check(files, { wrap: (source) => counting(source, () => reads++) });
    expect(reads).toBeGreaterThan(3);
    for (let at = 1; at <= reads; at++) {
      const report = await check(files, { wrap: (source) => failing(source, { at, async: isAsync }) });
      expect(aboveInfo(report).filter((rule) => rule !== 'file/read-error')).toEqual([]);
      if (report.error === null) continue;
      expect(report).toMatchObject({ verdict: 'unchecked', depth: 'metadata', error: { code: 'EIO' } });
    }
  });
});

function counting(
  source: Parameters<NonNullable<MemoryAccess['wrap']>>[0],
  onRead: () => void,
): typeof source {
  const counted = Object.create(source) as typeof source;
  counted.read = (offset, length, into) => {
    onRead();
    return source.read(offset, length, into);
  };
  return counted;
}

describe('sound images are sound at depth data', async () => {
  for (const { id, seeds } of await loadFormatTests())
    test.each(id === 'raw' ? [] : seeds)(`${id}: $name`, async ({ files }) => {
      const report = await check(files);
      expect(aboveInfo(report)).toEqual([]);
      expect(report).toMatchObject({ verdict: 'ok', depth: 'data', error: null });
    });
});

test('without anything that unpacks, no more than depth metadata is claimed', async () => {
  const files = vmdkCases[0]?.near() ?? {};
  expect(await checkMemory(files, { depth: 'data' })).toMatchObject({ depth: 'metadata', verdict: 'ok' });
});

describe('what structures leave over', () => {
  const l1End = (file: Qcow2Editor): number => file.positions.l1 + 8;
  const qcow2 = (at: (file: Qcow2Editor) => number): MemoryFiles => {
    const file = buildQcow2({ clusters: { 0: 'data' } });
    return { 'disk.qcow2': file.u8(at(file), 1).bytes };
  };
  const files: readonly (readonly [string, MemoryFiles, number])[] = [
    ['an L1 table of qcow2', qcow2(l1End), 1],
    ['its data', qcow2((file) => file.host(0)), 0],
    ['in front of the first grain of a VMDK', hosted((file) => file.u8(file.at.grains - 1, 1)), 1],
    ['the first grain itself', hosted((file) => file.u8(file.at.grains, 1)), 0],
    ['a parent locator of a VHD', child((at) => at + 511), 1],
    ['the locator itself', child((at) => at), 0],
  ];
  test.each(files)('%s', async (_, damaged, count) => {
    const report = await check(damaged);
    expect(report.counts.byRule['file/hidden-nonzero-slack'] ?? 0).toBe(count);
    expect((await checkMemory(damaged)).counts.byRule).not.toHaveProperty(['file/hidden-nonzero-slack']);
  });
});

/** A differencing VHD with one byte changed, counted from its parent locator. */
function child(at: (locator: number) => number): MemoryFiles {
  const data = utf16('.\\parent.vhd', 'le');
  const parent = { uniqueId: uuid(9), locators: [{ code: 'W2ru', data }] };
  const built = buildVhd({ type: 'differencing', blocks: [], parent });
  const place = at(built.at.locators[0] ?? 0);
  return {
    'disk.vhd': built.damage((editor) => void editor.set(place, [place % 512 === 0 ? 0x2e : 1])).bytes,
    'parent.vhd': buildVhd({ uniqueId: uuid(9) }).bytes,
  };
}

describe('what is not to be believed', () => {
  test('one stream that thousands of entries point to is not unpacked for each of them', async () => {
    const clusters = Object.fromEntries(
      Array.from({ length: 8192 }, (_, index) => [index, 'compressed' as const]),
    );
    const file = buildQcow2({ clusterBits: 16, size: 8192 * 65536, clusters: { 0: 'compressed' } });
    for (const index of Object.keys(clusters)) file.u64(file.l2(Number(index)), file.get64(file.l2(0)));
    const bytes = deflateRawSync(
      new Uint8Array(65536).map((_, at) => (at * at * 31) >> 3),
      { level: 1 },
    );
    file.put(file.host(0), bytes).bytes.fill(0, file.host(0) + bytes.length);
    file.entry(0, (entry) => entry | (BigInt(Math.floor(bytes.length / 512)) << 54n));
    for (const index of Object.keys(clusters)) file.u64(file.l2(Number(index)), file.get64(file.l2(0)));
    let count = 0;
    const counted: Unpack = (method, stored, size) => {
      count++;
      return unpack(method, stored, size);
    };
    const report = await checkMemory({ 'disk.qcow2': file.bytes }, { depth: 'data', unpack: counted });
    expect(report).toMatchObject({ depth: 'metadata', verdict: 'corrupt' });
    expect(count * bytes.length).toBeLessThan(file.bytes.length + 2 ** 20 + 64 * bytes.length);
  });

  test('a grain of a gigabyte is unpacked piece by piece', async () => {
    const grainSize = 2 ** 21;
    const content = (grain: number) => new Uint8Array(grain === 0 ? 4096 : 1024);
    const file = buildStream({ capacity: grainSize, grainSize, grains: [0], content });
    const report = await check({ 'disk.vmdk': file.bytes });
    expect(report.counts.byRule['vmdk4/grain-inflates-short']).toBe(1);
  });

  test('snapshots that share streams have each of them unpacked once', async () => {
    const file = buildQcow2({
      ...{ clusterBits: 16, clusters: { 0: 'compressed', 1: 'compressed' } },
      snapshots: [{ id: '1', name: 'one', clusters: [5] }],
    });
    const l2 = Number(file.get64(file.positions.snapshotL1s[0] ?? 0));
    file.u64(l2, file.get64(file.l2(0)));
    let count = 0;
    await checkMemory(
      { 'disk.qcow2': file.bytes },
      {
        depth: 'data',
        unpack: (...args) => {
          count++;
          return unpack(...args);
        },
      },
    );
    expect(count).toBe(2);
  });

  test("a stream that only a snapshot has is unpacked, and told of as the snapshot's", async () => {
    const file = buildQcow2({
      ...{ clusterBits: 16, clusters: { 0: 'compressed', 1: 'compressed' } },
      snapshots: [{ id: '1', name: 'one', clusters: [5] }],
    });
    const l2 = Number(file.get64(file.positions.snapshotL1s[0] ?? 0));
    const start = file.get64(file.l2(0));
    file.u64(l2, start).u64(file.l2(0), 0);
    file.put(Number(start & 0xff_ffff_ffffn), new Uint8Array(16).fill(0xff));
    const report = await check({ 'disk.qcow2': file.bytes });
    const found = report.problems.find(
      ({ rule, message }) => rule === 'qcow2/snapshot-entry-errors' && message.includes('unpacked'),
    );
    expect(found?.message).toContain('snapshot');
  });
});
