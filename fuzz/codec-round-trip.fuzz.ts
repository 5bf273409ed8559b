import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecNamed, hex, type Decoded } from './arbitraries/codecs.ts';
import { leavesOf, widthOf, type Leaf } from './arbitraries/leaves.ts';
import { structureRuns } from './arbitraries/runs.ts';
import { namedStructures } from './arbitraries/structures.ts';

describe.each(namedStructures)('%s', (name, { analysis, sound }) => {
  const codec = codecNamed(name);

  it('writes what it read', () => {
    fc.assert(
      fc.property(sound, ({ bytes }) => {
        expect(hex(codec.from(bytes).toBytes())).toBe(hex(bytes));
      }),
      structureRuns,
    );
  });

  it('writes what its fields were set to', () => {
    fc.assert(
      fc.property(sound, sound, (one, other) => {
        const leaves = leavesOf(other.structure, analysis);
        if (shapeOf(leaves) !== shapeOf(leavesOf(one.structure, analysis))) return;
        const decoded = codec.from(one.bytes);
        for (const leaf of leaves) setLeaf(decoded, leaf);
        expect(hex(decoded.toBytes())).toBe(hex(other.bytes));
      }),
      structureRuns,
    );
  });
});

/** Which fields there are, and how wide. */
function shapeOf(leaves: readonly Leaf[]): string {
  return leaves.map((leaf) => `${leaf.path}:${widthOf(leaf)}`).join();
}

function setLeaf(decoded: Decoded, leaf: Leaf): void {
  const names = leaf.path.match(/[a-z][a-z0-9_]*|[0-9]+(?=\])/g) ?? [];
  let holder: unknown = decoded;
  for (const name of names.slice(0, -1)) holder = Reflect.get(Object(holder), camelCase(name));
  Reflect.set(Object(holder), camelCase(names.at(-1) ?? ''), leaf.value);
}

function camelCase(id: string): string {
  return id.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
