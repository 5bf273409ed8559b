import { latin1 } from '../latin1.ts';
import { SourceError, UsageError } from '../../errors.ts';
import { createReadStats, type ReadStats } from '../counted-source.ts';
import type { RetryOptions } from '../retry.ts';
import type { Source } from '../source.ts';
import { Turns } from '../turns.ts';
import { Exchange, type Site } from './exchange.ts';
import { openHttp } from './http-source.ts';
import type { HttpTransport } from './transport.ts';
import { parseUrl, redactUrl } from './url.ts';

/**
 * How URLs are read. Credentials go to the origin of the URL that was opened and to no other, whatever it redirects
 * to.
 */
export interface HttpOptions extends RetryOptions {
  /** Headers for every request, as curl's `--header`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `NAME:PASSWORD` for Basic authentication, as curl's `--user`; user info in a URL counts more. */
  readonly user?: string;
  /** Counts requests, bytes and retries as they really happen. */
  readonly stats?: ReadStats;
  /** Requests in flight at once, of all sources of the session; default 4, which is what ESXi bears. */
  readonly lanes?: number;
  /** Milliseconds after which a server that sends nothing is given up; default 30,000. */
  readonly stall?: number;
  /** Bytes up to which a file is read whole, and kept, where the server ignores ranges; default 8 MiB. */
  readonly wholeBytes?: number;
  /** Ends everything: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Headers that a request needs for its own purposes. */
const OWN_HEADERS: readonly string[] = [
  'range',
  'if-range',
  'accept-encoding',
  'host',
  'connection',
  'content-length',
];

/** Sources over HTTP that share connections, cookies and lanes: an image with its extents and parents. */
export class HttpSession {
  readonly #transport: HttpTransport;
  readonly #options: HttpOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #exchange: Exchange;
  readonly #turns: Turns;

  /** @throws UsageError where a header is none */
  constructor(transport: HttpTransport, options: HttpOptions = {}) {
    const { stats = createReadStats(), stall = 30_000, lanes = 4, signal } = options;
    this.#transport = transport;
    this.#options = { ...options, stats };
    this.#headers = checkHeaders(options.headers ?? {});
    this.#exchange = new Exchange({ transport, stats, stall, signal });
    this.#turns = new Turns(lanes);
  }

  /**
   * Opens a URL: one request, which tells the size.
   *
   * @throws SourceError `ENOENT`, `EACCES` (no login, forbidden), `expired`, `ranges-ignored`, `content-encoding`,
   *   `bad-answer`, `server-busy`, `timeout`, `broken-off`, `unsupported-url`, or the code of the network or of TLS
   */
  async open(text: string): Promise<Source> {
    const url = parseUrl(text);
    const name = redactUrl(text);
    if (url === null)
      throw new SourceError('unsupported-url', `${name}: is no URL that can be read`, { source: name });
    const site: Site = { url, headers: { ...this.#headers, ...this.#authorization(url) }, target: null };
    url.username = '';
    url.password = '';
    url.hash = '';
    return openHttp({ name, site, exchange: this.#exchange, turns: this.#turns, options: this.#options });
  }

  /** Ends all connections; sources of the session read no more. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  #authorization({ username, password }: URL): { authorization?: string } {
    const isInUrl = username !== '' || password !== '';
    const user = isInUrl ? `${decode(username)}:${decode(password)}` : this.#options.user;
    if (user === undefined) return {};
    const bytes = new TextEncoder().encode(user.includes(':') ? user : `${user}:`);
    return { authorization: `Basic ${btoa(latin1(bytes))}` };
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([given, value]) => {
      const name = given.trim().toLowerCase();
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
        throw new UsageError(`the name of a header is wrong; a header is 'Name: value'`);
      // The value may be a secret and is not repeated.
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
        throw new UsageError(`the header ${given} has a value that cannot be sent`);
      if (OWN_HEADERS.includes(name)) throw new UsageError(`the header ${given} is set by vdcheck itself`);
      return [name, value.trim()];
    }),
  );
}
