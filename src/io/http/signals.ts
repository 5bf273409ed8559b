import { HttpFailure } from './errors.ts';

/** One signal for several reasons to stop, and for a server that sends nothing. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** The promise's value; aborts the signal where it takes longer than so many milliseconds. */
  within<T>(milliseconds: number, promise: Promise<T>): Promise<T>;
  /** Listens no more to the signals that it was made of, which may live much longer. */
  unlink(): void;
}

/** `AbortSignal.any` keeps what it made until its sources go, which here is the whole run. */
export function linkSignals(sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const links = sources.flatMap((source) => {
    if (source === undefined) return [];
    const stop = (): void => controller.abort(source.reason);
    if (source.aborted) stop();
    source.addEventListener('abort', stop, { once: true });
    return [{ source, stop }];
  });
  return {
    signal: controller.signal,
    unlink: () => {
      for (const { source, stop } of links) source.removeEventListener('abort', stop);
    },
    within: async (milliseconds, promise) => {
      const text = `the server sent nothing for ${milliseconds / 1000} seconds`;
      const timer = setTimeout(
        () => controller.abort(new HttpFailure({ code: 'timeout', text })),
        milliseconds,
      );
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
