import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/io/memory-source.ts';
import { remembered } from '../../../src/io/remembered-source.ts';
import { measureHead } from '../../../src/ops/measure-head.ts';
import { buildVhd, uuid, type VhdPlan } from '../../support/vhd.ts';

/** A stream of small chunks that fails where more than its first `length` bytes are asked for. */
function streamOf(bytes: Uint8Array, length: number): ReturnType<typeof remembered> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < length; at += 1000) yield bytes.slice(at, Math.min(length, at + 1000));
    if (length < bytes.length) throw new Error('more was read than the head');
  }
  return remembered(chunks(), { name: '-', tail: 0 });
}

const PLANS: readonly VhdPlan[] = [
  { blocks: [] },
  { blocks: [[2], [0]] },
  { size: 70 * 4096, blockSize: 4096, blocks: [[69], [3], [5]] },
  { type: 'differencing', blocks: [[1]], parent: { uniqueId: uuid(1) } },
];

describe('the size of a whole VHD by its head', () => {
  it.each(PLANS)('is that of the file, and no more than the head is read (%#)', async (plan) => {
    const { bytes, at } = buildVhd(plan);
    const head = Math.max(4096, at.batmap);
    expect(await measureHead(streamOf(bytes, Math.min(bytes.length, head)))).toBe(bytes.length);
  });

  it('is told of no fixed disk, and of no damaged head', async () => {
    expect(await measureHead(memorySource(buildVhd({ type: 'fixed' }).bytes))).toBeNull();
    const damaged = buildVhd({ blocks: [[0]] }).damage((editor) => editor.flip(40));
    await expect(measureHead(memorySource(damaged.bytes))).rejects.toThrow(/head is damaged/);
    const far = buildVhd({ blocks: [[0]] }).damage((editor) =>
      editor.copy('dataOffset', 0xffff_ffff_ffff_ffffn),
    );
    await expect(measureHead(memorySource(far.bytes))).rejects.toThrow(/points to byte/);
  });
});
