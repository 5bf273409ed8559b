import { describe, expect, it } from 'vitest';
import { fileOffset } from '../../src/io/source.ts';
import type { Image, ImageFile, Mapping } from '../../src/model/image.ts';
import type { MapRun } from '../../src/model/map-run.ts';
import { guestOffset } from '../../src/model/offsets.ts';
import { mapImage } from '../../src/ops/map.ts';

/** A run as the tests write it: kind, length, and for data where it is stored. */
type Run =
  | readonly [kind: 'data', length: number, offset: number]
  | readonly ['zero' | 'unallocated' | 'compressed', number];

/** An image that is nothing but its mappings, in batches of `perBatch`. */
function layer(
  name: string,
  runs: readonly Run[],
  parent: Image | 'missing' | null = null,
  perBatch = 2,
): Image {
  const file: ImageFile = { path: name, role: 'image', source: null };
  const mappings: Mapping[] = [];
  let start = 0;
  for (const run of runs) {
    mappings.push(toMapping(run, start, file));
    start += run[1];
  }
  const state = parent === 'missing' ? 'missing' : 'opened';
  const image = parent === 'missing' ? null : parent;
  return {
    format: 'test',
    variant: null,
    size: start,
    files: [file],
    parent:
      parent === null
        ? null
        : { name: 'parent', formatHint: null, recognised: null, state, path: null, image, reason: null },
    allocationUnit: null,
    async *mappings() {
      for (let index = 0; index < mappings.length; index += perBatch)
        yield mappings.slice(index, index + perBatch);
    },
    layout: () => null,
    structures: () => [],
    info: () => ({ clusterSize: null, formatSpecific: null }),
    close: async () => undefined,
  };
}

function toMapping(run: Run, at: number, file: ImageFile): Mapping {
  const [kind, length] = run;
  const start = guestOffset(at);
  if (kind === 'data') return { kind, start, length, at: { file, offset: fileOffset(run[2]) } };
  if (kind === 'compressed')
    return {
      kind,
      start,
      length,
      at: { file, offset: fileOffset(at) },
      storedLength: 9,
      method: 'zlib',
      unit: { start: guestOffset(start), length },
      least: length,
    };
  return { kind, start, length };
}

async function mapped(image: Image): Promise<string[]> {
  const runs: MapRun[] = [];
  for await (const batch of mapImage(image)) runs.push(...batch);
  return runs.map(({ start, length, depth, kind, file, offset }) =>
    [`${start}+${length}`, depth, kind, ...(file === null ? [] : [`${file.path}@${offset}`])].join(' '),
  );
}

describe('one layer', () => {
  it('merges neighbours that are neighbours in the file, too, over batches', async () => {
    const image = layer('a', [
      ['data', 10, 100],
      ['data', 10, 110],
      ['data', 10, 120],
      ['data', 10, 200],
    ]);
    expect(await mapped(image)).toEqual(['0+30 0 data a@100', '30+10 0 data a@200']);
  });

  it('merges zeros, holes and compressed units each with their like only', async () => {
    const image = layer('a', [
      ['zero', 5],
      ['zero', 5],
      ['unallocated', 5],
      ['compressed', 5],
      ['compressed', 5],
    ]);
    expect(await mapped(image)).toEqual(['0+10 0 zero', '10+5 0 unallocated', '15+10 0 compressed']);
  });

  it('says nothing of holes whose parent is not open', async () => {
    expect(await mapped(layer('a', [['unallocated', 5]], 'missing'))).toEqual(['0+5 0 unknown']);
  });

  it('is nothing for an empty disk', async () => {
    expect(await mapped(layer('a', []))).toEqual([]);
  });
});

describe('several layers', () => {
  // As qemu-img map prints it for such a chain: a hole behind the end of a shorter layer belongs to the layer above it.
  it('asks downwards, each layer as far as it reaches', async () => {
    const base = layer('base', [
      ['data', 4, 1000],
      ['unallocated', 12],
    ]);
    const middle = layer(
      'middle',
      [
        ['unallocated', 8],
        ['data', 4, 2000],
        ['unallocated', 4],
        ['zero', 4],
        ['unallocated', 12],
      ],
      base,
    );
    const top = layer(
      'top',
      [
        ['unallocated', 20],
        ['data', 4, 3000],
        ['unallocated', 24],
      ],
      middle,
    );
    expect(await mapped(top)).toEqual([
      '0+4 2 data base@1000',
      '4+4 2 unallocated',
      '8+4 1 data middle@2000',
      '12+4 2 unallocated',
      '16+4 1 zero',
      '20+4 0 data top@3000',
      '24+8 1 unallocated',
      '32+16 0 unallocated',
    ]);
  });

  it('cuts runs of the lower layer at the holes of the upper one', async () => {
    const base = layer('base', [['data', 100, 1000]]);
    const top = layer(
      'top',
      [
        ['unallocated', 10],
        ['zero', 5],
        ['unallocated', 20],
        ['data', 5, 0],
        ['unallocated', 60],
      ],
      base,
    );
    expect(await mapped(top)).toEqual([
      '0+10 1 data base@1000',
      '10+5 0 zero',
      '15+20 1 data base@1015',
      '35+5 0 data top@0',
      '40+60 1 data base@1040',
    ]);
  });

  it('walks the lower layer once, however many holes ask for it', async () => {
    let walks = 0;
    const base = layer('base', [['data', 3000, 0]]);
    const counted: Image = {
      ...base,
      mappings: (range) => {
        walks++;
        return base.mappings(range);
      },
    };
    const runs = Array.from({ length: 1000 }, (): Run[] => [
      ['unallocated', 2],
      ['zero', 1],
    ]).flat();
    expect(await mapped(layer('top', runs, counted))).toHaveLength(2000);
    expect(walks).toBe(1);
  });
});
