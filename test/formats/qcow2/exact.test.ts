import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/model/problem.ts';
import { describeChain } from '../../../src/ops/info.ts';
import { renderInfoJson } from '../../../src/report/info-json.ts';
import { checkMemory, openMemory } from '../../support/open.ts';
import { buildQcow2, COMPRESSED, type Qcow2Editor, type Qcow2Plan } from '../../support/qcow2.ts';

/** A field that holds 64 bits, and where the image stands that has it. */
interface Field {
  /** As problems name it. */
  readonly field: string;
  readonly plan?: Qcow2Plan;
  readonly set: (image: Qcow2Editor, value: bigint) => unknown;
  /** Bytes of what begins at the position that the field gives, where a message may name the last of them. */
  readonly length?: bigint;
}

/** Values that a double rounds, and one that it holds but prints in round figures. */
const VALUES = [2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n] as const;

/** What messages on the size of a disk name as the limit. */
const LARGEST_DISK = 2n ** 61n;

const SNAPSHOT: Qcow2Plan = { clusters: { 0: 'data' }, snapshots: [{ id: '1', clusters: [0] }] };
const BITMAP: Qcow2Plan = { bitmaps: [{ name: 'first' }] };
const LUKS: Qcow2Plan = { luks: true };
const BACKED: Qcow2Plan = { backing: 'base.raw', backingFormat: 'raw' };
/** The data of the first header extension. */
const extension = ({ positions }: Qcow2Editor): number => (positions.extensions[0] ?? 0) + 8;
const snapshot = ({ positions }: Qcow2Editor): number => positions.snapshots[0] ?? 0;

const FIELDS: readonly Field[] = [
  {
    field: 'header.backing_file_offset',
    plan: BACKED,
    set: (i, value) => i.header('backingOffset', value),
    length: 8n,
  },
  {
    field: 'header.backing_file_offset',
    set: (i, value) => i.header('backingOffset', value),
  },
  { field: 'header.size', set: (i, value) => i.header('size', value) },
  { field: 'header.l1_table_offset', set: (i, value) => i.header('l1Offset', value), length: 8n },
  {
    field: 'header.refcount_table_offset',
    set: (i, value) => i.header('refcountTableOffset', value),
    length: 4096n,
  },
  {
    field: 'header.snapshots_offset',
    plan: SNAPSHOT,
    set: (i, value) => i.header('snapshotsOffset', value),
  },
  {
    field: 'snapshots[0].l1_table_offset',
    plan: SNAPSHOT,
    set: (i, value) => i.u64(snapshot(i), value),
    length: 8n,
  },
  {
    field: 'snapshots[0].vm_state_size_large',
    plan: SNAPSHOT,
    set: (i, value) => i.u64(snapshot(i) + 40, value),
  },
  { field: 'snapshots[0].disk_size', plan: SNAPSHOT, set: (i, value) => i.u64(snapshot(i) + 48, value) },
  {
    field: 'bitmaps_extension.bitmap_directory_size',
    plan: BITMAP,
    set: (i, value) => i.u64(extension(i) + 8, value),
  },
  {
    field: 'bitmaps_extension.bitmap_directory_offset',
    plan: BITMAP,
    set: (i, value) => i.u64(extension(i) + 16, value),
    length: 32n,
  },
  {
    field: 'bitmap_directory[0].bitmap_table_offset',
    plan: BITMAP,
    set: (i, value) => i.u64(i.positions.bitmapEntries[0] ?? 0, value),
  },
  {
    field: 'encryption_extension',
    plan: LUKS,
    set: (i, value) => i.u64(extension(i), value),
    length: 4096n + 64n * 4000n,
  },
  { field: 'encryption_extension', plan: LUKS, set: (i, value) => i.u64(extension(i) + 8, value) },
];

async function problemsOf(image: Qcow2Editor): Promise<readonly Problem[]> {
  const files = { 'image.qcow2': image.bytes, 'base.raw': new Uint8Array(4096) };
  const report = await checkMemory(files, { format: 'qcow2' });
  expect(report.error).toBe(null);
  return report.problems;
}

/** The figures of 2^53 and above in a text, decimal or hex. */
function largeFigures(text: string): readonly bigint[] {
  return (text.match(/\b(?:0x[\da-f]+|\d+)\b/g) ?? []).map(BigInt).filter((figure) => figure >= 2n ** 53n);
}

/** Every large figure in a problem is one of `exact`, and every number is one that JSON carries. */
function expectExact(problems: readonly Problem[], exact: readonly bigint[]): void {
  for (const { message, expected, actual, offset, length, guestOffset } of problems) {
    for (const text of [message, expected ?? '', actual ?? ''])
      for (const figure of largeFigures(text)) expect([...exact, LARGEST_DISK], text).toContain(figure);
    for (const number of [offset, length, guestOffset])
      expect(number === null || Number.isSafeInteger(number)).toBe(true);
  }
}

const CASES = FIELDS.flatMap((one, index) => VALUES.map((value) => ({ ...one, index, value })));

describe('fields of 64 bits', () => {
  it.each(CASES)('$field of $value is told to the last digit ($index)', async (one) => {
    const { field, plan, set, value, length = 1n } = one;
    const image = buildQcow2(plan);
    set(image, value);
    const problems = await problemsOf(image);
    const found = problems.filter((problem) => problem.field === field);
    expect(found.length, JSON.stringify(problems)).toBeGreaterThan(0);
    for (const { actual } of found) expect(largeFigures(actual ?? '')).toEqual([value]);
    // The last byte of what begins there, and of what is as long: only the encryption header is told with both.
    const last = [value + length - 1n, BigInt(image.positions.luks) + value - 1n];
    expectExact(problems, [value, ...last]);
  });

  it.each(CASES)(
    '$field of $value leaves a dump of what is in the file ($index)',
    async ({ plan, set, value }) => {
      const image = buildQcow2(plan);
      set(image, value);
      const files = { 'image.qcow2': image.bytes, 'base.raw': new Uint8Array(4096) };
      const opened = await openMemory(files).catch(() => null);
      for (const { offset, size } of opened?.structures() ?? []) {
        expect(offset).toBeLessThan(image.bytes.length);
        expect(Number.isSafeInteger(offset + size)).toBe(true);
      }
    },
  );
});

/** An entry of a table, and what is told of it. */
interface Entry {
  readonly rule: string;
  readonly plan: Qcow2Plan;
  readonly damage: (image: Qcow2Editor) => unknown;
  readonly actual: string;
  /** Large figures that messages may have. */
  readonly exact?: readonly bigint[];
}

const PLAIN: Qcow2Plan = { clusters: { 0: 'data', 1: 'data' } };
const TARGET = 0x00ff_ffff_ffff_fe00n;

const ENTRIES: readonly Entry[] = [
  {
    rule: 'qcow2/l1-entry-unaligned',
    plan: PLAIN,
    damage: (i) => i.u64(i.l1(), TARGET),
    actual: '0x00fffffffffffe00',
    exact: [TARGET],
  },
  {
    rule: 'qcow2/l1-entry-out-of-file',
    plan: PLAIN,
    damage: (i) => i.u64(i.l1(), 0x0080_0000_0000_1000n),
    actual: '0x0080000000001000',
  },
  {
    rule: 'qcow2/l2-entry-unaligned',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => TARGET),
    actual: '0x00fffffffffffe00',
    exact: [TARGET],
  },
  {
    rule: 'qcow2/l2-entry-out-of-file',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => 0x0080_0000_0000_1000n),
    actual: '0x0080000000001000',
  },
  {
    rule: 'qcow2/compressed-out-of-file',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => COMPRESSED | 0x0020_0000_0000_0001n),
    actual: '0x4020000000000001',
  },
  {
    rule: 'qcow2/reftable-entry-unaligned',
    plan: PLAIN,
    damage: (i) => i.u64(i.positions.refcountTable + 8, 0x8000_0000_0000_0200n),
    actual: '0x8000000000000200',
    exact: [0x8000_0000_0000_0200n],
  },
  {
    rule: 'qcow2/reftable-entry-out-of-file',
    plan: PLAIN,
    damage: (i) => i.u64(i.positions.refcountTable + 8, 0x8000_0000_0000_1000n),
    actual: '0x8000000000001000',
  },
  {
    rule: 'qcow2/bitmap-table-entry',
    plan: BITMAP,
    damage: (i) => i.u64(i.positions.bitmapTables[0] ?? 0, TARGET),
    actual: '0x00fffffffffffe00',
    exact: [TARGET],
  },
  {
    rule: 'qcow2/refcount-leak',
    plan: { ...PLAIN, refcountOrder: 6 },
    damage: (i) => i.u64(i.positions.refcountBlock, 2n ** 53n + 1n),
    actual: '9007199254740993',
    exact: [2n ** 53n + 1n],
  },
  {
    rule: 'qcow2/data-file-offset-mismatch',
    plan: { ...PLAIN, dataFile: 'base.raw' },
    damage: (i) => i.entry(1, () => 0x80ff_ffff_ffff_f000n),
    actual: '0x80fffffffffff000',
    exact: [0x00ff_ffff_ffff_f000n],
  },
];

describe('entries of tables', () => {
  it.each(ENTRIES)('that raise $rule are shown to the last digit', async (one) => {
    const image = buildQcow2(one.plan);
    one.damage(image);
    const problems = await problemsOf(image);
    const found = problems.find(({ rule }) => rule === one.rule);
    expect(found?.actual, JSON.stringify(problems)).toBe(one.actual);
    expectExact(problems, [...(one.exact ?? []), BigInt(one.actual)]);
  });

  it('of key slots are computed exactly', async () => {
    const image = buildQcow2(LUKS);
    image.u32(image.positions.luks + 208 + 44, 0xffff_ffff).u32(image.positions.luks + 108, 0xffff_ffff);
    const problems = await problemsOf(image);
    const slot = problems.find(({ field }) => field === 'luks_header.key_slots[0].key_material_offset');
    const end = 4096n + 0xffff_ffffn * 0xffff_ffffn - 1n;
    expect(slot?.message).toContain(`at bytes 4096 to ${end} of`);
  });
});

describe('what info tells of a snapshot', () => {
  it.each([2n ** 53n - 1n, ...VALUES.slice(0, 2)])(
    'has a VM state of %d bytes to the last digit',
    async (value) => {
      const image = buildQcow2(SNAPSHOT);
      image.u64(snapshot(image) + 40, value);
      const opened = await openMemory({ 'image.qcow2': image.bytes });
      const { snapshots } = JSON.parse(renderInfoJson(describeChain(opened), false)) as {
        snapshots: readonly { 'vm-state-size': unknown }[];
      };
      const shown = value < 2n ** 53n ? Number(value) : String(value);
      expect(snapshots.map((one) => one['vm-state-size'])).toEqual([shown]);
    },
  );
});
