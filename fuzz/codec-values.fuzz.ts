import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../src/codec/index.ts';
import { codecOf, type Decoded } from './arbitraries/codecs.ts';
import { structures } from './arbitraries/index.ts';
import { heldValue, leavesOf, withLeaf } from './arbitraries/leaves.ts';
import { runs } from './arbitraries/runs.ts';

const named = structures.map(
  (structure) => [`${structure.layout.spec}: ${structure.layout.id}`, structure] as const,
);

describe.each(named)('%s', (_name, structure) => {
  const codec = codecOf(structure);

  it('tells the value and the place of each field', () => {
    fc.assert(
      fc.property(structure.sound, (values) => {
        const { bytes, spans } = structure.encode(values);
        const told = codec
          .from(bytes)
          .fields()
          .flatMap((node) => leafNodes(node));
        const meant = leavesOf(structure, values).map((leaf) => {
          return { path: leaf.path, value: heldValue(leaf), ...spans.get(leaf.path) };
        });
        expect(told).toEqual(meant);
      }),
      runs,
    );
  });

  it('patches one field and nothing else', () => {
    fc.assert(
      fc.property(structure.sound, structure.sound, fc.nat(), (values, others, choice) => {
        const leaves = leavesOf(structure, values);
        const { path, field } = leaves[choice % leaves.length] ?? expect.fail('no fields');
        const other = leavesOf(structure, others).find((leaf) => leaf.path === path);
        if (other === undefined || (field.kind === 'bytes' && field.size === undefined)) return;
        const { bytes } = structure.encode(values);
        const patched = applyPatch(bytes, codec.from(bytes).patch(path, heldValue(other)));
        expect(patched).toEqual(structure.encode(withLeaf(values, path, other.value)).bytes);
      }),
      runs,
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
