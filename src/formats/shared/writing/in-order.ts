import type { MaybePromise } from '../../../io/source.ts';

/**
 * Does work on items side by side and gives the results in the order of the items. At most `lanes` are in work or
 * wait for being taken, so that memory is bounded.
 */
export async function* workInOrder<T, R>(
  items: AsyncIterable<T>,
  lanes: number,
  work: (item: T) => MaybePromise<R>,
): AsyncGenerator<R, void, undefined> {
  const inWork: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = Promise.resolve(work(item));
      // A failure is thrown in its turn; until then it has no listener.
      result.catch(() => undefined);
      inWork.push(result);
      if (inWork.length < lanes) continue;
      const first = inWork.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = inWork.shift(); first !== undefined; first = inWork.shift()) yield await first;
  } finally {
    await Promise.allSettled(inWork);
  }
}
