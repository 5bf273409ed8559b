import { defineFormat, type Format } from '../../model/format.ts';
import type { Extent, VmdkImage } from './image.ts';
import { openVmdk } from './open.ts';
import { probe } from './probe.ts';
import { vmdkRules } from './rules/index.ts';

/** VMware disks: descriptors, hosted sparse, streamOptimized, COWD and seSparse extents. */
export const vmdk: Format = defineFormat({
  id: 'vmdk',
  title: 'VMware virtual disk',
  extensions: ['vmdk'],
  rules: vmdkRules,
  families: ({ extents }: VmdkImage) => new Set(['vmdk', ...extents.map(({ kind }) => RULES_OF[kind])]),
  probe,
  open: openVmdk,
});

/** Which rules look into extents of each kind; what has no structure of its own is for those of the descriptor. */
const RULES_OF: Readonly<Record<Extent['kind'], string>> = {
  'hosted-sparse': 'vmdk4',
  cowd: 'vmdk3',
  sesparse: 'sesparse',
  flat: 'vmdk',
  zero: 'vmdk',
  unavailable: 'vmdk',
};
