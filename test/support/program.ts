import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The repository. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** What the program runs on: the Node that runs the tests, or another one (`tools/test-nodes.mjs`). */
export const NODE = process.env['VDCHECK_NODE'] ?? process.execPath;

const PROGRAM = join(ROOT, 'dist', 'cli.js');

/** What a run of the program left behind. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` where a signal ended it. */
  readonly code: number | null;
}

/** How the program is run. */
export interface RunOptions {
  /** Default: the repository. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the built program as a user does, with pipes for its outputs and no input; a hang ends the test after 20 s. */
export function runProgram(args: readonly string[], { cwd = ROOT, env = {} }: RunOptions = {}): Run {
  if (!existsSync(PROGRAM)) throw new Error('dist/cli.js is missing: npm run build makes it');
  const { stdout, stderr, status, error } = spawnSync(NODE, [PROGRAM, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
  });
  if (error !== undefined) throw error;
  return { stdout, stderr, code: status };
}

/** Runs `body` with an empty folder that is removed again. */
export async function withFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vdcheck-test-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
