import { readdirSync, watch as watchFolder, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/** Editors write a file in several steps; the last one counts. */
const PAUSE_MS = 100;

/** What compiling came to: the exit code, and the folders that specs were read from, imported ones too. */
export interface Compiled {
  readonly code: number;
  readonly folders: readonly string[];
}

/** Compiles now and again after every change of a spec below the folders, until the process is interrupted. */
export async function watch(folders: readonly string[], compile: () => Promise<Compiled>): Promise<number> {
  const interrupted = new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  const watched = new Folders(again);
  let timer: NodeJS.Timeout | undefined;
  let compiling: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    const { folders: read } = await compile();
    watched.add(folders);
    for (const folder of read) watched.addOne(folder);
  };
  function again(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      compiling = compiling.then(run);
    }, PAUSE_MS);
  }
  await (compiling = run());
  for (const folder of folders) process.stdout.write(`watching ${folder}\n`);
  await interrupted;
  watched.close();
  clearTimeout(timer);
  await compiling;
  return 0;
}

/**
 * Watches folders one by one. What Node calls a recursive watcher follows, on Linux, the files that were there when it began: it hears
 * nothing more of one that was replaced by renaming another one, which is how editors and git save. A folder tells of both.
 */
class Folders {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Folders and all folders inside of them, as far as they are not watched yet. */
  add(folders: readonly string[]): void {
    for (const folder of folders) {
      this.addOne(folder);
      for (const inner of foldersIn(folder)) this.add([inner]);
    }
  }

  addOne(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watchFolder(folder, (_event, name) => this.#tell(folder, name));
      // A folder that is gone ends its watcher; when it is there again it is watched again.
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // What cannot be watched cannot be read either, and compiling says so.
    }
  }

  #tell(folder: string, name: string | null): void {
    if (name === null || name.endsWith('.ksy')) return this.#changed();
    // It may be a folder that was made, or one that was replaced.
    const inner = join(folder, name);
    this.#forget(inner);
    if (foldersIn(folder).includes(inner)) {
      this.add([inner]);
      if (specsIn(inner)) this.#changed();
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function specsIn(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.ksy'));
  } catch {
    return false;
  }
}
