import { readFileSync } from 'node:fs';
import { cached } from '../../io/cached-source.ts';
import { counted } from '../../io/counted-source.ts';
import { attempt } from '../../io/file-errors.ts';
import { openFileSource } from '../../io/file-source.ts';
import { openHttpSession } from '../../io/http/open-url.ts';
import type { HttpSession } from '../../io/http/session.ts';
import { isHttpUrl } from '../../io/http/url.ts';
import type { MaybePromise, Source } from '../../io/source.ts';
import { closingAlso } from '../../io/window-source.ts';
import type { AccessOptions } from './options.ts';
import { inputStream } from './input.ts';
import { spool } from './spool.ts';

/** Opens files, URLs and standard input, each as it is. */
export class PlainFiles {
  readonly #options: AccessOptions;
  /** What open URLs are really, by the names that may be shown. */
  readonly #urls = new Map<string, string>();
  #session: Promise<HttpSession> | null = null;
  #users = 0;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Opens what a user named himself: block devices too. */
  open(path: string): MaybePromise<Source> {
    if (path === '-') return this.#openInput();
    return isHttpUrl(path) ? this.#openUrl(path) : this.#counted(openFileSource(path, { allowDevice: true }));
  }

  /** What was opened under a name that may be shown. */
  pathOf(name: string): string {
    return this.#urls.get(name) ?? name;
  }

  /** Standard input: as a file where it is one, else stored first, since the tables of an image are anywhere in it. */
  #openInput(): MaybePromise<Source> {
    const stream = inputStream();
    if (stream === null) return this.#counted(openFileSource('/dev/stdin', { name: '-' }));
    return spool(stream, '-').then((source) => this.#counted(source));
  }

  async #openUrl(url: string): Promise<Source> {
    this.#users++;
    try {
      this.#session ??= this.#openSession();
      const source = await (await this.#session).open(url);
      this.#urls.set(source.name, url);
      return closingAlso(cached(source), () => this.#leave());
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  async #openSession(): Promise<HttpSession> {
    const { headers, user, cacert, insecure, stats } = this.#options;
    return openHttpSession({
      ...(headers === undefined ? {} : { headers }),
      ...(user === undefined ? {} : { user }),
      ...(cacert === undefined ? {} : { ca: attempt(cacert, () => readFileSync(cacert, 'utf8')) }),
      ...(insecure === undefined ? {} : { insecure }),
      ...(stats === undefined ? {} : { stats }),
    });
  }

  /** The connections end with the last source that uses them. */
  async #leave(): Promise<void> {
    if (--this.#users > 0) return;
    const session = this.#session;
    this.#session = null;
    await session?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }

  #counted(source: Source): Source {
    return this.#options.stats === undefined ? source : counted(source, this.#options.stats);
  }
}
