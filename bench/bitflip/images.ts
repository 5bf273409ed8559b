import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CLI = resolve('dist/cli.js');
const DISK_SIZE = 4 << 20;

/** How a small sound image is made, in a folder where `base.raw` is what its guest sees. */
interface Recipe {
  readonly name: string;
  readonly format: string;
  /** The image itself, in that folder. */
  readonly file: string;
  readonly commands: readonly (readonly [string, ...string[]])[];
}

/** A sound image: its files by name, the parent's among them. */
export interface SoundImage {
  readonly name: string;
  readonly format: string;
  readonly file: string;
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** `NAME | -o ARGUMENTS OF vdcheck convert`, by format. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  qcow2: [
    'v3 |',
    'v2 | -o compat=v2',
    'clusters of 4k | -o cluster_size=4k',
    'zlib | -c',
    'zstd | -c -o compression_type=zstd',
    'subclusters | -o extended_l2=on',
    'subclusters, zlib | -c -o extended_l2=on',
    'data file | -o data_file=data.bin',
    'raw data file | -o data_file=data.bin,data_file_raw=on',
    '1-bit counts | -o refcount_bits=1',
    '64-bit counts | -o refcount_bits=64',
    'lazy counts | -o lazy_refcounts=on',
    'preallocated | -o preallocation=metadata',
    'child | -B parent.qcow2 -F qcow2',
  ],
  vhd: [
    'dynamic |',
    'dynamic, not aligned | -o align=off',
    'fixed | -o subformat=fixed',
    'child | -B parent.vhd -F vhd',
  ],
  vdi: ['dynamic |', 'static | -o static=on'],
  vmdk: [
    ...[
      'monolithicSparse',
      'streamOptimized',
      'monolithicFlat',
      'twoGbMaxExtentSparse',
      'twoGbMaxExtentFlat',
    ],
    ...['vmfs', 'vmfsSparse'],
  ]
    .map((subformat) => `${subformat} | -o subformat=${subformat}`)
    .concat('seSparse | --experimental -o subformat=seSparse', 'child | -B parent.vmdk -F vmdk'),
};

const ours = (...args: string[]) => [process.execPath, CLI, ...args] as const;

function recipesOf(format: string): Recipe[] {
  return (VARIANTS[format] ?? []).map((line) => {
    const [name = '', rest = ''] = line.split('|').map((part) => part.trim());
    const args = rest.split(' ').filter((word) => word !== '');
    const file = `image.${format}`;
    const isChild = args.includes('-B');
    const convert = (source: string, target: string, ...more: readonly string[]) =>
      ours('convert', '--seed', source, '-f', 'raw', '-O', format, ...more, source, target);
    const parent = isChild ? [convert('parent.raw', `parent.${format}`)] : [];
    return { name, format, file, commands: [...parent, convert('base.raw', file, ...args)] };
  });
}

/** What our writers do not write, made by QEMU. */
const FOREIGN: readonly Recipe[] = [
  {
    name: 'snapshot and bitmap',
    format: 'qcow2',
    file: 'image.qcow2',
    commands: [
      ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', 'base.raw', 'image.qcow2'],
      ['qemu-img', 'snapshot', '-c', 'first', 'image.qcow2'],
      ['qemu-img', 'bitmap', '--add', 'image.qcow2', 'backup'],
      ['qemu-io', '-f', 'qcow2', '-c', 'write -P 7 0 128k', 'image.qcow2'],
    ],
  },
];

/** Text that packs well and never repeats for long; zeros between, and a parent that has a part of it. */
function writeDisks(folder: string): void {
  const disk = new Uint8Array(DISK_SIZE);
  let word = 1;
  for (const [start, end] of [
    [0, 200_000],
    [1 << 20, (1 << 20) + 70_000],
    [3 << 20, (3 << 20) + 300_000],
  ] as const)
    for (let at = start; at < end; at++) {
      if (at % 8 === 0) word = (Math.imul(word, 1_103_515_245) + 12_345) >>> 0;
      disk[at] = 97 + ((word >>> (16 + (at % 8))) & 15);
    }
  writeFileSync(join(folder, 'base.raw'), disk);
  disk.fill(0, 150_000);
  writeFileSync(join(folder, 'parent.raw'), disk);
}

/** Makes the sound images, each in a folder of its own under `root`, whose name contains `filter`. */
export function makeImages(root: string, filter: string): SoundImage[] {
  rmSync(root, { recursive: true, force: true });
  const recipes = [...Object.keys(VARIANTS).flatMap(recipesOf), ...FOREIGN];
  return recipes
    .filter(({ format, name }) => `${format} ${name}`.includes(filter))
    .map(({ name, format, file, commands }, index) => {
      const folder = join(root, String(index));
      mkdirSync(folder, { recursive: true });
      writeDisks(folder);
      for (const [program, ...args] of commands)
        execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      const names = readdirSync(folder).filter((found) => !found.endsWith('.raw'));
      const files = new Map(names.map((found) => [found, new Uint8Array(readFileSync(join(folder, found)))]));
      return { name: `${format} ${name}`, format, file, folder, files };
    });
}
