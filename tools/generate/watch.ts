import { watch as watchFolder } from 'node:fs';

/** Compiles now and again after every change below the folder, until the process is interrupted. */
export async function watch(folder: string, compile: () => Promise<number>): Promise<number> {
  await compile();
  process.stdout.write(`watching ${folder}\n`);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchFolder(folder, { recursive: true }, (_event, name) => {
    if (name?.endsWith('.ksy') !== true) return;
    // Editors write a file in several steps; the last one counts.
    clearTimeout(timer);
    timer = setTimeout(() => void compile(), 100);
  });
  return await new Promise((resolve) => {
    process.once('SIGINT', () => {
      watcher.close();
      clearTimeout(timer);
      resolve(0);
    });
  });
}
