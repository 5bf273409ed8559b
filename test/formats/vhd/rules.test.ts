import { describe, expect, test } from 'vitest';
import { checkMemory } from '../../support/open.ts';
import { buildVhd, uuid, type VhdPlan } from '../../support/vhd.ts';
import { aboveInfo } from '../conformance.ts';
import {
  BLKTAP,
  chain,
  CHILD,
  childOf,
  filesOf,
  FIXED,
  layer,
  MACX,
  nothing,
  SMALL,
  TWO_BLOCKS,
  W2KU,
  W2RU,
} from './rule-cases.ts';

const MIB = 1024 * 1024;

describe('sound images are silent', () => {
  const plans: Readonly<Record<string, VhdPlan>> = {
    fixed: FIXED,
    dynamic: TWO_BLOCKS,
    empty: {},
    aligned: { ...TWO_BLOCKS, alignment: 4096 },
    'small blocks': SMALL,
    blktap: BLKTAP,
    'blktap with room to grow': { ...BLKTAP, entries: 900 },
    'blktap, hidden': { ...BLKTAP, alignment: 4096 },
    differencing: CHILD,
    'all locators': childOf([MACX, W2KU, W2RU]),
  };
  test.each(Object.entries(plans))('%s', async (_, plan) => {
    const report = await checkMemory(filesOf(plan, nothing));
    expect(aboveInfo(report)).toEqual([]);
    expect(report.verdict).toBe('ok');
  });

  test('a damaged byte of blktap 0.1 that set only its hidden byte', async () => {
    const built = buildVhd({ ...BLKTAP, creatorVersion: 0x10001 }).damage((e) =>
      e.set(85, [1]).set(e.bytes.length - 512 + 85, [1]),
    );
    expect(aboveInfo(await checkMemory({ 'disk.vhd': built.bytes }))).toEqual([]);
  });
});

describe('a chain', () => {
  test('of 30 layers is sound, one of 31 is too deep, and it is said once', async () => {
    expect(aboveInfo(await checkMemory(chain(30)))).toEqual([]);
    const report = await checkMemory(chain(31));
    expect(report.counts.byRule).toEqual({ 'vhd/parent-chain-depth': 1 });
  });

  test('that comes back to its first file ends', async () => {
    const report = await checkMemory({
      ...chain(3),
      '2.vhd': buildVhd({ ...layer(2), parent: { uniqueId: uuid(0), name: '0.vhd' } }).bytes,
    });
    expect(aboveInfo(report)).toEqual(['vhd/locator-missing', 'vhd/parent-cycle']);
  });

  test('of blktap with a raw parent is sound', async () => {
    const child = buildVhd({
      ...CHILD,
      creator: 'tap',
      creatorVersion: 0x10001,
      parent: { uniqueId: new Uint8Array(16), locators: [W2RU] },
    }).bytes;
    const report = await checkMemory({ 'disk.vhd': child, 'parent.vhd': new Uint8Array(8 * MIB) });
    expect(aboveInfo(report)).toEqual([]);
    expect(report.counts.byRule).toHaveProperty(['vhd/parent-id-null']);
  });

  test('is not followed when the caller says so', async () => {
    const report = await checkMemory({ 'disk.vhd': buildVhd(CHILD).bytes }, { chain: false });
    expect(aboveInfo(report)).toEqual([]);
  });
});
