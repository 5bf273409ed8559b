import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCheck } from '../../src/cli/check.ts';
import type { Output } from '../../src/cli/output.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { plainStyle } from '../../src/report/style.ts';
import { ROOT } from '../support/program.ts';

/** A reader that goes away once it was given `most` pieces of text. */
class LeavingReader implements Output {
  readonly pieces: string[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get isClosed(): boolean {
    return this.pieces.length >= this.#most;
  }

  write(text: string | Uint8Array): void {
    if (!this.isClosed) this.pieces.push(String(text));
  }
}

const folder = join(ROOT, 'samples', 'sound');
const samples = readdirSync(folder)
  .filter((name) => /\.(qcow2|vhd)$/.test(name))
  .map((name) => join(folder, name));

describe('a reader that goes away', () => {
  it.each(['human', 'ndjson'])('ends the run at the image that it no longer takes: %s', async (output) => {
    const paths = [...samples, ...samples, ...samples];
    const args = ['--timeout', '0', '--max-memory', '0', '-p', '--output', output, ...paths];
    const request = parseCommandLine(args);
    if (request.kind !== 'run') throw new Error(request.kind);
    const stdout = new LeavingReader(2);
    const stderr = new LeavingReader(Infinity);
    const code = await runCheck(request.invocation, {
      stdout,
      stderr,
      style: plainStyle,
      width: 80,
      isInteractive: false,
    });
    expect(code).toBe(0);
    expect(stdout.pieces).toHaveLength(2);
    // Progress tells how far the run came.
    expect(stderr.pieces.length).toBeLessThan(3);
    expect(stderr.pieces.join('')).not.toContain(`${paths.length} of ${paths.length}`);
  });
});
