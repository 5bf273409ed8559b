import type { Source } from '../source.ts';
import { closingAlso } from '../window-source.ts';
import { HttpSession, type HttpOptions } from './session.ts';
import type { TlsOptions } from './transport.ts';

/** For Node: sources over HTTP by undici, which is loaded here and nowhere else. */
export async function openHttpSession(options: HttpOptions & TlsOptions = {}): Promise<HttpSession> {
  const { undiciTransport } = await import('./undici-transport.ts');
  return new HttpSession(undiciTransport(options), options);
}

/**
 * Opens one URL. For an image with its extents and parents, `openHttpSession` saves connections and logins.
 *
 * @throws SourceError as `HttpSession.open`
 */
export async function openHttpSource(url: string, options: HttpOptions & TlsOptions = {}): Promise<Source> {
  const session = await openHttpSession(options);
  try {
    return closingAlso(await session.open(url), () => session.close());
  } catch (error) {
    await session.close();
    throw error;
  }
}
