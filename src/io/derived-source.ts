import { SourceError } from '../errors.ts';
import type { FileOffset, Source } from './source.ts';

/**
 * A source that answers as `source` does but for what it is given itself. It has no bulk reads but its own, so that
 * nothing goes past it.
 */
export function derive(source: Source, own: Pick<Source, 'read'> & Partial<Source>): Source {
  return {
    name: source.name,
    // A stream learns its size on the way, and an identity is asked for by few.
    get size(): number {
      return source.size;
    },
    get identity(): string {
      return source.identity;
    },
    storedSize: source.storedSize,
    modified: source.modified,
    cost: source.cost,
    isUnchanged: () => source.isUnchanged(),
    close: () => source.close(),
    ...own,
  };
}

/** Whether `length` bytes at `offset` are a range of `size` bytes. */
export function isInside(size: number, offset: number, length: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size;
}

/**
 * Refuses a range that is not inside a source.
 *
 * @throws SourceError `short-read`
 */
export function demandInside(
  source: Pick<Source, 'name' | 'size'>,
  offset: FileOffset,
  length: number,
): void {
  if (!isInside(source.size, offset, length))
    throw shortRead(source.name, offset, length, Math.max(0, source.size - offset));
}

/** The error of a read that got `available` bytes only. */
export function shortRead(name: string, offset: number, length: number, available: number): SourceError {
  const message = `${name}: ${length} bytes wanted at ${offset}, ${Math.max(0, available)} are there`;
  return new SourceError('short-read', message, { source: name, offset, length });
}
