import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../src/io/memory-source.ts';
import { fileOffset } from '../../src/io/source.ts';
import { checkImage } from '../../src/ops/check.ts';
import { ROOT } from '../support/program.ts';

const SAMPLES = ['sound', 'damaged'].flatMap((kind) => {
  const folder = join(ROOT, 'samples', kind);
  return readdirSync(folder)
    .filter((name) => /\.(vmdk|vhd|qcow2)$/.test(name))
    .map((name) => ({ name, path: join(folder, name) }));
});

describe('an image in memory', () => {
  it.each(SAMPLES)('is checked the same wherever its bytes begin: $name', async ({ name, path }) => {
    const bytes = readFileSync(path);
    const check = (lead: number) => {
      const memory = new Uint8Array(lead + bytes.length);
      memory.set(bytes, lead);
      return checkImage(name, { openSource: () => memorySource(memory.subarray(lead), name) });
    };
    const report = await check(0);
    expect(report.verdict).not.toBe('unchecked');
    for (const lead of [1, 2, 4]) expect(await check(lead)).toEqual(report);
  });
});

it('gives out plain arrays of a Buffer, whose copies are copies', async () => {
  const source = memorySource(Buffer.from([1, 2, 3, 4]));
  const copy = (await source.read(fileOffset(1), 2)).slice();
  copy[0] = 9;
  expect([...(await source.read(fileOffset(0), 4))]).toEqual([1, 2, 3, 4]);
});
