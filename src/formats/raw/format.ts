import type { FormatCode } from '../../model/format.ts';
import { implementFormat } from '../shared/implement-format.ts';
import { openRawImage } from './open.ts';

/** The code of format `raw`: nothing in it can be wrong. */
export const rawCode: FormatCode = implementFormat({
  rules: {},
  explain: async () => ({}),
  open: openRawImage,
  disclose: async () => (await import('./disclose.ts')).discloseRaw,
});
