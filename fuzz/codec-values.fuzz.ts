import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../src/codec/index.ts';
import { codecNamed, type Decoded } from './arbitraries/codecs.ts';
import { leavesOf, widthOf, withLeaf } from './arbitraries/leaves.ts';
import { structureRuns } from './arbitraries/runs.ts';
import { touched } from './arbitraries/spec/demands.ts';
import { namedStructures } from './arbitraries/structures.ts';

describe.each(namedStructures)('%s', (name, { analysis, sound }) => {
  const codec = codecNamed(name);

  it('tells the value and the place of each field', () => {
    fc.assert(
      fc.property(sound, ({ structure, bytes }) => {
        const told = codec
          .from(bytes)
          .fields()
          .flatMap((node) => leafNodes(node));
        const meant = leavesOf(structure, analysis).map(({ path, value, ...place }) => {
          return { path, value, ...touched(place) };
        });
        expect(told).toEqual(meant);
      }),
      structureRuns,
    );
  });

  it('patches one field and nothing else', () => {
    fc.assert(
      fc.property(sound, sound, fc.nat(), (one, other, choice) => {
        const leaves = leavesOf(one.structure, analysis);
        const leaf = leaves[choice % leaves.length] ?? expect.fail('no fields');
        const found = leavesOf(other.structure, analysis).find(({ path }) => path === leaf.path);
        if (found === undefined || widthOf(found) !== widthOf(leaf)) return;
        const patched = applyPatch(one.bytes, codec.from(one.bytes).patch(leaf.path, found.value));
        expect(patched).toEqual(withLeaf(one, leaf, other, found));
      }),
      structureRuns,
    );
  });
});

interface LeafNode {
  readonly path: string;
  readonly value: unknown;
  readonly offset: number;
  readonly size: number;
}

/** Elements of an array bear the array's name already. */
function leafNodes({ name, value, offset, size, fields }: FieldNode, prefix = ''): LeafNode[] {
  const path = prefix + name;
  if (fields === undefined) return [{ path, value, offset, size }];
  return fields.flatMap((node) => leafNodes(node, node.name.startsWith(`${name}[`) ? prefix : `${path}.`));
}

function applyPatch(bytes: Uint8Array, patch: ReturnType<Decoded['patch']>): Uint8Array {
  const patched = bytes.slice();
  patched.set(patch.bytes, patch.offset);
  return patched;
}
