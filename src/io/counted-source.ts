import { derive } from './derived-source.ts';
import { whenRead, type Source } from './source.ts';

/** What reading took; several sources may add to one. */
export interface ReadStats {
  /** Requests made: reads of a file, HTTP requests with those that were repeated or redirected. */
  requests: number;
  /** Bytes that arrived, also those of answers that broke off. */
  bytes: number;
  /** Requests among them that repeat a failed one. */
  retries: number;
}

/** Nothing read yet. */
export function createReadStats(): ReadStats {
  return { requests: 0, bytes: 0, retries: 0 };
}

/**
 * `source`, whose reads are added to `stats`. For sources that do not count for themselves: a source over HTTP is
 * given the same `stats` when it is opened, since it knows what really goes over the wire.
 */
export function counted(source: Source, stats: ReadStats): Source {
  const { readLater, stream } = source;
  const arrived = (bytes: Uint8Array): Uint8Array => {
    stats.bytes += bytes.length;
    return bytes;
  };
  return derive(source, {
    read: (offset, length, into) => {
      stats.requests++;
      return whenRead(source.read(offset, length, into), arrived);
    },
    ...(readLater && {
      readLater: async (offset, length, into) => {
        stats.requests++;
        return arrived(await readLater.call(source, offset, length, into));
      },
    }),
    ...(stream && {
      stream: async function* (start, end, signal) {
        stats.requests++;
        for await (const bytes of stream.call(source, start, end, signal)) yield arrived(bytes);
      },
    }),
  });
}
