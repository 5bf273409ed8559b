import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { blobSource } from '../../src/io/blob-source.ts';
import { cached } from '../../src/io/cached-source.ts';
import { counted, createReadStats } from '../../src/io/counted-source.ts';
import { openFileSource } from '../../src/io/file-source.ts';
import { limited } from '../../src/io/limited-source.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import { patched } from '../../src/io/patched-source.ts';
import { retried } from '../../src/io/retried-source.ts';
import { fileOffset, type Source } from '../../src/io/source.ts';
import { closingAlso, windowSource } from '../../src/io/window-source.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { describeSource, pattern } from './conformance.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vdcheck-sources-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(bytes: Uint8Array): Source {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, bytes);
  return openFileSource(path);
}

describeSource('memory', memorySource, { sharesBytes: true, isSync: true });
describeSource('a file', file, { isSync: true });
describeSource('a Blob', (bytes) => blobSource(new Blob([bytes])));

/** Every decorator, over something that must come out the same. */
const DECORATORS: Readonly<Record<string, (source: Source) => Source>> = {
  asynchronous,
  'failing later': (source) => failing(source, { at: 1e9, async: false }),
  'failing later, asynchronous': (source) => failing(source, { at: 1e9, async: true }),
  cached: (source) => cached(source),
  'cached, small blocks': (source) => cached(source, { block: 512, bytes: 64 * 1024 }),
  'cached, one block': (source) => cached(source, { block: 4096, bytes: 1 }),
  counted: (source) => counted(source, createReadStats()),
  limited: (source) => limited(source, 2),
  patched: (source) => patched(source, []),
  'patched with the same bytes': (source) =>
    patched(
      source,
      [0, 500, 65_530, 300_000].map((offset) => ({
        offset: fileOffset(offset),
        bytes: pattern(300_007).slice(offset, offset + 1_000),
      })),
    ),
  retried: (source) => retried(source),
  'a window': (source) => windowSource(source, fileOffset(0), source.size),
  'closing also': (source) => closingAlso(source, () => undefined),
};

for (const [name, decorate] of Object.entries(DECORATORS)) {
  describeSource(`${name}, over a file`, (bytes) => decorate(file(bytes)), {
    isSync: !name.includes('asynchronous'),
  });
  describeSource(`${name}, over a promise`, (bytes) => decorate(asynchronous(file(bytes))));
  describeSource(`${name}, over a Blob`, (bytes) => decorate(blobSource(new Blob([bytes]))));
}

describeSource('a window in the middle', (bytes) => {
  const around = new Uint8Array(bytes.length + 1_000);
  around.set(bytes, 700);
  return windowSource(file(around), fileOffset(700), bytes.length);
});
describeSource('a stack of decorators', (bytes) =>
  cached(retried(limited(counted(asynchronous(file(bytes)), createReadStats()), 3))),
);
