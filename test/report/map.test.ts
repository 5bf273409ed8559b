import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memorySource } from '../../src/io/memory-source.ts';
import type { ImageFile } from '../../src/model/image.ts';
import type { MapRun } from '../../src/model/map-run.ts';
import { MapHumanRenderer } from '../../src/report/map-human.ts';
import { MapJsonRenderer } from '../../src/report/map-json.ts';

const file: ImageFile = { path: 'a"b\u001b.vmdk', role: 'image', source: null };
const runs: readonly MapRun[] = [
  { start: 0, length: 65536, depth: 0, kind: 'data', file, offset: 131072 },
  { start: 65536, length: 10, depth: 1, kind: 'zero', file: null, offset: 0 },
  { start: 65546, length: 10, depth: 0, kind: 'compressed', file: null, offset: 0 },
  { start: 65556, length: 10, depth: 2, kind: 'unallocated', file: null, offset: 0 },
  { start: 65566, length: 10, depth: 0, kind: 'unknown', file: null, offset: 0 },
];

/** All of a map in pieces of these runs. */
function render(...pieces: (readonly MapRun[])[]): string {
  const renderer = new MapJsonRenderer();
  const decoder = new TextDecoder();
  const middle = pieces.map((piece) => decoder.decode(renderer.runs(piece)));
  return [decoder.decode(renderer.begin()), ...middle, decoder.decode(renderer.end())].join('');
}

it('is the JSON of qemu-img map, whatever pieces it is made in', () => {
  const text = render(runs);
  expect(render(runs.slice(0, 2), [], runs.slice(2))).toBe(text);
  const flags = { present: true, zero: false, data: false, compressed: false };
  expect(JSON.parse(text)).toEqual([
    { start: 0, length: 65536, depth: 0, ...flags, data: true, offset: 131072, filename: file.path },
    { start: 65536, length: 10, depth: 1, ...flags, zero: true },
    { start: 65546, length: 10, depth: 0, ...flags, data: true, compressed: true },
    { start: 65556, length: 10, depth: 2, ...flags, present: false, zero: true },
    { start: 65566, length: 10, depth: 0, ...flags, present: false },
  ]);
  expect(text).not.toContain('\u001b');
});

it('names no place that the file does not have', () => {
  const [stored] = runs;
  const source = memorySource(new Uint8Array(1024), 'x');
  const small: ImageFile = { ...file, source };
  const at = (offset: number): MapRun => ({
    ...stored,
    start: 0,
    length: 1,
    depth: 0,
    kind: 'data',
    file: small,
    offset,
  });
  const places = [0, 1023, 1024, 2 ** 53 + 2].map((offset) => {
    const [line] = JSON.parse(render([at(offset)])) as { offset?: number; data: boolean }[];
    expect(line?.data).toBe(true);
    return line?.offset;
  });
  expect(places).toEqual([0, 1023, undefined, undefined]);
  expect(new MapHumanRenderer().runs([at(1024)])).toMatch(/^0 +0x1 +outside +/);
});

it('is an empty array for an empty disk', () => {
  expect(JSON.parse(render())).toEqual([]);
});

it('writes every number exactly', () => {
  const numbers = [
    0,
    9,
    10,
    99,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    10 ** 15 - 1,
    10 ** 15,
    2 ** 53 - 1,
  ];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...numbers), fc.maxSafeNat()), (start) => {
      const run: MapRun = { start, length: 1, depth: 0, kind: 'zero', file: null, offset: 0 };
      expect(JSON.parse(render([run]))).toMatchObject([{ start }]);
    }),
  );
});

it('grows with what is put into one piece', () => {
  const many = Array.from({ length: 20_000 }, (_, start): MapRun => ({
    start,
    length: 1,
    depth: 0,
    kind: 'data',
    file,
    offset: start,
  }));
  expect(JSON.parse(render(many))).toHaveLength(20_000);
});

it('is the table of qemu-img map for people: what is stored, compressed or not', () => {
  const renderer = new MapHumanRenderer();
  expect(renderer.begin() + renderer.runs(runs) + renderer.end()).toBe(
    [
      'Offset          Length          Mapped to       File',
      '0               0x10000         0x20000         a"b\\x1b.vmdk',
      '0x1000a         0xa             compressed',
      '',
    ].join('\n'),
  );
});
