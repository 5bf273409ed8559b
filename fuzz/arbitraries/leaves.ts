import type { Analysis } from '../../tools/generate/analysis.ts';
import { elementsOf } from './spec/demands.ts';
import { held, SpecStructure, type Made } from './spec/index.ts';
import type { Placed } from './spec/values.ts';

/** One integer, flag or run of bytes somewhere in a structure. */
export interface Leaf extends Placed {
  /** `key_slots[3].salt` */
  readonly path: string;
  /** As generated classes hold it. */
  readonly value: unknown;
}

/** All values of a structure, those of inner structures by their paths. */
export function leavesOf(structure: SpecStructure, analysis: Analysis, prefix = ''): Leaf[] {
  const classOf = (): never => {
    throw new TypeError('leaves are no structures');
  };
  return structure.type.fields.flatMap((field) =>
    elementsOf(structure, field).flatMap(({ value, place, index }) => {
      const path = prefix + field.id + (index === undefined ? '' : `[${index}]`);
      if (value instanceof SpecStructure) return leavesOf(value, analysis, `${path}.`);
      return [{ ...place, path, value: held(value, place.wire, analysis, classOf) }];
    }),
  );
}

/** Bits that a leaf takes. */
export function widthOf({ start, end }: Placed): number {
  return end - start;
}

/** Bytes with one leaf taken from other bytes, where it has the same width. */
export function withLeaf({ bytes }: Made, to: Placed, other: Made, from: Placed): Uint8Array {
  const changed = bytes.slice();
  const isLittleEndian = to.wire?.kind === 'bits' && to.wire.endian === 'le';
  const bitOf = (at: number): number => (isLittleEndian ? at & 7 : 7 - (at & 7));
  for (let done = 0; done < widthOf(to); done++) {
    const [at, source] = [to.start + done, from.start + done];
    const bit = ((other.bytes[source >> 3] ?? 0) >> bitOf(source)) & 1;
    changed[at >> 3] = ((changed[at >> 3] ?? 0) & ~(1 << bitOf(at))) | (bit << bitOf(at));
  }
  return changed;
}
