import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { openFileSource } from '../../src/io/file-source.ts';
import { followFiles } from '../../src/node/reference-policy.ts';
import { walkBelow } from '../../src/node/walk-below.ts';
import type { ResolvedReference } from '../../src/ops/reference-policy.ts';
import { withFolder } from '../support/program.ts';

/** A folder `in` with some files, and one beside it. */
function withImages(body: (inside: string) => void | Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const inside = join(folder, 'in');
    mkdirSync(join(inside, 'sub'), { recursive: true });
    mkdirSync(join(folder, 'out'));
    for (const name of ['in/base.vmdk', 'in/sub/deep.vmdk', 'out/secret.vmdk'])
      writeFileSync(join(folder, name), name);
    await body(inside);
  });
}

async function follow(
  inside: string,
  name: string | readonly string[],
  outside = false,
): Promise<ResolvedReference> {
  const reference = typeof name === 'string' ? { name } : { name: name[0] ?? '', candidates: name };
  const resolved = await followFiles({ outside })(reference, join(inside, 'disk.vmdk'));
  await resolved.source?.close();
  return resolved;
}

describe('names in the folder of the image', () => {
  it.each([
    'base.vmdk',
    './base.vmdk',
    'sub/deep.vmdk',
    'sub\\deep.vmdk',
    'sub/../base.vmdk',
    '../in/base.vmdk',
    'file:base.vmdk',
  ])('%s is opened', (name) =>
    withImages(async (inside) => expect((await follow(inside, name)).state).toBe('opened')),
  );

  it('an absolute path to it is opened', () =>
    withImages(async (inside) =>
      expect((await follow(inside, join(inside, 'base.vmdk'))).state).toBe('opened'),
    ));

  it.each(['nbd:base.vmdk', 'C:base.vmdk', 'a\\b.vmdk', 'vsan:1', 'file:x'])(
    'a file that is called %s is opened, whatever else the name may mean',
    (name) =>
      withImages(async (inside) => {
        writeFileSync(join(inside, name), 'x');
        const { state, path } = await follow(inside, name);
        expect([state, path]).toEqual(['opened', join(inside, name)]);
      }),
  );

  it('takes the first candidate that can be opened', () =>
    withImages(async (inside) => {
      const { state, path } = await follow(inside, ['/elsewhere/base.vmdk', 'nbd:x', 'base.vmdk']);
      expect([state, path]).toEqual(['opened', join(inside, 'base.vmdk')]);
    }));
});

describe('what is not opened is told as what it is', () => {
  it.each([
    ['nothing.vmdk', 'missing', /was not found/],
    ['', 'refused', /the name is empty/],
    ['a\nb', 'refused', /control characters/],
    ['../out/secret.vmdk', 'outside', /outside the image's folder/],
    ['/etc/hostname', 'outside', /outside the image's folder/],
    ['..\\out\\secret.vmdk', 'outside', /outside the image's folder/],
    ['nbd://host/disk', 'protocol', /protocol nbd/],
    ['json:{}', 'protocol', /protocol json/],
    ['vsan://52e5', 'datastore-object', /object of a datastore/],
    ['/dev/sda', 'device', /is a device/],
    ['\\\\.\\PhysicalDrive0', 'device', /is a device/],
    ['\\\\server\\share\\x.vhd', 'protocol', /another machine/],
    ['/vmfs/devices/disks/naa.6', 'device', /is a device/],
    ['C:\\vm\\base.vhd', 'missing', /was not found/],
    ['sub', 'unreadable', /is a directory/],
  ] as const)('%s: %s', (name, state, reason) =>
    withImages(async (inside) => {
      const found = await follow(inside, name);
      expect(found.state).toBe(state);
      expect(found.reason).toMatch(reason);
      if (state !== 'missing') expect(found.reason).toMatch(/was not opened: /);
    }),
  );

  it('devices and other machines stay closed where everything else may be opened', () =>
    withImages(async (inside) => {
      expect((await follow(inside, '../out/secret.vmdk', true)).state).toBe('opened');
      expect((await follow(inside, '/dev/zero', true)).state).toBe('device');
      expect((await follow(inside, '//server/share/x', true)).state).toBe('protocol');
    }));

  it('a pipe in the folder is not waited for', () =>
    withImages(async (inside) => {
      execFileSync('mkfifo', [join(inside, 'pipe')]);
      expect((await follow(inside, 'pipe')).state).toBe('device');
    }));

  it('asks for the name that differs in case or in how letters are composed', () =>
    withImages(async (inside) => {
      writeFileSync(join(inside, 'Disk-\u00e9.vmdk'), '');
      expect((await follow(inside, 'disk-e\u0301.vmdk')).reason).toContain('is it "Disk-\u00e9.vmdk"');
    }));

  it('says that too many files are open, where none of them can be closed for a while', () =>
    withImages((inside) => {
      const script = `
        import { closeSync, openSync } from 'node:fs';
        import { followFiles } from ${JSON.stringify(join(import.meta.dirname, '../../src/node/reference-policy.ts'))};
        const follow = followFiles({ outside: false });
        const ask = () => follow({ name: 'base.vmdk' }, ${JSON.stringify(join(inside, 'disk.vmdk'))});
        const taken = [];
        const takeAll = () => { try { for (;;) taken.push(openSync('/dev/null')); } catch {} };
        takeAll();
        const { state, reason } = ask();
        console.log(state, reason);
        for (const descriptor of taken) closeSync(descriptor);
        console.log(...new Set(Array.from({ length: 300 }, () => ask().state)));
        takeAll();
        console.log(ask().state);`;
      const command = `ulimit -n 100; exec ${process.execPath} --import tsx --input-type=module -e "$SCRIPT"`;
      const { stdout } = spawnSync('sh', ['-c', command], {
        encoding: 'utf8',
        env: { ...process.env, SCRIPT: script },
        cwd: join(import.meta.dirname, '../..'),
      });
      expect(stdout).toMatch(
        /^too-many-files "base.vmdk" was not opened: .*too many open files\nopened\nopened\n$/,
      );
    }));
});

describe('links', () => {
  it('are followed inside the folder only, and not even looked at outside', () =>
    withImages(async (inside) => {
      symlinkSync('base.vmdk', join(inside, 'good'));
      symlinkSync(join(inside, 'base.vmdk'), join(inside, 'absolute'));
      symlinkSync('../out/secret.vmdk', join(inside, 'bad'));
      symlinkSync('../out/nothing', join(inside, 'dangling'));
      symlinkSync('../out', join(inside, 'folder'));
      symlinkSync('loop', join(inside, 'loop'));
      expect((await follow(inside, 'good')).state).toBe('opened');
      expect((await follow(inside, 'absolute')).state).toBe('opened');
      const bad = await follow(inside, 'bad');
      const dangling = await follow(inside, 'dangling');
      expect([bad.state, dangling.state]).toEqual(['outside', 'outside']);
      expect(bad.reason?.replace('bad', 'dangling')).toBe(dangling.reason);
      expect((await follow(inside, 'folder/secret.vmdk')).state).toBe('outside');
      expect((await follow(inside, 'loop')).state).not.toBe('opened');
    }));

  it('a file that was put in the place of the one decided on is not opened', () =>
    withImages((inside) => {
      const walked = walkBelow(inside, 'base.vmdk');
      if (walked.kind === 'outside') expect.fail('it is inside');
      rmSync(walked.path);
      symlinkSync('../out/secret.vmdk', walked.path);
      const expected = { dev: walked.dev, ino: walked.ino, within: inside };
      expect(() => openFileSource(walked.path, { expect: expected })).toThrow(SourceError);
      rmSync(walked.path);
      writeFileSync(walked.path, 'another');
      const { state } = { state: () => openFileSource(walked.path, { expect: expected }) };
      // An inode may be given out again: then what is there is inside all the same.
      try {
        void state().close();
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError);
      }
    }));

  it('a folder that was turned into a link on the way is noticed', () =>
    withImages((inside) => {
      renameSync(join(inside, 'sub'), join(inside, '../out/sub'));
      symlinkSync('../out/sub', join(inside, 'sub'));
      const path = join(inside, 'sub/deep.vmdk');
      const { dev, ino } = { ...walkThrough(path) };
      expect(() => openFileSource(path, { expect: { dev, ino, within: inside } })).toThrow(/replaced/);
    }));
});

/** Device and inode of a file, whatever links lead to it. */
function walkThrough(path: string): { dev: bigint; ino: bigint } {
  const [, dev = '0', ino = '0'] = /^file:(\d+):(\d+)$/.exec(openFileSource(path).identity) ?? [];
  return { dev: BigInt(dev), ino: BigInt(ino) };
}
