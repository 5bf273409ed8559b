import { demandInside, derive } from './derived-source.ts';
import { fileOffset, whenRead, type FileOffset, type MaybePromise, type Source } from './source.ts';

/** Bytes that take the place of others. They must not change while the source is in use. */
export interface BytePatch {
  readonly offset: FileOffset;
  readonly bytes: Uint8Array;
}

/**
 * `source` as it would read with some bytes changed: after the replay of a log, or after a repair that is only tried.
 * Of patches that overlap the later one counts. A patch past the end makes the source longer; what is between reads
 * as zeros.
 */
export function patched(source: Source, patches: readonly BytePatch[]): Source {
  const layers = patches.filter(({ bytes }) => bytes.length > 0);
  const disjoint = flatten(layers);
  const size = layers.reduce((end, patch) => Math.max(end, endOf(patch)), source.size);
  const whole = { name: source.name, size };
  return derive(source, {
    size,
    identity: `${source.identity}+${patches.length} patches`,
    read: (offset, length, into) => {
      demandInside(whole, offset, length);
      return readPatched(source, disjoint, offset, length, into);
    },
    isUnchanged: () => source.isUnchanged(),
  });
}

function readPatched(
  source: Source,
  patches: readonly BytePatch[],
  offset: FileOffset,
  length: number,
  into?: Uint8Array,
): MaybePromise<Uint8Array> {
  const end = offset + length;
  const first = firstEndingAfter(patches, offset);
  const next = patches[first];
  if (end <= source.size && (next === undefined || next.offset >= end))
    return source.read(offset, length, into);
  const target = into?.subarray(0, length) ?? new Uint8Array(length);
  const overlay = (): Uint8Array => {
    for (let index = first; index < patches.length; index++) {
      const patch = patches[index];
      if (patch === undefined || patch.offset >= end) break;
      const from = Math.max(0, offset - patch.offset);
      const part = patch.bytes.subarray(from, Math.min(patch.bytes.length, end - patch.offset));
      target.set(part, patch.offset + from - offset);
    }
    return target;
  };
  if (next !== undefined && next.offset <= offset && endOf(next) >= end) return overlay();
  const there = Math.max(0, Math.min(length, source.size - offset));
  target.fill(0, there);
  if (there === 0) return overlay();
  return whenRead(source.read(fileOffset(offset), there, target), (bytes) => {
    if (bytes.buffer !== target.buffer || bytes.byteOffset !== target.byteOffset) target.set(bytes);
    return overlay();
  });
}

/** The same bytes in patches that do not overlap, sorted by offset. */
function flatten(patches: readonly BytePatch[]): BytePatch[] {
  const flat: BytePatch[] = [];
  for (const patch of patches) {
    const end = endOf(patch);
    const at = firstEndingAfter(flat, patch.offset);
    let until = at;
    while (until < flat.length && (flat[until]?.offset ?? end) < end) until++;
    const [under, last] = [flat[at], flat[until - 1]];
    const left = under && under.offset < patch.offset ? [cut(under, under.offset, patch.offset)] : [];
    const right = last && until > at && endOf(last) > end ? [cut(last, end, endOf(last))] : [];
    flat.splice(at, until - at, ...left, patch, ...right);
  }
  return flat;
}

function cut({ offset, bytes }: BytePatch, start: number, end: number): BytePatch {
  return { offset: fileOffset(start), bytes: bytes.subarray(start - offset, end - offset) };
}

function endOf({ offset, bytes }: BytePatch): number {
  return offset + bytes.length;
}

/** Index of the first patch that ends after `offset`, in patches that are sorted and disjoint. */
function firstEndingAfter(patches: readonly BytePatch[], offset: number): number {
  let [low, high] = [0, patches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const patch = patches[middle];
    if (patch !== undefined && endOf(patch) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
