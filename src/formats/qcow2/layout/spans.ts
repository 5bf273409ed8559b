import type { FieldSpan } from '../../../codec/index.ts';

/** First byte after a field, counted from the start of its structure; 0 for none. */
export function endOf(span: FieldSpan | undefined): number {
  return span === undefined ? 0 : span.offset + span.size;
}
