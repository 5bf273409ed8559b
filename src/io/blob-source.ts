import { SourceError } from '../errors.ts';
import { demandInside } from './derived-source.ts';
import type { FileOffset, ReadCost, Source } from './source.ts';

/** A call costs one or two milliseconds whatever it reads; from 1 MiB on the bytes cost more. */
const BLOB_COST: ReadCost = { unit: 256 * 1024, gap: 1024 * 1024, lanes: 4 };

let sourcesMade = 0;

/**
 * A source over a `Blob` or a `File` that was chosen in a browser. The browser reads it in pieces; nothing is kept.
 *
 * @param name how messages call it; default the name of the `File`
 */
export function blobSource(blob: Blob, name: string = nameOf(blob)): Source {
  const identity = `blob:${sourcesMade++}`;
  const { size } = blob;
  const whole = { name, size };
  const failAt = (cause: unknown, offset: number, length: number): SourceError => {
    const isChanged = cause instanceof Error && cause.name === 'NotReadableError';
    const message = isChanged
      ? `${name}: was changed or removed since it was chosen, or may not be read`
      : `${name}: cannot be read (${length} bytes at ${offset})`;
    const code = isChanged ? 'changed' : 'EIO';
    return new SourceError(code, message, { source: name, offset, length }, { cause });
  };
  return {
    name,
    size,
    storedSize: null,
    modified: 'lastModified' in blob && typeof blob.lastModified === 'number' ? blob.lastModified : null,
    identity,
    cost: BLOB_COST,
    async read(offset: FileOffset, length: number): Promise<Uint8Array> {
      demandInside(whole, offset, length);
      const buffer = await blob
        .slice(offset, offset + length)
        .arrayBuffer()
        .catch((cause: unknown) => Promise.reject(failAt(cause, offset, length)));
      if (buffer.byteLength !== length) throw failAt(undefined, offset, length);
      return new Uint8Array(buffer);
    },
    async *stream(start, end, signal) {
      demandInside(whole, start, end - start);
      const reader = blob.slice(start, end).stream().getReader();
      try {
        for (let at: number = start; at < end;) {
          signal?.throwIfAborted();
          const { value } = await reader.read().catch((cause: unknown) => {
            throw failAt(cause, at, end - at);
          });
          if (value === undefined) throw failAt(undefined, at, end - at);
          at += value.length;
          yield value;
        }
      } finally {
        await reader.cancel().catch(() => undefined);
      }
    },
    isUnchanged: async () => {
      if (size === 0) return true;
      return blob
        .slice(0, 1)
        .arrayBuffer()
        .then(
          () => true,
          () => false,
        );
    },
    close: () => undefined,
  };
}

function nameOf(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : 'blob';
}
