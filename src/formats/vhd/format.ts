import type { FormatCode } from '../../model/format.ts';
import { defineFormatCode } from '../shared/implement-format.ts';
import { openVhdImage } from './image.ts';
import { vhdRules } from './rules/index.ts';

/** The code of format `vhd`. */
export const vhdCode: FormatCode = defineFormatCode({
  rules: vhdRules,
  open: openVhdImage,
});
