import { afterAll, beforeAll } from 'vitest';
import { cached } from '../../src/io/cached-source.ts';
import { fetchTransport } from '../../src/io/http/fetch-transport.ts';
import { openHttpSource } from '../../src/io/http/open-url.ts';
import { HttpSession } from '../../src/io/http/session.ts';
import { fileOffset } from '../../src/io/source.ts';
import { windowSource } from '../../src/io/window-source.ts';
import { cutBody, ignoreRanges, startServer, type TestServer } from '../support/http-server.ts';
import { describeSource } from './conformance.ts';

let server: TestServer;
let made = 0;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** The URL of a new file. */
function serve(
  bytes: Uint8Array,
  version: { etag?: string; lastModified?: string } = { etag: '"v1"' },
): string {
  const path = `/made-${made++}`;
  server.files.set(path, { bytes, ...version });
  return server.url(path);
}

describeSource('HTTP by undici', (bytes) => openHttpSource(serve(bytes)));
describeSource('HTTP by undici, without an ETag', (bytes) =>
  openHttpSource(serve(bytes, { lastModified: 'Tue, 01 Sep 2026 10:00:00 GMT' })),
);
describeSource('HTTP by undici, with a weak ETag', (bytes) =>
  openHttpSource(serve(bytes, { etag: 'W/"v1"' })),
);
describeSource('HTTP by undici, without any version', (bytes) => openHttpSource(serve(bytes, {})));
describeSource('HTTP by fetch', (bytes) => new HttpSession(fetchTransport()).open(serve(bytes)));
describeSource('HTTP, cached', async (bytes) => cached(await openHttpSource(serve(bytes))));
describeSource('HTTP, a window', async (bytes) => {
  const around = new Uint8Array(bytes.length + 99);
  around.set(bytes, 33);
  return windowSource(await openHttpSource(serve(around)), fileOffset(33), bytes.length);
});
describeSource('HTTP from a server that ignores ranges', (bytes) => {
  server.always = (request, response, file) => file?.bytes === bytes && ignoreRanges(request, response, file);
  return openHttpSource(serve(bytes));
});
describeSource(
  'HTTP that breaks off all the time',
  (bytes) => {
    const url = serve(bytes);
    const broken = cutBody(70_000);
    server.always = (request, response, file) =>
      file?.bytes === bytes && request.headers.range !== 'bytes=0-0' && broken(request, response, file);
    return openHttpSource(url, { delay: 0 });
  },
  { size: 200_003 },
);
