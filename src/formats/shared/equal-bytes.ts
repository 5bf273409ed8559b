import { bytesEqual } from '../../codec/bytes.ts';

/**
 * Whether two arrays contain the same bytes, found out at the speed of memory where the platform has a comparison
 * of its own.
 */
export function areEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  return typeof Buffer === 'undefined' ? bytesEqual(a, b) : Buffer.compare(a, b) === 0;
}
