import type { Breach } from '../../../codec/index.ts';

/**
 * The message of a rule with several conditions: code brings the sentence, of what a spec found `describe` makes one.
 */
export function sentenceOr(describe: (breach: Breach) => string): (data: Breach | string) => string {
  return (data) => (typeof data === 'string' ? data : describe(data));
}
