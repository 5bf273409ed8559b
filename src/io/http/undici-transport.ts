import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import type { HttpAnswer, HttpRequest, HttpTransport, TlsOptions } from './transport.ts';

/** Bytes of an unwanted body that are read to keep the connection; for more it is cheaper to open another. */
const WORTH_READING = 16 * 1024;
const CONNECT_TIMEOUT = 15_000;

/**
 * Requests by undici, for Node: connections are kept, and the proxy is used that the environment names
 * (`HTTPS_PROXY`, `NO_PROXY`). This module is loaded only where a URL is opened.
 */
export function undiciTransport({ ca, insecure = false }: TlsOptions = {}): HttpTransport {
  const tls = { ...(ca !== undefined && { ca }), rejectUnauthorized: !insecure };
  // Who waits how long is decided by the session; a limit here would end a body that is not wanted just now.
  const agent = new EnvHttpProxyAgent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ...tls, timeout: CONNECT_TIMEOUT },
    requestTls: tls,
  });
  return {
    async get({ url, headers, signal }: HttpRequest): Promise<HttpAnswer> {
      const path = url.pathname + url.search;
      const answer = await agent.request({ origin: url.origin, path, method: 'GET', headers, signal });
      return toAnswer(answer);
    },
    close: () => agent.destroy(),
  };
}

function toAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): HttpAnswer {
  // A body that is given up fails, and nothing listens.
  body.on('error', () => undefined);
  const header = (name: string): string | null => {
    const value = headers[name];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  };
  const cookies = headers['set-cookie'] ?? [];
  return {
    status: statusCode,
    header,
    setCookies: typeof cookies === 'string' ? [cookies] : cookies,
    body,
    discard: () => {
      if (body.destroyed || body.readableEnded) return;
      const length = Number(header('content-length') ?? Infinity);
      if (length <= WORTH_READING) body.dump({ limit: WORTH_READING }).catch(() => undefined);
      else body.destroy();
    },
  };
}
