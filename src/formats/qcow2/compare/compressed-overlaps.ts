import type { Tell } from '../../../model/problem.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { collide, compressedRange } from '../layout/compressed.ts';
import { hex64, type Geometry } from '../layout/geometry.ts';
import type { ClusterListener } from '../layout/l2-scan.ts';
import { scanTables } from '../walk/clusters.ts';
import { activeTables } from '../walk/occupied.ts';
import { activeTree, l2EntryPlace } from '../walk/places.ts';

/** Finds compressed clusters of the active tree whose bytes are another's too, by gathering and sorting them all. */
export async function compareStreams(
  image: Qcow2Image,
  tell: Tell<Qcow2Findings['qcow2/compressed-overlap']>,
): Promise<void> {
  const streams = new StreamList(image.geometry);
  await scanTables(image, activeTables(image), streams);
  const tree = activeTree(image.l1);
  for (const { stream, other } of streams.collisions()) {
    const at = l2EntryPlace(image, tree, stream.index);
    tell({
      at,
      guestOffset: stream.index * image.geometry.clusterSize,
      data: {
        entry: at.field ?? '',
        start: stream.start,
        end: stream.end,
        other: l2EntryPlace(image, tree, other.index).field ?? '',
      },
      actual: hex64(stream.high, stream.low),
    });
  }
}

/** Where the compressed data of a guest cluster are. */
interface Stream {
  /** Number of the guest cluster. */
  readonly index: number;
  /** The halves of its entry. */
  readonly high: number;
  readonly low: number;
  /** First byte, and the first one after the last sector that may be read. */
  readonly start: number;
  readonly end: number;
}

/** The streams of a tree. */
class StreamList implements ClusterListener {
  readonly #geometry: Geometry;
  readonly #indices: number[] = [];
  readonly #highs: number[] = [];
  readonly #lows: number[] = [];

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
  }

  compressed(index: number, high: number, low: number): void {
    const { offset, isTooHigh } = compressedRange(this.#geometry, high, low);
    if (isTooHigh || offset >= this.#geometry.limit) return;
    this.#indices.push(index);
    this.#highs.push(high);
    this.#lows.push(low);
  }

  /** Each stream that begins inside another, with that other one. */
  *collisions(): Iterable<{ readonly stream: Stream; readonly other: Stream }> {
    const starts = Float64Array.from(this.#indices, (_index, place) => this.#stream(place).start);
    const order = Uint32Array.from(this.#indices.keys());
    order.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b);
    let longest: Stream | null = null;
    for (const place of order) {
      const stream = this.#stream(place);
      if (longest !== null && collide(longest, stream.start)) yield { stream, other: longest };
      if (longest === null || stream.end > longest.end) longest = stream;
    }
  }

  #stream(place: number): Stream {
    const high = this.#highs[place] ?? 0;
    const low = this.#lows[place] ?? 0;
    const { offset, length } = compressedRange(this.#geometry, high, low);
    return { index: this.#indices[place] ?? 0, high, low, start: offset, end: offset + length };
  }

  stored(): void {
    // Is not compressed, like all that follow.
  }

  zero(): void {}

  subclusters(): void {}

  odd(): void {}

  oddSubclusters(): void {}
}
