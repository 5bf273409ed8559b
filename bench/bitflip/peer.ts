import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SoundImage } from './images.ts';

/** What QEMU calls the formats. */
const NAMES: Readonly<Record<string, string>> = { vhd: 'vpc' };
/** A program that takes longer is stopped and counts as failed. */
const SECONDS = '5';

export interface Peer {
  /** Whether `qemu-img compare` reads what the guest of the sound image saw. */
  reads(): Promise<boolean>;
  /** Whether `qemu-img check` finds anything; `null` for a format that it cannot check. */
  finds(): Promise<boolean | null>;
  /** Writes one file of the image anew. */
  put(name: string, bytes: Uint8Array): void;
}

/** QEMU, working on the files of one image in their folder. */
export function peerOf({ format, file, folder }: SoundImage): Peer {
  const name = NAMES[format] ?? format;
  const run = async (...args: string[]): Promise<number> => {
    const child = spawn('timeout', ['-s', 'KILL', SECONDS, 'qemu-img', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? -1;
  };
  return {
    reads: async () => (await run('compare', '-f', 'raw', '-F', name, 'base.raw', file)) === 0,
    finds: async () => {
      const code = await run('check', '-f', name, file);
      return code === 63 ? null : code !== 0;
    },
    put: (path, bytes) => writeFileSync(join(folder, path), bytes),
  };
}
