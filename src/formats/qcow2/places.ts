import type { FieldSpan } from '../../codec/index.ts';
import type { Header } from '../../../generated/qcow2.ts';
import type { ImageFile } from '../../model/image.ts';
import type { Place } from '../../model/problem.ts';

/** Names of header fields as the spec writes them. */
export type HeaderField = Parameters<Header['at']>[0];

/** Where a header field lies; the header begins the file. A field that this header does not have lies nowhere. */
export function headerPlace(file: ImageFile, header: Header, field: HeaderField): Place {
  const span = header.at(field);
  return { file, offset: span?.offset ?? null, length: span?.size ?? null, field: `header.${field}` };
}

/** First byte behind a field, counted from the start of its structure; 0 for none. */
export function endOf(span: FieldSpan | undefined): number {
  return span === undefined ? 0 : span.offset + span.size;
}
