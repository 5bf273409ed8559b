import { UnreadableImageError } from '../errors.ts';
import { guestOffset } from '../model/offsets.ts';
import type { Image, Mapping } from '../model/image.ts';
import type { MapRun, MapRunKind } from '../model/map-run.ts';

/**
 * Where each byte of a disk is stored, over all layers that are open: runs in ascending order without gaps, coalesced as
 * `qemu-img map` does it, in batches.
 *
 * @throws UnreadableImageError where a table that is needed cannot be read
 */
export async function* mapImage(image: Image): AsyncGenerator<readonly MapRun[], void, undefined> {
  let last = null as MapRun | null;
  for await (const batch of resolveLayer(image, 0)) {
    const merged: MapRun[] = [];
    for (const run of batch) {
      if (last !== null && follows(last, run)) {
        last = { ...last, length: last.length + run.length };
        continue;
      }
      if (last !== null) merged.push(last);
      last = run;
    }
    yield merged;
  }
  if (last !== null) yield [last];
}

/** Whether `run` only continues `last`. */
function follows(last: MapRun, run: MapRun): boolean {
  if (last.kind !== run.kind || last.depth !== run.depth) return false;
  return last.kind !== 'data' || (last.file === run.file && last.offset + last.length === run.offset);
}

/** The runs of a layer with those of the layers below in its holes. Both are walked once, side by side. */
async function* resolveLayer(
  image: Image,
  depth: number,
): AsyncGenerator<readonly MapRun[], void, undefined> {
  const parent = image.parent?.image ?? null;
  const below = parent === null ? null : new Cursor(resolveLayer(parent, depth + 1), parent.size);
  const hole: MapRunKind = image.parent === null || parent !== null ? 'unallocated' : 'unknown';
  try {
    for await (const batch of image.mappings({ start: guestOffset(0), length: image.size })) {
      const runs: MapRun[] = [];
      for (const mapping of batch) {
        const run = toRun(mapping, depth, hole);
        if (below === null || mapping.kind !== 'unallocated') runs.push(run);
        else await below.fill(run, runs);
      }
      yield runs;
    }
  } finally {
    await below?.close();
  }
}

function toRun(mapping: Mapping, depth: number, hole: MapRunKind): MapRun {
  const { start, length, kind } = mapping;
  if (kind === 'unreadable') throw new UnreadableImageError(mapping.reason);
  if (kind === 'data')
    return { start, length, depth, kind, file: mapping.at.file, offset: mapping.at.offset };
  return { start, length, depth, kind: kind === 'unallocated' ? hole : kind, file: null, offset: 0 };
}

/** Reads the runs of the layer below, forward only. */
class Cursor {
  readonly #batches: AsyncGenerator<readonly MapRun[], void, undefined>;
  readonly #size: number;
  #batch: readonly MapRun[] = [];
  #index = 0;

  constructor(batches: AsyncGenerator<readonly MapRun[], void, undefined>, size: number) {
    this.#batches = batches;
    this.#size = size;
  }

  /** Appends to `runs` what the layer holds in the hole `run`; behind the layer's end the hole stays one. */
  async fill(run: MapRun, runs: MapRun[]): Promise<void> {
    const end = run.start + run.length;
    let at = run.start;
    while (at < Math.min(end, this.#size)) {
      const found = this.#runAt(at) ?? (await this.#nextRunAt(at));
      if (found === null) break;
      const piece = clip(found, at, end);
      runs.push(piece);
      at += piece.length;
    }
    if (at < end) runs.push({ ...run, start: at, length: end - at });
  }

  async close(): Promise<void> {
    await this.#batches.return();
  }

  #runAt(at: number): MapRun | null {
    for (; this.#index < this.#batch.length; this.#index++) {
      const run = this.#batch[this.#index];
      if (run !== undefined && run.start + run.length > at) return run;
    }
    return null;
  }

  async #nextRunAt(at: number): Promise<MapRun | null> {
    for (;;) {
      const next = await this.#batches.next();
      if (next.done === true) return null;
      this.#batch = next.value;
      this.#index = 0;
      const run = this.#runAt(at);
      if (run !== null) return run;
    }
  }
}

/** The part of a run between the guest bytes `from` and `to`. */
function clip(run: MapRun, from: number, to: number): MapRun {
  const start = Math.max(run.start, from);
  const length = Math.min(run.start + run.length, to) - start;
  if (start === run.start && length === run.length) return run;
  return { ...run, start, length, offset: run.file === null ? 0 : run.offset + start - run.start };
}
