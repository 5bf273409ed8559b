import type { HttpFault } from './errors.ts';
import type { HttpAnswer } from './transport.ts';

/** What tells one version of a file from another. */
export interface Version {
  readonly size: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * `bytes 0-499/1234`: the bytes of an answer, both ends included; `size` is `null` where the server does not tell it.
 */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  readonly size: number | null;
}

/** Reads a `Content-Range` (RFC 9110, 14.4); `null` where it is none that makes sense. */
export function parseContentRange(value: string | null): ContentRange | null {
  const parts = /^\s*bytes\s+(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)\s*$/i.exec(value ?? '');
  if (parts === null) return null;
  const [first, last, size] = [
    Number(parts[1]),
    Number(parts[2]),
    parts[3] === '*' ? null : Number(parts[3]),
  ];
  const isSound =
    first <= last &&
    Number.isSafeInteger(last) &&
    (size === null || (Number.isSafeInteger(size) && last < size));
  return isSound ? { first, last, size } : null;
}

/** The version that an answer is of. */
export function versionOf(answer: HttpAnswer, size: number): Version {
  return { size, etag: answer.header('etag'), lastModified: answer.header('last-modified') };
}

/** The condition under which a range is of the same version; `null` where the server says nothing that would do. */
export function ifRange({ etag, lastModified }: Version): string | null {
  // A weak ETag says that two versions mean the same, not that their bytes are equal (RFC 9110, 8.8.1).
  return etag !== null && !etag.startsWith('W/') ? etag : lastModified;
}

/**
 * Whether two answers may be of one version. An ETag alone decides where both have one: servers of one name differ in
 * their clocks.
 */
export function isSameVersion(a: Version, b: Version): boolean {
  if (a.size !== b.size) return false;
  if (a.etag !== null && b.etag !== null) return a.etag === b.etag;
  return a.lastModified === null || b.lastModified === null || a.lastModified === b.lastModified;
}

/** Bytes were asked for as they are stored; a server that packs them anyway counts its ranges over something else. */
export function encodingFault(answer: HttpAnswer): HttpFault | null {
  const encoding = (answer.header('content-encoding') ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return null;
  const text = `the server sends the file packed (Content-Encoding: ${printable(encoding)}), so that ranges of it mean nothing`;
  return { code: 'content-encoding', text };
}

/**
 * What is wrong with an answer of status 206 to a request for the bytes `first` to `last`; `null` where nothing is.
 */
export function rangeFault(
  answer: HttpAnswer,
  version: Version,
  first: number,
  last: number,
): HttpFault | null {
  const range = parseContentRange(answer.header('content-range'));
  if (range === null) return { code: 'bad-answer', text: 'the server does not say which bytes it sends' };
  const { size } = range;
  if (!isSameVersion(version, versionOf(answer, size ?? version.size))) return CHANGED;
  if (range.first !== first || range.last !== last) {
    const text = `the server sends bytes ${range.first} to ${range.last} where ${first} to ${last} were asked for`;
    return { code: 'bad-answer', text };
  }
  return encodingFault(answer);
}

/** The file is not what it was. */
export const CHANGED: HttpFault = { code: 'changed', text: 'the file was changed while it was read' };

/** The server sends whole files only. */
export const RANGES_IGNORED: HttpFault = {
  code: 'ranges-ignored',
  text: 'the server ignores ranges, and the file is too big to be read whole; download it first',
};

/** The length of a body by its header; `null` where there is none. */
export function contentLength(answer: HttpAnswer): number | null {
  const value = answer.header('content-length');
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function printable(text: string): string {
  return text.replace(/[^a-z0-9,. -]/g, '?').slice(0, 40);
}
