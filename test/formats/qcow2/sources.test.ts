import { describe, expect, it } from 'vitest';
import type { Source } from '../../../src/io/source.ts';
import type { ImageReport } from '../../../src/model/report.ts';
import { checkMemory } from '../../support/open.ts';
import { buildQcow2, COPIED, type Qcow2Editor, type Qcow2Plan } from '../../support/qcow2.ts';
import { failing } from '../../support/sources.ts';

const USED: Qcow2Plan = {
  clusters: { 0: 'data', 1: 'data', 2: 'zero', 4: 'compressed' },
  snapshots: [{ id: '1', name: 'one', clusters: [0] }],
  bitmaps: [{ name: 'first' }],
};

/** An image with findings that are located when the check has ended. */
function damaged(): Qcow2Editor {
  const image = buildQcow2(USED);
  image.u64(image.l2(1), (1n << 40n) | COPIED);
  image.u64(image.l2(5), BigInt(image.positions.refcountBlock) | COPIED);
  return image;
}

/** A check during which read `at` fails, counted from 1, and how many reads there were. */
async function check(
  bytes: Uint8Array,
  at: number,
  isAsync: boolean,
): Promise<{ readonly report: ImageReport; readonly reads: number }> {
  const opened: { readonly reads: number }[] = [];
  const wrap = (source: Source): Source => {
    const made = failing(source, { at, async: isAsync });
    opened.push(made);
    return made;
  };
  const report = await checkMemory({ 'image.qcow2': bytes }, { format: 'qcow2', wrap });
  return { report, reads: opened.reduce((sum, { reads }) => sum + reads, 0) };
}

describe.each([
  ['throws', false],
  ['rejects', true],
] as const)('a source of which one read %s', (_, isAsync) => {
  it.each([
    ['sound', buildQcow2(USED).bytes],
    ['damaged', damaged().bytes],
  ])('never ends the check of a %s image without a report', async (_name, bytes) => {
    const reads = (await check(bytes, 0, isAsync)).reads;
    expect(reads).toBeGreaterThan(5);
    for (let at = 1; at <= reads; at++) {
      const { report } = await check(bytes, at, isAsync);
      // Only a place that was to be looked up may be missing from a check that was made.
      if (report.error === null) expect(report.counts.error).toBeGreaterThan(0);
      else expect(report.counts.byRule['file/read-error'], `read ${at}`).toBe(1);
    }
  });
});
