import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { makeOrder, MOST_WAITING, WAITING, type CheckedBatch } from '../../src/cli/check-workers.ts';
import { ROOT, runProgram, withFolder } from '../support/program.ts';

const SAMPLES = ['sound', 'damaged'].flatMap((kind) => {
  const folder = join(ROOT, 'samples', kind);
  return readdirSync(folder)
    .filter((name) => /\.(vmdk|vhd|qcow2)$/.test(name))
    .map((name) => join(folder, name));
});

/** Copies of the samples in turn, `count` of them, and in their midst a folder and a name that nothing has. */
function fill(folder: string, count: number): readonly string[] {
  const copies = Array.from({ length: count }, (_, index) => {
    const sample = SAMPLES[index % SAMPLES.length] ?? '';
    const name = `${index}-${basename(sample)}`;
    copyFileSync(sample, join(folder, name));
    return name;
  });
  mkdirSync(join(folder, 'folder.vmdk'));
  return [...copies.slice(0, 30), 'folder.vmdk', 'none.qcow2', ...copies.slice(30)];
}

describe('a check of many images on several threads', () => {
  it.each([
    ['human', 80],
    ['json', 80],
    ['ndjson', 80],
    ['ndjson', 520],
  ])('prints the same %s as on one, for %i images', async (output, count) => {
    await withFolder((folder) => {
      const paths = fill(folder, count);
      const run = (...options: string[]): unknown =>
        runProgram(['check', '--output', output, ...options, ...paths], { cwd: folder });
      const alone = run('-j', '1');
      expect(alone).toMatchObject({ code: 1 });
      expect(run('-j', '3')).toEqual(alone);
      expect(run()).toEqual(alone);
    });
  });

  it('passes the options on', async () => {
    await withFolder((folder) => {
      const paths = fill(folder, 10);
      const options = [
        '--strict',
        '--depth',
        'header',
        '-f',
        'qcow2',
        '--max-problems',
        '1',
        '--output',
        'json',
      ];
      const [alone, shared] = ['1', '3'].map((jobs) =>
        runProgram(['check', ...options, '-j', jobs, ...paths], { cwd: folder }),
      );
      expect(shared).toEqual(alone);
    });
  });

  it('exits with the worst of all images', async () => {
    await withFolder((folder) => {
      const paths = fill(folder, 80).filter((name) => /^\d/.test(name));
      expect(runProgram(['check', '-j', '3', ...paths], { cwd: folder }).code).toBe(2);
      expect(runProgram(['check', '-j', '3', '--exit-zero', ...paths], { cwd: folder }).code).toBe(0);
    });
  });

  it('is done by fewer images than threads, too', () => {
    const [sample = ''] = SAMPLES;
    const [alone, shared] = ['1', '9'].map((jobs) =>
      runProgram(['check', '-j', jobs, sample, sample, sample]),
    );
    expect(shared).toEqual(alone);
  });
});

describe('a worker', () => {
  it('checks from the back what nobody has taken, and waits while too much waits for the printer', async () => {
    const paths = Array.from({ length: 40 }, (_, index) => SAMPLES[index % SAMPLES.length] ?? '');
    const order = makeOrder(paths, {});
    Atomics.store(order.cells, WAITING, MOST_WAITING);
    const posted: CheckedBatch[] = [];
    const worker = new Worker(join(ROOT, 'dist', 'check-worker.js'), { workerData: order });
    worker.on('message', (batch: CheckedBatch) => posted.push(batch));
    await once(worker, 'online');
    await setTimeout(200);
    expect(posted).toEqual([]);
    Atomics.store(order.cells, WAITING, 0);
    Atomics.notify(order.cells, WAITING);
    await once(worker, 'exit');
    expect(posted.map(({ index }) => index)).toEqual([4, 3, 2, 1, 0]);
    expect(posted.reverse().flatMap(({ reports }) => reports.map(({ path }) => path))).toEqual(paths);
    const problems = posted.flatMap(({ reports }) => reports.flatMap((report) => report.problems));
    expect(Atomics.load(order.cells, WAITING)).toBe(paths.length + problems.length);
  });
});
