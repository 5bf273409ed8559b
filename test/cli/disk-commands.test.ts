import { spawn, spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomChain } from '../support/layouts/index.ts';
import { ROOT, runProgram, withFolder } from '../support/program.ts';
import { assertSchema } from '../support/schemas.ts';
import { buildStream } from '../support/vmdk.ts';

const PROGRAM = join(ROOT, 'dist', 'cli.js');

/** A chain of images in a folder; the guest's bytes are in `guest`. */
const chain = randomChain(21, 3);
const { name: image, guest } = chain;

function writeImages(folder: string): void {
  for (const [name, bytes] of Object.entries(chain.files)) writeFileSync(join(folder, name), bytes);
}

function inImages(body: (folder: string) => void | Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    writeImages(folder);
    await body(folder);
  });
}

/** Standard output as bytes. */
function runBytes(
  args: readonly string[],
  cwd: string,
): { bytes: Buffer; code: number | null; stderr: string } {
  const { stdout, status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { cwd });
  return { bytes: stdout, code: status, stderr: stderr.toString() };
}

beforeAll(() => expect(Object.keys(chain.files).length).toBeGreaterThan(1));

describe('read', () => {
  it('prints all of the disk, or a range of it', () =>
    inImages((folder) => {
      expect(Buffer.compare(runBytes(['read', image], folder).bytes, guest)).toBe(0);
      const part = runBytes(['read', image, '--offset', '70001', '--length', '3k'], folder);
      expect(Buffer.compare(part.bytes, guest.subarray(70001, 70001 + 3072))).toBe(0);
      const rest = runBytes(['read', image, '--offset', String(guest.length - 5)], folder);
      expect(Buffer.compare(rest.bytes, guest.subarray(-5))).toBe(0);
    }));

  it.each([
    ['--offset', '1T'],
    ['--offset', String(guest.length + 1)],
    ['--length', String(guest.length + 1)],
    ['--offset', '-1'],
    ['--offset', '1x'],
    ['--length', '0.3'],
  ])('%s %s is refused, and nothing is printed', (option, value) =>
    inImages((folder) => {
      const { bytes, code, stderr } = runBytes(['read', image, `${option}=${value}`], folder);
      expect([bytes.length, code]).toEqual([0, 1]);
      expect(stderr).toMatch(/^vdcheck: .*\n$/);
    }),
  );
});

describe('convert', () => {
  it('writes a raw disk with holes', () =>
    inImages((folder) => {
      const run = runProgram(['convert', image, 'out.raw'], { cwd: folder });
      expect([run.code, run.stdout, run.stderr]).toEqual([0, '', '']);
      expect(Buffer.compare(readFileSync(join(folder, 'out.raw')), guest)).toBe(0);
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
    }));

  it('leaves zeros out from -S on, and none with -S 0 or preallocation', () =>
    withFolder((folder) => {
      const bytes = new Uint8Array(1024 * 1024);
      bytes.fill(1, 0, 512);
      bytes.fill(2, 600 * 1024, 600 * 1024 + 512);
      writeFileSync(join(folder, 'disk.raw'), bytes);
      const blocks = (...options: string[]): number => {
        const { code } = runProgram(['convert', '-f', 'raw', '--force', ...options, 'disk.raw', 'out'], {
          cwd: folder,
        });
        expect(code).toBe(0);
        expect(Buffer.compare(readFileSync(join(folder, 'out')), bytes)).toBe(0);
        return statSync(join(folder, 'out')).blocks;
      };
      expect(blocks()).toBeLessThan(64);
      expect(blocks('-S', '0')).toBeGreaterThanOrEqual(2048);
      expect(blocks('-o', 'preallocation=full')).toBeGreaterThanOrEqual(2048);
    }));

  it('goes into a pipe', () =>
    inImages((folder) =>
      expect(Buffer.compare(runBytes(['convert', image, '-'], folder).bytes, guest)).toBe(0),
    ));

  it('replaces what exists with --force only, and writes into it with -n', () =>
    inImages((folder) => {
      writeFileSync(join(folder, 'out.raw'), 'precious');
      const refused = runProgram(['convert', image, 'out.raw'], { cwd: folder });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/^vdcheck: out\.raw exists; --force replaces it\n$/);
      expect(readFileSync(join(folder, 'out.raw'), 'utf8')).toBe('precious');
      expect(runProgram(['convert', '-n', image, 'out.raw'], { cwd: folder }).stderr).toMatch(/has 8 bytes/);
      expect(runProgram(['convert', '--force', image, 'out.raw'], { cwd: folder }).code).toBe(0);
      writeFileSync(join(folder, 'old.raw'), new Uint8Array(guest.length).fill(0xee));
      expect(runProgram(['convert', '-n', image, 'old.raw'], { cwd: folder }).code).toBe(0);
      for (const name of ['out.raw', 'old.raw'])
        expect(Buffer.compare(readFileSync(join(folder, name)), guest)).toBe(0);
    }));

  it('never writes over its source or a layer of it, under whatever name', () =>
    inImages((folder) => {
      const below = Object.keys(chain.files).at(-1) ?? '';
      linkSync(join(folder, image), join(folder, 'hard.raw'));
      symlinkSync(below, join(folder, 'soft.raw'));
      for (const target of [image, below, 'hard.raw', 'soft.raw'])
        for (const option of ['--force', '-n']) {
          const { code, stderr } = runProgram(['convert', option, image, target], { cwd: folder });
          expect(code).toBe(1);
          expect(stderr).toMatch(/it is only read/);
        }
      for (const [name, bytes] of Object.entries(chain.files))
        expect(Buffer.compare(readFileSync(join(folder, name)), bytes)).toBe(0);
    }));

  it('leaves nothing where it fails or is interrupted', () =>
    inImages(async (folder) => {
      const damaged = buildStream();
      damaged.bytes.fill(0x55, damaged.at.grains + 14, damaged.at.grains + 100);
      writeFileSync(join(folder, 'damaged.vmdk'), damaged.bytes);
      const before = readdirSync(folder);
      const { code, stderr } = runProgram(['convert', 'damaged.vmdk', 'out.raw'], { cwd: folder });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /guest bytes \d+ to \d+ cannot be read: the zlib stream at byte \d+ of damaged\.vmdk/,
      );
      expect(readdirSync(folder)).toEqual(before);

      writeFileSync(join(folder, 'big.raw'), new Uint8Array(0));
      spawnSync('truncate', ['-s', '400G', join(folder, 'big.raw')]);
      const child = spawn(process.execPath, [PROGRAM, 'convert', '-f', 'raw', 'big.raw', 'out.raw'], {
        cwd: folder,
      });
      for (
        let tries = 0;
        tries < 200 && !readdirSync(folder).some((name) => name.startsWith('.out'));
        tries++
      )
        await new Promise((resolve) => setTimeout(resolve, 25));
      expect(readdirSync(folder).filter((name) => name.startsWith('.out'))).toHaveLength(1);
      const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
      child.kill('SIGINT');
      expect(await ended).toBe('SIGINT');
      expect(readdirSync(folder)).toEqual([...before, 'big.raw'].sort());
    }));

  it('lists what is lost with --recover, and exits with 1', () =>
    withFolder((folder) => {
      const damaged = buildStream();
      damaged.bytes.fill(0x55, damaged.at.grains + 14, damaged.at.grains + 100);
      writeFileSync(join(folder, 'damaged.vmdk'), damaged.bytes);
      const { code, stderr } = runProgram(['convert', '--recover', 'damaged.vmdk', 'out.raw'], {
        cwd: folder,
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^vdcheck: lost: guest bytes 0 to 65535: the zlib stream/m);
      const bytes = readFileSync(join(folder, 'out.raw'));
      expect([bytes[0], bytes[65536], bytes[5 * 65536]]).toEqual([0, 2, 6]);
    }));

  it.each([
    [['convert', image], /needs SRC and DST/],
    [['convert', '-c', image, 'x'], /cannot be compressed/],
    [['convert', '-B', image, image, 'x'], /cannot have a backing file/],
    [['convert', '-F', 'raw', image, 'x'], /needs -B/],
    [['convert', '-o', 'preallocaton=full', image, 'x'], /did you mean 'preallocation'/],
    [['convert', '-o', 'preallocation=ful', image, 'x'], /did you mean 'full'/],
    [['convert', '-S', '1000', image, 'x'], /multiple of 512/],
    [['convert', '-O', 'row', image, 'x'], /did you mean 'raw'/],
    [['convert', '-n', image, 'nothing'], /does not exist/],
    [['convert', image, 'no/folder/x'], /the folder does not exist/],
    [['convert', 'nothing', 'x'], /no such file/],
  ])('%s is refused in one line', (args, message) =>
    inImages((folder) => {
      const { code, stderr, stdout } = runProgram(args, { cwd: folder });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(readdirSync(folder).sort()).toEqual(Object.keys(chain.files).sort());
    }),
  );
});

describe('compare', () => {
  it('tells equal from different by its status and the first byte', () =>
    inImages((folder) => {
      writeFileSync(join(folder, 'same.raw'), guest);
      const other = guest.slice();
      for (const at of [70_000, 70_300, 150_000]) other[at] = (other[at] ?? 0) ^ 0xff;
      writeFileSync(join(folder, 'other.raw'), other);
      const same = runProgram(['compare', image, 'same.raw', '-F', 'raw'], { cwd: folder });
      expect([same.code, same.stdout]).toEqual([0, 'Images are identical.\n']);
      const differs = runProgram(['compare', image, 'other.raw', '-F', 'raw'], { cwd: folder });
      expect([differs.code, differs.stdout]).toEqual([1, 'Content mismatch at offset 70000!\n']);
      const all = runProgram(['compare', '--all', '--output', 'json', image, 'other.raw'], { cwd: folder });
      expect(JSON.parse(all.stdout)).toMatchObject({
        equal: false,
        'first-difference': 70_000,
        ranges: [
          { start: 70_000, length: 301 },
          { start: 150_000, length: 1 },
        ],
      });
    }));

  it('compares what is behind the end of the shorter one with zeros, and sizes with --strict', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'a'), new Uint8Array(1024).fill(1));
      const longer = new Uint8Array(4096);
      longer.fill(1, 0, 1024);
      writeFileSync(join(folder, 'b'), longer);
      expect(runProgram(['compare', '-f', 'raw', 'a', 'b'], { cwd: folder }).code).toBe(0);
      expect(runProgram(['compare', '-s', 'a', 'b'], { cwd: folder })).toMatchObject({
        code: 1,
        stdout: 'Strict mode: Image size mismatch!\n',
      });
      longer[4000] = 1;
      writeFileSync(join(folder, 'b'), longer);
      expect(runProgram(['compare', 'b', 'a'], { cwd: folder }).stdout).toBe(
        'Content mismatch at offset 4000!\n',
      );
    }));

  it('exits with 2 where it cannot be told', () =>
    inImages((folder) => expect(runProgram(['compare', image, 'nothing'], { cwd: folder }).code).toBe(2)));
});

describe('measure', () => {
  it('tells the size that convert gives', () =>
    inImages((folder) => {
      const { stdout } = runProgram(['measure', '-O', 'raw', '--output', 'json', image], { cwd: folder });
      expect(JSON.parse(stdout)).toEqual({ required: guest.length, 'fully-allocated': guest.length });
      expect(runProgram(['measure', '--size', '1G'], { cwd: folder }).stdout).toMatch(
        /^required size: 1073741824\n/,
      );
      expect(runProgram(['measure'], { cwd: folder }).code).toBe(1);
    }));
});

describe('a parent that is not there', () => {
  it('is an error for what it would tell, unless the image alone is asked for', () =>
    inImages((folder) => {
      const alone = join(folder, 'alone');
      mkdirSync(alone);
      writeFileSync(join(alone, image), chain.files[image] ?? new Uint8Array(0));
      const { code, stderr } = runProgram(['convert', image, 'out.raw'], { cwd: alone });
      expect(code).toBe(1);
      expect(stderr).toMatch(/cannot be read: .*was not found/);
      const delta = runProgram(['convert', '--no-chain', image, 'out.raw'], { cwd: alone });
      expect([delta.code, delta.stderr]).toEqual([0, '']);
    }));
});

describe('info --backing-chain', () => {
  it('shows the chain at one look, and where it ends too early', () =>
    inImages((folder) => {
      const { stdout } = runProgram(['info', '--backing-chain', image], { cwd: folder });
      const [title, first, second] = stdout.split('\n');
      expect(title).toBe('chain:');
      expect(first).toMatch(new RegExp(`^  ${image} \\(.*, disk of .* stored\\)$`));
      expect(second).toMatch(/^ {4}based on layer\d\.\w+ \(/);
      const alone = join(folder, 'alone');
      mkdirSync(alone);
      writeFileSync(join(alone, image), chain.files[image] ?? new Uint8Array(0));
      expect(runProgram(['info', '--backing-chain', image], { cwd: alone }).stdout).toMatch(
        /based on .* \(not open: .*was not found/,
      );
      expect(runProgram(['info', image], { cwd: folder }).stdout).not.toContain('chain:');
    }));
});

describe('dump --hex', () => {
  it('shows the bytes of a structure', () =>
    withFolder((folder) => {
      const { bytes } = buildStream();
      writeFileSync(join(folder, 'disk.vmdk'), bytes);
      const { stdout } = runProgram(['dump', '--hex', 'disk.vmdk', 'header'], { cwd: folder });
      expect(stdout).toMatch(/^00000000 {2}4b 44 4d 56 03 00 00 00 {2}01 00 03 00 .* \|KDMV/m);
      expect(stdout.split('\n').filter((line) => line === '*')).toHaveLength(1);
      const json = runProgram(['dump', '--hex', '--output', 'json', 'disk.vmdk', 'header'], { cwd: folder });
      const [header] = (JSON.parse(json.stdout) as { structures: { bytes: string }[] }).structures;
      expect(header?.bytes).toBe(Buffer.from(bytes.subarray(0, 512)).toString('hex'));
      assertSchema('dump', JSON.parse(json.stdout));
    }));
});
