import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { createReadStats } from '../../src/io/counted-source.ts';
import { openHttpSource } from '../../src/io/http/open-url.ts';
import type { HttpOptions } from '../../src/io/http/session.ts';
import type { TlsOptions } from '../../src/io/http/transport.ts';
import { fileOffset, type Source } from '../../src/io/source.ts';
import { TEST_CERTIFICATE } from '../support/certificate.ts';
import * as faults from '../support/http-server.ts';
import { startServer, type Fault, type TestServer } from '../support/http-server.ts';
import { collect, expectBytes, pattern, read } from './conformance.ts';

const BYTES = pattern(300_007);
const MODIFIED = 'Tue, 01 Sep 2026 10:00:00 GMT';
const QUICK: HttpOptions = { delay: 1, wholeBytes: 1000 };
/** Long enough for a machine that is busy, for who has to wait for it. */
const STALL = 300;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.files.clear();
  server.files.set('/disk', { bytes: BYTES, etag: '"v1"', lastModified: MODIFIED });
  server.requests.length = 0;
  server.next.length = 0;
  server.always = null;
});

/** Opens the disk, hands it on, and closes it. */
async function withDisk<T>(
  use: (source: Source) => Promise<T>,
  options: HttpOptions & TlsOptions = {},
): Promise<T> {
  const source = await openHttpSource(server.url('/disk'), { ...QUICK, ...options });
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

const readAll = (source: Source): Promise<Uint8Array> => read(source, 0, source.size);

/** What opening, or reading all of it, fails with. */
async function failure(use: () => Promise<unknown>): Promise<SourceError> {
  const error: unknown = await use().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  if (!(error instanceof SourceError)) throw error;
  expect(error.message.split('\n')).toHaveLength(1);
  expect(error.message.startsWith(`${server.url('/disk')}: `)).toBe(true);
  return error;
}

describe('a sound server', () => {
  it('is asked for the size once, and for each range once, all under one condition', async () => {
    const stats = createReadStats();
    await withDisk(
      async (source) => {
        expect(source.size).toBe(BYTES.length);
        expect(source.modified).toBe(Date.parse(MODIFIED));
        expectBytes(await read(source, 1_000, 5_000), BYTES.subarray(1_000, 6_000));
        expectBytes(await readAll(source), BYTES);
      },
      { stats },
    );
    expect(server.requests.map(({ range }) => range)).toEqual([
      'bytes=0-0',
      'bytes=1000-5999',
      `bytes=0-${BYTES.length - 1}`,
    ]);
    expect(server.requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"v1"', '"v1"']);
    for (const { headers } of server.requests) expect(headers['accept-encoding']).toBe('identity');
    expect(stats).toEqual({ requests: 3, bytes: 1 + 5_000 + BYTES.length, retries: 0 });
  });

  it('keeps its connections', async () => {
    await withDisk(async (source) => {
      for (let at = 0; at < 30; at++) await read(source, at * 1_000, 900);
    });
    // undici opens a second one where the first has just become free.
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
  });

  it.each([
    ['a strong ETag', { etag: '"x"', lastModified: MODIFIED }, '"x"'],
    ['a weak ETag and a date', { etag: 'W/"x"', lastModified: MODIFIED }, MODIFIED],
    ['a date', { lastModified: MODIFIED }, MODIFIED],
    ['nothing', {}, undefined],
  ])('with %s is asked for ranges of that version', async (_, version, condition) => {
    server.files.set('/disk', { bytes: BYTES, ...version });
    await withDisk((source) => read(source, 5, 10));
    expect(server.requests[1]?.headers['if-range']).toBe(condition);
  });

  it('may have an empty file', async () => {
    server.files.set('/disk', { bytes: new Uint8Array(0) });
    await withDisk(async (source) => {
      expect(source.size).toBe(0);
      expect(await readAll(source)).toHaveLength(0);
      await expect(read(source, 0, 1)).rejects.toMatchObject({ code: 'short-read' });
      expect(await source.isUnchanged()).toBe(true);
    });
  });

  it('has no more requests at once than lanes', async () => {
    let [now, most] = [0, 0];
    server.always = (request, response, file) => {
      most = Math.max(most, ++now);
      response.on('close', () => now--);
      setTimeout(() => faults.serve(request, response, file), 2);
      return true;
    };
    await withDisk(
      async (source) => {
        const reads = Array.from({ length: 20 }, (_, index) => read(source, index * 10_000, 9_000));
        for (const [index, bytes] of (await Promise.all(reads)).entries())
          expectBytes(bytes, BYTES.subarray(index * 10_000, index * 10_000 + 9_000));
      },
      { lanes: 3 },
    );
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });
});

describe('a fault that passes', () => {
  it.each<[string, Fault]>([
    ['a reset', faults.reset],
    ['408', faults.answerWith(408)],
    ['429', faults.answerWith(429)],
    ['500', faults.answerWith(500)],
    ['503', faults.answerWith(503, { 'retry-after': '0' })],
  ])('is got over at opening: %s', async (_, fault) => {
    const stats = createReadStats();
    server.next.push(fault, fault, null);
    await withDisk(async (source) => expect(source.size).toBe(BYTES.length), { stats });
    expect(stats).toMatchObject({ requests: 3, retries: 2 });
    expect(server.requests).toHaveLength(3);
  });

  it.each<[string, Fault]>([
    ['a reset', faults.reset],
    ['a body that breaks off', faults.cutBody(100)],
    ['a body that breaks off at once', faults.cutBody(0)],
    ['a body that ends early', faults.shortBody(100)],
    ['503', faults.answerWith(503)],
  ])('is got over at reading: %s', async (_, fault) => {
    const stats = createReadStats();
    server.next.push(null, fault, fault, null);
    await withDisk(async (source) => expectBytes(await readAll(source), BYTES), { stats });
    expect(stats).toMatchObject({ requests: 4, retries: 2 });
    expect(server.requests).toHaveLength(4);
  });

  it.each([
    ['no answer', 0],
    ['a body that stalls', 100],
  ])('is got over at opening and reading: %s', async (_, after) => {
    const stats = createReadStats();
    server.next.push(faults.stall(0), null, faults.stall(after), null);
    const options = { stats, stall: STALL };
    await withDisk(async (source) => expectBytes(await readAll(source), BYTES), options);
    expect(stats.retries).toBeGreaterThanOrEqual(2);
  });

  it('is got over where the last one broke off, not from the start', async () => {
    const stats = createReadStats();
    server.next.push(null, faults.cutBody(200_000), faults.cutBody(50_000), null);
    await withDisk(async (source) => expectBytes(await readAll(source), BYTES), { stats });
    const starts = server.requests.map(({ range }) => Number(/=(\d+)-/.exec(range ?? '')?.[1]));
    expect(starts[1]).toBe(0);
    expect(starts[2]).toBeGreaterThan(0);
    expect(starts[3]).toBeGreaterThan(starts[2] ?? 0);
    for (const { headers } of server.requests.slice(1)) expect(headers['if-range']).toBe('"v1"');
    expect(stats.retries).toBe(2);
    expect(stats.bytes).toBe(1 + BYTES.length);
  });

  it('is got over however often it comes, as long as bytes come', async () => {
    server.next.push(null);
    server.always = faults.cutBody(70_000);
    await withDisk(async (source) => expectBytes(await readAll(source), BYTES), { attempts: 2 });
    expect(server.requests.length).toBeGreaterThan(4);
  });

  it('is got over in a stream too', async () => {
    server.next.push(null, faults.cutBody(100_000), faults.stall(100_000), null);
    const use = async (source: Source): Promise<void> => {
      const stream = source.stream?.(fileOffset(7), fileOffset(300_000));
      if (stream) expectBytes(await collect(stream), BYTES.subarray(7, 300_000));
      expect(server.requests.length).toBeGreaterThanOrEqual(4);
    };
    await withDisk(use, { stall: STALL });
  });

  it('waits as long as the server says', async () => {
    server.next.push(faults.answerWith(503, { 'retry-after': '1' }), null);
    const started = performance.now();
    await withDisk(async () => undefined);
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it('is given up in the end', async () => {
    server.always = faults.answerWith(503);
    const error = await failure(() => withDisk(readAll, { attempts: 3 }));
    expect(error).toMatchObject({ code: 'server-busy' });
    expect(error.message).toContain('status 503');
    expect(server.requests).toHaveLength(3);
  });

  it('is given up where hardly a byte comes', async () => {
    server.next.push(null);
    server.always = faults.cutBody(1);
    const error = await failure(() => withDisk(readAll, { attempts: 4 }));
    expect(error).toMatchObject({ code: 'broken-off', offset: 0, length: BYTES.length });
    expect(server.requests.length).toBeLessThan(8);
  });

  it('names the time that a server sent nothing', async () => {
    server.always = faults.stall(0);
    const error = await failure(() => withDisk(readAll, { attempts: 1, stall: STALL }));
    expect(error.code).toBe('timeout');
    expect(error.message).toContain('0.3 seconds');
  });
});

describe('a fault that does not pass', () => {
  it.each<[string, Fault, string, RegExp]>([
    ['no such file', faults.answerWith(404), 'ENOENT', /no such file \(404\)/],
    ['gone', faults.answerWith(410), 'ENOENT', /no such file/],
    ['no login', faults.answerWith(401), 'EACCES', /wants a login/],
    ['forbidden', faults.answerWith(403), 'EACCES', /forbids/],
    [
      'a signature of S3 that has expired',
      faults.answerWith(
        403,
        {},
        '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
      ),
      'expired',
      /signed URL has expired/,
    ],
    ['a teapot', faults.answerWith(418), 'bad-answer', /418/],
    ['a redirect to nowhere', faults.answerWith(302), 'bad-answer', /redirects/],
    [
      'a redirect to another protocol',
      faults.redirectTo('file:///etc/passwd'),
      'bad-answer',
      /no URL of HTTP/,
    ],
    ['other bytes', faults.otherBounds, 'bad-answer', /bytes \d+ to \d+ where \d+ to \d+ were asked for/],
    ['no bounds', faults.noContentRange, 'bad-answer', /does not say which bytes/],
    ['bounds that make no sense', faults.nonsenseRange, 'bad-answer', /does not say which bytes/],
    ['a packed body', faults.packed, 'content-encoding', /Content-Encoding: gzip/],
    ['something else than HTTP', faults.noHttp, 'bad-answer', /no HTTP/],
  ])('is said at once, at opening and reading: %s', async (_, fault, code, message) => {
    server.next.push(fault);
    const opening = await failure(() => withDisk(readAll));
    expect(opening.code).toBe(code);
    expect(opening.message).toMatch(message);
    expect(server.requests).toHaveLength(1);
    server.next.push(null, fault);
    const reading = await failure(() => withDisk((source) => read(source, 10, 100)));
    expect(reading).toMatchObject({ code, offset: 10, length: 100 });
    expect(reading.message).toMatch(message);
    expect(server.requests).toHaveLength(3);
  });

  it('is a redirect without end', async () => {
    server.always = faults.redirectTo('/disk');
    expect((await failure(() => withDisk(readAll))).message).toContain('redirects more than 10 times');
    expect(server.requests).toHaveLength(11);
  });

  it('is a size that nobody tells', async () => {
    server.always = faults.unknownSize;
    expect(await failure(() => withDisk(readAll))).toMatchObject({ code: 'bad-answer' });
  });

  it('is an answer shorter or longer than it was asked for', async () => {
    server.next.push(null, faults.fewerBytes);
    expect(await failure(() => withDisk(readAll))).toMatchObject({ code: 'bad-answer' });
    server.next.push(null, faults.longBody);
    expect((await failure(() => withDisk(readAll))).message).toMatch(/more bytes than were asked for/);
  });

  it('is a file without its machine', async () => {
    const gone = await startServer();
    const url = gone.url('/disk');
    await gone.close();
    const stats = createReadStats();
    const error: unknown = await openHttpSource(url, { ...QUICK, stats }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', message: `${url}: the server refuses connections` });
    // By waiting for a server that never answered nothing is won.
    expect(stats.requests).toBe(1);
  });

  it('is a machine that goes away for good, which is waited for', async () => {
    const going = await startServer();
    going.files.set('/disk', { bytes: BYTES });
    const stats = createReadStats();
    const source = await openHttpSource(going.url('/disk'), { ...QUICK, attempts: 3, stats });
    await going.close();
    await expect(read(source, 0, 10)).rejects.toBeInstanceOf(SourceError);
    expect(stats.requests).toBe(4);
    await source.close();
  });

  it('is a locked disk of ESXi, with what to do', async () => {
    server.always = faults.answerWith(500);
    const url = server.url('/folder/vm/vm-flat.vmdk?dcPath=ha-datacenter&dsName=datastore1');
    await expect(openHttpSource(url, { ...QUICK, attempts: 1 })).rejects.toThrow(/take a snapshot/);
  });
});

describe('a server that ignores ranges', () => {
  it.each([faults.ignoreRanges, faults.ignoreRangesChunked])('serves small files', async (fault) => {
    const bytes = BYTES.slice(0, 900);
    server.files.set('/disk', { bytes });
    server.always = fault;
    await withDisk(async (source) => {
      expect(source.size).toBe(900);
      expectBytes(await read(source, 100, 50), bytes.subarray(100, 150));
      expectBytes(await readAll(source), bytes);
      expect(server.requests).toHaveLength(1);
      expect(await source.isUnchanged()).toBe(true);
    });
  });

  it.each([faults.ignoreRanges, faults.ignoreRangesChunked])('is refused with a big one', async (fault) => {
    server.always = fault;
    const stats = createReadStats();
    expect(await failure(() => withDisk(readAll, { stats }))).toMatchObject({ code: 'ranges-ignored' });
    expect(stats.requests).toBe(1);
  });

  it.each([
    [0, 900, null],
    [0, 300_007, null],
    [0, 2_000, 'ranges-ignored'],
    [5, 10, 'ranges-ignored'],
  ])('later on: %i+%i', async (offset, length, code) => {
    server.next.push(null, faults.ignoreRanges);
    const reading = withDisk((source) => read(source, offset, length));
    if (code === null) expectBytes(await reading, BYTES.subarray(offset, offset + length));
    else await expect(reading).rejects.toMatchObject({ code });
  });
});

describe('a file that is changed while it is read', () => {
  it.each([
    ['its ETag', { bytes: BYTES, etag: '"v2"' }],
    ['its size', { bytes: BYTES.subarray(0, 200_000), etag: '"v2"' }],
    ['its size, grown', { bytes: pattern(400_000), etag: '"v1"' }],
  ])('is noticed by %s', async (_, file) => {
    const error = await failure(() =>
      withDisk(async (source) => {
        await read(source, 0, 100);
        expect(await source.isUnchanged()).toBe(true);
        server.files.set('/disk', file);
        expect(await source.isUnchanged()).toBe(false);
        await read(source, 100, 100);
      }),
    );
    expect(error.code).toBe('changed');
  });

  it('is noticed by its date, and where it has become shorter than what is read', async () => {
    server.files.set('/disk', { bytes: BYTES, lastModified: MODIFIED });
    await withDisk(async (source) => {
      server.files.set('/disk', { bytes: BYTES, lastModified: 'Wed, 02 Sep 2026 10:00:00 GMT' });
      await expect(read(source, 1, 2)).rejects.toMatchObject({ code: 'changed' });
      server.files.set('/disk', { bytes: BYTES.subarray(0, 100), lastModified: MODIFIED });
      await expect(read(source, 200_000, 2)).rejects.toMatchObject({ code: 'changed' });
      server.files.clear();
      expect(await source.isUnchanged()).toBe(false);
    });
  });

  it('is noticed in the middle of a body that broke off', async () => {
    const changing: Fault = (request, response, file) => {
      server.files.set('/disk', { bytes: pattern(300_007, 9), etag: '"v2"' });
      return faults.cutBody(1_000)(request, response, file);
    };
    server.next.push(null, changing);
    expect(await failure(() => withDisk(readAll))).toMatchObject({ code: 'changed' });
  });
});

describe('an end from outside', () => {
  it('is a signal', async () => {
    const controller = new AbortController();
    server.next.push(null);
    server.always = () => {
      controller.abort(new Error('enough'));
      return true;
    };
    await expect(withDisk(readAll, { signal: controller.signal })).rejects.toThrow('enough');
    await expect(withDisk(readAll, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('is closing', async () => {
    const source = await openHttpSource(server.url('/disk'), QUICK);
    server.always = () => true;
    const reading = read(source, 0, 10);
    setTimeout(() => void source.close(), 10);
    await expect(reading).rejects.toMatchObject({ code: 'closed' });
    await expect(read(source, 0, 10)).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('TLS', () => {
  let secure: TestServer;
  beforeAll(async () => {
    secure = await startServer({ tls: true });
    secure.files.set('/disk', { bytes: BYTES, etag: '"v1"' });
  });
  afterAll(() => secure.close());

  const open = (options: TlsOptions): Promise<Source> =>
    openHttpSource(secure.url('/disk'), { ...QUICK, ...options });

  it('wants a certificate that is trusted', async () => {
    const error: unknown = await open({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|VERIFY/) });
    expect(String(error)).toContain('--cacert FILE');
    expect(secure.requests).toHaveLength(0);
  });

  it.each([
    ['an authority', { ca: TEST_CERTIFICATE }],
    ['anything', { insecure: true }],
  ])('trusts %s that the caller names', async (_, options) => {
    const source = await open(options);
    expectBytes(await readAll(source), BYTES);
    await source.close();
  });
});
