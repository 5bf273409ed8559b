import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLocalImage } from '../../src/node/local.ts';
import type { Verdict } from '../../src/model/report.ts';
import { corpusEntries, hasCorpus, unpackCorpus } from './corpus.ts';

/** What a correct validator says of one image; without `rules` nothing above info may be found. */
interface Expectation {
  readonly verdict: Verdict;
  /** Rules above info that must be found, and no others may be. */
  readonly rules?: readonly string[];
  /** Rules of severity info that must be found. */
  readonly notes?: readonly string[];
  /** Bytes of the guest's disk. */
  readonly size?: number;
  readonly error?: string;
}

const MIB = 1024 * 1024;

const EXPECTED: Readonly<Record<string, Expectation>> = {
  'Reverier-Xu__wxtla/ext2-descriptor.vmdk': {
    verdict: 'warning',
    rules: ['vmdk/create-type-extent-mismatch'],
    size: 4 * MIB,
  },
  'Reverier-Xu__wxtla/ext2.vmdk': { verdict: 'ok', size: 4 * MIB },
  'SecurityRonin__vhd-forensic/fixed.vhd': { verdict: 'ok', size: 1079296 },
  'SecurityRonin__vmdk-forensic/compressed_stream_opt.vmdk': { verdict: 'ok', size: 65536 },
  'SecurityRonin__vmdk-forensic/flat-f001.vmdk': { verdict: 'unchecked', error: 'extent-data' },
  'SecurityRonin__vmdk-forensic/flat.vmdk': { verdict: 'ok', size: MIB },
  'SecurityRonin__vmdk-forensic/tw_sparse-s001.vmdk': {
    verdict: 'ok',
    notes: ['vmdk/descriptor-missing'],
    size: 4 * MIB,
  },
  'SecurityRonin__vmdk-forensic/tw_sparse.vmdk': { verdict: 'ok', size: 4 * MIB },
  'SecurityRonin__vmdk-forensic/tw_sparse_data.vmdk': {
    verdict: 'corrupt',
    rules: ['vmdk/extent-file-missing'],
    size: 4 * MIB,
  },
  'TalAloni__DiskAccessLibrary/StreamOptimized.vmdk': { verdict: 'ok', size: 10737418240 },
  'abbbi__virtnbdbackup/vm3-sda.qcow2': { verdict: 'ok', size: MIB },
  // Its data file lies outside its folder: that it was not opened is no damage.
  'abbbi__virtnbdbackup/vm6-sda.qcow2': { verdict: 'ok', notes: ['qcow2/data-file-not-opened'], size: 2048 },
  'jhermsmeier__node-vhd/dynamic.vhd': { verdict: 'ok', size: 536870912 },
  'jhermsmeier__node-vhd/footer.bin': {
    verdict: 'corrupt',
    rules: ['vhd/fixed-size-mismatch'],
    size: 10485760,
  },
  'keramics__keramics/fat16.qcow2': { verdict: 'ok', size: 16 * MIB },
  'kubevirt__containerized-data-importer/cirros-snapshot2.qcow2': {
    verdict: 'corrupt',
    rules: ['qcow2/backing-missing'],
    size: 46137344,
  },
  'kubevirt__containerized-data-importer/fs-overhead.qcow2': { verdict: 'ok', size: 858993664 },
  'libyal__libqcow/file_header.1': {
    verdict: 'corrupt',
    rules: ['qcow2/header-truncated', 'qcow2/l1-out-of-file', 'qcow2/reftable-out-of-file'],
    size: 4 * MIB,
  },
  'libyal__libvmdk/descriptor_file.1': {
    verdict: 'corrupt',
    rules: ['vmdk/create-type-extent-mismatch', 'vmdk/extent-file-missing'],
  },
  'log2timeline__dfvfs/ext2.vhd': { verdict: 'ok', size: 4212736 },
  'log2timeline__dfvfs/fat-differential.vhd': {
    verdict: 'corrupt',
    rules: ['vhd/parent-missing'],
    size: 4 * MIB,
  },
  'log2timeline__dfvfs/windows_volume.qcow2': { verdict: 'ok', size: 35913728 },
  'log2timeline__plaso/image.qcow2': { verdict: 'ok', size: 102400 },
  'log2timeline__plaso/image.vmdk': { verdict: 'ok', size: 102400 },
  'masahiro331__go-vmdk-parser/vmdk-invalid.img': { verdict: 'corrupt' },
  'masahiro331__go-vmdk-parser/vmdk-monolith.img': { verdict: 'ok', size: 65536 },
  'qemu-old/afl9.vmdk': { verdict: 'corrupt' },
  'qemu/d2v-zerofilled.vhd': { verdict: 'ok', size: 263454720 },
  'qemu/grub_mbr.raw': { verdict: 'unchecked', error: 'not-an-image' },
  'qemu/iotest-dynamic-1G.vhdx': { verdict: 'unchecked', error: 'not-an-image' },
  'qemu/iotest-version3.vmdk': { verdict: 'ok', size: 17179869184 },
  'qemu/parallels-v1': { verdict: 'unchecked', error: 'not-an-image' },
  'qemu/virtualpc-dynamic.vhd': { verdict: 'ok', size: 136365211648 },
  'rubiojr__go-vhd/vbox.vhd': { verdict: 'ok', size: 41943040 },
  'rubiojr__go-vhd/win8-child.vhd': { verdict: 'ok', size: 41943040 },
  'rubiojr__go-vhd/win8.vhd': { verdict: 'ok', size: 41943040 },
  'sandpolis__com.sandpolis.core.integration.qcow2/empty_small.qcow2': { verdict: 'ok', size: 1024 },
  'sleuthkit__sleuthkit/image.vhd': { verdict: 'ok', size: 104448 },
  'strozfriedberg__vmdk-rs/streamOptimized.vmdk': { verdict: 'ok', size: 10485760 },
  'strozfriedberg__vmdk-rs/twoGbMaxExtentFlat.vmdk': {
    verdict: 'corrupt',
    rules: ['vmdk/extent-file-missing'],
    size: 10485760,
  },
  'strozfriedberg__vmdk-rs/twoGbMaxExtentSparse-s001.vmdk': {
    verdict: 'ok',
    notes: ['vmdk/descriptor-missing'],
    size: 10485760,
  },
  'strozfriedberg__vmdk-rs/twoGbMaxExtentSparse.vmdk': { verdict: 'ok', size: 10485760 },
  'strozfriedberg__vmdk-rs/vmfs_thick-flat.vmdk': { verdict: 'unchecked', error: 'extent-data' },
  'strozfriedberg__vmdk-rs/vmfs_thick.vmdk': { verdict: 'ok', size: 2 * MIB },
  'vasi__qcow2-rs/test.qcow2': { verdict: 'ok', size: 1048576000 },
  'vmware__govmomi/ttylinux-pc_i486-16.1-disk1.vmdk': {
    verdict: 'corrupt',
    rules: ['vmdk4/footer-missing'],
  },
};

const entries = corpusEntries().map(({ file, unpacked_name: name }) => file.replace(/[^/]+$/, name));

if (!hasCorpus) console.warn('SKIPPED: ../shared/corpus is not there, so no real images are checked');

describe.skipIf(!hasCorpus)('real images', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vdcheck-corpus-'));
  beforeAll(() => unpackCorpus(folder));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('every one has an expectation', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...entries].sort());
  });

  test.each(Object.keys(EXPECTED))('%s', async (name) => {
    const expected = EXPECTED[name];
    const report = await checkLocalImage(join(folder, name));
    const serious = [
      ...new Set(report.problems.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule)),
    ].sort();
    expect(Object.keys(report.counts.byRule)).toEqual(expect.arrayContaining([...(expected?.notes ?? [])]));
    expect({ verdict: report.verdict, error: report.error?.code ?? null, serious }).toEqual({
      verdict: expected?.verdict,
      error: expected?.error ?? null,
      serious: expected?.verdict === 'ok' ? [] : (expected?.rules ?? serious),
    });
    if (expected?.size !== undefined) expect(report.virtualSize).toBe(expected.size);
    if (expected?.verdict === 'corrupt') expect(report.counts.error).toBeGreaterThan(0);
  });

  test('checking leaves every file as it was', () => {
    for (const { file, unpacked_name: name, sha256_unpacked: digest } of corpusEntries()) {
      const path = join(folder, file.replace(/[^/]+$/, name));
      const { stdout } = spawnSync('sha256sum', [path], { encoding: 'utf8' });
      expect(stdout.split(' ')[0]).toBe(digest);
    }
  });
});
