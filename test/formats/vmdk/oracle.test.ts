import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Image } from '../../../src/model/image.ts';
import { guestOffset } from '../../../src/model/offsets.ts';
import { checkLocalImage, openLocalImage } from '../../../src/node/local.ts';
import { ProblemCollector } from '../../../src/ops/collector.ts';
import { buildSeSparse, slotEntry } from '../../support/vmdk.ts';
import { cowd, hosted, seSparse, stream } from './cases.ts';

const hasQemu = ['qemu-img', 'qemu-io'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasQemu && process.env['REQUIRE_PEERS'] === '1') throw new Error('qemu-img and qemu-io are required');
if (!hasQemu) console.warn('SKIPPED: qemu-img or qemu-io is not installed, so no VMDK is compared with it');

const folder = mkdtempSync(join(tmpdir(), 'vdcheck-vmdk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const run = (tool: string, ...args: readonly string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs as text, neighbours of one kind joined: `data 0+65536 @131072`, `zero 65536+512`, `hole ...`. */
function joinRuns(
  runs: readonly { kind: string; start: number; length: number; offset: number | null }[],
): string[] {
  const joined: { kind: string; start: number; length: number; offset: number | null }[] = [];
  for (const next of runs) {
    const last = joined.at(-1);
    const continues =
      last?.offset === null
        ? next.offset === null
        : last !== undefined && last.offset + last.length === next.offset;
    if (last?.kind === next.kind && continues) last.length += next.length;
    else joined.push({ ...next });
  }
  return joined.map(
    ({ kind, start, length, offset }) => `${kind} ${start}+${length}${offset === null ? '' : ` @${offset}`}`,
  );
}

interface QemuRun {
  readonly start: number;
  readonly length: number;
  readonly depth: number;
  readonly present: boolean;
  readonly zero: boolean;
  readonly data: boolean;
  readonly offset?: number;
}

/** What `qemu-img map` says of the top layer. Holes of the host's file system in flat extents are no business of the image. */
function qemuMap(path: string): string[] {
  const runs = JSON.parse(run('qemu-img', 'map', '--output=json', '-f', 'vmdk', path)) as readonly QemuRun[];
  return joinRuns(
    runs.map(({ start, length, depth, present, data, offset }) => ({
      kind: !present || depth > 0 ? 'hole' : data ? 'data' : 'zero',
      start,
      length,
      offset: depth > 0 ? null : (offset ?? null),
    })),
  );
}

async function ownMap(image: Image): Promise<string[]> {
  const runs: { kind: string; start: number; length: number; offset: number | null }[] = [];
  for await (const batch of image.mappings({ start: guestOffset(0), length: image.size }))
    for (const mapping of batch) {
      const { start, length, kind } = mapping;
      const name = kind === 'unallocated' ? 'hole' : kind === 'compressed' ? 'data' : kind;
      runs.push({ kind: name, start, length, offset: kind === 'data' ? mapping.at.offset : null });
    }
  return joinRuns(runs);
}

async function compare(path: string): Promise<void> {
  const { image } = await openLocalImage(path, { problems: new ProblemCollector(1) });
  const info = JSON.parse(run('qemu-img', 'info', '--output=json', '-f', 'vmdk', path)) as {
    'virtual-size': number;
  };
  expect(image.size).toBe(info['virtual-size']);
  expect(await ownMap(image)).toEqual(qemuMap(path));
  await image.close();
}

const SUBFORMATS = [
  'monolithicSparse',
  'monolithicFlat',
  'twoGbMaxExtentSparse',
  'twoGbMaxExtentFlat',
  'streamOptimized',
];

describe.skipIf(!hasQemu)('images that qemu-img makes', () => {
  test.each(SUBFORMATS)('%s: nothing to report, the same map', async (subformat) => {
    const raw = at(`${subformat}.raw`);
    const path = at(`${subformat}.vmdk`);
    run('qemu-img', 'create', '-q', '-f', 'raw', raw, '11000k');
    run(
      'qemu-io',
      '-f',
      'raw',
      '-c',
      'write -P 1 0 70k',
      '-c',
      'write -P 2 1M 600k',
      '-c',
      'write -P 3 10990k 10k',
      raw,
    );
    run('qemu-img', 'convert', '-f', 'raw', '-O', 'vmdk', '-o', `subformat=${subformat}`, raw, path);
    const report = await checkLocalImage(path);
    expect(report.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.variant).toBe(subformat);
    await compare(path);
  });

  test('zeroed grains, and a snapshot over them', async () => {
    run('qemu-img', 'create', '-q', '-f', 'vmdk', '-o', 'zeroed_grain=on', at('zeroed.vmdk'), '10M');
    run(
      'qemu-io',
      '-c',
      'write -P 1 0 64k',
      '-c',
      'write -z 64k 128k',
      '-c',
      'write -P 2 1M 128k',
      at('zeroed.vmdk'),
    );
    run('qemu-img', 'create', '-q', '-f', 'vmdk', '-b', at('zeroed.vmdk'), '-F', 'vmdk', at('child.vmdk'));
    run('qemu-io', '-c', 'write -P 9 64k 64k', at('child.vmdk'));
    for (const name of ['zeroed.vmdk', 'child.vmdk']) {
      const report = await checkLocalImage(at(name));
      expect(report.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    }
    await compare(at('zeroed.vmdk'));
  });

  test('several extents of 2 GiB', async () => {
    run(
      'qemu-img',
      'create',
      '-q',
      '-f',
      'vmdk',
      '-o',
      'subformat=twoGbMaxExtentSparse',
      at('split.vmdk'),
      '5G',
    );
    run('qemu-io', '-c', 'write 2147418112 128k', '-c', 'write 4G 64k', at('split.vmdk'));
    expect((await checkLocalImage(at('split.vmdk'))).verdict).toBe('ok');
    await compare(at('split.vmdk'));
  });

  // qemu-img needs ten seconds to map the larger one, which is why it only says what is allocated there.
  test.each([
    ['2047G', false],
    ['130G', true],
  ])('tables of a disk of %s', async (size, isCompared) => {
    const path = at(`huge-${size}.vmdk`);
    run('qemu-img', 'create', '-q', '-f', 'vmdk', path, size);
    run('qemu-io', '-c', 'write 129G 64k', '-c', 'write 33G 192k', path);
    const report = await checkLocalImage(path);
    expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(report.allocation).toMatchObject({ data: 4 });
    if (isCompared) await compare(path);
  });
});

describe.skipIf(!hasQemu)('images of our own builders', () => {
  const images = {
    hosted: hosted(undefined, { zero: [3, 700] }),
    'stream with footer': stream(),
    'stream with directory in front': stream(undefined, { directory: 'front' }),
    cowd: cowd(undefined, {}, { parentCid: 'ffffffff', hint: '' }),
    seSparse: seSparse(
      undefined,
      { entries: { 0: slotEntry(3, 1), 1: slotEntry(2), 2: slotEntry(1), 9: slotEntry(3, 0) } },
      { parentCid: 'ffffffff', hint: '' },
    ),
  };
  test.each(Object.entries(images))('%s: the same map', async (name, files) => {
    const prefix = name.replaceAll(' ', '-');
    mkdirFor(prefix);
    for (const [file, bytes] of Object.entries(files)) writeFileSync(at(join(prefix, file)), bytes);
    await compare(at(join(prefix, 'disk.vmdk')));
  });

  test('a slot beyond 4096 is rotated as QEMU does', async () => {
    mkdirFor('rotated');
    const file = buildSeSparse({ entries: { 5: slotEntry(3, 0x1001) }, slots: 0x1002, capacity: 65536 });
    writeFileSync(at('rotated/disk-sesparse.vmdk'), file.bytes);
    const descriptor = seSparse(undefined, { capacity: 65536 }, { parentCid: 'ffffffff', hint: '' })[
      'disk.vmdk'
    ];
    writeFileSync(at('rotated/disk.vmdk'), descriptor ?? new Uint8Array(0));
    await compare(at('rotated/disk.vmdk'));
  });
});

function mkdirFor(name: string): void {
  execFileSync('mkdir', ['-p', at(name)]);
}
