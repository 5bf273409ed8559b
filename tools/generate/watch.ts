import { watch as watchFolder } from 'node:fs';

/** Editors write a file in several steps; the last one counts. */
const PAUSE_MS = 100;

/** Compiles now and again after every change of a spec below the folders, until the process is interrupted. */
export async function watch(folders: readonly string[], compile: () => Promise<number>): Promise<number> {
  const interrupted = new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  let compiling: Promise<unknown> = compile();
  await compiling;
  let timer: NodeJS.Timeout | undefined;
  const again = (_event: string, name: string | null): void => {
    if (name?.endsWith('.ksy') !== true) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      compiling = compiling.then(compile);
    }, PAUSE_MS);
  };
  const watchers = folders.map((folder) => watchFolder(folder, { recursive: true }, again));
  for (const folder of folders) process.stdout.write(`watching ${folder}\n`);
  await interrupted;
  for (const watcher of watchers) watcher.close();
  clearTimeout(timer);
  await compiling;
  return 0;
}
