import type { FormatCode } from '../../model/format.ts';
import { implementFormat } from '../shared/implement-format.ts';
import type { VmdkImageFindings } from './findings.ts';
import type { Extent } from './extents/index.ts';
import type { VmdkImage } from './image.ts';
import { openVmdk } from './open.ts';
import { paddingOf } from './padding.ts';
import { vmdkRules } from './rules/index.ts';

/** The code of format `vmdk`. */
export const vmdkCode: FormatCode = implementFormat<VmdkImage, VmdkImageFindings>({
  rules: vmdkRules,
  explain: async () => (await import('./rules/index.explained.ts')).vmdkExplanations,
  families: ({ extents }) => new Set(['vmdk', ...extents.map(({ kind }) => RULES_OF[kind])]),
  padding: paddingOf,
  open: openVmdk,
  disclose: async () => (await import('./disclose.ts')).discloseVmdk,
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
