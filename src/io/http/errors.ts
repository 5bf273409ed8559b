import { SourceError } from '../../errors.ts';
import type { HttpAnswer } from './transport.ts';

/** What is wrong with a request, before it has a place in a source. */
export interface HttpFault {
  readonly code: string;
  /** The rest of the sentence that begins with the name of the source. */
  readonly text: string;
  readonly cause?: unknown;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number | undefined;
}

/** A fault on its way to who knows the place. Its message names no URL. */
export class HttpFailure extends Error {
  readonly fault: HttpFault;

  constructor(fault: HttpFault) {
    super(fault.text);
    this.fault = fault;
  }
}

/** Codes of connections that end early. */
const BROKEN: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
const SLOW: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the server refuses connections',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'no server of this name is known',
  EAI_AGAIN: 'the name of the server could not be looked up',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'the network of the server cannot be reached',
  ETIMEDOUT: 'the server did not answer in time',
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
};

/** What a transport failed with. */
export function networkFault(cause: unknown): HttpFault {
  const code = codeOf(cause);
  if (SLOW.has(code)) return { code: 'timeout', text: 'the server did not answer in time', cause };
  if (BROKEN.has(code)) return { code: 'broken-off', text: 'the connection broke off', cause };
  if (/^HPE_|^UND_ERR_HEADERS_OVERFLOW/.test(code) || nameOf(cause) === 'HTTPParserError')
    return { code: 'bad-answer', text: 'the answer is no HTTP' };
  if (/CERT|SIGNATURE|ISSUER|ERR_(SSL|TLS)/.test(code)) return { code, text: describeTls(code), cause };
  return {
    code: code || 'EIO',
    text: DESCRIPTIONS[code] ?? `the request failed${code && ` (${code})`}`,
    cause,
  };
}

function describeTls(code: string): string {
  const what = DESCRIPTIONS[code] ?? `the server's certificate is not trusted (${code})`;
  return `${what}; --cacert FILE names an authority to trust, --insecure trusts any`;
}

/** The code of an error, or of what caused it: `fetch` wraps them. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at.code;
  return '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Bytes of an error page that are looked at. */
const PAGE_BYTES = 4096;

/**
 * What a status that is no success means. Of the page that comes with it only one sentence is looked for, and nothing
 * is repeated.
 */
export async function statusFault(url: URL, answer: HttpAnswer): Promise<HttpFault> {
  const { status } = answer;
  if (status === 403) {
    const page = await firstText(answer);
    if (/Request has expired|ExpiredToken|not valid in the specified time frame/i.test(page))
      return { code: 'expired', text: 'the signed URL has expired (403): a new one is needed' };
  }
  answer.discard();
  if (status === 401)
    return { code: 'EACCES', text: 'the server wants a login, or another one than this (401)' };
  if (status === 403) return { code: 'EACCES', text: 'the server forbids it (403)' };
  if (status === 404 || status === 410) return { code: 'ENOENT', text: `no such file (${status})` };
  if (status === 416)
    return { code: 'changed', text: 'the file has become shorter since it was opened (416)' };
  const isBusy = status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
  if (!isBusy) return { code: 'bad-answer', text: `the server answered with status ${status}` };
  const retryAfter = parseRetryAfter(answer.header('retry-after'));
  return {
    code: 'server-busy',
    text: `the server answered with status ${status}${hint(url, status)}`,
    retryAfter,
  };
}

/** ESXi says no more than 500 of a file that a running machine has open. */
function hint(url: URL, status: number): string {
  const isDatastore = url.pathname.startsWith('/folder/') && url.searchParams.has('dsName');
  return isDatastore && status === 500
    ? '; a disk of a running machine is locked: take a snapshot, or power the machine off'
    : '';
}

async function firstText({ body }: HttpAnswer): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const bytes of body) {
      text += decoder.decode(bytes, { stream: true });
      if (text.length >= PAGE_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  return text.slice(0, PAGE_BYTES);
}

/** Seconds, or a date (RFC 9110, 10.2.3), as milliseconds from now. */
export function parseRetryAfter(value: string | null, now: number = Date.now()): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The fault as users see it. */
export function toSourceError(
  name: string,
  { code, text, cause }: HttpFault,
  offset = 0,
  length = 0,
): SourceError {
  const place = length === 0 ? '' : ` (${length} bytes at ${offset})`;
  const options = cause === undefined ? undefined : { cause };
  return new SourceError(code, `${name}: ${text}${place}`, { source: name, offset, length }, options);
}
