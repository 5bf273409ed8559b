import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Invocation, RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';

/** The package with the compiler, which is no part of this one: who checks images needs none. */
const COMPILER = 'vdcheck-generate';

/** `vdcheck generate`: hands over to the compiler, if it is installed here or beside this program. */
export const runGenerate: RunCommand = async (invocation) => {
  const compiler = findCompiler([join(process.cwd(), 'index.js'), process.argv[1] ?? '']);
  // A process of its own: the compiler is a module, and this program is made of scripts, which may not load those.
  const child = spawn(process.execPath, [compiler, ...argumentsOf(invocation)], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as readonly unknown[];
  return code === 0 ? EXIT.ok : EXIT.failed;
};

/** The script of the compiler. */
function findCompiler(from: readonly string[]): string {
  for (const place of from) {
    try {
      return join(dirname(createRequire(place).resolve(`${COMPILER}/package.json`)), 'dist', 'bin.js');
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  throw new UsageError(`the compiler is a package of its own: npm install --save-dev ${COMPILER}`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

/** The command line of the compiler that means the same. */
function argumentsOf(invocation: Invocation): readonly string[] {
  const switches = ['check', 'watch', 'no-style', 'views'].filter((name) => invocation.isSet(name));
  const texts = ['out', 'runtime'].flatMap((name) => {
    const value = invocation.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const roots = invocation.texts('import-root').flatMap((root) => ['-I', root]);
  return [...switches.map((name) => `--${name}`), ...texts, ...roots, ...invocation.operands];
}
