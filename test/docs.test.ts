import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { ROOT } from './support/program.ts';

/** The pages with examples, and what these print. */
const PAGES = [
  [
    'sources',
    [
      '0 50',
      '1 20',
      'http://127.0.0.1:9/disk.vmdk?signature=...: the server refuses connections',
      '',
      expect.stringMatching(/^package\.json: /),
    ],
  ],
  ['checking', ['ok data 1']],
  [
    'reading',
    [
      '102400 83,239',
      'true',
      'compressed in layer 0, unallocated in layer 0',
      '0+4194304',
      'they differ at byte 1',
    ],
  ],
  ['writing', ['102400']],
  ['images-from-strangers', ['false policy/path-absolute', 'ok metadata']],
  ['targets', ['azure refuses 1', 'xen takes 0']],
] as const;

it.each(PAGES)('the examples of docs/%s.md compile and run', async (name, printed) => {
  const page = readFileSync(join(ROOT, 'docs', `${name}.md`), 'utf8');
  const examples = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
  const folder = join(ROOT, '.cache', `docs-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const library = JSON.stringify(join(ROOT, 'src', 'index.ts'));
  const files = examples.map((code, index) => {
    const file = join(folder, `example-${index}.ts`);
    writeFileSync(file, code.replace(/'vdcheck'/g, library));
    return file;
  });
  const compilerOptions = { typeRoots: [join(ROOT, 'node_modules', '@types')] };
  const configuration = { extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], compilerOptions };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', folder], { stdio: 'pipe' });

  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => lines.push(values.join(' ')));
  try {
    for (const file of files) await import(/* @vite-ignore */ file);
  } finally {
    log.mockRestore();
  }
  expect(lines).toEqual(printed);
});
