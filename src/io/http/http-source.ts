import { SourceError } from '../../errors.ts';
import { demandInside, isInside } from '../derived-source.ts';
import { Tries } from '../retry.ts';
import type { FileOffset, ReadCost, Source } from '../source.ts';
import type { Turns } from '../turns.ts';
import {
  CHANGED,
  contentLength,
  encodingFault,
  ifRange,
  isSameVersion,
  parseContentRange,
  rangeFault,
  RANGES_IGNORED,
  versionOf,
  type Version,
} from './answer.ts';
import { HttpFailure, statusFault, toSourceError, type HttpFault } from './errors.ts';
import type { Exchange, Site } from './exchange.ts';
import type { HttpOptions } from './session.ts';
import type { HttpAnswer } from './transport.ts';

const UNIT = 64 * 1024;
const GAP = 128 * 1024;
/** Bytes after which a transfer that breaks off has got on. */
const PROGRESS = 16 * 1024;
const WHOLE_BYTES = 8 * 1024 * 1024;

/** A name that is mistyped, or a machine that is off: by waiting nothing is won. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** The URL that a source reads, and what it shares with others. */
export interface HttpContext {
  readonly name: string;
  readonly site: Site;
  readonly exchange: Exchange;
  readonly turns: Turns;
  readonly options: HttpOptions;
}

/** Numbers for URLs, since an identity must not repeat one: its query may be a secret. */
const identities = new Map<string, number>();

/**
 * Asks for the first byte, which tells the size. A server that ignores ranges is read whole where the file is small.
 */
export async function openHttp(context: HttpContext): Promise<Source> {
  const { options } = context;
  return retrying(context, false, async () => {
    const answer = await ask(context, { range: 'bytes=0-0' }, []);
    const { status } = answer;
    const fault = status === 200 || status === 206 ? encodingFault(answer) : null;
    if (fault !== null) throw give(answer, fault);
    if (status === 200)
      return new HttpSource(context, ...(await readWhole(answer, options.wholeBytes ?? WHOLE_BYTES)));
    if (status === 416 && /^bytes \*\/0$/.test(answer.header('content-range')?.trim() ?? '')) {
      answer.discard();
      return new HttpSource(context, versionOf(answer, 0), new Uint8Array(0));
    }
    if (status !== 206) throw new HttpFailure(await statusFault(context.site.url, answer));
    const range = parseContentRange(answer.header('content-range'));
    if (range?.size === null)
      throw give(answer, { code: 'bad-answer', text: 'the server does not tell the size of the file' });
    const version = versionOf(answer, range?.size ?? 0);
    const wrong = rangeFault(answer, version, 0, 0);
    if (wrong !== null) throw give(answer, wrong);
    await drain(answer);
    return new HttpSource(context, version, null);
  });
}

class HttpSource implements Source {
  readonly name: string;
  readonly size: number;
  readonly storedSize = null;
  readonly modified: number | null;
  readonly identity: string;
  readonly cost: ReadCost;
  readonly #context: HttpContext;
  readonly #version: Version;
  /** The file, where the server sends nothing less. */
  readonly #whole: Uint8Array | null;
  readonly #closing = new AbortController();

  constructor(context: HttpContext, version: Version, whole: Uint8Array | null) {
    const { name, site, turns } = context;
    this.name = name;
    this.size = version.size;
    const modified = Date.parse(version.lastModified ?? '');
    this.modified = Number.isNaN(modified) ? null : modified;
    const { href } = site.url;
    const number = identities.get(href) ?? identities.size;
    identities.set(href, number);
    this.identity = `url:${number}`;
    this.cost = { unit: UNIT, gap: GAP, lanes: turns.lanes };
    this.#context = context;
    this.#version = version;
    this.#whole = whole;
  }

  async read(offset: FileOffset, length: number, into?: Uint8Array): Promise<Uint8Array> {
    demandInside(this, offset, length);
    if (this.#whole !== null) return this.#whole.slice(offset, offset + length);
    return this.#context.turns.take(async () => {
      const bytes = into?.subarray(0, length) ?? new Uint8Array(length);
      let done = 0;
      for await (const chunk of this.#bytes(offset, offset + length)) {
        bytes.set(chunk, done);
        done += chunk.length;
      }
      return bytes;
    });
  }

  async *stream(
    start: FileOffset,
    end: FileOffset,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (!isInside(this.size, start, end - start)) demandInside(this, start, end - start);
    signal?.throwIfAborted();
    if (this.#whole !== null) yield this.#whole.slice(start, end);
    else yield* this.#bytes(start, end, signal);
  }

  async isUnchanged(): Promise<boolean> {
    return retrying(this.#context, true, async () => {
      const answer = await ask(this.#context, { range: 'bytes=0-0' }, [this.#closing.signal]);
      const { status } = answer;
      if (![200, 206, 404, 410, 416].includes(status))
        throw new HttpFailure(await statusFault(this.#context.site.url, answer));
      answer.discard();
      if (status === 404 || status === 410) return false;
      const size =
        status === 200
          ? contentLength(answer)
          : (parseContentRange(answer.header('content-range'))?.size ?? 0);
      return isSameVersion(this.#version, versionOf(answer, size ?? this.size));
    });
  }

  close(): void {
    const { name } = this;
    this.#closing.abort(new SourceError('closed', `${name}: was closed while it was read`, { source: name }));
  }

  /**
   * The bytes from `start` to `end - 1`, by one request where all goes well, else by further ones from where the last
   * one broke off.
   */
  async *#bytes(
    start: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { options, name } = this.#context;
    const tries = new Tries(options);
    for (let at = start, before = start; at < end;) {
      try {
        for await (const chunk of this.#request(at, end, signal)) {
          at += chunk.length;
          yield chunk;
        }
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        // A few bytes are no progress: a hostile server could have us ask for each one.
        if (at - before >= PROGRESS) tries.progressed();
        before = at;
        const { fault } = error;
        await tries.next(
          toSourceError(name, fault, start, end - start),
          signal ?? options.signal,
          fault.retryAfter,
        );
        if (options.stats) options.stats.retries++;
      }
    }
  }

  async *#request(
    at: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const condition = ifRange(this.#version);
    const answer = await ask(
      this.#context,
      { range: `bytes=${at}-${end - 1}`, ...(condition !== null && { 'if-range': condition }) },
      [this.#closing.signal, signal],
    );
    if (answer.status !== 206 && answer.status !== 200)
      throw new HttpFailure(await statusFault(this.#context.site.url, answer));
    const fault =
      answer.status === 206
        ? rangeFault(answer, this.#version, at, end - 1)
        : this.#wholeFault(answer, at, end);
    if (fault !== null) throw give(answer, fault);
    let left = end - at;
    // Read to its end even where all is there, so that the connection can be used again.
    for await (const chunk of answer.body) {
      const wanted = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= wanted.length;
      if (wanted.length > 0) yield wanted;
      if (wanted === chunk) continue;
      if (answer.status === 200) return;
      throw new HttpFailure({ code: 'bad-answer', text: 'the server sends more bytes than were asked for' });
    }
    if (left === 0) return;
    throw new HttpFailure({ code: 'broken-off', text: `the connection broke off ${left} bytes early` });
  }

  /**
   * What is wrong with a whole file as the answer to a range. Its beginning will do where little is wanted, or all.
   */
  #wholeFault(answer: HttpAnswer, at: number, end: number): HttpFault | null {
    const size = contentLength(answer) ?? this.size;
    if (!isSameVersion(this.#version, versionOf(answer, size))) return CHANGED;
    const isFine =
      at === 0 && (end === this.size || end <= (this.#context.options.wholeBytes ?? WHOLE_BYTES));
    return isFine ? encodingFault(answer) : RANGES_IGNORED;
  }
}

/** Bytes as they are stored, under whatever conditions. */
function ask(
  { exchange, site }: HttpContext,
  headers: Readonly<Record<string, string>>,
  signals: readonly (AbortSignal | undefined)[],
): Promise<HttpAnswer> {
  return exchange.get(site, { ...headers, 'accept-encoding': 'identity' }, signals);
}

/**
 * Does something that has no bytes to lose, again where its failure may pass.
 *
 * @param isKnown whether the server answered before; one that cannot be reached from the start is not waited for
 */
async function retrying<T>(
  { name, options }: HttpContext,
  isKnown: boolean,
  work: () => Promise<T>,
): Promise<T> {
  const tries = new Tries(options);
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      const { fault } = error;
      const failure = toSourceError(name, fault);
      if (!isKnown && UNREACHABLE.has(fault.code)) throw failure;
      await tries.next(failure, options.signal, fault.retryAfter);
      if (options.stats) options.stats.retries++;
    }
}

/** Gives an answer up, with the reason. */
function give(answer: HttpAnswer, fault: HttpFault): HttpFailure {
  answer.discard();
  return new HttpFailure(fault);
}

async function drain({ body }: HttpAnswer): Promise<void> {
  for await (const chunk of body) if (chunk.length > UNIT) return;
}

/** The whole file, where it is no more than `most` bytes. */
async function readWhole(answer: HttpAnswer, most: number): Promise<[Version, Uint8Array]> {
  const length = contentLength(answer);
  if (length !== null && length > most) throw give(answer, RANGES_IGNORED);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > most) throw give(answer, RANGES_IGNORED);
    chunks.push(chunk);
  }
  if (length !== null && size !== length)
    throw new HttpFailure({
      code: 'broken-off',
      text: `the connection broke off ${length - size} bytes early`,
    });
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return [versionOf(answer, size), whole];
}
