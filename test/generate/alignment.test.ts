import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Structure } from '../../src/codec/index.ts';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { openWorkspace, RUNTIME } from './conformance/workspace.ts';

/** What this file uses of the generated class. */
interface Type {
  from(bytes: Uint8Array): Structure & { toBytes(): Uint8Array };
}

/** `first`, `chosen` and `rest` begin with the byte behind the bit fields before them; all others share bytes. */
const INPUT = Uint8Array.from([
  0x1f, 0x23, 0x45, 0b0110_00_01, 0b10_11_1111, 0b0111_1_101, 0x8f, 0x41, 0, 0x42, 0x43, 0,
]);

describe('bit fields before a field that is none', () => {
  let BitsBetween: Type;

  beforeAll(async () => {
    const workspace = openWorkspace('alignment');
    const spec = join(fileURLToPath(new URL('specs', import.meta.url)), 'bits_between.ksy');
    const { modules } = await compile({ files: [spec], importRoots: [], runtime: RUNTIME });
    for (const [name, module] of modules) workspace.add(name, module);
    BitsBetween = (await workspace.load('bits_between'))['BitsBetween'] as Type;
  });

  it('leave the rest of their byte unread, whether the next field is there or not', () => {
    expect(BitsBetween.from(INPUT).toJSON()).toEqual({
      kind: 1,
      first: { value: 2 },
      second: { value: 3 },
      three: [{ value: 4 }, { value: 5 }, { value: 6 }],
      letters: [0, 1, 2],
      chosen: 7,
      is_long: true,
      extra: 5,
      rest: 8,
      name: 'A',
      last: 'BC',
    });
  });

  it('are followed by fields whose places are known', () => {
    const read = BitsBetween.from(INPUT);
    const spans = Object.fromEntries(read.fields().map(({ name, offset, size }) => [name, [offset, size]]));
    expect(spans).toEqual({
      kind: [0, 1],
      first: [1, 1],
      second: [1, 1],
      three: [2, 2],
      letters: [3, 2],
      chosen: [5, 1],
      is_long: [5, 1],
      extra: [5, 1],
      rest: [6, 1],
      name: [7, 2],
      last: [9, 3],
    });
    expect(read.at('second.value')).toEqual({ offset: 1, size: 1, bitOffset: 4, bitLength: 4 });
    expect(read.at('three[1].value')).toEqual({ offset: 2, size: 1, bitOffset: 4, bitLength: 4 });
  });

  it('are written as they were read, what nobody reads included', () => {
    expect(BitsBetween.from(INPUT).toBytes()).toEqual(INPUT);
  });
});
