import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cached } from '../../src/io/cached-source.ts';
import { createReadStats } from '../../src/io/counted-source.ts';
import { openHttpSource } from '../../src/io/http/open-url.ts';
import { readRanges } from '../../src/io/read-ranges.ts';
import { fileOffset } from '../../src/io/source.ts';
import { HAS_NGINX, startNginx, type Nginx } from '../support/nginx.ts';
import { describeSource, expectBytes, pattern, read } from './conformance.ts';

const BYTES = pattern(300_007);

describe.skipIf(!HAS_NGINX)('nginx', () => {
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx();
    writeFileSync(join(nginx.folder, 'disk'), BYTES);
  });
  afterAll(() => nginx.stop());
  const url = (path: string): string => `${nginx.origin}/${path}`;

  describeSource('a file of nginx', (bytes) => {
    writeFileSync(join(nginx.folder, 'made'), bytes);
    return openHttpSource(url('made'));
  });
  describeSource('a file of nginx, cached', async (bytes) => {
    writeFileSync(join(nginx.folder, 'made-too'), bytes);
    return cached(await openHttpSource(url('made-too')));
  });

  it.each(['private', 'moved'])('serves ranges from /%s', async (place) => {
    const source = await openHttpSource(url(`${place}/disk`), { user: 'root:geheim' });
    expectBytes(await read(source, 1_000, 2_000), BYTES.subarray(1_000, 3_000));
    await source.close();
  });

  it('serves a small file whole where ranges are off, and no big one', async () => {
    writeFileSync(join(nginx.folder, 'small'), BYTES.subarray(0, 999));
    const small = await openHttpSource(url('whole/small'), { wholeBytes: 1_000 });
    expectBytes(await read(small, 0, 999), BYTES.subarray(0, 999));
    await small.close();
    await expect(openHttpSource(url('whole/disk'), { wholeBytes: 1_000 })).rejects.toMatchObject({
      code: 'ranges-ignored',
    });
  });

  it('packs nothing, since it is asked not to', async () => {
    const source = await openHttpSource(url('packed/disk'));
    expectBytes(await read(source, 0, source.size), BYTES);
    await source.close();
  });

  it('has empty files, and files that it has not', async () => {
    writeFileSync(join(nginx.folder, 'empty'), '');
    const source = await openHttpSource(url('empty'));
    expect(source.size).toBe(0);
    await source.close();
    await expect(openHttpSource(url('nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(openHttpSource(url('private/disk'))).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('tells of a file that was replaced', async () => {
    writeFileSync(join(nginx.folder, 'changing'), BYTES);
    const source = await openHttpSource(url('changing'));
    expect(await source.isUnchanged()).toBe(true);
    writeFileSync(join(nginx.folder, 'new'), pattern(300_007, 5));
    utimesSync(join(nginx.folder, 'new'), 1_000_000, 1_000_000);
    renameSync(join(nginx.folder, 'new'), join(nginx.folder, 'changing'));
    expect(await source.isUnchanged()).toBe(false);
    await expect(read(source, 100, 100)).rejects.toMatchObject({ code: 'changed' });
    await source.close();
  });

  it('is asked for many ranges by few requests', async () => {
    const stats = createReadStats();
    const source = await openHttpSource(url('disk'), { stats });
    const ranges = Array.from({ length: 60 }, (_, index) => ({
      offset: fileOffset(((index * 17) % 60) * 5_000),
      length: 4_096,
    }));
    for await (const { index, from, bytes } of readRanges(source, ranges)) {
      const start = (ranges[index]?.offset ?? 0) + from;
      expectBytes(bytes, BYTES.subarray(start, start + bytes.length));
    }
    await source.close();
    expect(stats.requests).toBeLessThanOrEqual(3);
  });
});
