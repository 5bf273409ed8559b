import { afterAll, describe, expect, it } from 'vitest';
import { checkLocalImage, openLocalImage } from '../../../src/node/local.ts';
import { hasQemu, ownMap, qemuCheck, qemuImg, qemuIo, qemuMap, workFolder, type Run } from './qemu.ts';

const SECRET = ['--object', 'secret,id=key,data=secret'];

/** Ways to make an image: creation options, what is written, what follows. */
interface Recipe {
  readonly name: string;
  readonly options?: string;
  readonly size?: string;
  /** `qemu-io` commands; the common ones where left out. */
  readonly writes?: readonly string[];
  /** Steps with `qemu-img` and `qemu-io` after the writes. */
  readonly then?: (path: string) => void;
}

const WRITES = [
  'write -P 1 0 70k',
  'write -P 2 1M 1536k',
  'write -z 3M 256k',
  'write -P 3 4M 8k',
  'write -z -u 4M 64k',
  'write -P 4 7M 512',
  'discard 1200k 128k',
];

/** As `WRITES`, with compressed clusters of the given size. */
const compressedWrites = (size: string): readonly string[] => [
  ...WRITES,
  `write -c -P 5 5M ${size}`,
  `write -c -P 6 6M ${size}`,
];

const RECIPES: readonly Recipe[] = [
  ...['512', '1k', '4k', '32k', '256k'].map((size) => ({
    name: `cluster size ${size}`,
    options: `cluster_size=${size}`,
    writes: compressedWrites(size),
  })),
  ...[1, 2, 4, 8, 32, 64].map((bits) => ({
    name: `refcount bits ${bits}`,
    options: `refcount_bits=${bits}`,
  })),
  { name: 'version 2', options: 'compat=0.10', writes: WRITES.filter((write) => !write.includes('-z')) },
  {
    name: 'cluster size 2M',
    options: 'cluster_size=2M',
    size: '16M',
    writes: [...WRITES, 'write -c -P 5 8M 2M'],
  },
  { name: 'empty', writes: [] },
  { name: 'no disk at all', size: '0', writes: [] },
  { name: 'smaller than a cluster', size: '1024', writes: ['write -P 1 0 512'] },
  { name: 'zstd', options: 'compression_type=zstd', writes: compressedWrites('64k') },
  { name: 'lazy refcounts', options: 'lazy_refcounts=on' },
  { name: 'preallocated metadata', options: 'preallocation=metadata' },
  { name: 'preallocated whole', options: 'preallocation=full' },
  { name: 'extended L2', options: 'extended_l2=on', writes: compressedWrites('64k') },
  { name: 'extended L2, 16k', options: 'extended_l2=on,cluster_size=16k' },
  { name: 'extended L2, 2M', options: 'extended_l2=on,cluster_size=2M' },
  {
    name: 'snapshots',
    writes: compressedWrites('64k'),
    then: (path) => {
      qemuImg('snapshot', '-c', 'one', path);
      qemuIo(path, ['write -P 7 1M 64k', 'write -P 8 6500k 64k']);
      qemuImg('snapshot', '-c', 'two', path);
      qemuImg('snapshot', '-c', 'three', path);
      qemuIo(path, ['write -P 9 0 1k', 'discard 2M 256k']);
      qemuImg('snapshot', '-d', 'two', path);
    },
  },
  {
    name: 'snapshot of a smaller disk',
    then: (path) => {
      qemuImg('snapshot', '-c', 'one', path);
      qemuImg('resize', '-q', path, '1G');
      qemuIo(path, ['write -P 7 900M 64k']);
    },
  },
  {
    name: 'bitmaps',
    then: (path) => {
      qemuImg('bitmap', '--add', path, 'first');
      qemuImg('bitmap', '--add', '-g', '512', path, 'second');
      qemuIo(path, ['write -P 7 1M 64k', 'write -P 8 6500k 64k']);
      qemuImg('bitmap', '--add', '--disable', path, 'third');
      qemuImg('bitmap', '--remove', path, 'first');
    },
  },
];

/** Milliseconds that qemu is asked to spend on its hash. */
const HASH_TIMES = [10, 50, 250, 1250];

/** Makes an encrypted image. qemu times its hash by the processor clock, which on a busy machine takes several tries. */
function createLuks(path: string): void {
  const options = 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=';
  for (let attempt = 0; ; attempt++) {
    const time = HASH_TIMES[attempt % HASH_TIMES.length] ?? 10;
    try {
      qemuImg('create', '-q', '-f', 'qcow2', ...SECRET, '-o', `${options}${time}`, path, '4M');
      return;
    } catch (error) {
      if (attempt === 40 || !String(error).includes('accurate CPU usage')) throw error;
    }
  }
}

describe.skipIf(!hasQemu())('images that qemu made', () => {
  const folder = workFolder();
  afterAll(() => folder.remove());

  async function expectSame(path: string, mapArgs: readonly string[] = [path]): Promise<void> {
    const report = await checkLocalImage(path);
    expect(report.problems).toEqual([]);
    expect(report.verdict).toBe('ok');
    const { image } = await openLocalImage(path);
    const own = await ownMap(image);
    await image.close();
    expect(own).toEqual(qemuMap(...mapArgs));
  }

  it.each(RECIPES)('$name', async ({ name, options, size = '8M', writes = WRITES, then }) => {
    const path = folder.path(`${name}.qcow2`);
    qemuImg('create', '-q', '-f', 'qcow2', ...(options === undefined ? [] : ['-o', options]), path, size);
    if (writes.length > 0) qemuIo(path, writes);
    then?.(path);
    expect(qemuCheck(path).exit).toBe(0);
    await expectSame(path);
  });

  it('over a backing file', async () => {
    const base = folder.path('base.qcow2');
    const path = folder.path('overlay.qcow2');
    qemuImg('create', '-q', '-f', 'qcow2', base, '4M');
    qemuIo(base, ['write -P 1 0 2M']);
    qemuImg('create', '-q', '-f', 'qcow2', '-b', 'base.qcow2', '-F', 'qcow2', path, '4M');
    qemuIo(path, ['write -P 2 64k 64k', 'write -z 1M 128k']);
    await expectSame(path);
  });

  it.each(['data_file_raw=off', 'data_file_raw=on'])('with a data file, %s', async (raw) => {
    const path = folder.path(`data-${raw}.qcow2`);
    const data = folder.path(`data-${raw}.raw`);
    qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${data},${raw}`, path, '8M');
    qemuIo(path, WRITES);
    await expectSame(path);
  });

  it('compressed by convert', async () => {
    const raw = folder.path('plain.raw');
    const path = folder.path('converted.qcow2');
    qemuImg('create', '-q', '-f', 'raw', raw, '8M');
    qemuIo(raw, ['write -P 1 0 3M', 'write -P 2 5M 1M'], ['-f', 'raw']);
    qemuImg('convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, path);
    await expectSame(path);
  });

  it('encrypted with LUKS', async () => {
    const path = folder.path('luks.qcow2');
    createLuks(path);
    const withKey = `driver=qcow2,file.filename=${path},encrypt.key-secret=key`;
    qemuIo(withKey, ['write -P 1 0 128k', 'write -z 1M 64k'], [...SECRET, '--image-opts']);
    const report = await checkLocalImage(path);
    expect(report.problems).toEqual([]);
    const { image } = await openLocalImage(path);
    // qemu tells no offsets of encrypted data, which look like compressed ones then.
    const outline = (runs: readonly Run[]): unknown =>
      runs.map(({ start, length, kind }) => ({
        start,
        length,
        isStored: kind === 'data' || kind === 'compressed',
      }));
    expect(outline(await ownMap(image))).toEqual(outline(qemuMap(...SECRET, '--image-opts', withKey)));
    const { 'format-specific': theirs } = JSON.parse(qemuImg('info', '--output=json', path)) as {
      'format-specific': { data: unknown };
    };
    expect(image.info().formatSpecific).toEqual(theirs.data);
    await image.close();
  });
});
