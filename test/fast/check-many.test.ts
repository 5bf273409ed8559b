import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMany } from '../../src/fast/check-many.ts';
import type { ImageReport } from '../../src/model/report.ts';
import type { Budget } from '../../src/fast/worker-process.ts';
import { withFolder } from '../support/program.ts';

const FAKE = join(import.meta.dirname, 'fake-worker.cjs');
const FREE: Budget = { milliseconds: null, bytes: null };
const MIB = 2 ** 20;

/** What became of each path: `ok`, or the code of its error. */
async function outcomes(
  paths: readonly string[],
  { jobs = 1, budget = FREE, entry = FAKE }: { jobs?: number; budget?: Budget; entry?: string } = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { path, verdict, error } of checkMany(paths, {}, { jobs, budget, entry })) {
    expect(path).toBe(paths[found.length]);
    found.push(error?.code ?? verdict);
  }
  expect(found).toHaveLength(paths.length);
  return found;
}

describe('every image has its report, in the order of the paths', () => {
  it.each([1, 2, 3, 9])('with %i at once', async (jobs) => {
    const paths = Array.from({ length: 200 }, (_, index) => `${index % 50 === 0 ? 'slow' : 'ok'}${index}`);
    expect(new Set(await outcomes(paths, { jobs }))).toEqual(new Set(['ok']));
  });

  it.each([
    ['crash', 'internal'],
    ['throws', 'internal'],
    ['killed', 'memory'],
  ])('%s is %s, and the others are checked', async (deed, code) => {
    expect(await outcomes(['ok1', deed, 'ok2', deed, 'ok3'])).toEqual(['ok', code, 'ok', code, 'ok']);
    expect(await outcomes(['ok1', deed, 'ok2', deed, 'ok3'], { jobs: 3 })).toEqual([
      'ok',
      code,
      'ok',
      code,
      'ok',
    ]);
  });

  it('also where all of them end their process', async () => {
    expect(
      await outcomes(
        Array.from({ length: 6 }, (_, index) => `throws${index}`),
        { jobs: 2 },
      ),
    ).toEqual(Array.from({ length: 6 }, () => 'internal'));
  });
});

describe('a budget', () => {
  it('of time ends what goes on for ever, and nothing else', async () => {
    const budget = { milliseconds: 600, bytes: null };
    const paths = [
      'ok1',
      'hang1',
      ...Array.from({ length: 12 }, (_, index) => `slow${index}`),
      'hang2',
      'ok2',
    ];
    const expected = paths.map((path) => (path.startsWith('hang') ? 'timeout' : 'ok'));
    expect(await outcomes(paths, { budget })).toEqual(expected);
    expect(await outcomes(paths, { budget, jobs: 2 })).toEqual(expected);
  });

  it.runIf(process.platform === 'linux').each(['memory', 'heap'])(
    'of memory ends what asks for more: %s',
    async (deed) => {
      const budget = { milliseconds: null, bytes: 300 * MIB };
      expect(await outcomes(['ok1', deed, 'ok2'], { budget })).toEqual(['ok', 'memory', 'ok']);
    },
  );

  it.runIf(process.platform === 'linux')(
    'of memory is not held against an image for what others left behind',
    async () => {
      const budget = { milliseconds: null, bytes: 300 * MIB };
      expect(await outcomes(['ok1', 'ok2', 'leftovers', 'ok3'], { budget })).toEqual([
        'ok',
        'ok',
        'ok',
        'ok',
      ]);
    },
  );

  it('is told with its figure', async () => {
    const crew = { jobs: 1, budget: { milliseconds: 100, bytes: null }, entry: FAKE };
    let report: ImageReport | undefined;
    for await (report of checkMany(['hang'], {}, crew));
    expect(report).toMatchObject({
      path: 'hang',
      format: null,
      depth: 'header',
      verdict: 'unchecked',
      error: { code: 'timeout', message: 'hang: the check was stopped after 0.1 s (--timeout)' },
    });
  });
});

it('a worker that never starts is not tried for ever', async () => {
  await withFolder(async (folder) => {
    const entry = join(folder, 'broken.cjs');
    writeFileSync(entry, 'throw new Error("broken")');
    expect(await outcomes(['ok1', 'ok2', 'ok3', 'ok4', 'ok5'], { jobs: 2, entry })).toEqual(
      Array.from({ length: 5 }, () => 'internal'),
    );
  });
});

it('what is not asked for any more is not checked: the processes end', async () => {
  const reports = checkMany(['ok', 'hang'], {}, { jobs: 2, budget: FREE, entry: FAKE });
  for await (const { path } of reports) {
    expect(path).toBe('ok');
    break;
  }
});
