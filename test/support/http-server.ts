import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TEST_CERTIFICATE, TEST_KEY } from './certificate.ts';

/** A file that the server has, and what it says of it. */
export interface ServedFile {
  bytes: Uint8Array;
  etag?: string | null;
  lastModified?: string | null;
}

/** A request as it came. */
export interface SeenRequest {
  readonly url: string;
  readonly range: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** Which connection it came by, counted from 1. */
  readonly connection: number;
}

/**
 * Something that goes wrong with one request. Returns whether the request is dealt with; else it is answered as usual.
 */
export type Fault = (
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile | undefined,
) => boolean;

/** A server with ranges, conditions and faults, on a free port of this machine. */
export interface TestServer {
  readonly origin: string;
  /** URL of a file by its path, query and all. */
  url(path: string): string;
  /** Files by path, without query. */
  readonly files: Map<string, ServedFile>;
  readonly requests: SeenRequest[];
  /** Faults of the next requests, one each; `null` for a request that goes well. */
  readonly next: (Fault | null)[];
  /** A fault of every further request. */
  always: Fault | null;
  close(): Promise<void>;
}

/** Starts a server. */
export async function startServer(options: { readonly tls?: boolean } = {}): Promise<TestServer> {
  const files = new Map<string, ServedFile>();
  const requests: SeenRequest[] = [];
  const next: (Fault | null)[] = [];
  const connections = new Map<unknown, number>();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = connections.get(request.socket) ?? connections.size + 1;
    connections.set(request.socket, connection);
    const { url = '', headers } = request;
    requests.push({ url, range: headers.range, headers, connection });
    const file = files.get(decodeURIComponent(url.replace(/\?.*$/, '')));
    const fault = next.length > 0 ? next.shift() : server.always;
    if (fault?.(request, response, file) === true) return;
    serve(request, response, file);
  };
  const listener =
    options.tls === true
      ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, answer)
      : createServer(answer);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const origin = `http${options.tls === true ? 's' : ''}://127.0.0.1:${port}`;
  const server: TestServer = {
    origin,
    url: (path) => origin + path,
    files,
    requests,
    next,
    always: null,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
  return server;
}

/** Answers as a sound server does (RFC 9110, 13 and 14). */
export function serve(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile | undefined,
): void {
  if (file === undefined) {
    response.writeHead(404).end('<html>not found</html>');
    return;
  }
  const { size, version } = describe(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  const isSame = condition === undefined || condition === file.etag || condition === file.lastModified;
  if (range === null || !isSame) {
    response.writeHead(200, { ...version, 'accept-ranges': 'bytes', 'content-length': size });
    response.end(file.bytes);
    return;
  }
  const first = Number(range[1]);
  const last = Math.min(size - 1, range[2] === '' ? Infinity : Number(range[2]));
  if (first > last) {
    response.writeHead(416, { ...version, 'content-range': `bytes */${size}` }).end();
    return;
  }
  response.writeHead(206, {
    ...version,
    'content-range': `bytes ${first}-${last}/${size}`,
    'content-length': last - first + 1,
  });
  response.end(file.bytes.subarray(first, last + 1));
}

function describe({ bytes, etag, lastModified }: ServedFile): {
  size: number;
  version: Record<string, string>;
} {
  return {
    size: bytes.length,
    version: { ...(etag && { etag }), ...(lastModified && { 'last-modified': lastModified }) },
  };
}

/** The bytes that a request asks for. */
function asked(request: IncomingMessage, file: ServedFile): { first: number; last: number } {
  const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const end = file.bytes.length - 1;
  return { first: Number(first), last: Math.min(end, last === '' ? end : Number(last)) };
}

/** Answers a range with other headers or another body than it should. */
function twisted(
  twist: (range: { first: number; last: number; size: number }) => {
    status?: number;
    headers?: Record<string, string | number>;
    body?: Uint8Array;
  },
): Fault {
  return (request, response, file) => {
    if (file === undefined) return false;
    const { first, last } = asked(request, file);
    const { size, version } = describe(file);
    const {
      status = 206,
      headers = {},
      body = file.bytes.subarray(first, last + 1),
    } = twist({ first, last, size });
    response.writeHead(status, { ...version, 'content-range': `bytes ${first}-${last}/${size}`, ...headers });
    response.end(body);
    return true;
  };
}

/** The whole file, whatever was asked for. */
export const ignoreRanges: Fault = (request, response, file) => {
  delete request.headers.range;
  serve(request, response, file);
  return true;
};

/** The whole file without a word about its length. */
export const ignoreRangesChunked: Fault = (_, response, file) => {
  response.writeHead(200);
  response.end(file?.bytes);
  return true;
};

/** Bytes that nobody asked for. */
export const otherBounds: Fault = twisted(({ first, last, size }) => ({
  headers: { 'content-range': `bytes ${first + 1}-${last + 1}/${size}` },
}));

/** Fewer bytes than were asked for, and it says so. */
export const fewerBytes: Fault = twisted(({ first, size }) => ({
  headers: { 'content-range': `bytes ${first}-${first}/${size}` },
  body: new Uint8Array(1),
}));

export const unknownSize: Fault = twisted(({ first, last }) => ({
  headers: { 'content-range': `bytes ${first}-${last}/*` },
}));

export const nonsenseRange: Fault = twisted(() => ({
  headers: { 'content-range': 'bytes 5-2/99999999999999999999' },
}));

export const noContentRange: Fault = (request, response, file) => {
  if (file === undefined) return false;
  const { first, last } = asked(request, file);
  response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' });
  response.end(file.bytes.subarray(first, last + 1));
  return true;
};

/** A body that is packed. */
export const packed: Fault = twisted(() => ({ headers: { 'content-encoding': 'gzip' } }));

/** More bytes than were asked for. */
export const longBody: Fault = twisted(({ first, last }) => ({ body: new Uint8Array(last - first + 2) }));

/** The body breaks off after so many bytes. */
export function cutBody(after: number): Fault {
  return (request, response, file) => {
    if (file === undefined) return false;
    const { first, last } = asked(request, file);
    const { size, version } = describe(file);
    response.writeHead(206, {
      ...version,
      'content-range': `bytes ${first}-${last}/${size}`,
      'content-length': last - first + 1,
    });
    response.write(file.bytes.subarray(first, Math.min(last + 1, first + after)));
    request.socket.end();
    return true;
  };
}

/** The body ends early and orderly: chunked, so that only the range tells. */
export function shortBody(after: number): Fault {
  return (request, response, file) => {
    if (file === undefined) return false;
    const { first, last } = asked(request, file);
    const { size, version } = describe(file);
    response.writeHead(206, { ...version, 'content-range': `bytes ${first}-${last}/${size}` });
    response.end(file.bytes.subarray(first, Math.min(last + 1, first + after)));
    return true;
  };
}

/** The body stalls after so many bytes; with 0 not even the head comes. */
export function stall(after: number): Fault {
  return (request, response, file) => {
    if (file === undefined || after === 0) return true;
    const { first, last } = asked(request, file);
    const { size, version } = describe(file);
    response.writeHead(206, { ...version, 'content-range': `bytes ${first}-${last}/${size}` });
    response.write(file.bytes.subarray(first, Math.min(last + 1, first + after)));
    return true;
  };
}

/** The connection is reset before there is an answer. */
export const reset: Fault = (request) => {
  request.socket.resetAndDestroy();
  return true;
};

/** Something that is no HTTP. */
export const noHttp: Fault = (request) => {
  request.socket.end('SSH-2.0-OpenSSH_9.2\r\n');
  return true;
};

/** A status, and a page with it. */
export function answerWith(
  status: number,
  headers: Record<string, string> = {},
  page = '<html>no</html>',
): Fault {
  return (_, response) => {
    response.writeHead(status, headers).end(page);
    return true;
  };
}

/** A redirect. */
export function redirectTo(location: string, status = 302): Fault {
  return answerWith(status, { location });
}

/**
 * A login as ESXi has it: Basic, or the cookie of a session that a login gave. `sessions` are those that are good;
 * clear it, and all have to log in again.
 */
export function login(authorization: string, sessions: Set<string>): Fault & { logins: number } {
  const fault: Fault & { logins: number } = Object.assign(
    ((request, response) => {
      const cookie = /vmware_soap_session="?(\w+)/.exec(request.headers.cookie ?? '')?.[1];
      if (cookie !== undefined && !sessions.has(cookie)) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="VMware HTTP server"' }).end();
        return true;
      }
      if (cookie !== undefined) return false;
      if (request.headers.authorization !== authorization) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="VMware HTTP server"' }).end();
        return true;
      }
      const session = `s${++fault.logins}`;
      sessions.add(session);
      response.setHeader('set-cookie', [
        `vmware_soap_session="${session}"; Path=/; HttpOnly; Secure;`,
        'other=1',
      ]);
      return false;
    }) satisfies Fault,
    { logins: 0 },
  );
  return fault;
}
