import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/http-server.ts';
import { Random } from '../support/layouts/index.ts';
import { NODE, ROOT, runProgram, withFolder } from '../support/program.ts';

const PROGRAM = join(ROOT, 'dist', 'cli.js');
const MIB = 2 ** 20;

interface Run {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the program beside the server of this process. */
async function run(folder: string, ...args: string[]): Promise<Run> {
  const child = spawn(NODE, [PROGRAM, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

describe('a backup of what a snapshot changed', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('goes from an seSparse delta on a server into a VHD stream of known length, in few requests', async () => {
    await withFolder(async (folder) => {
      const random = new Random(3);
      const before = new Uint8Array(64 * MIB);
      for (const at of [0, 10 * MIB, 33 * MIB, 60 * MIB]) before.set(random.bytes(700_000), at);
      const after = before.slice();
      for (const at of [MIB, 10 * MIB + 4096, 50 * MIB]) after.set(random.bytes(200_000), at);
      after.fill(0, 33 * MIB, 33 * MIB + 300_000);
      writeFileSync(join(folder, 'before.raw'), before);
      writeFileSync(join(folder, 'after.raw'), after);
      const make = (...args: string[]): void =>
        expect(runProgram(['convert', '-f', 'raw', ...args], { cwd: folder })).toMatchObject({
          code: 0,
          stderr: '',
        });
      make('-O', 'vmdk', 'before.raw', 'base.vmdk');
      make('-O', 'vhd', 'before.raw', 'base.vhd');
      const kind = ['-o', 'subformat=seSparse', '--experimental'];
      make('-O', 'vmdk', ...kind, '-B', 'base.vmdk', 'after.raw', 'delta.vmdk');
      for (const name of ['delta.vmdk', 'delta-sesparse.vmdk'])
        server.files.set(`/vm/${name}`, { bytes: readFileSync(join(folder, name)), etag: '"1"' });

      const options = ['--no-chain', '--stats', '-O', 'vhd', '-B', 'base.vhd'];
      const url = server.url('/vm/delta.vmdk');
      const measured = await run(folder, 'measure', '--pipe', ...options, url);
      const made = await run(folder, 'convert', ...options, url, '-');
      expect(made.code, made.stderr).toBe(0);
      expect(measured.stdout.toString()).toContain(`required size: ${made.stdout.length}\n`);
      const stats = JSON.parse(made.stderr.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>;
      expect(stats['requests']).toBeLessThan(30);
      expect(stats['bytes']).toBeLessThan(4 * MIB);

      writeFileSync(join(folder, 'delta.vhd'), made.stdout);
      expect(runProgram(['compare', '-F', 'raw', 'delta.vhd', 'after.raw'], { cwd: folder }).code).toBe(0);
      expect(runProgram(['check', '--strict', 'delta.vhd'], { cwd: folder }).code).toBe(0);
    });
  });
});
