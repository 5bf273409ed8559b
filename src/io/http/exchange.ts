import type { ReadStats } from '../counted-source.ts';
import { CookieJar } from './cookies.ts';
import { HttpFailure, networkFault } from './errors.ts';
import { linkSignals, type LinkedSignal } from './signals.ts';
import type { HttpAnswer, HttpTransport } from './transport.ts';
import { parseUrl } from './url.ts';

const MAX_REDIRECTS = 10;

/** A URL, and what goes with requests to its origin and to no other. */
export interface Site {
  /** Without user info. */
  readonly url: URL;
  /** Headers that may be credentials, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The target of a redirect that worked: asked first from then on, for a redirect a request doubles them. */
  target: URL | null;
}

/** What an exchange is made of. */
export interface ExchangeOptions {
  readonly transport: HttpTransport;
  readonly stats: ReadStats;
  /** Milliseconds after which a server that sends nothing is given up. */
  readonly stall: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends requests: follows redirects, keeps cookies, logs in again, and waits no longer than it should. Errors name no
 * URL.
 */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #cookies = new CookieJar();

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /**
   * The answer to a GET, whatever its status but for redirects. Its body is read to the end, or discarded.
   *
   * @param headers those of this request, which go to any host
   * @throws HttpFailure where there is no answer; the reason of a signal
   */
  async get(
    site: Site,
    headers: Readonly<Record<string, string>>,
    signals: readonly (AbortSignal | undefined)[],
  ): Promise<HttpAnswer> {
    const { target } = site;
    if (target === null) return this.#follow(site, site.url, headers, signals);
    // The target of a redirect may be good for a while only: where it fails, the next request starts anew.
    const forget = (): void => {
      if (site.target === target) site.target = null;
    };
    const answer = await this.#follow(site, target, headers, signals).catch((error: unknown) => {
      forget();
      throw error;
    });
    if (![200, 206, 416].includes(answer.status)) forget();
    if (![401, 403, 404, 410].includes(answer.status)) return answer;
    answer.discard();
    return this.#follow(site, site.url, headers, signals);
  }

  async #follow(
    site: Site,
    start: URL,
    headers: Readonly<Record<string, string>>,
    signals: readonly (AbortSignal | undefined)[],
  ): Promise<HttpAnswer> {
    let url = start;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await this.#getLoggedIn(site, url, headers, signals);
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status);
      if (!isRedirect) {
        if (answer.status === 206 && url.href !== site.url.href) site.target = url;
        return answer;
      }
      answer.discard();
      url = redirectFrom(url, answer.header('location'));
    }
    throw new HttpFailure({
      code: 'bad-answer',
      text: `the server redirects more than ${MAX_REDIRECTS} times`,
    });
  }

  /** Sends the session's cookies; where they are good no more, logs in once again without them. */
  async #getLoggedIn(
    site: Site,
    url: URL,
    headers: Readonly<Record<string, string>>,
    signals: readonly (AbortSignal | undefined)[],
  ): Promise<HttpAnswer> {
    const cookies = this.#cookies.for(url);
    const answer = await this.#send(site, url, headers, signals, cookies);
    if (answer.status !== 401 || cookies === '' || url.origin !== site.url.origin) return answer;
    answer.discard();
    // Of several requests that are turned away at once the first one forgets the session, and may have a new one
    // already.
    if (this.#cookies.for(url) === cookies) this.#cookies.clear(url);
    this.#options.stats.retries++;
    return this.#send(site, url, headers, signals, this.#cookies.for(url));
  }

  async #send(
    site: Site,
    url: URL,
    headers: Readonly<Record<string, string>>,
    signals: readonly (AbortSignal | undefined)[],
    cookies: string,
  ): Promise<HttpAnswer> {
    const { transport, stats, stall, signal } = this.#options;
    const own = url.origin === site.url.origin ? site.headers : {};
    const cookie = [own['cookie'], cookies].filter((part) => part !== undefined && part !== '').join('; ');
    const linked = linkSignals([signal, ...signals]);
    stats.requests++;
    try {
      const request = {
        url,
        headers: { ...own, ...headers, ...(cookie && { cookie }) },
        signal: linked.signal,
      };
      const answer = await linked.within(stall, transport.get(request));
      this.#cookies.store(url, answer.setCookies);
      return guard(answer, linked, stall, stats);
    } catch (error) {
      linked.unlink();
      throw failureOf(error, linked);
    }
  }
}

/** `answer` with a body that ends when it stalls, and is counted. */
function guard(answer: HttpAnswer, linked: LinkedSignal, stall: number, stats: ReadStats): HttpAnswer {
  return {
    status: answer.status,
    setCookies: answer.setCookies,
    header: (name) => answer.header(name),
    body: guardBody(answer, linked, stall, stats),
    discard: () => {
      linked.unlink();
      answer.discard();
    },
  };
}

async function* guardBody(
  answer: HttpAnswer,
  linked: LinkedSignal,
  stall: number,
  stats: ReadStats,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = answer.body[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await linked.within(stall, chunks.next());
      if (done === true) {
        isOver = true;
        return;
      }
      stats.bytes += value.length;
      yield value;
    }
  } catch (error) {
    isOver = true;
    throw failureOf(error, linked);
  } finally {
    linked.unlink();
    if (!isOver) answer.discard();
  }
}

/** Why there is no answer, or no more of it: what ended it, or else what the transport says. */
function failureOf(error: unknown, { signal }: LinkedSignal): unknown {
  if (signal.aborted) return signal.reason;
  return error instanceof HttpFailure ? error : new HttpFailure(networkFault(error));
}

function redirectFrom(url: URL, location: string | null): URL {
  const next = location === null ? null : parseUrl(location, url);
  if (next === null)
    throw new HttpFailure({
      code: 'bad-answer',
      text: 'the server redirects to something that is no URL of HTTP',
    });
  next.username = '';
  next.password = '';
  return next;
}
