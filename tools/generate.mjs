// `npm run generate`: the compiler is TypeScript. It is bundled for each run, which is sooner done than its modules are loaded one by one.
import { mkdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const { main } = await loadCompiler();
process.exitCode = await main(process.argv.slice(2));

async function loadCompiler() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  // As deep below the project as the sources are, which look for it from where they stand.
  const folder = join(root, '.cache', 'generate');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `main-${process.pid}.mjs`);
  const isPackage = (id) => !id.startsWith('.') && !isAbsolute(id);
  const input = join(root, 'tools', 'generate', 'own.ts');
  const bundled = await rolldown({ cwd: root, input, platform: 'node', external: isPackage });
  try {
    await bundled.write({ file, format: 'esm', codeSplitting: false });
    return await import(pathToFileURL(file).href);
  } finally {
    await bundled.close();
    rmSync(file, { force: true });
  }
}
