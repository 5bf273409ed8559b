import type { ReadStats } from './counted-source.ts';
import { derive } from './derived-source.ts';
import { isTransient, Tries, type RetryOptions } from './retry.ts';
import { fileOffset, type FileOffset, type MaybePromise, type Source } from './source.ts';

/**
 * `source`, whose reads are tried again where the failure may pass. A read that succeeds at once stays synchronous. A
 * stream that breaks off goes on where it was. A source over HTTP does all this itself.
 *
 * @param stats where repeated reads are counted
 */
export function retried(
  source: Source,
  options: RetryOptions & { readonly stats?: ReadStats; readonly signal?: AbortSignal } = {},
): Source {
  const { stats, signal } = options;
  const again = async <T>(error: unknown, read: () => MaybePromise<T>): Promise<T> => {
    const tries = new Tries(options);
    for (let failure = error; ;) {
      await tries.next(failure, signal);
      if (stats) stats.retries++;
      try {
        return await read();
      } catch (next) {
        failure = next;
      }
    }
  };
  const retry = <T>(read: () => MaybePromise<T>): MaybePromise<T> => {
    try {
      const value = read();
      return value instanceof Promise ? value.catch((error: unknown) => again(error, read)) : value;
    } catch (error) {
      if (!isTransient(error)) throw error;
      return again(error, read);
    }
  };
  const { readLater, stream } = source;
  return derive(source, {
    read: (offset, length, into) => retry(() => source.read(offset, length, into)),
    ...(readLater && {
      readLater: async (offset, length, into) => retry(() => readLater.call(source, offset, length, into)),
    }),
    ...(stream && {
      stream: async function* (start: FileOffset, end: FileOffset, ended?: AbortSignal) {
        const tries = new Tries(options);
        for (let at: number = start; at < end;)
          try {
            for await (const bytes of stream.call(source, fileOffset(at), end, ended)) {
              at += bytes.length;
              tries.progressed();
              yield bytes;
            }
            return;
          } catch (error) {
            await tries.next(error, ended ?? signal);
            if (stats) stats.retries++;
          }
      },
    }),
  });
}
