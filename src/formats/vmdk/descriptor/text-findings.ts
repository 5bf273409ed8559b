import type { Finding, Severity } from '../../../model/problem.ts';
import { placeOf, type Descriptor } from './descriptor.ts';
import type { Span } from './lines.ts';
import type { ExtentLine, Property, Statement } from './statements.ts';

/** Where VMware describes descriptors; rules name the part. */
export const DESCRIPTOR = 'VMware Virtual Disk Format 5.0, The Descriptor File';

/** What a finding may say besides its place and data. */
export interface TextOptions {
  readonly severity?: Severity;
  readonly expected?: string;
  readonly actual?: string;
}

/** A finding at some words of a descriptor. */
export function textFinding<D>(
  descriptor: Descriptor,
  span: Span,
  field: string,
  data: D,
  options: TextOptions = {},
): Finding<D> {
  return { at: placeOf(descriptor, span, field), data, ...options };
}

/** A finding at the whole text, for what is missing in it. */
export function wholeTextFinding<D>(
  descriptor: Descriptor,
  field: string,
  data: D,
  options: TextOptions = {},
): Finding<D> {
  return textFinding(descriptor, { offset: 0, length: descriptor.textLength }, field, data, options);
}

/** A finding at a line. */
export function lineFinding<D>(
  descriptor: Descriptor,
  statement: Statement,
  data: D,
  field = `descriptor.line[${statement.line.number}]`,
): Finding<D> {
  return textFinding(descriptor, lineSpan(statement), field, data);
}

/** A finding at a property's value. */
export function valueFinding<D>(
  descriptor: Descriptor,
  { key, value }: Property,
  data: D,
  options: TextOptions = {},
): Finding<D> {
  return textFinding(descriptor, value.span, `descriptor.${key.text}`, data, {
    actual: value.text,
    ...options,
  });
}

/** The field path of an extent line or of a word in it. */
export function extentField({ index }: ExtentLine, word?: string): string {
  const line = `descriptor.extents[${index}]`;
  return word === undefined ? line : `${line}.${word}`;
}

/** The bytes of a whole line without its end. */
export function lineSpan({ line }: Statement): Span {
  return { offset: line.offset, length: line.text.length };
}

/** The descriptor of an image as a list of none or one, for rules that have nothing to say without one. */
export function descriptorOf({
  descriptor,
}: {
  readonly descriptor: Descriptor | null;
}): readonly Descriptor[] {
  return descriptor === null ? [] : [descriptor];
}
