import type { FormatCode } from '../../model/format.ts';
import { implementFormat } from '../shared/implement-format.ts';
import type { VhdFindings } from './findings.ts';
import type { VhdImage } from './layout/image.ts';
import { openVhdImage } from './open.ts';
import { paddingOf } from './padding.ts';
import { vhdRules } from './rules/index.ts';
import type { VhdWalk } from './walk.ts';

/** The code of format `vhd`. */
export const vhdCode: FormatCode = implementFormat<VhdImage, VhdFindings, VhdWalk>({
  rules: vhdRules,
  explain: async () => (await import('./rules/index.explained.ts')).vhdExplanations,
  padding: paddingOf,
  open: openVhdImage,
  disclose: async () => (await import('./disclose.ts')).discloseVhd,
});
