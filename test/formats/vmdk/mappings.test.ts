import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UnreadableImageError } from '../../../src/errors.ts';
import type { Image, Mapping } from '../../../src/model/image.ts';
import { mapImage } from '../../../src/ops/map.ts';
import { checkMemory, describeMapping, mapAll, openMemory } from '../../support/open.ts';
import { buildHosted, slotEntry } from '../../support/vmdk.ts';
import { cowd, flat, hosted, seSparse, stream } from './cases.ts';

async function runsOf(
  files: Parameters<typeof openMemory>[0],
  start?: number,
  length?: number,
): Promise<string[]> {
  const image = await openMemory(files);
  return (await mapAll(image, start, length)).map(describeMapping);
}

/** Asks for the map of a whole chain, which has no word for what cannot be read. */
async function mapChain(image: Image): Promise<void> {
  for await (const _ of mapImage(image));
}

/** The runs of which nobody can tell, with the field that is to blame. */
function unreadable(runs: readonly Mapping[]): string[] {
  return runs.flatMap((run) =>
    run.kind === 'unreadable' ? [`${run.start}+${run.length} ${run.at?.field}: ${run.reason}`] : [],
  );
}

function describeKind({ kind, start, length }: Mapping): object {
  return { kind, start, length };
}

const GRAIN = 65536;

describe('mappings of sparse extents', () => {
  test("grains that follow one another are one run; entries of 1 are zeros; the rest is the parent's", async () => {
    const { at } = buildHosted({ zero: [3, 4] });
    expect(await runsOf(hosted(undefined, { zero: [3, 4] }))).toEqual([
      `data 0+${2 * GRAIN} @${at.grains}`,
      `unallocated ${2 * GRAIN}+${GRAIN}`,
      `zero ${3 * GRAIN}+${2 * GRAIN}`,
      `data ${5 * GRAIN}+${GRAIN} @${at.grains + 2 * GRAIN}`,
      `unallocated ${6 * GRAIN}+${1018 * GRAIN}`,
    ]);
  });

  test('a range is clipped at both ends', async () => {
    const { at } = buildHosted();
    expect(await runsOf(hosted(), 512, 1024)).toEqual([`data 512+1024 @${at.grains + 512}`]);
    expect(await runsOf(hosted(), 6 * GRAIN - 512, 1024)).toEqual([
      `data ${6 * GRAIN - 512}+512 @${at.grains + 3 * GRAIN - 512}`,
      `unallocated ${6 * GRAIN}+512`,
    ]);
    expect(await runsOf(hosted(), 1024 * GRAIN, 1024)).toEqual([]);
  });

  test('the last grain ends with the disk', async () => {
    const runs = await runsOf(hosted(undefined, { capacity: 128 + 40, grains: [1] }));
    expect(runs).toEqual([`unallocated 0+${GRAIN}`, `data ${GRAIN}+${40 * 512} @${GRAIN}`]);
  });

  test('an absent table is a hole of 32 MiB', async () => {
    const runs = await runsOf(hosted((f) => f.u32(f.at.gd, 0)));
    expect(runs).toEqual([`unallocated 0+${1024 * GRAIN}`]);
  });

  test('where the directory leads out of the file the redundant one is used', async () => {
    const sound = await runsOf(hosted());
    expect(await runsOf(hosted((f) => f.u32(f.at.gd, 0x7fffffff)))).toEqual(sound);
    expect(await runsOf(hosted((f) => f.u64(56, 2n ** 50n)))).toEqual(sound);
  });

  test('a table that nobody has is unreadable, not a hole, and what is around it is mapped', async () => {
    const image = await openMemory(
      hosted((f) => f.u32(f.at.gd + 4, 0x7fffffff).u32(f.at.rgd + 4, 0x7fffffff)),
    );
    const sound = await openMemory(hosted());
    const span = 512 * GRAIN;
    expect(unreadable(await mapAll(image))).toEqual([
      `${span}+${image.size - span} gd[1]: grain table 1 of disk.vmdk is not inside the file`,
    ]);
    expect(await mapAll(image, 0, span)).toMatchObject((await mapAll(sound, 0, span)).map(describeKind));
    await expect(mapChain(image)).rejects.toThrow(
      new UnreadableImageError(
        `guest bytes ${span} to ${image.size - 1} cannot be read: grain table 1 of disk.vmdk is not inside the file`,
      ),
    );
  });

  test('what a line gives an extent behind the end of its header is not stored, whatever its tables say', async () => {
    const sectors = 131072 - 512;
    const whole = hosted((f) => f.u64(12, sectors).u32(f.at.gt + 4 * 1023, 1000));
    const image = await openMemory(whole);
    expect(image.size).toBe(sectors * 512);
    const split = flat(
      { extents: ['RW 131072 SPARSE "s.vmdk"'] },
      { 's.vmdk': whole['disk.vmdk'] ?? new Uint8Array(0) },
    );
    const larger = await openMemory(split);
    expect(larger.size).toBe(131072 * 512);
    const runs = (await mapAll(larger)).map(describeMapping);
    expect(runs.slice(0, -1)).toEqual((await mapAll(image)).map(describeMapping).slice(0, -1));
    expect(runs.at(-1)).toBe(`unallocated ${6 * GRAIN}+${131072 * 512 - 6 * GRAIN}`);
  });

  test('neighbouring tables that nobody has are one run', async () => {
    const file = buildHosted({ capacity: 5 * 512 * 128, grains: [0] });
    for (const table of [1, 2, 4])
      file.u32(file.at.gd + 4 * table, 0x7fffffff).u32(file.at.rgd + 4 * table, 0x7fffffff);
    const image = await openMemory({ 'disk.vmdk': file.bytes });
    const span = 512 * GRAIN;
    const found = unreadable(await mapAll(image)).map((text) => text.slice(0, text.indexOf(':')));
    expect(found).toEqual([`${span}+${2 * span} gd[1]`, `${4 * span}+${span} gd[4]`]);
  });

  test('a header without any directory makes the whole disk unreadable', async () => {
    const image = await openMemory(hosted((f) => f.u64(56, 0).u64(48, 0)));
    expect(unreadable(await mapAll(image, GRAIN, GRAIN))).toEqual([
      `${GRAIN}+${GRAIN} null: the grain tables of disk.vmdk cannot be found: its header is damaged`,
    ]);
  });

  test('every part of a damaged disk maps as it does in the whole', async () => {
    const image = await openMemory(
      hosted((f) => f.u32(f.at.gd + 4, 0x7fffffff).u32(f.at.rgd + 4, 0x7fffffff)),
    );
    const whole = await mapAll(image);
    const step = 3 * GRAIN + 4096;
    for (let start = 0; start < image.size; start += 41 * step)
      for (const length of [1, GRAIN, 50 * step]) {
        const end = Math.min(start + length, image.size);
        const expected = whole
          .filter((run) => run.start < end && run.start + run.length > start)
          .map((run) => ({
            kind: run.kind,
            start: Math.max(run.start, start),
            length: Math.min(run.start + run.length, end) - Math.max(run.start, start),
          }));
        expect(await mapAll(image, start, length)).toMatchObject(expected);
      }
  });

  test.each(['end', 'front'] as const)(
    'streams map every grain to its zlib stream, directory at the %s',
    async (directory) => {
      const files = stream(undefined, { directory });
      const image = await openMemory(files);
      const runs = await mapAll(image);
      expect(runs.map(({ kind }) => kind)).toEqual([
        'compressed',
        'compressed',
        'unallocated',
        'compressed',
        'unallocated',
      ]);
      const bytes = files['disk.vmdk'] ?? new Uint8Array(0);
      for (const run of runs) {
        if (run.kind !== 'compressed') continue;
        const grain = inflateSync(bytes.subarray(run.at.offset, run.at.offset + run.storedLength));
        expect(grain).toEqual(Buffer.alloc(GRAIN, run.start / GRAIN + 1));
      }
    },
  );

  test('a displaced footer is found', async () => {
    expect(await runsOf(stream((f) => f.append(4096)))).toEqual(await runsOf(stream()));
  });

  test('COWD grains are single sectors', async () => {
    expect(await runsOf(cowd())).toEqual([
      'data 0+1024 @18944',
      'unallocated 1024+2560',
      'data 3584+512 @19968',
      `unallocated 4096+${4096 * 512 - 4096}`,
    ]);
  });

  test('seSparse kinds 0 to 3, with slots beyond 4096', async () => {
    const entries = {
      0: slotEntry(3, 0),
      1: slotEntry(2),
      2: slotEntry(1),
      3: slotEntry(3, 0x1234),
      4: slotEntry(3, 0x1235),
    };
    const grains = 6 * 2048 * 512;
    expect(await runsOf(seSparse(undefined, { entries, slots: 1 }))).toEqual([
      `data 0+4096 @${grains}`,
      'zero 4096+8192',
      `data 12288+8192 @${grains + 0x1234 * 4096}`,
      `unallocated 20480+${8192 * 512 - 20480}`,
    ]);
  });

  test('a seSparse entry of unknown kind makes its grain unreadable', async () => {
    const files = seSparse(undefined, { entries: { 0: slotEntry(3, 0), 2: slotEntry(7) }, slots: 1 });
    const runs = await mapAll(await openMemory(files));
    expect(runs.map(({ kind }) => kind)).toEqual(['data', 'unallocated', 'unreadable', 'unallocated']);
    expect(unreadable(runs)).toEqual([
      expect.stringMatching(/^8192\+4096 gt\[0\]\[2\]: the entry of grain 2 of \S+ is of unknown type 7$/),
    ]);
  });

  test('a COWD table outside the file is unreadable', async () => {
    const runs = await mapAll(await openMemory(cowd((f) => f.u32(f.at.gd, 0x7fffffff))));
    expect(unreadable(runs)).toEqual([expect.stringMatching(/^0\+2097152 gd\[0\]: grain table 0 of /)]);
  });
});

describe('mappings of several extents', () => {
  const extents = [
    'RW 100 FLAT "disk-flat.vmdk" 10',
    'RDONLY 20 FLAT "disk-flat.vmdk" 500',
    'NOACCESS 30 ZERO',
    'RW 131072 SPARSE "s.vmdk"',
  ];

  test('lie one behind the other, whatever their access', async () => {
    const files = flat({ extents }, { 's.vmdk': buildHosted({ grains: [0] }).bytes });
    const image = await openMemory(files);
    expect(image.size).toBe((150 + 131_072) * 512);
    expect((await mapAll(image)).map(describeMapping)).toEqual([
      `data 0+${100 * 512} @${10 * 512}`,
      `data ${100 * 512}+${20 * 512} @${500 * 512}`,
      `zero ${120 * 512}+${30 * 512}`,
      `data ${150 * 512}+${GRAIN} @${buildHosted().at.grains}`,
      `unallocated ${150 * 512 + GRAIN}+${131_072 * 512 - GRAIN}`,
    ]);
  });

  test('a range may lie in one of them', async () => {
    const files = flat({ extents }, { 's.vmdk': buildHosted({ grains: [0] }).bytes });
    expect(await runsOf(files, 119 * 512, 1024)).toEqual([
      `data ${119 * 512}+512 @${519 * 512}`,
      `zero ${120 * 512}+512`,
    ]);
  });

  test('a header without capacity only carries the descriptor', async () => {
    const carrier = buildHosted({
      descriptor: { createType: 'monolithicFlat', extents: ['RW 4032 FLAT "disk-flat.vmdk" 0'] },
    });
    const files = { ...flat(), 'disk.vmdk': carrier.u64(12, 0).bytes };
    expect(await runsOf(files)).toEqual([`data 0+${4032 * 512} @0`]);
    expect((await checkMemory(files)).counts.error).toBe(0);
  });

  test('the missing one is unreadable, the others are read', async () => {
    const image = await openMemory(flat({ extents }));
    expect((await mapAll(image, 0, 100 * 512)).length).toBe(1);
    const found = unreadable(await mapAll(image));
    expect(found).toEqual([expect.stringMatching(/^76800\+67108864 null: .*"s\.vmdk"/)]);
    await expect(mapChain(image)).rejects.toThrow(/s\.vmdk/);
  });
});
