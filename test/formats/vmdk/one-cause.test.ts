import { describe, expect, test } from 'vitest';
import { COWD, HOSTED, SESPARSE } from '../../support/vmdk.ts';
import { checkMemory, type MemoryFiles } from '../../support/open.ts';
import { cowd, flat, hosted, seSparse, stream } from './cases.ts';

const SECTOR = 512;

/** One damage each, with the only rule above `info` that may be raised by it. */
const CAUSES: readonly (readonly [what: string, rule: string, files: MemoryFiles])[] = [
  [
    'a table entry behind the end of the file leaves a grain behind',
    'vmdk4/gte-out-of-file',
    hosted((f) => f.u32(f.at.gt + 20, 0x7fff_ff80).u32(f.at.rgt + 20, 0x7fff_ff80)),
  ],
  [
    'a table entry behind the end of the file differs from its copy',
    'vmdk4/gte-out-of-file',
    hosted((f) => f.u32(f.at.gt + 20, 0x7fff_ff80)),
  ],
  [
    'a grain table in the header is no grain table',
    'vmdk4/gde-in-metadata',
    hosted((f) => f.u32(f.at.gd + 4, 2), { grains: [0, 600] }),
  ],
  [
    'a grain table in the directory is no grain table',
    'vmdk4/gde-in-metadata',
    hosted((f) => f.u32(f.at.gd, f.at.rgd / SECTOR)),
  ],
  [
    'a mirror table over the directory is to blame, not the tables there',
    'vmdk4/tables-overlap',
    hosted((f) => f.u32(f.at.rgd + 4, f.at.gd / SECTOR)),
  ],
  [
    'a table among the grains is to blame, not the grain there',
    'vmdk4/tables-overlap',
    hosted((f) => f.u32(f.at.gd, f.at.grains / SECTOR - 2)),
  ],
  [
    'a copy among the grains likewise',
    'vmdk4/tables-overlap',
    hosted((f) => f.u32(f.at.rgd, f.at.grains / SECTOR + 1)),
  ],
  [
    'a redundant directory of zeros has no tables to compare',
    'vmdk4/gde-zero',
    hosted((f) => f.u32(f.at.rgd, 0)),
  ],
  [
    'a header field that is wrong by itself does not contradict the footer as well',
    'vmdk4/grain-size-invalid',
    stream((f) => f.u64(HOSTED.grainSize, 3)),
  ],
  [
    'a footer without compression is one contradiction',
    'vmdk4/footer-header-mismatch',
    stream((f) => f.u32(f.at.footer + HOSTED.flags, 1)),
  ],
  [
    'a dead entry may name what a living one owns',
    'vmdk4/gte-beyond-capacity',
    hosted((f) => f.u32(f.at.gt + 2044, f.at.grains / SECTOR).u32(f.at.rgt + 2044, f.at.grains / SECTOR), {
      capacity: 64000,
    }),
  ],
  [
    'with flag and algorithm at odds grains are not judged',
    'vmdk4/compression-flag-mismatch',
    hosted((f) => f.u32(HOSTED.flags, 0x30003)),
  ],
  [
    'nor the other way round',
    'vmdk4/compression-flag-mismatch',
    stream((f) => f.u32(HOSTED.flags, 1), { directory: 'front' }),
  ],
  [
    'a capacity beyond all tables makes no tables wrong',
    'vmdk4/capacity-overflow',
    hosted((f) => f.u64(HOSTED.capacity, 2 ** 32 + 128)),
  ],
  [
    'an extent without capacity is not its own flat file',
    'vmdk4/capacity-zero',
    hosted((f) => f.u64(HOSTED.capacity, 0)),
  ],
  [
    'a capacity other than the line is no missing table',
    'vmdk/extent-capacity-mismatch',
    hosted((f) => f.u64(HOSTED.capacity, 131072 * 4)),
  ],
  [
    'nor directories that overlap',
    'vmdk/extent-capacity-mismatch',
    hosted((f) => f.u64(HOSTED.capacity, 2 ** 31)),
  ],
  [
    'nor lost grains',
    'vmdk/extent-capacity-mismatch',
    hosted((f) => f.u64(HOSTED.capacity, 65536), { grains: [0, 1, 600] }),
  ],
  [
    'a descriptor outside the file is not missing as well',
    'vmdk4/descriptor-bounds',
    hosted((f) => f.u64(HOSTED.descriptorOffset, 100_000)),
  ],
  [
    'a descriptor of impossible size lies on nothing',
    'vmdk4/descriptor-bounds',
    hosted((f) => f.u64(HOSTED.descriptorSize, 20_481)),
  ],
  [
    'grains that begin inside the metadata by overHead are not misaligned one by one',
    'vmdk4/overhead-invalid',
    hosted((f) => f.u64(HOSTED.overhead, 30)),
  ],
  [
    'a stream that lacks its last sector has its footer',
    'vmdk4/eos-missing',
    stream((f) => f.cut(f.bytes.length - SECTOR)),
  ],
  [
    'a footer with another grain size makes no tables wrong',
    'vmdk4/footer-header-mismatch',
    stream((f) => f.u64(f.at.footer + HOSTED.grainSize, 64)),
  ],
  [
    'a footer with another capacity does not contradict the extent line as well',
    'vmdk4/footer-header-mismatch',
    stream((f) => f.u64(f.at.footer + HOSTED.capacity, 65536 - 128)),
  ],
  [
    'a grain that leads to the directory is no empty grain',
    'vmdk4/gte-in-metadata',
    stream((f) => f.u32(f.at.gt + 4 * 9, f.at.gd / SECTOR)),
  ],
  [
    'a grain that reaches over markers and tables is to blame for all of it',
    'vmdk4/grain-overlap-compressed',
    stream((f) => f.u32(f.at.gdMarker - 2048 - 512 - 512 + 8, 1200), { grains: [0] }),
  ],
  [
    'tables of a COWD extent in its header are not walked',
    'vmdk3/gde-in-metadata',
    cowd((f) => f.u32(f.at.gd, 1)),
  ],
  [
    'a COWD grain behind the end leaves sectors behind',
    'vmdk3/gte-out-of-file',
    cowd((f) => f.u32(f.at.gt + 4, 0x7fff_ffff)),
  ],
  [
    'a COWD directory in the header is not walked',
    'vmdk3/gd-offset-invalid',
    cowd((f) => f.u32(COWD.gdOffset, 0)),
  ],
  [
    'seSparse grains outside the file are one finding',
    'sesparse/area-out-of-file',
    seSparse((f) => f.u64(SESPARSE.grains, 10 ** 6)),
  ],
  [
    'a seSparse directory that lies on the tables is not walked',
    'sesparse/area-overlap',
    seSparse((f) => f.u64(SESPARSE.grainDir, f.at.gt / SECTOR)),
  ],
  [
    'a line that ends too early is no extent at all',
    'vmdk/extent-line-malformed',
    flat({ extents: ['RW FLAT 4032 "disk-flat.vmdk" 0'] }),
  ],
  ['nor one without a size', 'vmdk/extent-size-invalid', flat({ extents: ['RW 0 FLAT "disk-flat.vmdk" 0'] })],
];

describe('one cause is one finding', () => {
  test.each(CAUSES)('%s', async (_, rule, files) => {
    const { problems } = await checkMemory(files, { format: 'vmdk' });
    const loud = problems.filter(({ severity }) => severity !== 'info').map((problem) => problem.rule);
    expect(loud).toEqual([rule]);
  });
});

describe('findings show the entry as it stands', () => {
  test.each([
    ['hosted sparse', 'vmdk4/gte-duplicate', hosted((f) => f.u32(f.at.gt + 36, f.at.grains / SECTOR)), '128'],
    ['COWD', 'vmdk3/gte-duplicate', cowd((f) => f.u32(f.at.gt + 36, f.at.grains / SECTOR)), '37'],
    [
      'seSparse',
      'sesparse/gte-duplicate',
      seSparse((f) => f.u64(f.at.gt + 72, 0x3001_0000_0000_0000n)),
      '0x3001000000000000',
    ],
    [
      'flags, as a word',
      'vmdk4/flags-unknown-incompatible',
      hosted((f) => f.u32(HOSTED.flags, 0x40003)),
      '0x40003',
    ],
  ])('%s', async (_, rule, files, actual) => {
    const { problems } = await checkMemory(files, { format: 'vmdk' });
    expect(problems.filter((problem) => problem.rule === rule).map((problem) => problem.actual)).toEqual([
      actual,
    ]);
  });
});
