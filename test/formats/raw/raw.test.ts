import { expect, test } from 'vitest';
import { NotAnImageError } from '../../../src/ops/open.ts';
import { checkMemory, describeMapping, mapAll, openMemory } from '../../support/open.ts';

const FILES = { 'disk.img': new Uint8Array(1000).fill(7) };

test('bytes without marks are a raw disk only for those who ask', async () => {
  await expect(openMemory(FILES)).rejects.toThrow(NotAnImageError);
  expect((await checkMemory(FILES)).error?.code).toBe('not-an-image');
  expect((await openMemory(FILES, { rawFallback: true })).format).toBe('raw');
  const report = await checkMemory(FILES, { format: 'raw' });
  expect([report.verdict, report.virtualSize, report.problems]).toEqual(['ok', 1000, []]);
});

test('a raw disk is one run', async () => {
  const image = await openMemory(FILES, { format: 'raw' });
  expect((await mapAll(image)).map(describeMapping)).toEqual(['data 0+1000 @0']);
  expect((await mapAll(image, 990, 100)).map(describeMapping)).toEqual(['data 990+10 @990']);
  expect(await mapAll(image, 1000, 1)).toEqual([]);
});
