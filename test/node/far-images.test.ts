import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReadStats } from '../../src/io/counted-source.ts';
import type { ReadStats } from '../../src/io/counted-source.ts';
import { inflate } from '../../src/node/inflate.ts';
import { checkLocalImage, expandPath, openLocalImage, type LocalOptions } from '../../src/node/local.ts';
import { ProblemCollector } from '../../src/ops/collector.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { TEST_CERTIFICATE } from '../support/certificate.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { randomChain, type BuiltLayer } from '../support/layouts/index.ts';
import { ROOT, withFolder } from '../support/program.ts';
import { buildTar, type TarEntry } from '../support/tar.ts';
import { buildStream } from '../support/vmdk.ts';

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 30);

async function guestOf(path: string, options: LocalOptions & { format?: string } = {}): Promise<Uint8Array> {
  const { image } = await openLocalImage(path, { ...options, problems: new ProblemCollector(1) });
  const disk = readDisk(image, { inflate });
  const bytes = new Uint8Array(disk.size);
  for await (const chunk of disk.chunks()) if (chunk.kind === 'data') bytes.set(chunk.bytes, chunk.start);
  await image.close();
  return bytes;
}

function tar(...entries: readonly TarEntry[]): Uint8Array {
  return buildTar(entries);
}

/** A chain as a tar, each file a member in a folder. */
function pack(built: BuiltLayer): Uint8Array {
  return tar(...Object.entries(built.files).map(([name, bytes]) => ({ name: `vm/${name}`, bytes })));
}

describe('over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('chains and extents are read beside the URL, all of them', async () => {
    for (const seed of SEEDS) {
      const built = randomChain(seed, 4);
      server.files.clear();
      for (const [name, bytes] of Object.entries(built.files))
        server.files.set(`/vm/${name}`, { bytes, etag: '"1"' });
      const guest = await guestOf(`${server.url(`/vm/${built.name}`)}?sig=secret`, { format: built.format });
      expect(Buffer.compare(guest, built.guest), `seed ${seed}`).toBe(0);
    }
  });

  it('takes one connection for all, and few requests, which are counted', async () => {
    const built = randomChain(31, 1);
    for (const [name, bytes] of Object.entries(built.files))
      server.files.set(`/few/${name}`, { bytes, etag: '"1"' });
    server.requests.length = 0;
    const stats: ReadStats = createReadStats();
    await guestOf(server.url(`/few/${built.name}`), { format: built.format, stats });
    expect(stats.requests).toBe(server.requests.length);
    expect(stats.requests).toBeLessThan(8 + 2 * Object.keys(built.files).length);
  });

  it('shows no credentials anywhere', async () => {
    server.files.set('/x.vmdk', {
      bytes: buildStream({ descriptor: { hint: 'base.vmdk', parentCid: '11111111' } }).bytes,
    });
    const url = `${server.origin.replace('//', '//root:geheim@')}/x.vmdk?token=geheim`;
    for (const path of [
      url,
      url.replace('x.vmdk', 'absent.vmdk'),
      url.replace('x.vmdk', 'x.ova!geheimer.vmdk'),
    ]) {
      const text = JSON.stringify(
        await checkLocalImage(path, { headers: { 'x-key': 'geheim' }, user: 'a:geheim' }),
      );
      expect(text.replaceAll('geheimer', '')).not.toContain('geheim');
    }
    expect(server.requests.some(({ headers }) => headers.authorization?.startsWith('Basic '))).toBe(true);
  });

  it('a member of an archive there is read where it is', async () => {
    const built = randomChain(33, 3);
    server.files.set('/x.ova', { bytes: pack(built), etag: '"1"' });
    const guest = await guestOf(`${server.url('/x.ova')}!vm/${built.name}`, { format: built.format });
    expect(Buffer.compare(guest, built.guest)).toBe(0);
  });
});

/** Runs the built program beside the server that it talks to. */
function runBeside(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('options for URLs', () => {
  it('trust a certificate, any certificate, or none that is not known', () =>
    withFolder(async (folder) => {
      const server = await startServer({ tls: true });
      try {
        server.files.set('/x.vmdk', { bytes: buildStream().bytes, etag: '"1"' });
        const url = server.url('/x.vmdk');
        const refused = await runBeside(['info', url]);
        expect([refused.code, refused.stdout]).toEqual([1, '']);
        expect(refused.stderr).toMatch(/certificate/);
        expect((await runBeside(['info', '--insecure', url])).code).toBe(0);
        writeFileSync(join(folder, 'ca.pem'), TEST_CERTIFICATE);
        expect((await runBeside(['info', '--cacert', join(folder, 'ca.pem'), url])).code).toBe(0);
        expect((await runBeside(['info', '--cacert', join(folder, 'no.pem'), url])).stderr).toMatch(
          /no\.pem: no such file/,
        );
      } finally {
        await server.close();
      }
    }));

  it('send headers and a login, count what is read, and show no secret', async () => {
    const server = await startServer();
    try {
      server.files.set('/x.vmdk', { bytes: buildStream().bytes, etag: '"1"' });
      const secrets = ['--header', 'X-Key: geheim', '--header', 'X-Other: geheim2', '--user', 'root:geheim3'];
      const { code, stdout, stderr } = await runBeside([
        'check',
        '--stats',
        ...secrets,
        `${server.url('/x.vmdk')}?sig=geheim4`,
      ]);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain('geheim');
      expect(stdout).toContain('/x.vmdk?sig=...');
      const last = stderr.trimEnd().split('\n').at(-1) ?? '';
      expect(JSON.parse(last)).toEqual({
        requests: server.requests.length,
        bytes: expect.any(Number),
        retries: 0,
      });
      const [request] = server.requests;
      expect(request?.headers).toMatchObject({
        'x-key': 'geheim',
        'x-other': 'geheim2',
        authorization: `Basic ${Buffer.from('root:geheim3').toString('base64')}`,
      });
      const wrong = await runBeside(['check', '--header', 'geheim', server.url('/x.vmdk')]);
      expect([wrong.code, wrong.stderr]).toEqual([1, "vdcheck: option '--header' takes 'Name: value'\n"]);
    } finally {
      await server.close();
    }
  });
});

describe('in archives', () => {
  it('chains and extents are read beside the member, packed or not', () =>
    withFolder(async (folder) => {
      for (const seed of SEEDS) {
        const built = randomChain(seed, 4);
        const packed = pack(built);
        writeFileSync(join(folder, 'x.ova'), packed);
        writeFileSync(join(folder, 'x.tgz'), gzipSync(packed));
        for (const archive of ['x.ova', 'x.tgz']) {
          const guest = await guestOf(join(folder, `${archive}!vm/${built.name}`), { format: built.format });
          expect(Buffer.compare(guest, built.guest), `seed ${seed} in ${archive}`).toBe(0);
        }
      }
    }));

  it('names do not lead out of the folder of the member', () =>
    withFolder(async (folder) => {
      const child = buildStream({ descriptor: { hint: '../base.vmdk', parentCid: '11111111' } }).bytes;
      const base = buildStream().bytes;
      writeFileSync(
        join(folder, 'x.tar'),
        tar({ name: 'a/child.vmdk', bytes: child }, { name: 'base.vmdk', bytes: base }),
      );
      writeFileSync(join(folder, 'base.vmdk'), base);
      const report = await checkLocalImage(join(folder, 'x.tar!a/child.vmdk'));
      expect(report.files).toHaveLength(1);
    }));

  it('an archive alone is every image in it', () =>
    withFolder(async (folder) => {
      const disk = buildStream().bytes;
      const bytes = tar(
        { name: 'a.ovf', bytes: new TextEncoder().encode('<x/>') },
        { name: 'one.vmdk', bytes: disk },
        { name: 'two/two.vmdk', bytes: disk },
      );
      const path = join(folder, 'x.ova');
      writeFileSync(path, bytes);
      expect(await expandPath(path)).toEqual([`${path}!one.vmdk`, `${path}!two/two.vmdk`]);
      writeFileSync(join(folder, 'x.tar.gz'), gzipSync(bytes));
      expect(await expandPath(join(folder, 'x.tar.gz'))).toHaveLength(2);
      await expect(openLocalImage(path)).rejects.toThrow(/has 2 disk images; name one of .*one\.vmdk/);
      writeFileSync(path, tar({ name: 'one.vmdk', bytes: disk }));
      const { image } = await openLocalImage(path);
      expect(image.files[0]?.path).toBe(`${path}!one.vmdk`);
      await image.close();
    }));

  it('a file that is called so is no member, and a gzip file is read unpacked', () =>
    withFolder(async (folder) => {
      const disk = buildStream().bytes;
      mkdirSync(join(folder, 'a!b'));
      writeFileSync(join(folder, 'a!b', 'x!y.vmdk'), disk);
      writeFileSync(join(folder, 'x.vmdk.gz'), gzipSync(disk));
      for (const name of ['a!b/x!y.vmdk', 'x.vmdk.gz'])
        expect((await checkLocalImage(join(folder, name))).verdict).toMatch(/^(ok|warning)$/);
    }));

  it('what is damaged is told, and nothing stays in the folder for temporary files', () =>
    withFolder(async (folder) => {
      const before = readdirSync(tmpdir()).filter((name) => /^vdcheck-[0-9a-f]{16}$/.test(name));
      const packed = gzipSync(buildStream().bytes);
      writeFileSync(join(folder, 'x.vmdk.gz'), packed.subarray(0, packed.length - 20));
      expect((await checkLocalImage(join(folder, 'x.vmdk.gz'))).error?.message).toMatch(
        /the gzip stream ends early/,
      );
      writeFileSync(
        join(folder, 'x.ova'),
        tar({ name: 'one.vmdk', bytes: buildStream().bytes }).subarray(0, 1024),
      );
      expect((await checkLocalImage(join(folder, 'x.ova!two.vmdk'))).error?.code).toBe('damaged-tar');
      expect((await checkLocalImage(join(folder, 'y.ova!two.vmdk'))).error?.code).toBe('ENOENT');
      expect(readdirSync(tmpdir()).filter((name) => /^vdcheck-[0-9a-f]{16}$/.test(name))).toEqual(before);
    }));
});

describe('standard input', () => {
  it('is read as a file, and as a pipe', () =>
    withFolder(async (folder) => {
      const built = randomChain(30, 1);
      const bytes = built.files[built.name] ?? new Uint8Array(0);
      writeFileSync(join(folder, 'disk'), bytes);
      const run = (input: number | 'pipe'): Promise<Buffer> => {
        const args = [join(ROOT, 'dist', 'cli.js'), 'read', '-f', built.format, '-'];
        const child = spawn(process.execPath, args, { stdio: [input, 'pipe', 'inherit'], cwd: folder });
        child.stdin?.end(bytes);
        const chunks: Buffer[] = [];
        child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
        return new Promise((resolve) => child.on('close', () => resolve(Buffer.concat(chunks))));
      };
      expect(Buffer.compare(await run('pipe'), built.guest)).toBe(0);
      expect(Buffer.compare(await run(openSync(join(folder, 'disk'), 'r')), built.guest)).toBe(0);
    }));
});
