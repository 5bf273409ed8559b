import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatPath } from './diagnostics.ts';
import { compileWithKsc } from './gate.ts';
import { main as run, type OwnSpecs } from './command.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const own: OwnSpecs = {
  command: 'npm run generate',
  specs: join(PROJECT, 'specs'),
  modules: join(PROJECT, 'generated'),
  runtime: '../src/codec/index.ts',
  confirm: passGate,
};

/** `npm run generate`: this project's own specs, or any others. The result is the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  return await run(args, own);
}

/** What the reference compiler refuses is wrong, whatever we think of it. It takes its time, so only checking asks it. */
async function passGate(files: readonly string[], importRoots: readonly string[]): Promise<number> {
  let exitCode = 0;
  for (const file of files) {
    const verdict = await compileWithKsc(file, importRoots);
    if (verdict.kind !== 'refused') continue;
    exitCode = 1;
    for (const { path, message } of verdict.complaints)
      process.stderr.write(`${file}: ${formatPath(path)}: error: ${message} (kaitai-struct-compiler)\n`);
  }
  return exitCode;
}
