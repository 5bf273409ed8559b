import type { Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { findProperty, type Descriptor } from '../descriptor/descriptor.ts';
import { textDecoding } from '../descriptor/encoding.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, lineFinding, lineSpan, textFinding } from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';

/** The rules on the encoding of descriptors. */
export const descriptorEncodingRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/encoding-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'Bytes that the encoding does not have',
    spec: `${DESCRIPTOR}, encoding`,
    repair: 'decision',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/encoding-unknown', 'vmdk/descriptor-bom'],
    message: ({ line, encoding }) => `line ${line} contains bytes that are not valid ${encoding}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) findInvalidText(descriptor, tell);
    },
  },
  'vmdk/encoding-unknown': {
    severity: 'warning',
    depth: 'header',
    title: 'Unknown encoding',
    spec: `${DESCRIPTOR}, encoding`,
    repair: 'none',
    message: ({ encoding }) =>
      `the encoding ${JSON.stringify(encoding)} is not one that readers know; names are read as UTF-8`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const { encoding } = descriptor;
        const property = findProperty(descriptor, 'encoding');
        if (property !== undefined && !textDecoding(encoding).isKnown)
          tell({
            ...textFinding(descriptor, property.value.span, 'descriptor.encoding', { encoding }),
            actual: encoding,
          });
      }
    },
  },
});

function findInvalidText(descriptor: Descriptor, tell: Tell<VmdkFindings['vmdk/encoding-mismatch']>): void {
  const { area, encoding, statements, textLength } = descriptor;
  const decoding = textDecoding(encoding);
  if (decoding.isValid(area.subarray(0, textLength))) return;
  for (const statement of statements) {
    const { offset, length } = lineSpan(statement);
    if (decoding.isValid(area.subarray(offset, offset + length))) continue;
    tell(lineFinding(descriptor, statement, { line: statement.line.number, encoding }));
  }
}
