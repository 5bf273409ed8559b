import { fileOffset, type FileOffset, type Source } from '../../../io/source.ts';

/**
 * `source` followed by zeros up to `size`, as an image that ends inside its last cluster is to be read.
 * Closing it closes nothing: the opener of `source` does.
 */
export function padSource(source: Source, size: number): Source {
  if (size <= source.size) return source;
  const { readLater } = source;
  return {
    name: source.name,
    size,
    storedSize: source.storedSize,
    modified: source.modified,
    identity: source.identity,
    cost: source.cost,
    read: (offset, length, into) => readPadded(source, offset, length, into),
    // Beside other work as far as it would block: what is past the end costs nothing.
    ...(readLater && {
      readLater: async (offset, length, into) =>
        offset + length <= source.size
          ? readLater.call(source, offset, length, into)
          : readPadded(source, offset, length, into),
    }),
    isUnchanged: () => source.isUnchanged(),
    close: () => undefined,
  };
}

function readPadded(
  source: Source,
  offset: FileOffset,
  length: number,
  into?: Uint8Array,
): Uint8Array | Promise<Uint8Array> {
  if (offset + length <= source.size) return source.read(offset, length, into);
  const target = into === undefined ? new Uint8Array(length) : into.subarray(0, length);
  const there = Math.max(0, source.size - offset);
  target.fill(0, there);
  if (there === 0) return target;
  const read = source.read(fileOffset(offset), there);
  if (read instanceof Promise) return read.then((bytes) => copyInto(target, bytes));
  return copyInto(target, read);
}

function copyInto(target: Uint8Array, bytes: Uint8Array): Uint8Array {
  target.set(bytes);
  return target;
}
