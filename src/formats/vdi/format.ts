import type { FormatCode } from '../../model/format.ts';
import { implementFormat } from '../shared/implement-format.ts';
import type { VdiFindings } from './findings.ts';
import type { VdiImage } from './layout/image.ts';
import { openVdiImage } from './open.ts';
import { vdiRules } from './rules/index.ts';
import type { VdiWalk } from './walk.ts';

/** The code of format `vdi`. */
export const vdiCode: FormatCode = implementFormat<VdiImage, VdiFindings, VdiWalk>({
  rules: vdiRules,
  explain: async () => (await import('./rules/index.explained.ts')).vdiExplanations,
  open: openVdiImage,
  disclose: async () => (await import('./disclose.ts')).discloseVdi,
});
