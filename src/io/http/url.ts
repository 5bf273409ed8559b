/** Whether a name of an image is a URL that is read by ranges. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * A URL as it may be shown: user info is left out, and of the query only names remain, for a value may be a signature
 * or a token. Anything that is no URL of HTTP is returned as it is.
 */
export function redactUrl(text: string): string {
  const scheme = /^(https?):/i.exec(text)?.[1];
  if (scheme === undefined) return text;
  const url = parseUrl(text);
  if (url === null) return `${scheme}://...`;
  if (url.username === '' && url.password === '' && url.search === '' && url.hash === '') return text;
  const search = url.search.replace(/[^?&]+/g, (pair) => {
    const end = pair.indexOf('=');
    return end < 0 ? '...' : `${pair.slice(0, end)}=...`;
  });
  return `${url.protocol}//${url.host}${url.pathname}${search}`;
}

/**
 * The URL of a file beside `url`, or below its folder, under the name that an image gives: the query stays, so that
 * `/folder/vm/vm.vmdk?dcPath=...&dsName=...` of ESXi and a signature for a whole folder serve the sibling too.
 *
 * @param options whether `..` may climb out of the folder; never out of the host, nor out of ESXi's `/folder`
 * @returns `null` where the name is none of a sibling: it is absolute, a URL, or empty, has control characters, or
 *   climbs too far
 */
export function resolveSibling(
  url: string,
  name: string,
  { allowOutside = false }: { readonly allowOutside?: boolean } = {},
): string | null {
  const base = parseUrl(url);
  if (base === null || name === '' || /^[/\\]|^[a-z][a-z0-9+.-]*:|\p{Cc}/iu.test(name)) return null;
  const folders = base.pathname.split('/').slice(1, -1);
  const isDatastore = folders[0] === 'folder' && base.searchParams.has('dsName');
  const lowest = allowOutside ? (isDatastore ? 1 : 0) : folders.length;
  const path = [...folders];
  for (const segment of name.split('/')) {
    if (segment === '..' && path.length === lowest) return null;
    if (segment === '..') path.pop();
    else if (segment !== '.' && segment !== '') path.push(encodeURIComponent(segment));
  }
  if (/(^|\/)\.{0,2}$/.test(name)) return null;
  base.pathname = `/${path.join('/')}`;
  base.hash = '';
  return base.href;
}

/** A URL of HTTP, or `null`. It never throws: the error of the parser would repeat the text, credentials and all. */
export function parseUrl(text: string, base?: URL): URL | null {
  try {
    const url = new URL(text, base);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
  } catch {
    return null;
  }
}
