import { describe, expect, test } from 'vitest';
import { probe } from '../../../src/formats/qcow2/probe.ts';
import type { Recognition } from '../../../src/model/format.ts';
import { buildQcow2, type Qcow2Editor } from '../../support/qcow2.ts';

const cases: readonly (readonly [string, (image: Qcow2Editor) => unknown, Recognition | null])[] = [
  ['version 3', () => undefined, 'magic'],
  ['version 2', (i) => i.header('version', 2), 'magic'],
  ['version 1', (i) => i.header('version', 1), 'magic'],
  ['the first 60 bytes', (i) => i.cut(60), 'magic'],
  ['four bytes', (i) => i.cut(4), 'magic'],
  ['three bytes', (i) => i.cut(3), null],
  ['the magic in front of something else', (i) => i.put(4, new Uint8Array(200).fill(1)), 'trace'],
  ['an impossible version', (i) => i.header('version', 4), 'trace'],
  ['an impossible cluster size', (i) => i.header('clusterBits', 40), 'trace'],
  ['no magic', (i) => i.header('magic', 0), 'trace'],
  ['no magic in version 2', (i) => i.header('magic', 0).header('version', 2), 'trace'],
  ['no magic and no L1 table', (i) => i.header('magic', 0).header('l1Offset', 0), 'trace'],
  [
    'no magic and no tables',
    (i) => i.header('magic', 0).header('l1Offset', 0).header('refcountTableOffset', 0),
    null,
  ],
  ['zeros', (i) => i.put(0, new Uint8Array(4096)), null],
];

describe('recognition of', () => {
  test.each(cases)('%s', (_, change, expected) => {
    const image = buildQcow2();
    change(image);
    const { bytes } = image;
    expect(probe({ head: bytes.slice(0, 4096), tail: bytes.slice(-2048), size: bytes.length })).toBe(
      expected,
    );
  });
});
