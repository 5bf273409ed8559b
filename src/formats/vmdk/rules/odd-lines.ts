import type { Finding, Tell } from '../../../model/problem.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import {
  DESCRIPTOR,
  descriptorOf,
  extentField,
  lineSpan,
  textFinding,
  type TextOptions,
} from '../descriptor/text-findings.ts';
import type { LineFault } from '../findings.ts';
import type { VmdkImage } from '../image.ts';

/** Where VMware describes extent lines. */
export const EXTENT_LINES = `${DESCRIPTOR}, extent descriptions`;

/** A word of an extent line; `null` for the line as a whole. */
type Word = 'access' | 'sectors' | 'type' | 'offset' | null;

/** A finding at a word of an extent line. */
export function wordFinding(
  descriptor: Descriptor,
  extent: ExtentLine,
  word: Word,
  options: TextOptions = {},
): Finding<LineFault> {
  const token = word === null ? null : extent[word];
  const text = token?.text ?? extent.line.text.trim();
  const span = token?.span ?? lineSpan(extent);
  const field = word === null || token === null ? extentField(extent) : extentField(extent, word);
  return textFinding(
    descriptor,
    span,
    field,
    { extent: extent.index, word: text },
    { actual: text, ...options },
  );
}

/** Tells a finding at a word of each extent line that is odd. */
export function tellOddLines(
  image: VmdkImage,
  word: Word,
  isOdd: (extent: ExtentLine) => boolean,
  tell: Tell<LineFault>,
  options: TextOptions = {},
): void {
  for (const descriptor of descriptorOf(image))
    for (const extent of descriptor.extents)
      if (isOdd(extent)) tell(wordFinding(descriptor, extent, word, options));
}

/** The type of an extent in capital letters, as tables of types have it. */
export function typeOf({ type }: ExtentLine): string {
  return type.text.toUpperCase();
}
