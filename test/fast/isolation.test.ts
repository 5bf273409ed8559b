import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NODE, ROOT, runProgram, withFolder } from '../support/program.ts';
import { assertSchema } from '../support/schemas.ts';

const SAMPLES = ['sound', 'damaged'].flatMap((kind) => {
  const folder = join(ROOT, 'samples', kind);
  return readdirSync(folder)
    .filter((name) => /\.(vmdk|vhd|qcow2)$/.test(name))
    .map((name) => join(folder, name));
});

const [SOUND = ''] = SAMPLES;

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

/** A sound qcow2 with 16,384 empty L2 tables, 1 GiB in all and sparse on disk: to look at them takes a tenth of a second at least. */
function makeLarge(path: string): void {
  const clusterSize = 65_536;
  const tables = 16_384;
  const firstTable = 5;
  const head = Buffer.alloc(firstTable * clusterSize);
  head.write('QFI\u00fb', 0, 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(16, 20);
  head.writeBigUInt64BE(BigInt(tables * 8192 * clusterSize), 24);
  head.writeUInt32BE(tables, 36);
  head.writeBigUInt64BE(BigInt(3 * clusterSize), 40);
  head.writeBigUInt64BE(BigInt(clusterSize), 48);
  head.writeUInt32BE(1, 56);
  head.writeBigUInt64BE(BigInt(2 * clusterSize), clusterSize);
  for (let cluster = 0; cluster < firstTable + tables; cluster++)
    head.writeUInt16BE(1, 2 * clusterSize + 2 * cluster);
  for (let table = 0; table < tables; table++)
    head.writeBigUInt64BE(
      (1n << 63n) | BigInt((firstTable + table) * clusterSize),
      3 * clusterSize + 8 * table,
    );
  const descriptor = openSync(path, 'w');
  writeSync(descriptor, head);
  ftruncateSync(descriptor, (firstTable + tables) * clusterSize);
  closeSync(descriptor);
}

describe('a check of many images', () => {
  it.each([
    ['human', 80],
    ['json', 80],
    ['ndjson', 80],
    ['ndjson', 520],
  ])(
    'prints the same %s however many are checked at once, and without any budget, for %i images',
    async (output, count) => {
      await withFolder((folder) => {
        const paths = fill(folder, count);
        const run = (...options: string[]): unknown =>
          runProgram(['check', '--output', output, ...options, ...paths], { cwd: folder });
        const alone = run('--timeout', '0', '--max-memory', '0', '-j', '1');
        expect(alone).toMatchObject({ code: 1 });
        expect(run('-j', '1')).toEqual(alone);
        expect(run('-j', '3')).toEqual(alone);
        expect(run()).toEqual(alone);
      });
    },
  );

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
      const [alone, shared] = [
        ['--timeout', '0', '--max-memory', '0'],
        ['-j', '3'],
      ].map((how) => runProgram(['check', ...options, ...how, ...paths], { cwd: folder }));
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
});

describe('budgets', () => {
  it.each([
    ['timeout', ['--timeout', '0.001']],
    ['memory', ['--max-memory', '1']],
  ])('%s: the document is printed, with what could be checked and what could not', async (code, options) => {
    await withFolder((folder) => {
      makeLarge(join(folder, 'large.qcow2'));
      expect(runProgram(['large.qcow2'], { cwd: folder }).code).toBe(0);
      const images = code === 'timeout' ? [SOUND, 'large.qcow2', SOUND] : ['large.qcow2'];
      const { stdout, code: exit } = runProgram(['--output', 'json', ...options, ...images], {
        cwd: folder,
      });
      const report = JSON.parse(stdout) as { images: { path: string; error: { code: string } | null }[] };
      assertSchema('report', report);
      expect(report.images.map(({ path }) => path)).toEqual(images);
      expect(report.images.find(({ path }) => path === 'large.qcow2')).toMatchObject({
        verdict: 'unchecked',
        error: { code },
      });
      expect(exit).toBe(1);
    });
  });

  it('that suffice change nothing', () => {
    const plain = runProgram(['--output', 'json', SOUND]);
    expect(plain.code).toBe(0);
    expect(runProgram(['--output', 'json', '--timeout', '20', '--max-memory', '512', SOUND])).toEqual(plain);
  });
});

describe.runIf(process.platform === 'linux')('where hardly any file may be opened', () => {
  const run = (limit: number): { stdout: string; stderr: string; status: number | null } => {
    const command = `ulimit -n ${limit}; exec "$0" dist/cli.js --output json "$1" "$1"`;
    return spawnSync('bash', ['-c', command, NODE, SOUND], { cwd: ROOT, encoding: 'utf8' });
  };

  it.each([24, 26, 28, 32, 64])('with %i each image is sound or could not be checked', (limit) => {
    const { stdout, stderr, status } = run(limit);
    expect(stderr).toBe('');
    const { images } = JSON.parse(stdout) as {
      images: { verdict: string; error: { message: string } | null }[];
    };
    expect(images).toHaveLength(2);
    const verdicts = new Set(images.map(({ verdict }) => verdict));
    expect([...verdicts]).toEqual([status === 0 ? 'ok' : 'unchecked']);
    if (status !== 0) expect(images[0]?.error).toMatchObject({ code: 'EMFILE' });
  });

  it('the limits above are such that both happens', () => {
    expect([24, 64].map((limit) => run(limit).status)).toEqual([1, 0]);
  });
});

it('leaves standard input to the image that is read from it', () => {
  const alone = runProgram(['--output', 'ndjson', '--timeout', '0', '--max-memory', '0', SOUND, '-']);
  expect(alone.code).toBe(1);
  expect(runProgram(['--output', 'ndjson', SOUND, '-'])).toEqual(alone);
});

describe.runIf(process.platform === 'linux')('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the processes that check, too', async (signal) => {
    const child = spawn(
      NODE,
      [join(ROOT, 'dist', 'cli.js'), '-j', '2', ...Array.from({ length: 4000 }, () => SOUND)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ended = new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    expect(workers).toHaveLength(2);
    child.kill(signal);
    expect(await ended).toBe(signal);
    await setTimeout(500);
    const left = workers.filter((pid) => isRunning(pid));
    expect(left).toEqual([]);
  });
});

function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
