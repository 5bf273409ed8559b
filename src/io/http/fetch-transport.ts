import type { HttpAnswer, HttpRequest, HttpTransport } from './transport.ts';

/**
 * Requests by `fetch`, for a browser: it follows redirects, keeps cookies and decides about certificates itself. A
 * server must let other pages see `Content-Range` and `ETag` (`Access-Control-Expose-Headers`).
 */
export function fetchTransport(): HttpTransport {
  return {
    async get({ url, headers, signal }: HttpRequest): Promise<HttpAnswer> {
      const init: RequestInit & { cache: 'no-store' } = {
        headers: { ...headers },
        signal,
        cache: 'no-store',
      };
      const answer = await fetch(url, init);
      const { body } = answer;
      return {
        status: answer.status,
        header: (name) => answer.headers.get(name),
        setCookies: [],
        body: body === null ? nothing() : chunksOf(body),
        discard: () => {
          if (body !== null && !body.locked) body.cancel().catch(() => undefined);
        },
      };
    },
    close: () => undefined,
  };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {
  // A body that is missing has no bytes.
}

/** By a reader, since not every browser can iterate over a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
