import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { gunzip } from '../../src/io/archive/gzip.ts';
import { findMember, isTar, listTar, streamTar, tarMember } from '../../src/io/archive/tar.ts';
import { counted, createReadStats } from '../../src/io/counted-source.ts';
import { openFileSource } from '../../src/io/file-source.ts';
import { streamOf } from '../../src/io/forward-reader.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import type { Source } from '../../src/io/source.ts';
import { asynchronous, failing } from '../support/sources.ts';
import { buildTar, HAS_TAR, paxRecord, type TarEntry } from '../support/tar.ts';
import { collect, describeSource, expectBytes, pattern, read } from './conformance.ts';

const DISK = pattern(3_000);
const tar = (...entries: TarEntry[]): Source => memorySource(buildTar(entries), 'a.ova');

describeSource(
  'a member of a tar',
  async (bytes) => {
    const archive = memorySource(
      buildTar([
        { name: 'a.ovf', bytes: DISK },
        { name: 'disk.vmdk', bytes },
      ]),
      'a.ova',
    );
    const member = findMember((await listTar(archive)).members, 'disk.vmdk');
    if (member === null) throw new Error('no member');
    return tarMember(archive, member);
  },
  { sharesBytes: true, isSync: true },
);

/** Bytes in short: comparing them one by one in a matcher takes long. */
function digest(bytes: Uint8Array): string {
  return `${bytes.length} bytes, ${createHash('sha1').update(bytes).digest('hex')}`;
}

/** Name and contents of what a stream of the archive gives, or why it gives none. */
async function streamed(source: Source): Promise<(readonly [string, string])[]> {
  const all: (readonly [string, string])[] = [];
  for await (const { member, bytes } of streamTar(streamOf(source), source.name))
    all.push([member.name, await collect(bytes).then(digest, (error: SourceError) => error.code)]);
  return all;
}

/** The same by its list. */
async function listed(source: Source): Promise<(readonly [string, string])[]> {
  const { members } = await listTar(source);
  return Promise.all(
    members.map(async (member) => {
      if (member.refusal !== null) return [member.name, 'unsupported-member'] as const;
      const window = tarMember(source, member);
      return [member.name, digest(await read(window, 0, window.size))] as const;
    }),
  );
}

describe('a tar', () => {
  it('lists its members without reading them', async () => {
    const stats = createReadStats();
    const big = pattern(1_000_000);
    const archive = counted(
      tar({ name: 'a.ovf', bytes: DISK }, { name: 'b/', type: '5' }, { name: 'b/c.vmdk', bytes: big }),
      stats,
    );
    const { members, damage } = await listTar(archive);
    expect(damage).toBeNull();
    expect(members).toMatchObject([
      { name: 'a.ovf', kind: 'file', size: 3_000, offset: 512, available: 3_000, refusal: null },
      { name: 'b/', kind: 'directory', size: 0 },
      { name: 'b/c.vmdk', kind: 'file', size: 1_000_000, offset: 512 + 3_072 + 512 + 512 },
    ]);
    expect(stats.bytes).toBe(4 * 512);
    const [, , disk] = members;
    if (disk === undefined) return;
    const source = tarMember(archive, disk);
    expect(source.name).toBe('a.ova!b/c.vmdk');
    expectBytes(await read(source, 5, 1_000), big.subarray(5, 1_005));
  });

  it.each<[string, TarEntry[], string[]]>([
    ['the prefix of ustar', [{ name: 'c.vmdk', prefix: 'a/b', bytes: DISK }], ['a/b/c.vmdk']],
    ['a name of exactly 100 bytes', [{ name: 'n'.repeat(100), bytes: DISK }], ['n'.repeat(100)]],
    [
      'a long name of GNU',
      [
        { name: '././@LongLink', type: 'L', bytes: Buffer.from(`${'l'.repeat(300)}\0`) },
        { name: 'lll', bytes: DISK },
      ],
      ['l'.repeat(300)],
    ],
    [
      'a long link of GNU',
      [
        { type: 'K', bytes: Buffer.from('target\0') },
        { name: 'x', bytes: DISK },
      ],
      ['x'],
    ],
    [
      'a path of pax',
      [
        { type: 'x', bytes: paxRecord('path', 'ä/ß.vmdk') },
        { name: 'x', bytes: DISK },
      ],
      ['ä/ß.vmdk'],
    ],
    [
      'a size of pax',
      [
        { type: 'x', bytes: paxRecord('size', '3000') },
        { name: 'x', bytes: DISK, size: 0 },
      ],
      ['x'],
    ],
    [
      'records of pax for all',
      [
        { type: 'g', bytes: paxRecord('comment', 'x') },
        { name: 'x', bytes: DISK },
      ],
      ['x'],
    ],
    ['a size in base 256', [{ name: 'x', bytes: DISK, isBase256: true }], ['x']],
    [
      'a header of v7',
      [{ name: 'x', bytes: DISK, type: '\0', change: (block) => block.fill(0, 257, 512) }],
      ['x'],
    ],
    [
      'a header of GNU',
      [
        {
          name: 'x',
          bytes: DISK,
          change: (block) => {
            block.write('ustar  \0', 257);
            block.write('12345', 345);
          },
        },
      ],
      ['x'],
    ],
    [
      'a size with spaces',
      [{ name: 'x', bytes: DISK, change: (block) => block.write('       5670 ', 124) }],
      ['x'],
    ],
    ['a contiguous file', [{ name: 'x', bytes: DISK, type: '7' }], ['x']],
  ])('knows %s', async (_, entries, names) => {
    for (const end of [2, 1, 0]) {
      const archive = memorySource(buildTar([...entries, { name: 'last', bytes: DISK }], end), 'a.tar');
      const expected = [...names, 'last'].map((name) => [name, digest(DISK)]);
      expect(await listed(archive)).toEqual(expected);
      expect(await listed(asynchronous(archive))).toEqual(expected);
      expect(await streamed(archive)).toEqual(expected);
    }
  });

  it.each<[string, TarEntry[], RegExp]>([
    ['an old sparse member', [{ name: 'x', type: 'S', bytes: DISK }], /sparse/],
    [
      'an old sparse member with a long map',
      [
        {
          name: 'x',
          type: 'S',
          bytes: Buffer.concat([
            Buffer.alloc(504),
            Buffer.from([1]),
            Buffer.alloc(7),
            Buffer.alloc(512),
            DISK,
          ]),
          size: 3_000,
          change: (block) => {
            block[482] = 1;
          },
        },
      ],
      /sparse/,
    ],
    [
      'a sparse member of pax',
      [
        {
          type: 'x',
          bytes: Buffer.concat([paxRecord('GNU.sparse.major', '1'), paxRecord('GNU.sparse.name', 'x')]),
        },
        { name: 'y', bytes: DISK },
      ],
      /sparse/,
    ],
    ['a link', [{ name: 'x', type: '2', size: 77 }], /link/],
    ['a hard link', [{ name: 'x', type: '1', size: 77 }], /link/],
    ['a folder', [{ name: 'x', type: '5', size: 77 }], /directory/],
    ['a device', [{ name: 'x', type: '3', size: 77 }], /special/],
    ['something that nobody knows', [{ name: 'x', type: 'Q', bytes: DISK }], /special/],
  ])('refuses %s with a reason, and reads on behind it', async (_, entries, reason) => {
    const archive = tar(...entries, { name: 'disk', bytes: DISK });
    const { members } = await listTar(archive);
    const [odd] = members;
    if (odd === undefined) throw new Error('no member');
    expect(odd.name).toBe('x');
    expect(() => tarMember(archive, odd)).toThrow(
      expect.objectContaining({ code: 'unsupported-member', message: expect.stringMatching(reason) }),
    );
    const expected = [
      ['x', 'unsupported-member'],
      ['disk', digest(DISK)],
    ];
    expect(await listed(archive)).toEqual(expected);
    expect(await streamed(archive)).toEqual(expected);
  });

  it('finds the member that unpacking would leave', async () => {
    const { members } = await listTar(
      tar({ name: './disk', bytes: DISK }, { name: 'disk', bytes: DISK.subarray(0, 10) }, { name: 'x' }),
    );
    expect(findMember(members, 'disk')?.size).toBe(10);
    expect(findMember(members, './x')?.name).toBe('x');
    expect(findMember(members, 'y')).toBeNull();
  });

  it('is told by its first block', () => {
    expect(isTar(buildTar([{ name: 'x' }]))).toBe(true);
    for (const bytes of [
      new Uint8Array(512),
      pattern(512),
      new Uint8Array(0),
      buildTar([{}]).subarray(0, 511),
    ])
      expect(isTar(bytes)).toBe(false);
  });
});

describe('a tar that is damaged', () => {
  it('and cut off has the members before, and what is there of the last', async () => {
    const whole = buildTar([
      { name: 'a', bytes: DISK },
      { name: 'b', bytes: DISK },
    ]);
    const cut = memorySource(whole.subarray(0, 512 + 3_072 + 512 + 1_000), 'cut.ova');
    const { members, damage } = await listTar(cut);
    expect(damage).toEqual({ offset: 512 + 3_072 + 512, reason: 'the archive is cut off' });
    expect(members).toMatchObject([
      { name: 'a', available: 3_000 },
      { name: 'b', size: 3_000, available: 1_000 },
    ]);
    const [, last] = members;
    if (last) expectBytes(await read(tarMember(cut, last), 0, 1_000), DISK.subarray(0, 1_000));
    expect((await streamed(cut))[1]).toEqual(['b', 'short-read']);
  });

  it('in a header has the members before', async () => {
    const archive = tar(
      { name: 'a', bytes: DISK },
      { name: 'b', bytes: DISK, damage: (block) => block.write('7', 0) },
    );
    const { members, damage } = await listTar(archive);
    expect(members.map(({ name }) => name)).toEqual(['a']);
    expect(damage).toEqual({ offset: 512 + 3_072, reason: 'there is no tar header with a right checksum' });
    await expect(streamed(archive)).rejects.toMatchObject({ code: 'damaged-tar', offset: 512 + 3_072 });
  });

  it.each<[string, TarEntry[]]>([
    ['no header', [{ damage: (block) => block.fill(0x41) }]],
    ['a size below zero', [{ change: (block) => block.fill(0xff, 124, 136) }]],
    [
      'a size beyond 2^53',
      [
        {
          change: (block) => {
            block[124] = 0x80;
            block.fill(0xff, 125, 136);
          },
        },
      ],
    ],
    ['a size that is none', [{ change: (block) => block.write('9999', 124) }]],
    ['a name of a gigabyte', [{ type: 'L', size: 2 ** 30 }]],
    ['pax records of a gigabyte', [{ type: 'x', size: 2 ** 30 }]],
    ['pax records that make no sense', [{ type: 'x', bytes: Buffer.from('99 path=x\n') }]],
    ['a pax record of no length', [{ type: 'x', bytes: Buffer.from('0 path=x\n') }]],
    ['a pax record with a negative length', [{ type: 'x', bytes: Buffer.from('-5 path=x\n') }]],
    ['a pax size that is none', [{ type: 'x', bytes: paxRecord('size', '-1') }, { name: 'x' }]],
    ['a pax size beyond 2^53', [{ type: 'x', bytes: paxRecord('size', '9999999999999999') }, { name: 'x' }]],
  ])('from the start is none: %s', async (_, entries) => {
    const archive = tar(...entries);
    await expect(listTar(archive)).rejects.toMatchObject({ code: 'not-tar', source: 'a.ova' });
    await expect(streamed(archive)).rejects.toMatchObject({ code: 'not-tar' });
  });

  it('by a member of 8 exabytes is read to its end, and no further', async () => {
    const archive = tar({ name: 'x', bytes: DISK, size: 2 ** 53 - 1, isBase256: true });
    const { members, damage } = await listTar(archive);
    expect(members).toMatchObject([{ name: 'x', size: 2 ** 53 - 1 }]);
    expect(damage?.reason).toBe('the archive is cut off');
    expect((await streamed(archive))[0]?.[1]).toBe('short-read');
  });

  it('by members without end is listed to a bound', async () => {
    const one = buildTar([{ name: 'x' }], 0);
    const archive = memorySource(Buffer.alloc(512 * 70_000, one), 'bomb.tar');
    const { members, damage } = await listTar(archive);
    expect(members).toHaveLength(65_536);
    expect(damage?.reason).toContain('more than 65536 members');
  });

  it('in any way ends with a list, or one error of ours, the same from a stream', async () => {
    const sound = buildTar([
      { type: 'x', bytes: Buffer.concat([paxRecord('path', 'long/name'), paxRecord('size', '700')]) },
      { name: 'a', bytes: DISK.subarray(0, 700) },
      { type: 'L', bytes: Buffer.from('another/long/name\0') },
      { name: 'b', bytes: DISK.subarray(0, 10) },
      {
        name: 'c',
        type: 'S',
        size: 0,
        change: (block) => {
          block[482] = 1;
        },
      },
    ]);
    const edit = fc.record({
      at: fc.nat(sound.length - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fix: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 4 }), fc.nat(sound.length), async (edits, end) => {
        const bytes = Buffer.from(sound);
        for (const { at, bytes: change, fix } of edits) {
          bytes.set(change.subarray(0, bytes.length - at), at);
          if (fix) repairChecksum(bytes, Math.floor(at / 512) * 512);
        }
        const archive = memorySource(bytes.subarray(0, end));
        const one = await listTar(archive).catch((error: unknown) => error);
        const names: string[] = [];
        const two = await (async () => {
          for await (const { member } of streamTar(streamOf(archive), 'x')) names.push(member.name);
          return null;
        })().catch((error: unknown) => error);
        if (one instanceof Error) expect(one).toBeInstanceOf(SourceError);
        else expect(names).toEqual((one as { members: { name: string }[] }).members.map(({ name }) => name));
        if (two !== null) expect(two).toBeInstanceOf(SourceError);
      }),
      { numRuns: 300 },
    );
  });

  it.each([true, false])('by a read that fails says so (a promise: %s)', async (isAsync) => {
    for (const at of [1, 2, 3])
      await expect(
        listTar(failing(tar({ name: 'a', bytes: DISK }, { name: 'b' }), { at, async: isAsync })),
      ).rejects.toMatchObject({ code: 'EIO' });
  });
});

/** Makes the checksum of a header right again. */
function repairChecksum(bytes: Buffer, at: number): void {
  if (at + 512 > bytes.length) return;
  bytes.fill(' ', at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
}

describe('a tgz', () => {
  it('gives its members as they pass by', async () => {
    const packed = gzipSync(
      buildTar([
        { name: 'a.ovf', bytes: DISK },
        { name: 'disk.vhd', bytes: pattern(50_000) },
      ]),
    );
    const stream = gunzip(streamOf(memorySource(packed)), 'x.tar.gz');
    for await (const { member, bytes } of streamTar(stream, 'x.tar.gz'))
      // The first one is passed over without being read.
      if (member.name === 'disk.vhd') expectBytes(await collect(bytes), pattern(50_000));
  });

  it('may be left in the middle of a member', async () => {
    const packed = gzipSync(
      buildTar([
        { name: 'a', bytes: pattern(500_000) },
        { name: 'b', bytes: DISK },
      ]),
    );
    const names: string[] = [];
    for await (const { member, bytes } of streamTar(gunzip(streamOf(memorySource(packed)), 'x'), 'x')) {
      names.push(member.name);
      for await (const piece of bytes) if (piece.length > 0) break;
    }
    expect(names).toEqual(['a', 'b']);
  });
});

describe.skipIf(!HAS_TAR)('GNU tar', () => {
  let folder: string;
  const files: Record<string, Uint8Array> = {
    'a.ovf': DISK,
    [`${'d'.repeat(90)}/${'e'.repeat(90)}/f.vmdk`]: pattern(70_000),
    [`${'n'.repeat(200)}.vmdk`]: pattern(513),
    'ä ß.vmdk': new Uint8Array(0),
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vdcheck-tar-'));
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(join(folder, 'in', name, '..'), { recursive: true });
      writeFileSync(join(folder, 'in', name), bytes);
    }
    writeFileSync(join(folder, 'holes'), 'x');
    truncateSync(join(folder, 'holes'), 10_000_000);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const pack = (...args: string[]): Source => {
    const { status, stderr } = spawnSync('tar', ['-cf', 'x.tar', ...args], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return openFileSource(join(folder, 'x.tar'));
  };

  it.each(['gnu', 'oldgnu', 'pax', 'posix'])('packs what is read: %s', async (format) => {
    const source = pack(`--format=${format}`, '-C', 'in', ...Object.keys(files));
    const expected = Object.entries(files).map(([name, bytes]) => [name, digest(bytes)]);
    expect(await listed(source)).toEqual(expected);
    expect(await streamed(source)).toEqual(expected);
    await source.close();
  });

  it.each(['ustar', 'v7'])('packs what is read: %s', async (format) => {
    const source = pack(`--format=${format}`, '-C', 'in', 'a.ovf');
    expect(await listed(source)).toEqual([['a.ovf', digest(DISK)]]);
    await source.close();
  });

  it.each([
    ['gnu', '0.0'],
    ['posix', '0.0'],
    ['posix', '0.1'],
    ['posix', '1.0'],
  ])('packs sparse members, which are refused: %s %s', async (format, version) => {
    const source = pack(
      `--format=${format}`,
      '--sparse',
      `--sparse-version=${version}`,
      'holes',
      '-C',
      'in',
      'a.ovf',
    );
    expect(await listed(source)).toEqual([
      ['holes', 'unsupported-member'],
      ['a.ovf', digest(DISK)],
    ]);
    await source.close();
  });

  it('packs a file of 9 GiB, which is found by two reads', async () => {
    writeFileSync(join(folder, 'nine'), '');
    truncateSync(join(folder, 'nine'), 9 * 2 ** 30 + 5);
    for (const format of ['gnu', 'posix']) {
      const head = spawnSync('sh', ['-c', `tar --format=${format} -cf - nine | head -c 4096`], {
        cwd: folder,
      });
      const { members } = await listTar(memorySource(head.stdout));
      expect(members).toMatchObject([{ name: 'nine', size: 9 * 2 ** 30 + 5 }]);
    }
  });
});
