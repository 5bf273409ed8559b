import { qcow2Structures } from './qcow2.ts';
import type { StructureArbitrary } from './structure.ts';
import { vhdStructures } from './vhd.ts';
import { vmdkStructures } from './vmdk.ts';

export type { Damage, Damaged, StructureArbitrary } from './structure.ts';

/** Every structure of every spec. */
export const structures: readonly StructureArbitrary[] = [
  ...vmdkStructures,
  ...vhdStructures,
  ...qcow2Structures,
];
