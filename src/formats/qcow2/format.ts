import type { FormatCode } from '../../model/format.ts';
import { defineFormatCode } from '../shared/implement-format.ts';
import { openQcow2 } from './open.ts';
import { qcow2Rules } from './rules/index.ts';

/** The code of format `qcow2`. */
export const qcow2Code: FormatCode = defineFormatCode({
  rules: qcow2Rules,
  open: openQcow2,
});
