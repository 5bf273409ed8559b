import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followFiles } from '../../../src/node/reference-policy.ts';
import { openFileSource } from '../../../src/io/file-source.ts';
import { checkImage } from '../../../src/ops/check.ts';
import { NODE, ROOT, withFolder } from '../../support/program.ts';
import { buildHosted, descriptorFile } from '../../support/vmdk.ts';

const EXTENTS = 600;
/** Of each extent. */
const SECTORS = 256;
const BYTES = SECTORS * 512;

const nameOf = (index: number): string => `disk-${index % 2 === 0 ? 's' : 'f'}${String(index + 1)}.vmdk`;

/** A disk in 600 files, every second one sparse with one grain of two; returns what its guest reads. */
function writeSplit(folder: string): Uint8Array {
  const guest = new Uint8Array(EXTENTS * BYTES);
  const extents: string[] = [];
  for (let index = 0; index < EXTENTS; index++) {
    const name = nameOf(index);
    const part = guest.subarray(index * BYTES, (index + 1) * BYTES);
    const isSparse = index % 2 === 0;
    if (isSparse) {
      const grain = index % 100;
      const { bytes, at } = buildHosted({ capacity: SECTORS, grains: [0], descriptor: null });
      bytes.fill(grain, at.grains);
      part.fill(grain, 0, BYTES / 2);
      writeFileSync(join(folder, name), bytes);
    } else {
      for (let at = 0; at < BYTES; at++) part[at] = (at * 7 + index * 13) & 0xff;
      writeFileSync(join(folder, name), part);
    }
    extents.push(isSparse ? `RW ${SECTORS} SPARSE "${name}"` : `RW ${SECTORS} FLAT "${name}" 0`);
  }
  writeFileSync(join(folder, 'disk.vmdk'), descriptorFile({ createType: 'custom', extents }));
  return guest;
}

describe.runIf(process.platform !== 'win32')('a disk of more files than may be open at once', () => {
  it.each([40, 128])('is checked, mapped, read and converted with %i descriptors', (limit) =>
    withFolder((folder) => {
      const guest = writeSplit(folder);
      const run = (...args: string[]): string => {
        const command = `ulimit -n ${limit}; exec "$@"`;
        const { stdout, stderr, status } = spawnSync(
          'sh',
          ['-c', command, 'sh', NODE, join(ROOT, 'dist', 'cli.js'), ...args],
          { cwd: folder, encoding: 'latin1', maxBuffer: 2 ** 28 },
        );
        expect([stderr, status]).toEqual(['', 0]);
        return stdout;
      };
      for (const depth of ['metadata', 'data']) {
        const { images } = JSON.parse(run('check', '--output', 'json', '--depth', depth, 'disk.vmdk')) as {
          images: { verdict: string; files: unknown[] }[];
        };
        expect(images.map(({ verdict, files }) => [verdict, files.length])).toEqual([['ok', EXTENTS + 1]]);
      }
      const map = run('map', 'disk.vmdk');
      for (let index = 0; index < EXTENTS; index++) expect(map).toContain(nameOf(index));
      expect(Buffer.compare(Buffer.from(run('read', 'disk.vmdk'), 'latin1'), guest)).toBe(0);
      run('convert', 'disk.vmdk', 'disk.raw');
      expect(Buffer.compare(readFileSync(join(folder, 'disk.raw')), guest)).toBe(0);
      run('compare', 'disk.vmdk', 'disk.raw');
    }),
  );

  it('is not judged by another file that took the name of an extent meanwhile', () =>
    withFolder(async (folder) => {
      writeSplit(folder);
      const follow = followFiles({ outside: false });
      const report = await checkImage(join(folder, 'disk.vmdk'), {
        openSource: (path) => openFileSource(path),
        policy: (reference, from) => {
          if (reference.name === nameOf(EXTENTS - 1)) {
            writeFileSync(join(folder, 'other'), buildHosted({ grains: [9, 9] }).bytes);
            renameSync(join(folder, 'other'), join(folder, nameOf(0)));
          }
          return follow(reference, from);
        },
      });
      expect(report.verdict).toBe('unchecked');
      expect(report.error).toMatchObject({ code: 'changed' });
    }));
});
