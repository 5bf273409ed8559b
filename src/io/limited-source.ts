import { derive } from './derived-source.ts';
import type { Source } from './source.ts';
import { Turns } from './turns.ts';

/**
 * `source` with at most `lanes` reads in flight; more wait for their turn in the order in which they came. For
 * servers that count connections. A stream is not counted.
 */
export function limited(source: Source, lanes: number): Source {
  const turns = new Turns(lanes);
  const { readLater, stream } = source;
  return derive(source, {
    cost: { ...source.cost, lanes: Math.min(source.cost.lanes, turns.lanes) },
    read: (offset, length, into) => turns.take(() => source.read(offset, length, into)),
    ...(readLater && {
      readLater: async (offset, length, into) =>
        turns.take(() => readLater.call(source, offset, length, into)),
    }),
    ...(stream && { stream: (start, end, signal) => stream.call(source, start, end, signal) }),
  });
}
