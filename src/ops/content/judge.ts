import { firstNonZeroByte } from '../../formats/shared/zeros.ts';
import type { ContentFault, StreamPlace, Unpacked } from '../../model/content.ts';
import type { PackedRegion } from './queue.ts';

/** What was found in a region. */
export interface ContentFinding {
  readonly fault: ContentFault;
  /** Place of the stream in the region's bytes. */
  readonly stream: StreamPlace;
  readonly used: number | null;
  readonly unpacked: number | null;
  readonly reason: string | null;
}

/** What is wrong with a stream by what became of unpacking it, and with the bytes around it. */
export function* judgeContent(
  { content, index, length }: PackedRegion,
  stored: Uint8Array,
  stream: StreamPlace,
  unpacked: Unpacked,
): Iterable<ContentFinding> {
  const finding = { stream, used: null, unpacked: null, reason: null };
  switch (unpacked.kind) {
    case 'damaged':
      yield { ...finding, fault: 'damaged', reason: unpacked.reason };
      break;
    case 'cut':
      yield { ...finding, fault: 'damaged', reason: `it does not end within its ${stream.length} bytes` };
      break;
    case 'long':
      yield { ...finding, fault: 'long' };
      break;
    case 'whole': {
      const { used, length: out, isZero } = unpacked;
      const whole = { ...finding, used, unpacked: out };
      if (out < content.least(index)) yield { ...whole, fault: 'short' };
      else if (isZero) yield { ...whole, fault: 'zero' };
      if (stream.length - used > content.tolerance) yield { ...whole, fault: 'trailing' };
      const end = stream.from + stream.length;
      if (end < Math.min(length, stored.length) && firstNonZeroByte(stored, end) < stored.length)
        yield { ...whole, fault: 'padding' };
    }
  }
}

/** Whether `bytes` can begin a stream of the method: the two bytes of RFC 1950, the magic number of RFC 8878. */
export function canBeStream(method: string, bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (method !== 'zlib') return true;
  return (first & 0x0f) === 8 && first >>> 4 <= 7 && (first * 256 + second) % 31 === 0;
}
