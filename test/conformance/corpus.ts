import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Real images by other programs, beside the project. */
const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus');

/** Whether the corpus is there; tests that need it say so where it is not. */
export const hasCorpus: boolean = existsSync(join(CORPUS, 'results.json'));

/** What is known of one image of the corpus. */
export interface CorpusEntry {
  readonly file: string;
  readonly unpacked_name: string;
  readonly verdict: string;
  readonly format: string;
  readonly license: string;
  readonly sha256_unpacked: string;
}

/** All images of the corpus, empty where it is missing. */
export function corpusEntries(): readonly CorpusEntry[] {
  if (!hasCorpus) return [];
  return JSON.parse(readFileSync(join(CORPUS, 'results.json'), 'utf8')) as CorpusEntry[];
}

/** Lays the corpus out below `folder`, every packed image unpacked beside its siblings. */
export function unpackCorpus(folder: string): void {
  for (const { file, unpacked_name: name } of corpusEntries()) {
    const target = join(folder, dirname(file), name);
    mkdirSync(dirname(target), { recursive: true });
    const packed = join(CORPUS, file);
    if (file.endsWith('.gz')) writeFileSync(target, gunzipSync(readFileSync(packed)));
    else if (file.endsWith('.bz2'))
      writeFileSync(target, spawnSync('bzip2', ['-dc', packed], { maxBuffer: 1 << 30 }).stdout);
    else copyFileSync(packed, target);
  }
}

/** The images kept in the repository, which tests may always use. */
export function sampleFiles(): readonly string[] {
  const folder = resolve(import.meta.dirname, '../../samples');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
