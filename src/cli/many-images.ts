import { setFlagsFromString } from 'node:v8';
import { formats } from '../formats/index.ts';

/** Images from which on a run is worth being made ready for many. */
export const MANY_IMAGES = 24;

/** Loads the code of the formats that the names of images promise. */
export async function loadFormatsOf(paths: readonly string[]): Promise<void> {
  const endings = new Set(paths.map((path) => path.slice(path.lastIndexOf('.') + 1).toLowerCase()));
  const named = formats.filter(({ extensions }) => extensions.some((extension) => endings.has(extension)));
  await Promise.all(named.map((format) => format.load()));
}

/**
 * Makes V8 compile with all optimizations later than it would by itself, and note from a function's first call on what its operands are. Of the
 * hundreds of functions that look at an image most run a few hundred times in a batch, and compiling those costs more than it saves; the loops over
 * tables are compiled soon enough. It concerns all threads. Code that was compiled ahead, the program's and Node's own, is only taken as long as
 * this has not been said: so it is said when all that is needed is loaded.
 */
export function compileLater(): void {
  setFlagsFromString('--interrupt-budget=400000');
  setFlagsFromString('--no-lazy-feedback-allocation');
}
