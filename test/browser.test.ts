import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkLocalImage } from '../src/node/local.ts';
import { randomChain, type BuiltLayer } from './support/layouts/index.ts';
import { ROOT, withFolder } from './support/program.ts';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
if (CHROMIUM === undefined && process.env['REQUIRE_PEERS'] === '1') throw new Error('chromium is required');
if (CHROMIUM === undefined)
  console.warn('SKIPPED: chromium is not installed, so the browser bundle runs without a browser only');

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed + 60);

/** Everything a page needs, in one script that defines `vdcheck`. */
let script = '';

beforeAll(async () => {
  const bundled = await rolldown({
    cwd: ROOT,
    input: 'src/browser.ts',
    platform: 'browser',
    logLevel: 'silent',
  });
  const options = {
    format: 'iife',
    name: 'vdcheck',
    codeSplitting: false,
    minify: { compress: false, mangle: false, codegen: true },
  } as const;
  const { output } = await bundled.generate(options);
  await bundled.close();
  expect(output).toHaveLength(1);
  script = output[0].code;
}, 60_000);

/** What a page does with an image: reads all of it from Blobs, and checks it. Its text runs in the page, so it uses nothing from here. */
async function inPage(
  vdcheck: Record<string, (...args: unknown[]) => unknown>,
  files: Readonly<Record<string, Blob>>,
  name: string,
  format: string,
): Promise<{ guest: Uint8Array; report: unknown }> {
  const any = vdcheck as never as {
    blobSource(blob: Blob, name: string): unknown;
    cached(source: unknown): unknown;
    openImage(path: string, options: object): Promise<{ image: { close(): Promise<void> } }>;
    checkImage(path: string, options: object): Promise<unknown>;
    inflate: unknown;
    readDisk(
      image: unknown,
      options: object,
    ): { size: number; chunks(): AsyncIterable<{ kind: string; start: number; bytes: Uint8Array }> };
  };
  const openSource = (path: string): unknown => any.cached(any.blobSource(files[path] as Blob, path));
  const policy = (reference: { name: string; candidates?: string[] }): unknown => {
    const path = (reference.candidates ?? [reference.name])
      .map((tried) => tried.replace(/^\.\//, ''))
      .find((tried) => tried in files);
    return path === undefined
      ? { state: 'missing', path: reference.name, source: null, reason: 'it is missing' }
      : { state: 'opened', path, source: openSource(path), reason: null };
  };
  const options = { openSource, policy, format };
  const { image } = await any.openImage(name, { ...options, problems: { add: () => undefined } });
  const disk = any.readDisk(image, { inflate: any.inflate });
  const guest = new Uint8Array(disk.size);
  for await (const chunk of disk.chunks()) if (chunk.kind === 'data') guest.set(chunk.bytes, chunk.start);
  await image.close();
  return { guest, report: await any.checkImage(name, options) };
}

describe('the bundle for browsers', () => {
  it('imports nothing of Node', () => {
    expect(script.match(/["'`]node:[\w/]+|\brequire\(|\bprocess\.[a-z]\w*/g)).toBeNull();
  });

  it('reads and checks Blobs where there is no Node, as Node does files', () =>
    withFolder(async (folder) => {
      const globals = {
        Blob,
        TextDecoder,
        TextEncoder,
        URL,
        AbortController,
        AbortSignal,
        WebAssembly: (globalThis as unknown as Record<string, unknown>)['WebAssembly'],
        atob,
        btoa,
        fetch,
        console,
        setTimeout,
        clearTimeout,
      };
      const context = createContext({ ...globals });
      runInContext(
        `${script}\nglobalThis.vdcheck = vdcheck; globalThis.inPage = ${inPage.toString()};`,
        context,
      );
      expect(runInContext('typeof Buffer + typeof process + typeof require', context)).toBe(
        'undefinedundefinedundefined',
      );
      for (const seed of SEEDS) {
        const built = randomChain(seed, 3);
        const files = Object.fromEntries(
          Object.entries(built.files).map(([name, bytes]) => [name, new Blob([bytes as never])]),
        );
        const page = runInContext(
          '(files, name, format) => inPage(vdcheck, files, name, format)',
          context,
        ) as (...args: unknown[]) => ReturnType<typeof inPage>;
        const { guest, report } = await page(files, built.name, built.format);
        expect(Buffer.compare(guest, built.guest), `seed ${seed}`).toBe(0);
        expect(problemsOf(report)).toEqual(await problemsInNode(built, folder));
      }
    }));

  it.skipIf(CHROMIUM === undefined)(
    'does so in a browser',
    () =>
      withFolder(async (folder) => {
        const cases = SEEDS.slice(0, 10).map((seed) => {
          const { name, format, files, guest } = randomChain(seed, 3);
          const encoded = Object.entries(files).map(([path, bytes]) => [path, base64(bytes)] as const);
          return { name, format, files: Object.fromEntries(encoded), guest: base64(guest) };
        });
        expect(await runInChromium(folder, pageOf(cases))).toBe('all equal');
      }),
    120_000,
  );
});

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** A page that reads all cases and posts what came of it. */
function pageOf(cases: readonly object[]): string {
  return `<!doctype html><meta charset="utf-8"><script>${script.replaceAll('</script', '<\\/script')}</script><script>
    ${inPage.toString()}
    const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const run = async () => {
      for (const { name, format, files, guest } of ${JSON.stringify(cases)}) {
        const entries = Object.entries(files).map(([path, text]) => [path, new Blob([bytesOf(text)])]);
        const found = await inPage(vdcheck, Object.fromEntries(entries), name, format);
        const expected = bytesOf(guest);
        if (found.guest.length !== expected.length || found.guest.some((byte, at) => byte !== expected[at]))
          return 'differs: ' + name;
      }
      return 'all equal';
    };
    run().catch((error) => String(error.stack)).then((body) => fetch('/result', { method: 'POST', body }));
  </script>`;
}

/** Opens a page in a browser of its own and returns what the page posts. */
async function runInChromium(folder: string, page: string): Promise<string> {
  let tell: (result: string) => void = () => undefined;
  const result = new Promise<string>((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html').end(page);
      return;
    }
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      response.end();
      tell(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const args = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(folder, 'profile')}`];
  const child = spawn(CHROMIUM ?? '', [...args, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    return await Promise.race([result, ended.then(() => 'the browser ended')]);
  } finally {
    // With all of its processes, which are a group of their own.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    server.closeAllConnections();
    server.close();
  }
}

/** The findings of a report, without what differs between a Blob and a file. */
function problemsOf(report: unknown): readonly string[] {
  const { verdict, problems } = report as {
    verdict: string;
    problems: { rule: string; offset: number | null }[];
  };
  const found = problems
    .filter(({ rule }) => !['file/extension-mismatch', 'qcow2/backing-newer'].includes(rule))
    .map(({ rule, offset }) => `${rule} ${offset}`);
  return [verdict, ...found];
}

async function problemsInNode(built: BuiltLayer, folder: string): Promise<readonly string[]> {
  for (const [name, bytes] of Object.entries(built.files)) writeFileSync(join(folder, name), bytes);
  return problemsOf(await checkLocalImage(join(folder, built.name), { format: built.format }));
}
