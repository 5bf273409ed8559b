/** Bounds against a server that would have us remember without end. */
const MAX_COOKIES = 50;
const MAX_COOKIE_BYTES = 4096;

interface Cookie {
  readonly value: string;
  readonly path: string;
  /** Milliseconds since 1970; `Infinity` until the end of the session. */
  readonly expires: number;
}

/**
 * The cookies of a session (RFC 6265), each sent back to the very origin that set it and to no other: ESXi's session
 * cookie saves a login for each request.
 */
export class CookieJar {
  readonly #origins = new Map<string, Map<string, Cookie>>();

  /** Remembers what an answer from `url` sets. */
  store({ origin, pathname }: URL, setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const cookie = parseCookie(line, pathname);
      if (cookie === null) continue;
      const jar = this.#origins.get(origin) ?? new Map<string, Cookie>();
      this.#origins.set(origin, jar);
      if (cookie.expires <= Date.now()) jar.delete(cookie.name);
      else if (jar.has(cookie.name) || jar.size < MAX_COOKIES) jar.set(cookie.name, cookie);
    }
  }

  /** The value of the `Cookie` header for a request to `url`; empty where there is none. */
  for({ origin, pathname }: URL): string {
    const jar = this.#origins.get(origin);
    if (jar === undefined) return '';
    return [...jar]
      .filter(([, { path, expires }]) => expires > Date.now() && isBelow(pathname, path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  /** Forgets the cookies of an origin: the session that they name has ended. */
  clear({ origin }: URL): void {
    this.#origins.delete(origin);
  }
}

function parseCookie(line: string, requestPath: string): (Cookie & { readonly name: string }) | null {
  if (line.length > MAX_COOKIE_BYTES || /[\p{Cc}]/u.test(line)) return null;
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === '') return null;
  let path = requestPath.slice(0, Math.max(1, requestPath.lastIndexOf('/')));
  let expires = Infinity;
  let maxAge: number | null = null;
  for (const attribute of attributes) {
    const [key, value] = splitOnce(attribute);
    if (key === 'path' && value.startsWith('/')) path = value;
    if (key === 'max-age' && /^-?\d{1,15}$/.test(value)) maxAge = Number(value);
    if (key === 'expires' && !Number.isNaN(Date.parse(value))) expires = Date.parse(value);
  }
  if (maxAge !== null) expires = Date.now() + maxAge * 1000;
  return { name, value: pair.slice(equals + 1).trim(), path, expires };
}

function splitOnce(attribute: string): [string, string] {
  const equals = attribute.indexOf('=');
  if (equals < 0) return [attribute.trim().toLowerCase(), ''];
  return [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()];
}

/** Whether a path is the cookie's, or below it (RFC 6265, 5.1.4). */
function isBelow(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/';
}
