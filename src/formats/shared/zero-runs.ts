import { areEqualBytes } from './equal-bytes.ts';

/** Zeros that bytes are compared with. */
const ZEROS = new Uint8Array(256 * 1024);

/** Whether all bytes are zero. */
export function isZero(bytes: Uint8Array): boolean {
  // Most bytes that are not zeros are told by the first of them.
  if ((bytes[0] ?? 0) !== 0) return false;
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (!areEqualBytes(part, part.length === ZEROS.length ? ZEROS : ZEROS.subarray(0, part.length)))
      return false;
  }
  return true;
}

/** Bytes `from` to `to - 1`. */
export interface ByteRun {
  readonly from: number;
  readonly to: number;
}

/**
 * The runs of `bytes` that are not zeros, in blocks of `unit`, which are counted from byte 0 of the disk that the
 * first byte is byte `start` of.
 */
export function nonZeroRuns(bytes: Uint8Array, start: number, unit: number): readonly ByteRun[] {
  const runs: { from: number; to: number }[] = [];
  let last: { from: number; to: number } | undefined;
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + unit - ((start + from) % unit));
    if (!isZero(bytes.subarray(from, to))) {
      if (last?.to === from) last.to = to;
      else runs.push((last = { from, to }));
    }
    from = to;
  }
  return runs;
}
