import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/http-server.ts';
import { Random } from '../support/layouts/index.ts';
import { ROOT, runProgram, withFolder } from '../support/program.ts';
import { buildSeSparse, descriptorFile, slotEntry } from '../support/vmdk.ts';

const SECTOR = 512;
const GRAIN = 4096;
const SIZE = 16 * 1024 * 1024;
const QUERY = '?dcPath=ha-datacenter&dsName=datastore1';

/** A snapshot of a disk on ESXi: the base flat, the delta seSparse, as the host's datastore browser serves them. */
function serveSnapshot(server: TestServer): { base: Uint8Array; whole: Uint8Array; delta: Uint8Array } {
  const random = new Random(3);
  const base = random.bytes(SIZE);
  const [whole, delta] = [base.slice(), new Uint8Array(SIZE)];
  const stored = random.shuffle([...Array(SIZE / GRAIN).keys()]).slice(0, 300);
  const entries = Object.fromEntries(stored.map((grain, slot) => [grain, slotEntry(3, slot)]));
  const file = buildSeSparse({ capacity: SIZE / SECTOR, entries, slots: stored.length });
  for (const [slot, grain] of stored.entries()) {
    const bytes = random.bytes(GRAIN);
    file.put(file.at.grains + slot * GRAIN, bytes);
    whole.set(bytes, grain * GRAIN);
    delta.set(bytes, grain * GRAIN);
  }
  const serve = (name: string, bytes: Uint8Array): void =>
    void server.files.set(`/folder/vm/${name}`, { bytes, etag: '"1"' });
  const extents = (line: string): string[] => [`RW ${SIZE / SECTOR} ${line}`];
  serve(
    'vm.vmdk',
    descriptorFile({ createType: 'vmfs', cid: '11111111', extents: extents('VMFS "vm-flat.vmdk"') }),
  );
  serve('vm-flat.vmdk', base);
  const link = { createType: 'seSparse', cid: '22222222', parentCid: '11111111', hint: 'vm.vmdk' };
  serve(
    'vm-000001.vmdk',
    descriptorFile({ ...link, extents: extents('SESPARSE "vm-000001-sesparse.vmdk"') }),
  );
  serve('vm-000001-sesparse.vmdk', file.bytes);
  return { base, whole, delta };
}

/** Runs the program beside the server and returns what it prints. */
function run(args: readonly string[]): Promise<{ code: number | null; bytes: Buffer; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => chunks.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ code, bytes: Buffer.concat(chunks), stderr })),
  );
}

describe('the snapshot of a disk on a host of ESXi', () => {
  let server: TestServer;
  let disk: ReturnType<typeof serveSnapshot>;
  beforeAll(async () => {
    server = await startServer();
    disk = serveSnapshot(server);
  });
  afterAll(() => server.close());
  const url = (name: string): string => server.url(`/folder/vm/${name}${QUERY}`);

  it('is read with its base', async () => {
    const { code, bytes } = await run(['read', url('vm-000001.vmdk')]);
    expect(code).toBe(0);
    expect(Buffer.compare(bytes, disk.whole)).toBe(0);
  });

  it('is handed on as a VHD stream of what changed, by few requests', () =>
    withFolder(async (folder) => {
      server.requests.length = 0;
      const { code, bytes, stderr } = await run([
        ...[
          'convert',
          '-O',
          'vpc',
          '-o',
          'force_size=on',
          '--no-chain',
          '--stats',
          url('vm-000001.vmdk'),
          '-',
        ],
      ]);
      expect([code, stderr.trim().split('\n').length]).toEqual([0, 1]);
      expect(server.requests.length).toBeLessThan(20);
      writeFileSync(join(folder, 'delta.vhd'), bytes);
      writeFileSync(join(folder, 'delta.raw'), disk.delta);
      const compared = runProgram(['compare', 'delta.vhd', 'delta.raw'], { cwd: folder });
      expect(compared.stdout).toBe('Images are identical.\n');
      expect(runProgram(['check', 'delta.vhd'], { cwd: folder }).code).toBe(0);
      expect(runProgram(['measure', 'delta.vhd'], { cwd: folder }).stdout).toBe(
        `required size: ${bytes.length}\n`,
      );
    }));
});
