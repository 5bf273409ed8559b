import type { FormatCode } from '../../model/format.ts';
import { implementFormat } from '../shared/implement-format.ts';
import type { Qcow2Findings } from './findings.ts';
import type { Qcow2Image, Qcow2Walk } from './image.ts';
import { openQcow2 } from './open.ts';
import { paddingOf } from './padding.ts';
import { qcow2Rules } from './rules/index.ts';

/** The code of format `qcow2`. */
export const qcow2Code: FormatCode = implementFormat<Qcow2Image, Qcow2Findings, Qcow2Walk>({
  rules: qcow2Rules,
  explain: async () => (await import('./rules/index.explained.ts')).qcow2Explanations,
  padding: paddingOf,
  open: openQcow2,
  disclose: async () => (await import('./disclose.ts')).discloseQcow2,
});
