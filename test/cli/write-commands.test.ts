import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/layouts/index.ts';
import { ROOT, runProgram, withFolder } from '../support/program.ts';
import { hasQemuImg } from '../support/writing.ts';

const PROGRAM = join(ROOT, 'dist', 'cli.js');
const MIB = 2 ** 20;

/** A disk of a few stretches of bytes, the rest zeros. */
function diskBytes(seed = 1): Uint8Array {
  const random = new Random(seed);
  const bytes = new Uint8Array(6 * MIB + 5 * 512);
  for (const at of [0, 100_000, 2 * MIB + 77, 5 * MIB]) bytes.set(random.bytes(random.int(1, 90_000)), at);
  return bytes;
}

const disk = diskBytes();

function inFolder(
  body: (folder: string, run: (...args: string[]) => ReturnType<typeof runProgram>) => void,
): Promise<void> {
  return withFolder((folder) => {
    writeFileSync(join(folder, 'disk.raw'), disk);
    body(folder, (...args) => runProgram(args, { cwd: folder }));
  });
}

/** Standard output as bytes. */
function pipeOf(folder: string, ...args: string[]): Buffer {
  const { stdout, status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    maxBuffer: 64 * MIB,
  });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout;
}

describe('convert to qcow2', () => {
  it.each([[[]], [['-c']], [['-o', 'cluster_size=4k,compat=v2']], [['-c', '-W']]])(
    'with %j has the size that measure tells, and stores the disk',
    (options: readonly string[]) =>
      inFolder((folder, run) => {
        const made = run('convert', '-f', 'raw', '-O', 'qcow2', ...options, 'disk.raw', 'disk.qcow2');
        expect(made).toEqual({ code: 0, stdout: '', stderr: '' });
        expect(run('compare', '-f', 'raw', 'disk.raw', 'disk.qcow2').code).toBe(0);
        expect(run('check', '--strict', 'disk.qcow2').code).toBe(0);
        const others = options.filter((option) => option !== '-W');
        const measured = run('measure', '-f', 'raw', '-O', 'qcow2', ...others, 'disk.raw').stdout;
        if (!options.includes('-W'))
          expect(measured).toContain(`required size: ${statSync(join(folder, 'disk.qcow2')).size}\n`);
        expect(readdirSync(folder).sort()).toEqual(['disk.qcow2', 'disk.raw']);
      }),
  );

  it('goes into a pipe, as large as it is as a file', () =>
    inFolder((folder, run) => {
      for (const options of [[], ['-c']]) {
        const bytes = pipeOf(folder, 'convert', '-f', 'raw', '-O', 'qcow2', ...options, 'disk.raw', '-');
        writeFileSync(join(folder, 'piped.qcow2'), bytes);
        expect(run('compare', '-f', 'raw', 'disk.raw', 'piped.qcow2').code).toBe(0);
        expect(run('check', '--strict', 'piped.qcow2').code).toBe(0);
        run('convert', '-f', 'raw', '-O', 'qcow2', '--force', ...options, 'disk.raw', 'file.qcow2');
        expect(statSync(join(folder, 'file.qcow2')).size).toBe(bytes.length);
      }
    }));

  it('gives the same bytes again', () =>
    inFolder((folder, run) => {
      for (const [name, ...options] of [
        ['a', '-O', 'vhd', '--seed', 'x'],
        ['b', '-O', 'vhd', '--seed', 'x'],
        ['c', '-O', 'vhd', '--seed', 'y'],
        ['d', '-O', 'vhd'],
        ['e', '-O', 'vhd'],
      ] as const)
        expect(run('convert', '-f', 'raw', ...options, 'disk.raw', name).code).toBe(0);
      const read = (name: string): Buffer => readFileSync(join(folder, name));
      expect(read('a').equals(read('b'))).toBe(true);
      expect(read('a').equals(read('c'))).toBe(false);
      expect(read('d').equals(read('e'))).toBe(false);
    }));

  it('makes a chain of one seed whose layers have ids of their own', () =>
    inFolder((_, run) => {
      const names = ['base.vhd', 'middle.vhd', 'top.vhd'];
      for (const [index, name] of names.entries()) {
        const parent = names[index - 1];
        const rest = parent === undefined ? [name, '1M'] : ['-b', parent, '-F', 'vhd', name];
        expect(run('create', '-f', 'vhd', '--seed', 'x', ...rest).code).toBe(0);
      }
      const { code, stdout } = run('check', '--output', 'json', 'top.vhd');
      expect(stdout).not.toContain('parent-cycle');
      expect(code).toBe(0);
    }));

  it('gives the same bytes however many processors pack', () =>
    inFolder((folder, run) => {
      const sizes = ['1', '3', '16'].map((jobs) => {
        run('convert', '-f', 'raw', '-O', 'qcow2', '-c', '-j', jobs, 'disk.raw', `jobs${jobs}`);
        return readFileSync(join(folder, `jobs${jobs}`));
      });
      expect(sizes.every((bytes) => bytes.equals(sizes[0] ?? Buffer.alloc(0)))).toBe(true);
    }));

  it('takes the time from SOURCE_DATE_EPOCH', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'disk.raw'), disk);
      const run = (epoch: string, name: string): ReturnType<typeof runProgram> =>
        runProgram(['convert', '-f', 'raw', '-O', 'vhd', '--force', 'disk.raw', name], {
          cwd: folder,
          env: { SOURCE_DATE_EPOCH: epoch },
        });
      run('1700000000', 'a.vhd');
      const first = readFileSync(join(folder, 'a.vhd'));
      run('1700000000', 'a.vhd');
      expect(readFileSync(join(folder, 'a.vhd')).equals(first)).toBe(true);
      expect(run('yesterday', 'b.vhd').stderr).toMatch(/^vdcheck: SOURCE_DATE_EPOCH is a number .*\n$/);
    }));
});

describe('convert with a parent', () => {
  /** `base.qcow2`, a child of it, and a disk that is like the child. */
  function chainIn(folder: string, run: (...args: string[]) => ReturnType<typeof runProgram>): void {
    const changed = disk.slice();
    changed.fill(7, 70_000, 70_100);
    changed.fill(0, 2 * MIB, 2 * MIB + 200_000);
    writeFileSync(join(folder, 'changed.raw'), changed);
    run('convert', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'base.qcow2');
    run('convert', '-f', 'raw', '-O', 'qcow2', '-B', 'base.qcow2', 'changed.raw', 'child.qcow2');
  }

  it('writes only what differs, whether or not the source has the parent, too', () =>
    inFolder((folder, run) => {
      chainIn(folder, run);
      for (const options of [[], ['-c'], ['-o', 'extended_l2=on'], ['-o', 'compat=v2'], ['--no-chain']]) {
        const made = run(
          'convert',
          '--force',
          '-O',
          'qcow2',
          '-B',
          'base.qcow2',
          ...options,
          'child.qcow2',
          'copy.qcow2',
        );
        expect([made.code, made.stderr], options.join(' ')).toEqual([0, '']);
        const measured = run('measure', '-O', 'qcow2', '-B', 'base.qcow2', ...options, 'child.qcow2');
        expect(measured.stdout).toContain(`required size: ${statSync(join(folder, 'copy.qcow2')).size}\n`);
        expect(run('compare', '-F', 'raw', 'copy.qcow2', 'changed.raw').code).toBe(0);
        expect(run('check', '--strict', 'copy.qcow2').code).toBe(0);
        expect(statSync(join(folder, 'copy.qcow2')).size).toBeLessThan(12 * 65_536);
      }
      const { stdout } = run('info', '--output', 'json', 'child.qcow2');
      expect(JSON.parse(stdout)).toMatchObject({
        'backing-filename': 'base.qcow2',
        'backing-filename-format': 'qcow2',
      });
    }));

  it('never writes over the parent', () =>
    inFolder((folder, run) => {
      chainIn(folder, run);
      const before = readFileSync(join(folder, 'base.qcow2'));
      symlinkSync('base.qcow2', join(folder, 'link.qcow2'));
      for (const target of ['base.qcow2', 'link.qcow2'])
        expect(
          run('convert', '--force', '-f', 'raw', '-O', 'qcow2', '-B', 'base.qcow2', 'disk.raw', target)
            .stderr,
        ).toMatch(/is the source itself|belongs to the source/);
      expect(readFileSync(join(folder, 'base.qcow2')).equals(before)).toBe(true);
    }));

  it('looks the parent up from the folder of the new image', () =>
    inFolder((folder, run) => {
      chainIn(folder, run);
      mkdirSync(join(folder, 'sub'));
      const failed = run('convert', '-O', 'qcow2', '-B', 'base.qcow2', 'child.qcow2', 'sub/copy.qcow2');
      expect(failed.stderr).toMatch(
        /^vdcheck: sub\/base\.qcow2: no such file; the name is looked up from the folder.*\n$/,
      );
      expect(run('convert', '-O', 'qcow2', '-B', '../base.qcow2', 'child.qcow2', 'sub/copy.qcow2').code).toBe(
        0,
      );
      expect(run('compare', '--allow-outside', '-F', 'raw', 'sub/copy.qcow2', 'changed.raw').code).toBe(0);
    }));
});

describe('create', () => {
  it('makes an empty image of every format', () =>
    inFolder((folder, run) => {
      for (const format of ['raw', 'qcow2', 'vmdk', 'vhd', 'vdi']) {
        const made = run('create', '-f', format, `new.${format}`, '10M');
        expect([made.code, made.stdout, made.stderr], format).toEqual([0, '', '']);
        expect(run('info', '-f', format, '--output', 'json', `new.${format}`).stdout).toContain(
          `"virtual-size": ${10 * MIB}`,
        );
        if (format !== 'raw') expect(run('check', '--strict', `new.${format}`).code).toBe(0);
      }
      expect(statSync(join(folder, 'new.qcow2')).size).toBeLessThan(300_000);
    }));

  it('makes a child, as large as its parent unless a size is given', () =>
    inFolder((_, run) => {
      run('convert', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'base.qcow2');
      expect(run('create', '-f', 'qcow2', '-b', 'base.qcow2', '-F', 'qcow2', 'child.qcow2').code).toBe(0);
      expect(run('compare', '--strict', '-F', 'raw', 'child.qcow2', 'disk.raw').code).toBe(0);
      expect(run('create', '-f', 'qcow2', '-o', 'backing_file=base.qcow2', 'big.qcow2', '1G').code).toBe(0);
      expect(run('compare', '-F', 'raw', 'big.qcow2', 'disk.raw').code).toBe(0);
    }));

  it('lists options, and names the nearest of one that does not exist', () =>
    inFolder((_, run) => {
      expect(run('create', '-f', 'qcow2', '-o', 'help').stdout).toMatch(
        /^ {2}cluster_size=<size> .*default: 65536/m,
      );
      for (const [args, message] of [
        [
          ['-f', 'qcow2', '-o', 'clustersize=4k', 'x', '1M'],
          /no creation option 'clustersize'; did you mean 'cluster_size'/,
        ],
        [['-f', 'qcow2', '-o', 'encryption=on', 'x', '1M'], /encrypted images cannot be written/],
        [['-f', 'qcow3', 'x', '1M'], /did you mean 'qcow2'/],
        [['-f', 'qcow2', 'x'], /needs SIZE/],
        [['-f', 'qcow2', 'x', '1Q'], /SIZE takes a size/],
        [['-f', 'qcow2'], /needs FILE/],
        [['-f', 'qcow2', '-F', 'raw', 'x', '1M'], /needs -b/],
        [['-f', 'qcow2', 'disk.raw', '1M'], /disk\.raw exists; --force replaces it/],
      ] as const) {
        const { code, stderr, stdout } = run('create', ...args);
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toMatch(message);
        expect(stderr).toMatch(/^vdcheck: [^\n]*\n$/);
      }
    }));
});

describe('what is written', () => {
  it('is an appliance where its name says so', () =>
    inFolder((folder, run) => {
      expect(run('convert', '-f', 'raw', 'disk.raw', 'box.ova').code).toBe(0);
      expect(readFileSync(join(folder, 'box.ova')).subarray(0, 7).toString()).toBe('box.ovf');
      expect(pipeOf(folder, 'convert', '-f', 'raw', '-O', 'ova', 'disk.raw', '-').length).toBeGreaterThan(
        10_000,
      );
    }));

  it('is never the archive that the source is in', () =>
    inFolder((folder, run) => {
      run('convert', '-f', 'raw', 'disk.raw', 'box.ova');
      const before = readFileSync(join(folder, 'box.ova'));
      symlinkSync('box.ova', join(folder, 'link.ova'));
      writeFileSync(join(folder, 'disk.vhd.gz'), gzipSync(new Uint8Array(before)));
      for (const target of ['box.ova', 'link.ova']) {
        const { code, stderr } = run('convert', '--force', 'box.ova!box-disk1.vmdk', target);
        expect([code, stderr]).toEqual([1, `vdcheck: ${target} is the source itself: it is only read\n`]);
      }
      expect(run('convert', '--force', 'disk.vhd.gz', 'disk.vhd.gz').stderr).toMatch(/is the source itself/);
      expect(readFileSync(join(folder, 'box.ova')).equals(before)).toBe(true);
    }));

  it('is nothing where the source changes meanwhile', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'big.raw'), new Uint8Array(64 * MIB).fill(3));
      const child = spawn(
        process.execPath,
        [PROGRAM, 'convert', '-c', '-f', 'raw', '-O', 'qcow2', 'big.raw', 'out'],
        {
          cwd: folder,
        },
      );
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      await until(() => readdirSync(folder).some((name) => name.endsWith('.part')));
      appendFileSync(join(folder, 'big.raw'), 'x');
      const code = await new Promise((resolve) => child.on('exit', resolve));
      expect(code).toBe(1);
      expect(stderr).toMatch(/^vdcheck: big\.raw was changed while it was read; nothing was written\n$/);
      expect(readdirSync(folder)).toEqual(['big.raw']);
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('is removed by %s', async (signal) => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'big.raw'), new Random(1).bytes(64 * MIB));
      const child = spawn(
        process.execPath,
        [PROGRAM, 'convert', '-c', '-f', 'raw', '-O', 'qcow2', 'big.raw', 'out'],
        {
          cwd: folder,
        },
      );
      await until(() => readdirSync(folder).some((name) => name.endsWith('.part')));
      child.kill(signal);
      const ended = await new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
      expect(ended).toBe(signal);
      expect(readdirSync(folder)).toEqual(['big.raw']);
    });
  });

  it('is not there after SIGKILL, and the next try is not in its way', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'big.raw'), new Random(1).bytes(64 * MIB));
      const args = ['convert', '-c', '--level', '1', '-f', 'raw', '-O', 'qcow2', 'big.raw', 'out'];
      const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder });
      await until(() => readdirSync(folder).some((name) => name.endsWith('.part')));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.on('exit', resolve));
      expect(readdirSync(folder).filter((name) => !name.endsWith('.part'))).toEqual(['big.raw']);
      const small = ['convert', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'out'];
      writeFileSync(join(folder, 'disk.raw'), disk);
      expect(runProgram(small, { cwd: folder }).code).toBe(0);
    });
  });

  it('is not there where the file would grow too large', () =>
    inFolder((folder) => {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', `ulimit -f 64; exec "${process.execPath}" "${PROGRAM}" convert -f raw -O qcow2 disk.raw out`],
        { cwd: folder, encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([1, 'vdcheck: out: the file would grow too large (EFBIG)\n']);
      expect(readdirSync(folder)).toEqual(['disk.raw']);
    }));

  it('cannot go into a folder that may not be written to', () =>
    inFolder((folder, run) => {
      mkdirSync(join(folder, 'closed'));
      chmodSync(join(folder, 'closed'), 0o555);
      if (process.getuid?.() === 0) return;
      expect(run('convert', '-f', 'raw', '-O', 'qcow2', 'disk.raw', 'closed/out').stderr).toMatch(
        /permission denied/,
      );
      expect(existsSync(join(folder, 'closed', 'out'))).toBe(false);
    }));

  it.skipIf(!hasQemuImg)('is what qemu-img reads, a chain into a chain', () =>
    inFolder((folder, run) => {
      run('convert', '-f', 'raw', '-O', 'vmdk', 'disk.raw', 'base.vmdk');
      const changed = disk.slice();
      changed.fill(9, 3 * MIB, 3 * MIB + 1000);
      writeFileSync(join(folder, 'changed.raw'), changed);
      for (const [format, name] of [
        ['qcow2', 'child.qcow2'],
        ['vmdk', 'child.vmdk'],
      ] as const) {
        const made = run(
          'convert',
          '-f',
          'raw',
          '-O',
          format,
          '-B',
          'base.vmdk',
          '-F',
          'vmdk',
          'changed.raw',
          name,
        );
        expect([made.code, made.stderr]).toEqual([0, '']);
        const compared = spawnSync('qemu-img', ['compare', '-F', 'raw', name, 'changed.raw'], {
          cwd: folder,
        });
        expect(compared.status, format).toBe(0);
      }
    }),
  );
});

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2000 && !isSo(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo()).toBe(true);
}
