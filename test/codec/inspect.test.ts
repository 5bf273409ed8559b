import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SparseExtentHeader } from '../../generated/vmdk4.ts';

describe('a structure at the console', () => {
  it('shows the fields that it reads on demand, nested ones inside, and nothing of its own', () => {
    const bytes = new Uint8Array(512);
    bytes.set([0x4b, 0x44, 0x4d, 0x56, 3, 0, 0, 0, 1, 0, 3]);
    bytes[12] = 77;
    const shown = inspect(
      SparseExtentHeader.decode(bytes, () => undefined),
      { depth: 3 },
    );
    expect(shown).toMatch(/^SparseExtentHeader \{\n {2}magicNumber:/);
    expect(shown).toContain('version: 3,');
    expect(shown).toContain('capacity: 77n,');
    expect(shown).toMatch(/flags: SparseExtentFlags \{[^}]*compressed: true/);
    expect(shown).not.toMatch(/_io|_parent|Symbol/);
  });
});
