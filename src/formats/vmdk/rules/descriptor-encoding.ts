import type { Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import { textDecoding } from '../descriptor/encoding.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, lineSpan, textFinding } from './text-rule.ts';

/** An encoding that nobody knows. */
export const encodingUnknown: RaisableRule<VmdkImage, { readonly encoding: string }> = defineRule<
  VmdkImage,
  { readonly encoding: string }
>({
  id: 'vmdk/encoding-unknown',
  severity: 'warning',
  depth: 'header',
  title: 'Unknown encoding',
  spec: `${DESCRIPTOR}, encoding`,
  repair: 'none',
  message: ({ encoding }) =>
    `the encoding ${JSON.stringify(encoding)} is not one that readers know; names are read as UTF-8`,
  explanation: {
    what: 'The descriptor names an encoding for its file names that is not known.',
    why: 'Names with other than ASCII letters may not be found.',
    how: 'A host with an unusual locale, or a typing error.',
    readers: 'libvmdk refuses it; QEMU ignores the encoding and uses the bytes.',
    repair: 'Write UTF-8, if all names are ASCII or UTF-8.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const { encoding } = descriptor;
      const property = findProperty(descriptor, 'encoding');
      if (property !== undefined && !textDecoding(encoding).isKnown)
        tell(
          textFinding(
            descriptor,
            property.value.span,
            'descriptor.encoding',
            { encoding },
            { actual: encoding },
          ),
        );
    }
  },
});

/** Bytes that are not valid in the encoding. */
export const encodingMismatch: RaisableRule<VmdkImage, { readonly line: number; readonly encoding: string }> =
  defineRule<VmdkImage, { readonly line: number; readonly encoding: string }>({
    id: 'vmdk/encoding-mismatch',
    severity: 'warning',
    depth: 'header',
    title: 'Bytes that the encoding does not have',
    spec: `${DESCRIPTOR}, encoding`,
    repair: 'decision',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/encoding-unknown', 'vmdk/descriptor-bom'],
    message: ({ line, encoding }) => `line ${line} holds bytes that are not valid ${encoding}`,
    explanation: {
      what: 'Some bytes of the text do not stand for any character in the encoding that the descriptor names (UTF-8 where it names none).',
      why: 'Names of extents or of the parent cannot be read, and the files are not found on another host.',
      how: 'A tool that wrote names in the encoding of its host and did not say so.',
      readers: 'QEMU uses the bytes as they are; others show wrong characters.',
      repair: 'Find out the encoding and name it, or rename the files to ASCII.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) findInvalidText(descriptor, tell);
    },
  });

function findInvalidText(
  descriptor: Descriptor,
  tell: Tell<{ readonly line: number; readonly encoding: string }>,
): void {
  const { area, encoding, statements, textLength } = descriptor;
  const decoding = textDecoding(encoding);
  if (decoding.isValid(area.subarray(0, textLength))) return;
  for (const statement of statements) {
    const { offset, length } = lineSpan(statement);
    if (decoding.isValid(area.subarray(offset, offset + length))) continue;
    const { number } = statement.line;
    tell(
      textFinding(descriptor, { offset, length }, `descriptor.line[${number}]`, {
        line: number,
        encoding,
      }),
    );
  }
}
