import { SourceError } from '../errors.ts';
import type { FileOffset, ReadCost, Source } from './source.ts';

/** Reads of memory are views: nothing is gained by joining them. */
const MEMORY_COST: ReadCost = { unit: 1, gap: 0, lanes: 1 };

let sourcesMade = 0;

/**
 * A source over bytes in memory. It does not copy: reads are views of `bytes`, which the caller must not change
 * meanwhile.
 *
 * @param name how messages call it
 */
export function memorySource(bytes: Uint8Array, name = 'memory'): Source {
  const identity = `memory:${sourcesMade++}`;
  // A Buffer's own `slice` does not copy, so that readers who change their copy would change the bytes of the caller.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    name,
    size: bytes.length,
    storedSize: null,
    modified: null,
    identity,
    cost: MEMORY_COST,
    read(offset: FileOffset, length: number): Uint8Array {
      if (offset < 0 || length < 0 || offset + length > bytes.length)
        throw new SourceError(
          'short-read',
          `${name}: bytes ${offset} to ${offset + length} are not all there`,
          {
            source: name,
            offset,
            length,
          },
        );
      return plain.subarray(offset, offset + length);
    },
    isUnchanged: () => true,
    close: () => undefined,
  };
}
