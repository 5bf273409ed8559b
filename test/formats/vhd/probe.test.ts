import { describe, expect, test } from 'vitest';
import { findFormat, formats } from '../../../src/formats/index.ts';
import { probe } from '../../../src/formats/vhd/probe.ts';
import type { Recognition } from '../../../src/model/format.ts';
import { buildVhd, type BuiltVhd, type VhdEditor } from '../../support/vhd.ts';

function recognise({ bytes }: Pick<BuiltVhd, 'bytes'>): Recognition | null {
  const tail = bytes.slice(Math.max(0, bytes.length - 2048));
  return probe({ head: bytes.slice(0, 4096), tail, size: bytes.length });
}

const DYNAMIC = buildVhd({ blocks: [[0]], blockSize: 4096, size: 65536 });
const FIXED = buildVhd({ type: 'fixed', size: 65536 });

const cases: readonly (readonly [string, BuiltVhd, (editor: VhdEditor) => unknown, Recognition | null])[] = [
  ['a dynamic disk', DYNAMIC, () => undefined, 'magic'],
  ['a fixed disk', FIXED, () => undefined, 'end'],
  ['a fixed disk with a footer of 511 bytes', FIXED, (e) => e.cut(e.bytes.length - 1), 'end'],
  ['a fixed disk with a footer cut short', FIXED, (e) => e.cut(e.bytes.length - 300), 'trace'],
  ['a fixed disk with a damaged cookie', FIXED, (e) => e.flip(65536 + 4), 'trace'],
  [
    'a fixed disk with bytes behind its footer',
    FIXED,
    (e) => e.insert(e.bytes.length, new Uint8Array(1000)),
    'trace',
  ],
  ['a dynamic disk without copy', DYNAMIC, (e) => e.set(0, new Uint8Array(512)), 'end'],
  ['a dynamic disk without footer', DYNAMIC, (e) => e.cut(e.bytes.length - 512), 'magic'],
  ['a dynamic disk without both', DYNAMIC, (e) => e.set(0, new Uint8Array(512)).cut(4096), 'trace'],
  ['the first sector of a dynamic disk', DYNAMIC, (e) => e.cut(512), 'magic'],
  ['an unfinished operation of blktap', FIXED, (e) => e.endFooter('cookie', 'v_poison'), 'end'],
  ['raw bytes', FIXED, (e) => e.cut(65536), null],
  ['zeros', FIXED, (e) => e.set(0, new Uint8Array(e.bytes.length)), null],
  ['ones', FIXED, (e) => e.set(0, new Uint8Array(e.bytes.length).fill(0xff)), null],
  ['nothing', FIXED, (e) => e.cut(0), null],
  ['a byte', FIXED, (e) => e.cut(1), null],
];

describe('recognition of', () => {
  test.each(cases)('%s', (_, built, change, expected) => {
    expect(recognise(built.damage(change))).toBe(expected);
  });
});

test('formats are found by their names, raw last', () => {
  expect(findFormat('vpc')?.id).toBe('vhd');
  expect(findFormat('nothing')).toBeUndefined();
  expect(formats.at(-1)?.id).toBe('raw');
});
