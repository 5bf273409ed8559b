import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from '../../src/fast/protocol.ts';

it('gives the lines out that were written, whatever pieces they arrive in', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(7)), (lines, cuts) => {
      const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''));
      const splitter = new LineSplitter();
      const found: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        found.push(...splitter.push(bytes.subarray(at, at + cut)));
        at += cut;
      }
      expect(found).toEqual(lines);
    }),
    { seed: 11 },
  );
});
