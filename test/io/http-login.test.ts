import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { CookieJar } from '../../src/io/http/cookies.ts';
import { parseRetryAfter } from '../../src/io/http/errors.ts';
import { openHttpSession, openHttpSource } from '../../src/io/http/open-url.ts';
import { HttpSession, type HttpOptions } from '../../src/io/http/session.ts';
import { streamOf } from '../../src/io/forward-reader.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import * as faults from '../support/http-server.ts';
import { login, redirectTo, startServer, type Fault, type TestServer } from '../support/http-server.ts';
import { expectBytes, pattern, read } from './conformance.ts';

const BYTES = pattern(50_000);
const QUICK: HttpOptions = { delay: 1, attempts: 2, wholeBytes: 1_000 };
const BASIC = `Basic ${Buffer.from('root:geheim€').toString('base64')}`;

let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  [server, other] = await Promise.all([startServer(), startServer()]);
});
afterAll(() => Promise.all([server.close(), other.close()]));
beforeEach(() => {
  for (const each of [server, other]) {
    each.files.clear();
    each.files.set('/disk', { bytes: BYTES, etag: '"v1"' });
    each.requests.length = 0;
    each.next.length = 0;
    each.always = null;
  }
});

describe('a login', () => {
  it.each([
    ['an option', { user: 'root:geheim€' }, ''],
    ['a header', { headers: { Authorization: BASIC } }, ''],
    ['the URL', {}, 'root:geheim%E2%82%AC@'],
    ['the URL rather than an option', { user: 'someone:else' }, 'root:geheim%E2%82%AC@'],
  ])('comes from %s', async (_, options, userInfo) => {
    server.always = login(BASIC, new Set());
    const source = await openHttpSource(server.url('/disk').replace('//', `//${userInfo}`), {
      ...QUICK,
      ...options,
    });
    expect(source.name).toBe(server.url('/disk'));
    expectBytes(await read(source, 5, 500), BYTES.subarray(5, 505));
    await source.close();
    expect(server.requests[0]?.headers.authorization).toBe(BASIC);
  });

  it('is made once, and its session sent back', async () => {
    const sessions = new Set<string>();
    const esxi = login(BASIC, sessions);
    server.always = esxi;
    const session = await openHttpSession({ ...QUICK, user: 'root:geheim€' });
    server.files.set('/other', { bytes: BYTES });
    for (const path of ['/disk', '/other']) {
      const source = await session.open(server.url(path));
      await Promise.all([0, 1, 2, 3, 4].map((at) => read(source, at * 1_000, 900)));
    }
    expect(esxi.logins).toBe(1);
    expect(server.requests[1]?.headers.cookie).toBe('vmware_soap_session="s1"; other=1');
    await session.close();
  });

  it('is made again once where the session has ended', async () => {
    const sessions = new Set<string>();
    const esxi = login(BASIC, sessions);
    server.always = esxi;
    const source = await openHttpSource(server.url('/disk'), { ...QUICK, user: 'root:geheim€' });
    sessions.clear();
    expectBytes(await read(source, 0, 1_000), BYTES.subarray(0, 1_000));
    expect(esxi.logins).toBe(2);
    expect(server.requests.map(({ headers }) => headers.cookie !== undefined)).toEqual([false, true, false]);
    sessions.clear();
    const reads = [0, 1, 2, 3].map((at) => read(source, at * 1_000, 900));
    for (const [at, bytes] of (await Promise.all(reads)).entries())
      expectBytes(bytes, BYTES.subarray(at * 1_000, at * 1_000 + 900));
    await source.close();
  });

  it('is not made again and again', async () => {
    const sessions = new Set<string>();
    server.always = login(BASIC, sessions);
    const source = await openHttpSource(server.url('/disk'), { ...QUICK, user: 'root:geheim€' });
    server.always = faults.answerWith(401);
    await expect(read(source, 0, 10)).rejects.toMatchObject({ code: 'EACCES' });
    expect(server.requests).toHaveLength(3);
    await source.close();
  });
});

describe('a redirect', () => {
  it('keeps the range and its condition, and takes no credentials to another host', async () => {
    server.always = (request, response, file) =>
      redirectTo(other.url('/disk?sig=abc'))(request, response, file);
    const url = server.url('/disk').replace('//', '//root:geheim%E2%82%AC@');
    const headers = { 'X-Auth-Token': 'secret', Cookie: 'a=b' };
    const source = await openHttpSource(url, { ...QUICK, headers });
    expectBytes(await read(source, 100, 200), BYTES.subarray(100, 300));
    await source.close();
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: BASIC,
      'x-auth-token': 'secret',
      cookie: 'a=b',
    });
    expect(other.requests.map(({ range }) => range)).toEqual(['bytes=0-0', 'bytes=100-299']);
    expect(other.requests[1]?.headers['if-range']).toBe('"v1"');
    for (const { headers: sent } of other.requests) {
      expect(sent.authorization).toBeUndefined();
      expect(sent.cookie).toBeUndefined();
      expect(sent['x-auth-token']).toBeUndefined();
    }
  });

  it('takes no user info of its own along, and no cookies either', async () => {
    server.always = (request, response, file) => {
      response.setHeader('set-cookie', 'session=1');
      return redirectTo(other.url('/disk').replace('//', '//evil:user@'))(request, response, file);
    };
    await (await openHttpSource(server.url('/disk'), QUICK)).close();
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers).not.toHaveProperty('cookie');
  });

  it('is asked for without user info, whatever sends the request', async () => {
    const asked: URL[] = [];
    const headers: Record<string, string> = { location: 'http://evil:user@other/x' };
    const session = new HttpSession({
      get: async ({ url }) => {
        asked.push(url);
        return {
          status: 302,
          header: (name) => headers[name] ?? null,
          setCookies: [],
          body: streamOf(memorySource(BYTES)),
          discard: () => undefined,
        };
      },
      close: () => undefined,
    });
    await expect(session.open('http://root:geheim@host/disk')).rejects.toMatchObject({ code: 'bad-answer' });
    expect(new Set(asked.map(({ href }) => href))).toEqual(new Set(['http://host/disk', 'http://other/x']));
  });

  it('keeps credentials on the same host', async () => {
    server.files.set('/moved', { bytes: BYTES });
    server.next.push(redirectTo('/moved'));
    await (await openHttpSource(server.url('/disk'), { ...QUICK, user: 'root:geheim€' })).close();
    expect(server.requests[1]).toMatchObject({ url: '/moved', headers: { authorization: BASIC } });
  });

  it('is taken once, not for each read, and again where its target is good no more', async () => {
    server.always = (request, response, file) =>
      redirectTo(other.url(`/disk?t=${server.requests.length}`), 307)(request, response, file);
    const source = await openHttpSource(server.url('/disk'), QUICK);
    await read(source, 0, 10);
    await Promise.all([10, 20, 30].map((at) => read(source, at, 10)));
    expect(server.requests).toHaveLength(1);
    expect(other.requests).toHaveLength(5);
    other.requests.length = 0;
    other.next.push(faults.answerWith(403));
    expectBytes(await read(source, 20, 10), BYTES.subarray(20, 30));
    expect(server.requests).toHaveLength(2);
    expect(other.requests.map(({ url }) => url)).toEqual(['/disk?t=1', '/disk?t=2']);
    await source.close();
  });
});

it('a redirect whose target goes away is asked for again', async () => {
  const going = await startServer();
  going.files.set('/disk', { bytes: BYTES, etag: '"v1"' });
  server.next.push(redirectTo(going.url('/disk')));
  server.always = (request, response, file) => redirectTo(other.url('/disk'))(request, response, file);
  const source = await openHttpSource(server.url('/disk'), QUICK);
  expectBytes(await read(source, 0, 10), BYTES.subarray(0, 10));
  await going.close();
  expectBytes(await read(source, 10, 10), BYTES.subarray(10, 20));
  expect([server.requests.length, other.requests.length]).toEqual([2, 1]);
  await source.close();
});

describe('secrets', () => {
  const SECRETS = [
    'root',
    'geheim',
    'topsecret',
    'tokenvalue',
    Buffer.from('root:geheim').toString('base64'),
  ];
  const all: Record<string, Fault> = {
    404: faults.answerWith(404),
    401: faults.answerWith(401, {}, 'root geheim topsecret'),
    403: faults.answerWith(403, {}, 'Request has expired: topsecret'),
    500: faults.answerWith(500),
    reset: faults.reset,
    stall: faults.stall(0),
    'no HTTP': faults.noHttp,
    'a redirect that is none': faults.redirectTo('http://root:geheim@/?sig=topsecret'),
    'a redirect without end': faults.redirectTo('?sig=topsecret'),
    'no ranges': faults.ignoreRanges,
    'other bounds': faults.otherBounds,
    'a packed body': faults.packed,
  };
  it.each(Object.entries(all))('are in no error, its cause or its stack: %s', async (name, fault) => {
    const url = server.url('/disk?sig=topsecret&dcPath=tokenvalue').replace('//', '//root:geheim@');
    const options = {
      ...QUICK,
      headers: { 'X-Auth': 'tokenvalue' },
      ...(name === 'stall' && { stall: 300 }),
    };
    server.always = fault;
    const opening: unknown = await openHttpSource(url, options).catch((error: unknown) => error);
    server.next.push(null);
    const source = await openHttpSource(url, options);
    const reading: unknown = await read(source, 10, 2_000).catch((error: unknown) => error);
    for (const error of [opening, reading]) {
      expect(error).toBeInstanceOf(Error);
      const shown = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error)].join('\n');
      for (const secret of SECRETS) expect(shown).not.toContain(secret);
    }
    const shown = inspect(source, { depth: 3 }) + source.identity + source.name;
    for (const secret of SECRETS) expect(source.identity + source.name).not.toContain(secret);
    expect(shown).toContain('sig=...&dcPath=...');
    await source.close();
  });

  it('are in no complaint about a URL or a header', async () => {
    const bad = [
      'http://root:geheim@',
      'https://root:geheim@host:port/x?sig=topsecret',
      'ftp://root:geheim@host/x',
    ];
    for (const url of bad) {
      const error: unknown = await openHttpSource(url).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'unsupported-url' });
      if (url.startsWith('http')) expect(inspect(error, { depth: 9 })).not.toMatch(/root|geheim|topsecret/);
    }
    for (const headers of [
      { 'X Y': 'topsecret' },
      { 'X-Y': 'top\nsecret' },
      { Range: 'bytes=0-1' },
    ] as Record<string, string>[]) {
      const error: unknown = await openHttpSource(server.url('/disk'), { headers }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(UsageError);
      expect(inspect(error)).not.toContain('secret');
    }
    expect(server.requests).toHaveLength(0);
  });
});

describe('cookies', () => {
  const url = new URL('https://host/folder/vm/disk.vmdk');
  const after = (...lines: string[]): string => {
    const jar = new CookieJar();
    jar.store(url, lines);
    return jar.for(url);
  };

  it.each([
    ['as they are', ['a=1; Path=/; Secure; HttpOnly', 'b="2=3"'], 'a=1; b="2=3"'],
    ['the last of a name', ['a=1; Path=/', 'a=2; Path=/'], 'a=2'],
    ['not those that are over', ['a=1', 'a=; Max-Age=0', 'b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], ''],
    [
      'those that will be over one day',
      ['a=1; Max-Age=600', 'b=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT'],
      'a=1; b=1',
    ],
    ['only those of the path', ['a=1; Path=/folder', 'b=1; Path=/fold', 'c=1; Path=/sdk'], 'a=1'],
    ['nothing that is none', ['', '=x', 'novalue', 'a=\u0007'], ''],
  ])('are sent back: %s', (_, lines, expected) => {
    expect(after(...lines)).toBe(expected);
  });

  it('are bounded, and those of their origin', () => {
    const jar = new CookieJar();
    jar.store(
      url,
      Array.from({ length: 1_000 }, (_, index) => `c${index}=1; Path=/`),
    );
    jar.store(url, [`big=${'x'.repeat(10_000)}`]);
    expect(jar.for(url).split('; ')).toHaveLength(50);
    for (const elsewhere of ['http://host/folder/', 'https://host:8443/folder/', 'https://sub.host/folder/'])
      expect(jar.for(new URL(elsewhere))).toBe('');
    jar.clear(url);
    expect(jar.for(url)).toBe('');
  });
});

it.each([
  ['5', 5_000],
  ['Tue, 01 Sep 2026 10:00:10 GMT', 10_000],
  ['Tue, 01 Sep 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  [null, undefined],
])('understands Retry-After: %s', (value, expected) => {
  expect(parseRetryAfter(value, Date.parse('Tue, 01 Sep 2026 10:00:00 GMT'))).toBe(expected);
});
