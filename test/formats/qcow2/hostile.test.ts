import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../src/model/image.ts';
import { checkMemory, mapAll, openMemory } from '../../support/open.ts';
import { buildQcow2, COPIED, type Qcow2Plan } from '../../support/qcow2.ts';

const WHOLE: Qcow2Plan = {
  clusterBits: 10,
  size: 256 * 1024,
  clusters: { 0: 'data', 1: 'zero', 2: 'preallocated', 3: 'compressed', 4: 'compressed', 200: 'data' },
  snapshots: [{ id: '1', name: 'one', clusters: [0, 1] }],
  bitmaps: [{ name: 'first' }],
  featureNames: true,
};

async function verdictOf(bytes: Uint8Array): Promise<string> {
  const report = await checkMemory({ 'image.qcow2': bytes }, { format: 'qcow2' });
  expect(report.error).toBe(null);
  return report.verdict;
}

describe('hostile images', () => {
  it('cut at every 512 bytes are corrupt, and never break the check', async () => {
    const { bytes } = buildQcow2(WHOLE);
    expect(await verdictOf(bytes)).toBe('ok');
    for (let length = 0; length < bytes.length - 512; length += 512)
      expect(await verdictOf(bytes.slice(0, length)), `cut to ${length}`).toBe('corrupt');
  });

  it('with any byte of the metadata set to all ones are checked to the end', async () => {
    const { bytes, positions } = buildQcow2(WHOLE);
    for (let at = 0; at < Math.min(bytes.length, positions.end); at += 61) {
      const damaged = bytes.slice();
      damaged[at] = 0xff;
      await verdictOf(damaged);
    }
  });

  it('of all ones have a verdict', async () => {
    for (const length of [1, 4, 72, 104, 512, 70_000]) {
      const bytes = new Uint8Array(length).fill(0xff);
      expect(await verdictOf(bytes)).toBe('corrupt');
      bytes.set([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3].slice(0, length));
      expect(await verdictOf(bytes)).toBe('corrupt');
    }
  });

  it('with an L1 table that names one L2 table 65536 times walk it once', async () => {
    const entries = 2 ** 16;
    const image = buildQcow2({ clusterBits: 16, size: 8192 * 65_536 * entries, clusters: { 0: 'data' } });
    for (let index = 1; index < entries; index++) image.u64(image.l1(index), image.get64(image.l1()));
    const report = await checkMemory({ 'image.qcow2': image.bytes }, { maxProblems: 3 });
    expect(report.counts.byRule['qcow2/l1-entry-duplicate']).toBe(entries - 1);
    expect(report.allocation?.data).toBe(1);
  });

  it('with 4096 snapshots of one L1 table read it once', async () => {
    const image = buildQcow2({ snapshots: [{ id: '1', clusters: [0, 1, 2] }] });
    const first = image.positions.snapshots[0] ?? 0;
    const entry = image.bytes.slice(first, first + 64);
    const table = new Uint8Array(4096 * entry.length);
    for (let index = 0; index < 4096; index++) table.set(entry, index * entry.length);
    const bytes = new Uint8Array(image.positions.end + table.length);
    bytes.set(image.bytes);
    bytes.set(table, image.positions.end);
    image.bytes = bytes;
    image.header('snapshotCount', 4096).header('snapshotsOffset', image.positions.end);
    const report = await checkMemory({ 'image.qcow2': image.bytes }, { maxProblems: 3 });
    expect(report.counts.byRule['qcow2/metadata-overlap']).toBe(4095);
  });

  it('with bitmaps that all have one table read it once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => ({ name: `bitmap ${index}` }));
    const image = buildQcow2({ clusterBits: 16, bitmaps: names });
    for (const at of image.positions.bitmapEntries) image.u64(at, image.positions.bitmapTables[0] ?? 0);
    const report = await checkMemory({ 'image.qcow2': image.bytes }, { maxProblems: 3 });
    expect(report.counts.byRule['qcow2/metadata-overlap']).toBe(199);
  });

  it('that are their own backing file are not followed', async () => {
    const image = buildQcow2({ backing: 'image.qcow2', backingFormat: 'qcow2' });
    const report = await checkMemory({ 'image.qcow2': image.bytes });
    expect(Object.keys(report.counts.byRule)).toEqual(['qcow2/backing-cycle']);
  });
});

/** Why parts of a disk cannot be read. */
function reasons(mappings: readonly Mapping[]): string {
  return mappings.map((mapping) => (mapping.kind === 'unreadable' ? mapping.reason : '')).join('');
}

describe('mappings', () => {
  it('of a range are those of the whole, clipped', async () => {
    const image = await openMemory({ 'image.qcow2': buildQcow2(WHOLE).bytes });
    const at = async (start: number, length: number): Promise<unknown> =>
      (await mapAll(image, start, length)).map((run) => [run.kind, run.start, run.length]);
    expect(await at(100, 1500)).toEqual([
      ['data', 100, 924],
      ['zero', 1024, 576],
    ]);
    expect(await at(3100, 100)).toEqual([['compressed', 3100, 100]]);
    expect(await at(40_000, 100)).toEqual([['unallocated', 40_000, 100]]);
    expect(await at(262_100, 1000)).toEqual([['unallocated', 262_100, 44]]);
  });

  it('refuse a table that is not in the file', async () => {
    const image = buildQcow2({ clusters: { 0: 'data' } });
    image.u64(image.l1(), (1n << 50n) | COPIED);
    const opened = await openMemory({ 'image.qcow2': image.bytes });
    expect(reasons(await mapAll(opened))).toMatch(/l1\[0\]/);
  });

  it('refuse an image with an unknown incompatible feature', async () => {
    const image = buildQcow2({ clusters: { 0: 'data' } }).header('incompatible', 1n << 40n);
    const opened = await openMemory({ 'image.qcow2': image.bytes });
    expect(reasons(await mapAll(opened))).toMatch(/incompatible/);
  });
});
