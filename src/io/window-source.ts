import { demandInside, derive, isInside, shortRead } from './derived-source.ts';
import { fileOffset, type FileOffset, type Source } from './source.ts';

/**
 * The `length` bytes of `source` from `start` on, as a source of its own: a member of an archive, a partition.
 * Closing it closes nothing: the opener of `source` does.
 *
 * @param name how messages call it; default the name of `source`
 * @throws SourceError `short-read` where the range is not inside `source`
 */
export function windowSource(
  source: Source,
  start: FileOffset,
  length: number,
  name: string = source.name,
): Source {
  if (!isInside(source.size, start, length)) throw shortRead(name, start, length, source.size - start);
  const window = { name, size: length };
  const at = (offset: FileOffset, count: number): FileOffset => {
    demandInside(window, offset, count);
    return fileOffset(start + offset);
  };
  const { readLater, stream } = source;
  return derive(source, {
    name,
    size: length,
    storedSize: null,
    identity: `${source.identity}@${start}+${length}`,
    read: (offset, count, into) => source.read(at(offset, count), count, into),
    ...(readLater && {
      readLater: async (offset, count, into) => await readLater.call(source, at(offset, count), count, into),
    }),
    ...(stream && {
      stream: (from, to, signal) => stream.call(source, at(from, to - from), fileOffset(start + to), signal),
    }),
    close: () => undefined,
  });
}

/** `source`, which ends something else too when it is closed: the archive that it is a member of. */
export function closingAlso(source: Source, also: () => void | Promise<void>): Source {
  const { readLater, stream } = source;
  let isOpen = true;
  return derive(source, {
    read: (offset, length, into) => source.read(offset, length, into),
    ...(readLater && { readLater: (offset, length, into) => readLater.call(source, offset, length, into) }),
    ...(stream && { stream: (start, end, signal) => stream.call(source, start, end, signal) }),
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await source.close();
      await also();
    },
  });
}
