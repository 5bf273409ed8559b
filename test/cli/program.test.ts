import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildStream } from '../support/vmdk.ts';
import { NODE, ROOT, runProgram, withFolder } from '../support/program.ts';
import { assertImageSchema, assertSchema } from '../support/schemas.ts';

describe('help', () => {
  it('goes to standard output and names every command that there is, and none that there is not', () => {
    const { stdout, stderr, code } = runProgram(['--help']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    for (const name of [
      'check',
      'info',
      'dump',
      'map',
      'convert',
      'create',
      'measure',
      'rules',
      'completion',
    ])
      expect(stdout).toContain(`  ${name} `);
    expect(stdout).not.toContain('repair');
  });

  it.each(['check', 'info', 'dump', 'map', 'convert', 'create', 'measure', 'rules', 'completion'])(
    'of %s has usage, options and examples',
    (name) => {
      const { stdout, code } = runProgram([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Usage:$/m);
      expect(stdout).toMatch(/^Examples:$/m);
      expect(stdout).toContain('--help');
    },
  );

  it('without any argument goes to standard error, and exits 1 lest an empty list of images passes for sound ones', () => {
    const { stdout, stderr, code } = runProgram([]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toContain('Usage:');
  });

  it('--version tells the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(runProgram(['--version'])).toEqual({ stdout: `vdcheck ${version}\n`, stderr: '', code: 0 });
  });
});

describe('wrong usage is one line on standard error, exit 1, nothing else', () => {
  it.each([
    [['--stict', 'x.vhd'], '--strict'],
    [['chekc', 'x.vhd'], 'check'],
    [['--output', 'yaml', 'x.vhd'], 'yaml'],
    [['-f', 'vmdkk', 'x.vhd'], 'vmdk'],
    [['--policy', 'untrustd', 'x.vhd'], 'untrusted'],
    [['--for', 'azur', 'x.vhd'], 'azure'],
    [['info', '--for', 'azure', 'x.vhd'], 'check'],
    [['--rule', 'vhd/creator-unknwn=off', 'x.vhd'], 'vhd/creator-unknown'],
    [['--rule', 'vhd/creator-unknown=of', 'x.vhd'], "'off'"],
    [['--rule', 'file/unreadable=off', 'x.vhd'], 'file/unreadable'],
    [['--max-chain', '3', 'x.vhd'], '--policy untrusted'],
    [['clone', 'a.vhd', 'b.raw'], 'clone'],
    [['rules', 'file/emty'], 'file/empty'],
    [['completion', 'bsh'], 'bash'],
    [['info'], 'IMAGE'],
  ])('%j', (args, named) => {
    const { stdout, stderr, code } = runProgram(args);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(/^vdcheck: .*\n$/);
    expect(stderr).toContain(named);
  });
});

describe('what cannot be checked', () => {
  /** Makes each in a folder of its own; `undefined` where this machine cannot. */
  const makers: Readonly<Record<string, (path: string) => void>> = {
    'no such file': () => undefined,
    'an empty file': (path) => writeFileSync(path, ''),
    'one byte': (path) => writeFileSync(path, 'K'),
    'a directory': (path) => mkdirSync(path),
    'a FIFO': (path) => void execFileSync('mkfifo', [path]),
    'a link to itself': (path) => symlinkSync(path, path),
    'random bytes': (path) => writeFileSync(path, randomBytes(70_000)),
    zeros: (path) => writeFileSync(path, new Uint8Array(70_000)),
  };

  it.each(Object.keys(makers))('%s: one line, exit 1; as JSON the reason', async (what) => {
    await withFolder((folder) => {
      const path = join(folder, 'image.bin');
      makers[what]?.(path);
      const human = runProgram([path]);
      expect({ stdout: human.stdout, code: human.code }).toEqual({ stdout: '', code: 1 });
      expect(human.stderr).toMatch(/^vdcheck: .*image\.bin: .*\n$/);

      const json = runProgram(['--output', 'json', path]);
      expect({ stderr: json.stderr, code: json.code }).toEqual({ stderr: '', code: 1 });
      const report = JSON.parse(json.stdout) as {
        images: [{ path: string; verdict: string; error: { code: string } }];
      };
      assertSchema('report', report);
      expect(report.images[0]).toMatchObject({
        path,
        verdict: 'unchecked',
        error: { code: expect.any(String) },
      });
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    'no permission (skipped for root, who may read everything)',
    async () => {
      await withFolder((folder) => {
        const path = join(folder, 'image.bin');
        writeFileSync(path, 'x');
        chmodSync(path, 0);
        const { stderr, code } = runProgram([path]);
        expect(code).toBe(1);
        expect(stderr).toContain('permission denied');
      });
    },
  );

  it('empty standard input, with the reason', () => {
    const { stdout, stderr, code } = runProgram(['-']);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(/^vdcheck: -: .*\n$/);
  });

  it('a server that cannot be reached, with the reason', () => {
    const { stderr, code } = runProgram(['http://me:secret@127.0.0.1:9/disk.vmdk?token=secret']);
    expect(code).toBe(1);
    expect(stderr).toBe('vdcheck: http://127.0.0.1:9/disk.vmdk?token=...: the server refuses connections\n');
  });
});

describe('a raw disk', () => {
  const bytes = randomBytes(65_536);

  it('is sound with -f raw, and what else there is to say is nothing', async () => {
    await withFolder((folder) => {
      writeFileSync(join(folder, 'disk.img'), bytes);
      expect(runProgram(['-f', 'raw', 'disk.img'], { cwd: folder })).toEqual({
        stdout: 'disk.img: ok (raw, 64 KiB)\n',
        stderr: '',
        code: 0,
      });
    });
  });

  it('is what commands that only read take bytes without marks for', async () => {
    await withFolder((folder) => {
      writeFileSync(join(folder, 'disk.img'), bytes);
      const info = runProgram(['info', '--output', 'json', 'disk.img'], { cwd: folder });
      const told = JSON.parse(info.stdout) as unknown;
      assertSchema('info', told);
      expect(told).toMatchObject({ filename: 'disk.img', format: 'raw', 'virtual-size': 65_536 });
      const map = runProgram(['map', '--output', 'json', 'disk.img'], { cwd: folder });
      const ranges = JSON.parse(map.stdout) as unknown;
      assertSchema('map', ranges);
      expect(ranges).toMatchObject([{ start: 0, length: 65_536, data: true, offset: 0 }]);
      const dump = JSON.parse(
        runProgram(['dump', '--output', 'json', 'disk.img'], { cwd: folder }).stdout,
      ) as unknown;
      assertSchema('dump', dump);
      expect(dump).toEqual({ structures: [] });
    });
  });

  it('one line of ndjson for each image, also for those that could not be checked', async () => {
    await withFolder((folder) => {
      writeFileSync(join(folder, 'disk.img'), bytes);
      const { stdout, code } = runProgram(['-f', 'raw', '--output', 'ndjson', 'disk.img', 'none.img'], {
        cwd: folder,
      });
      const images = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      images.forEach(assertImageSchema);
      expect(images).toMatchObject([{ verdict: 'ok' }, { verdict: 'unchecked' }]);
      expect(code).toBe(1);
    });
  });
});

describe('a name that would act on the terminal', () => {
  it('is shown, not obeyed', async () => {
    await withFolder((folder) => {
      const name = '\u001b[31m\u202eevil.img';
      writeFileSync(join(folder, name), randomBytes(1024));
      for (const args of [
        [name],
        ['-f', 'raw', name],
        ['info', name],
        ['map', name],
        ['-f', 'raw', '--output', 'json', name],
      ]) {
        const { stdout, stderr } = runProgram(args, { cwd: folder });
        expect(stdout + stderr).not.toMatch(/[\u001b\u202e]/);
      }
    });
  });
});

describe('a reader that goes away', () => {
  it('ends the program quietly', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'disk.img'), randomBytes(1024));
      const many = Array.from({ length: 3000 }, () => 'disk.img');
      const child = spawn(NODE, [join(ROOT, 'dist', 'cli.js'), '-f', 'raw', ...many], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (chunk) => (stderr += String(chunk)));
      child.stdout.once('data', () => child.stdout.destroy());
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    });
  });
});

describe.skipIf(!existsSync('/dev/full'))(
  'a device without space (skipped where there is no /dev/full)',
  () => {
    const sample = 'samples/sound/win8.vhd';
    it.each([
      [['check', sample]],
      [['check', '--output', 'json', sample, sample]],
      [['check', '--output', 'sarif', sample]],
      [['info', sample]],
      [['dump', sample]],
      [['map', sample]],
      [['rules']],
      [['--help']],
      [['--version']],
    ])('%j: one line that names it, exit 1', (args) => {
      const full = openSync('/dev/full', 'w');
      const { stderr, status } = spawnSync(NODE, [join(ROOT, 'dist', 'cli.js'), ...args], {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', full, 'pipe'],
      });
      closeSync(full);
      expect({ stderr, status }).toEqual({
        stderr: 'vdcheck: standard output cannot be written to: no space left on the device (ENOSPC)\n',
        status: 1,
      });
    });

    it('on standard error, too, is no crash', () => {
      const full = openSync('/dev/full', 'w');
      const { stdout, status } = spawnSync(NODE, [join(ROOT, 'dist', 'cli.js'), 'none.vhd'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', full],
      });
      closeSync(full);
      expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    });
  },
);

describe('depth data', () => {
  it('unpacks what is stored compressed, and says how far it is', async () => {
    await withFolder((folder) => {
      const path = join(folder, 'disk.vmdk');
      const bytes = Buffer.from(buildStream({ grains: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }).bytes);
      writeFileSync(path, bytes);
      const sound = runProgram(['--depth', 'data', '-p', '--output', 'json', path]);
      expect(JSON.parse(sound.stdout)).toMatchObject({ images: [{ depth: 'data', verdict: 'ok' }] });
      expect(sound.stderr).toMatch(
        /^1 of 10 compressed units unpacked.*\n(.*\n){8}10 of 10 .*\n1 of 1 images checked\n$/,
      );
      expect(sound.code).toBe(0);
      bytes[32 * 512 + 20] = (bytes[32 * 512 + 20] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      expect(runProgram([path]).code).toBe(0);
      const damaged = runProgram(['--depth', 'data', path]);
      expect(damaged.stdout).toContain('error[vmdk4/grain-corrupt]');
      expect(damaged.code).toBe(2);
    });
  });
});

describe('Ctrl-C', () => {
  it('ends the program by the signal, which shells show as 130', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'disk.img'), randomBytes(1024));
      const many = Array.from({ length: 3000 }, () => 'disk.img');
      const child = spawn(NODE, [join(ROOT, 'dist', 'cli.js'), '-f', 'raw', ...many], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.once('data', () => child.kill('SIGINT'));
      const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
      expect(signal).toBe('SIGINT');
    });
  });
});

describe.skipIf(spawnSync('script', ['--version']).error !== undefined)(
  'on a terminal (skipped without script)',
  () => {
    /** What the program prints on a terminal of its own. */
    function runOnTerminal(env: NodeJS.ProcessEnv): string {
      const command = `${NODE} dist/cli.js samples/damaged/footer-only.vhd`;
      return spawnSync('script', ['-qec', command, '/dev/null'], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, TERM: 'xterm', ...env },
      }).stdout;
    }

    it('colours what matters', () => {
      expect(runOnTerminal({})).toContain('\u001b[1m\u001b[31merror[vhd/');
    });

    it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('uses no colour with %j', (env) => {
      const text = runOnTerminal(env);
      expect(text).toContain('error[vhd/');
      expect(text).not.toContain('\u001b');
    });
  },
);

/** The same bytes each time, and no format's marks among them. */
function randomBytes(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}
