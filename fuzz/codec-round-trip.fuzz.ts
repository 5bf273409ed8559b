import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecOf, type Codec, type Decoded } from './arbitraries/codecs.ts';
import { structures } from './arbitraries/index.ts';
import { heldValue, leavesOf, type Leaf } from './arbitraries/leaves.ts';
import { runs } from './arbitraries/runs.ts';

const named = structures.map(
  (structure) => [`${structure.layout.spec}: ${structure.layout.id}`, structure] as const,
);

describe.each(named)('%s', (_name, structure) => {
  const codec = codecOf(structure);

  it('writes what it read', () => {
    fc.assert(
      fc.property(structure.sound, (values) => {
        const { bytes } = structure.encode(values);
        expect(hex(rewritten(codec, bytes))).toBe(hex(bytes));
      }),
      runs,
    );
  });

  it('writes what its fields were set to', () => {
    fc.assert(
      fc.property(structure.sound, structure.sound, (values, others) => {
        const leaves = leavesOf(structure, others);
        if (shapeOf(leaves) !== shapeOf(leavesOf(structure, values))) return;
        const decoded = codec.from(structure.encode(values).bytes);
        for (const leaf of leaves) setLeaf(decoded, leaf);
        expect(hex(decoded.toBytes())).toBe(hex(structure.encode(others).bytes));
      }),
      runs,
    );
  });

  it.each(structure.damages.map((damage) => [damage.label, damage] as const))(
    'writes a bad %s as it was',
    (_label, { damaged }) => {
      fc.assert(
        fc.property(damaged, ({ values }) => {
          const { bytes } = structure.encode(values);
          const copy = rewritten(codec, bytes);
          if (copy !== undefined) expect(hex(copy)).toBe(hex(bytes.subarray(0, copy.length)));
        }),
        runs,
      );
    },
  );
});

/** Nothing where the damage makes the structure longer than the bytes are. */
function rewritten(codec: Codec, bytes: Uint8Array): Uint8Array | undefined {
  return codec.decode(bytes, () => undefined)?.toBytes();
}

/** Text is compared much faster than bytes are. */
function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex');
}

/** Which fields there are, and the lengths of those of variable size. */
function shapeOf(leaves: readonly Leaf[]): string {
  return leaves
    .map(({ path, value }) => (value instanceof Uint8Array ? `${path}:${value.length}` : path))
    .join();
}

function setLeaf(decoded: Decoded, leaf: Leaf): void {
  const names = leaf.path.match(/[a-z][a-z0-9_]*|[0-9]+(?=\])/g) ?? [];
  let holder: unknown = decoded;
  for (const name of names.slice(0, -1)) holder = Reflect.get(Object(holder), camelCase(name));
  Reflect.set(Object(holder), camelCase(names.at(-1) ?? ''), heldValue(leaf));
}

function camelCase(id: string): string {
  return id.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
