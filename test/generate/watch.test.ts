import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../tools/generate.mjs', import.meta.url));
const PATIENCE_MS = 20_000;

/** The command at work, and what it has said. */
class Watching {
  readonly #process: ChildProcessWithoutNullStreams;
  #said = '';
  /** How much of it was waited for. */
  #heard = 0;
  #wake: () => void = () => undefined;

  constructor(args: readonly string[]) {
    this.#process = spawn(process.execPath, [COMMAND, ...args, '--watch']);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
        this.#wake();
      });
    }
  }

  /** Waits for words that were not waited for before. */
  async says(words: string): Promise<void> {
    for (let at = -1; at < 0;) {
      at = this.#said.indexOf(words, this.#heard);
      if (at >= 0) this.#heard = at + words.length;
      else await this.#more(words);
    }
  }

  #more(words: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const complaint = new Error(`waited for '${words}', but heard '${this.#said}'`);
      const timer = setTimeout(() => reject(complaint), PATIENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Interrupts it as Ctrl+C does; the result is the exit code. */
  async interrupt(): Promise<unknown> {
    const ended = once(this.#process, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) });
    this.#process.kill('SIGINT');
    const [code] = (await ended) as readonly unknown[];
    return code;
  }

  /** Ends it by force, if it did not end. */
  stop(): void {
    this.#process.kill('SIGKILL');
  }
}

describe('npm run generate -- --watch', () => {
  let folder = '';
  let watching: Watching;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'watch-'));
  });

  afterEach(() => {
    watching.stop();
    rmSync(folder, { recursive: true });
  });

  const writeSpec = (field: string): string => {
    const file = join(folder, 'point.ksy');
    writeFileSync(file, `meta:\n  id: point\nseq:\n  - id: x\n    ${field}\n`);
    return file;
  };

  it('compiles what changes, says what is wrong, and goes on when it is right again', async () => {
    const out = join(folder, 'out');
    const generated = (): string => readFileSync(join(out, 'point.ts'), 'utf8');
    const file = writeSpec('type: u1');
    watching = new Watching(['--out', out, file]);
    await watching.says('1 module: added point.ts\n');
    await watching.says(`watching ${folder}\n`);
    const first = generated();

    writeSpec('type: u2be');
    await watching.says('1 module: changed point.ts\n');
    const second = generated();
    expect(second).not.toBe(first);

    writeSpec('size: y');
    await watching.says(`${file}:5:11: /seq/0/size: error: unable to access 'y'`);
    expect(generated()).toBe(second);

    writeSpec('type: u1');
    await watching.says('1 module: changed point.ts\n');
    expect(generated()).toBe(first);
    expect(await watching.interrupt()).toBe(0);
  });

  it('hears every save of an editor that renames, in folders that come later as well, and of imports', async () => {
    const inner = join(folder, 'more', 'deep');
    const out = join(folder, 'out');
    const file = writeSpec('type: u1');
    writeFileSync(file, 'meta:\n  id: point\n  imports: more/deep/other\nseq:\n  - id: x\n    type: other\n');
    const save = (path: string, text: string): void => {
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
    };
    watching = new Watching(['--out', out, file]);
    await watching.says("unable to find 'more/deep/other.ksy'");
    await watching.says(`watching ${folder}\n`);
    mkdirSync(inner, { recursive: true });
    const other = (type: string): string => `meta: {id: other, endian: le}\nseq: [{id: a, type: ${type}}]\n`;
    save(join(inner, 'other.ksy'), other('u1'));
    await watching.says('2 modules: added ');
    for (const type of ['u2', 'u4', 'u8']) {
      save(join(inner, 'other.ksy'), other(type));
      await watching.says('changed other.ts');
    }
    const text = readFileSync(file, 'utf8');
    for (const doc of ['one', 'two', 'three']) {
      save(file, `${text}doc: ${doc}\n`);
      await watching.says('changed point.ts');
    }
    expect(await watching.interrupt()).toBe(0);
  });

  it('begins where a spec is wrong, and ends when it is interrupted', async () => {
    const file = writeSpec('type: nowhere');
    watching = new Watching(['--out', join(folder, 'out'), file]);
    await watching.says("unable to find type 'nowhere'");
    await watching.says('watching ');
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expect(await watching.interrupt()).toBe(0);
  });
});
