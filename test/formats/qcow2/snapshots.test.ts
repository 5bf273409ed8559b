import { describe, expect, it } from 'vitest';
import type { ImageReport } from '../../../src/model/report.ts';
import { checkMemory } from '../../support/open.ts';
import { buildQcow2, type Qcow2Editor } from '../../support/qcow2.ts';

const KIB = 1024;

async function check(change: (image: Qcow2Editor, l1: number, l2: number) => unknown): Promise<ImageReport> {
  const image = buildQcow2({
    clusters: { 0: 'data' },
    snapshots: [{ id: '1', name: 'one', clusters: [0] }],
  });
  const l1 = image.positions.snapshotL1s[0] ?? 0;
  change(image, l1, Number(image.get64(l1) & 0x00ff_ffff_ffff_fe00n));
  return checkMemory({ 'image.qcow2': image.bytes });
}

function damage({ problems, counts }: ImageReport): readonly string[] {
  const found = problems.filter(({ rule }) => rule === 'qcow2/snapshot-entry-errors');
  expect(counts.byRule['qcow2/snapshot-entry-errors']).toBe(found.length);
  return found.map(({ message }) => message);
}

describe('what is wrong in the tables of a snapshot', () => {
  it('is told of an L2 table behind the end of the file', async () => {
    const messages = damage(await check((image, l1) => image.u64(l1, 2n ** 40n)));
    expect(messages).toEqual([
      expect.stringMatching(
        /^in snapshot 1 "one": the L2 table of snapshots\[0\]\.l1\[0\] is at bytes 1099511627776 /,
      ),
    ]);
  });

  it('is told of a guest cluster behind the end of the file, with the entry', async () => {
    const report = await check((image, _, l2) => image.u64(l2, 2n ** 40n));
    expect(damage(report)).toEqual([
      expect.stringMatching(
        /^in snapshot 1 "one": the guest cluster of snapshots\[0\]\.l2\[0\]\[0\] is at bytes /,
      ),
    ]);
    const found = report.problems.find(({ rule }) => rule === 'qcow2/snapshot-entry-errors');
    expect(found?.actual).toBe('0x0000010000000000');
  });

  it('is told of a guest cluster in the metadata', async () => {
    const report = await check((image, _, l2) => image.u64(l2 + 8, image.positions.refcountBlock));
    expect(damage(report)).toEqual([
      `in snapshot 1 "one": the guest cluster of snapshots[0].l2[0][1] at byte ${8 * KIB} overlaps the refcount block of refcount_table[0]`,
    ]);
  });

  it('is told of a misaligned entry', async () => {
    const messages = damage(await check((image, _, l2) => image.u64(l2, image.get64(l2) | 512n)));
    expect(messages).toEqual([
      expect.stringMatching(/^in snapshot 1 "one": snapshots\[0\]\.l2\[0\]\[0\] points at byte /),
    ]);
  });

  it('is nothing where the table is sound', async () => {
    const report = await check(() => undefined);
    expect(report.problems).toEqual([]);
  });
});
