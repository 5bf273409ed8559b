import type { MaybePromise } from '../source.ts';

/** A GET request; nothing else is ever sent. */
export interface HttpRequest {
  /** Without user info. */
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the request, also while its body arrives. */
  readonly signal: AbortSignal;
}

/** The head of an answer, and its body as it arrives. */
export interface HttpAnswer {
  readonly status: number;
  /** The value of a header by its lower-case name; `null` where there is none. */
  header(name: string): string | null;
  /** All `Set-Cookie` headers, one by one; none where the transport keeps cookies itself. */
  readonly setCookies: readonly string[];
  readonly body: AsyncIterable<Uint8Array>;
  /** Nobody wants the rest of the body. */
  discard(): void;
}

/** What sends requests: undici in Node, `fetch` in a browser. */
export interface HttpTransport {
  /**
   * Rejects where no answer came at all; any status is an answer. Redirects are not followed, unless it can do no
   * else.
   */
  get(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends all connections. */
  close(): MaybePromise<void>;
}

/** Whom to trust. */
export interface TlsOptions {
  /** Certificates of authorities (PEM) that are trusted instead of the usual ones. */
  readonly ca?: string;
  /** Whether any certificate will do. */
  readonly insecure?: boolean;
}
