import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import type { Source } from '../../src/io/source.ts';
import type { Loss } from '../../src/model/disk.ts';
import type { GuestRange } from '../../src/model/offsets.ts';
import { inflate } from '../../src/node/inflate.ts';
import { ProblemCollector } from '../../src/ops/collector.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { mapImage } from '../../src/ops/map.ts';
import { openImage } from '../../src/ops/open.ts';
import { buildHosted } from '../support/vmdk.ts';

/** A source with a bad place: every read that meets it fails. */
function withBadPlace(bytes: Uint8Array, from: number, to: number): Source {
  const source = memorySource(bytes, 'disk.vmdk');
  return {
    ...source,
    read(offset, length, into) {
      if (offset < to && offset + length > from)
        throw new SourceError('EIO', 'disk.vmdk: input/output error', {
          source: 'disk.vmdk',
          offset,
          length,
        });
      return source.read(offset, length, into);
    },
  };
}

async function recover(source: Source): Promise<{ bytes: Uint8Array; lost: string[]; rescued: string[] }> {
  const { image } = await openImage('disk.vmdk', {
    openSource: () => source,
    problems: new ProblemCollector(1),
  });
  const lost: string[] = [];
  const rescued: string[] = [];
  const onLoss = ({ start, length }: Loss): void => void lost.push(`${start}+${length}`);
  const onRescue = ({ start, length }: GuestRange): void => void rescued.push(`${start}+${length}`);
  const bytes = new Uint8Array(image.size);
  for await (const chunk of readDisk(image, { inflate, onLoss, onRescue }).chunks())
    if (chunk.kind === 'data') bytes.set(chunk.bytes, chunk.start);
  return { bytes, lost, rescued };
}

const GRAIN = 65_536;
const PLAN = { capacity: 2 * 512 * 128, grains: [0, 1, 5, 600], redundant: true };

describe('where a table is lost', () => {
  const { bytes: whole } = { bytes: new Uint8Array(PLAN.capacity * 512) };
  for (const grain of PLAN.grains) whole.fill(grain + 1, grain * GRAIN, (grain + 1) * GRAIN);

  it('the second copy is read, and what that was is told', async () => {
    const file = buildHosted(PLAN);
    const { bytes, lost, rescued } = await recover(withBadPlace(file.bytes, file.at.gt, file.at.gt + 2048));
    expect(Buffer.compare(bytes, whole)).toBe(0);
    expect(lost).toEqual([]);
    expect(rescued.length).toBeGreaterThan(0);
  });

  it('so it is for entries that point out of the file', async () => {
    const file = buildHosted(PLAN);
    file.u32(file.at.gt + 4, 0x7fff_ff00);
    const { bytes, lost, rescued } = await recover(memorySource(file.bytes, 'disk.vmdk'));
    expect(Buffer.compare(bytes, whole)).toBe(0);
    expect([lost, rescued]).toEqual([[], [`${GRAIN}+${GRAIN}`]]);
  });

  it('without a second copy only what the table maps is lost, and listed', async () => {
    const file = buildHosted({ ...PLAN, redundant: false });
    const { bytes, lost } = await recover(withBadPlace(file.bytes, file.at.gt, file.at.gt + 512));
    expect(Buffer.compare(bytes.subarray(512 * GRAIN), whole.subarray(512 * GRAIN))).toBe(0);
    expect(lost.length).toBeGreaterThan(0);
    expect(bytes.subarray(0, 512 * GRAIN).every((byte) => byte === 0)).toBe(true);
  });

  it('bad sectors of data are lost alone', async () => {
    const file = buildHosted(PLAN);
    const bad = file.at.grains + GRAIN + 1024;
    const { bytes, lost } = await recover(withBadPlace(file.bytes, bad, bad + 100));
    expect(lost).toEqual([`${GRAIN + 1024}+512`]);
    const expected = whole.slice().fill(0, GRAIN + 1024, GRAIN + 1536);
    expect(Buffer.compare(bytes, expected)).toBe(0);
  });

  it('a map tells what is lost, and goes on', async () => {
    const file = buildHosted({ ...PLAN, redundant: false });
    const source = withBadPlace(file.bytes, file.at.gt, file.at.gt + 512);
    const { image } = await openImage('disk.vmdk', {
      openSource: () => source,
      problems: new ProblemCollector(1),
    });
    const lost: Loss[] = [];
    const kinds = new Set<string>();
    const options = { salvage: true, onLoss: (loss: Loss) => void lost.push(loss) };
    for await (const runs of mapImage(image, options)) for (const { kind } of runs) kinds.add(kind);
    expect(kinds).toEqual(new Set(['unknown', 'unallocated', 'data']));
    expect(lost.length).toBeGreaterThan(0);
    await expect(async () => {
      for await (const _ of mapImage(image));
    }).rejects.toThrow(SourceError);
  });
});
