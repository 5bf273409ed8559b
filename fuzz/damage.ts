import fc from 'fast-check';

/** One thing done to the bytes of a file; positions are taken modulo its length. */
export type Damage =
  | { readonly kind: 'bytes'; readonly at: number; readonly bytes: readonly number[] }
  | { readonly kind: 'cut'; readonly length: number }
  | { readonly kind: 'append'; readonly length: number; readonly value: number }
  | { readonly kind: 'copy'; readonly from: number; readonly to: number; readonly length: number };

/** Values that lie on the edges of what fields hold, as bytes of either order. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x1ffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 53n) + 1n,
  (1n << 62n) | (1n << 63n) | 0x10000n,
  (1n << 63n) - 1n,
  1n << 63n,
  0xffff_ffff_ffff_ffffn,
];

function toBytes(value: bigint, width: number, isLittle: boolean): number[] {
  const bytes = Array.from({ length: width }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
  return isLittle ? bytes : bytes.reverse();
}

const edge = fc
  .tuple(fc.constantFrom(...EDGES), fc.constantFrom(1, 2, 4, 8), fc.boolean())
  .map(([value, width, isLittle]) => toBytes(value, width, isLittle));

/** Positions where formats keep their structures: at the start, aligned to sectors, and at the end. */
function position(length: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat(Math.min(length, 4096) - 1) },
    { weight: 3, arbitrary: fc.nat(length - 1).map((at) => at - (at % 4)) },
    { weight: 2, arbitrary: fc.nat(length - 1).map((at) => at - (at % 512)) },
    { weight: 2, arbitrary: fc.nat(Math.min(length, 2048) - 1).map((back) => length - 1 - back) },
  );
}

/** Damage to a file of `length` bytes. */
export function damageArbitrary(length: number): fc.Arbitrary<Damage> {
  const at = position(length);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('bytes' as const),
        at,
        bytes: fc.oneof(edge, fc.array(fc.nat(255), { minLength: 1, maxLength: 8 })),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), length: at }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        length: fc.nat(2048),
        value: fc.nat(255),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('copy' as const),
        from: at,
        to: at,
        length: fc.constantFrom(4, 8, 512, 1024),
      }),
    },
  );
}

/** A damaged copy of `original`. */
export function inflict(original: Uint8Array, damages: readonly Damage[]): Uint8Array {
  return damages.reduce<Uint8Array>((bytes, damage) => inflictOne(bytes, damage), original.slice());
}

function inflictOne(bytes: Uint8Array, damage: Damage): Uint8Array {
  if (damage.kind === 'cut') return bytes.slice(0, damage.length);
  if (damage.kind === 'append') {
    const longer = new Uint8Array(bytes.length + damage.length).fill(damage.value);
    longer.set(bytes);
    return longer;
  }
  if (bytes.length === 0) return bytes;
  if (damage.kind === 'copy')
    bytes.copyWithin(
      damage.to % bytes.length,
      damage.from % bytes.length,
      (damage.from % bytes.length) + damage.length,
    );
  else damage.bytes.forEach((byte, index) => (bytes[(damage.at + index) % bytes.length] = byte));
  return bytes;
}
