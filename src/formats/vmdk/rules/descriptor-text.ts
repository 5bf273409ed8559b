import { defineRules } from '../../../model/rule.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { MAX_LINES, MAX_TEXT_BYTES, type ByteOrderMark, type Descriptor } from '../descriptor/descriptor.ts';
import type { Span } from '../descriptor/lines.ts';
import type { Statement } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { firstNonZeroByte } from '../../shared/zeros.ts';
import { hasDescriptorSignature } from '../marks.ts';
import {
  DESCRIPTOR,
  descriptorOf,
  lineFinding,
  lineSpan,
  textFinding,
  wholeTextFinding,
} from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';

/** VirtualBox stops reading a descriptor here. */
const USUAL_MAX_LINES = 1100;

/** QEMU reads no more of a descriptor than this. */
const USUAL_MAX_BYTES = 1024 * 1024;

/** Digits by which a content id can become shorter. */
const MAX_SHRINKAGE = 7;

/** The rules on the text of descriptors as a whole. */
export const descriptorTextRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/descriptor-bom': {
    severity: 'warning',
    depth: 'header',
    title: 'The descriptor begins with a byte order mark',
    spec: DESCRIPTOR,
    repair: 'safe',
    message: ({ mark }) => `the descriptor begins with a byte order mark (${mark})`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        if (descriptor.mark !== null)
          tell(textFinding(descriptor, markSpan(descriptor.mark), 'descriptor', { mark: descriptor.mark }));
    },
  },
  'vmdk/descriptor-hidden-tail': {
    severity: 'warning',
    depth: 'header',
    title: 'There are bytes after the end of the descriptor',
    spec: DESCRIPTOR,
    repair: 'lossy',
    derivedFrom: [
      'vmdk/descriptor-not-text',
      'vmdk/descriptor-bom',
      'vmdk/descriptor-overflow',
      'vmdk4/descriptor-bounds',
    ],
    message: ({ bytes }) => `bytes that are not zero after the zero byte that ends the text: ${bytes}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const tail = descriptor.area.subarray(descriptor.textLength);
        const first = firstNonZeroByte(tail, 0);
        if (first === tail.length) continue;
        const bytes = tail.reduce((sum, byte) => sum + Number(byte !== 0), 0);
        const span = { offset: descriptor.textLength + first, length: tail.length - first };
        const severity = isLeftOver(descriptor, tail, bytes) ? 'info' : 'warning';
        tell(textFinding(descriptor, span, 'descriptor', { bytes }, { severity }));
      }
    },
  },
  'vmdk/descriptor-line-endings': {
    severity: 'warning',
    depth: 'header',
    title: 'Line ends that not all readers take',
    spec: DESCRIPTOR,
    repair: 'safe',
    derivedFrom: ['vmdk/descriptor-not-text'],
    message: ({ line, isMixed }) =>
      isMixed
        ? `line ${line} ends differently from the lines before it (CRLF and LF)`
        : `line ${line} ends with a carriage return alone`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const found = findOddLineEnd(descriptor);
        if (found === null) continue;
        const { number, end } = found.line;
        const isMixed = end !== 'cr';
        const severity = isMixed ? 'info' : 'warning';
        const data = { line: number, isMixed };
        const { offset, length } = lineSpan(found);
        const place = { offset: offset + length, length: end === 'crlf' ? 2 : 1 };
        tell(textFinding(descriptor, place, `descriptor.line[${number}]`, data, { severity }));
      }
    },
  },
  'vmdk/descriptor-missing': {
    severity: 'error',
    depth: 'header',
    title: 'An extent without descriptor',
    spec: DESCRIPTOR,
    repair: 'none',
    derivedFrom: ['vmdk4/descriptor-bounds'],
    message: ({ isPartOfSet }) =>
      isPartOfSet
        ? 'this is an extent without descriptor: one part of a disk, which is described by another file'
        : 'the extent has no descriptor, and no descriptor file was given for it',
  },
  'vmdk/descriptor-not-text': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor is not text',
    spec: DESCRIPTOR,
    repair: 'none',
    message: ({ byte, count }) =>
      `${count} bytes of the descriptor are control characters, the first 0x${byte.toString(16).padStart(2, '0')}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const text = descriptor.area.subarray(0, descriptor.textLength);
        const first = text.findIndex(isControl);
        if (first < 0) continue;
        const count = text.reduce((sum, byte) => sum + Number(isControl(byte)), 0);
        const data = { byte: text[first] ?? 0, count };
        tell(textFinding(descriptor, { offset: first, length: 1 }, 'descriptor', data));
      }
    },
  },
  'vmdk/descriptor-overflow': {
    severity: 'error',
    depth: 'header',
    title: 'The embedded descriptor does not fit its area',
    spec: `${DESCRIPTOR}; SparseExtentHeader, descriptorSize`,
    repair: 'none',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk4/descriptor-bounds'],
    message: ({ reason }) => `the embedded descriptor ${reason}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        if (!descriptor.place.isEmbedded) continue;
        const last = descriptor.statements.at(-1);
        if (descriptor.textLength === descriptor.area.length && last?.line.end === 'none')
          tell(lineFinding(descriptor, last, { reason: 'breaks off at the end of its area' }));
      }
      for (const { descriptorArea, headers } of image.hostedExtents) {
        if (descriptorArea === null) continue;
        const { descriptorSize, rgdOffset, gdOffset, overhead } = headers.header.fields;
        const start = BigInt(descriptorArea.offset / SECTOR_SIZE);
        const end = start + descriptorSize;
        const met = [rgdOffset, gdOffset, overhead].find((sector) => sector >= start && sector < end);
        if (met === undefined || met === 0n) continue;
        const what = met === overhead ? 'the grains' : 'a grain directory';
        const at = headers.header.at('descriptor_size');
        const reason = `reaches to sector ${end}, into ${what} at sector ${met}`;
        tell({ at, actual: String(descriptorSize), expected: `at most ${met - start}`, data: { reason } });
      }
    },
  },
  'vmdk/descriptor-signature': {
    severity: 'warning',
    depth: 'header',
    title: 'The first line is not "# Disk DescriptorFile"',
    spec: `${DESCRIPTOR}, header`,
    repair: 'safe',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
    message: ({ line }) => `the first line is ${JSON.stringify(line)}, not "# Disk DescriptorFile"`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const first = descriptor.statements[0];
        const line = first?.line.text ?? '';
        const span = { offset: first?.line.offset ?? 0, length: line.length };
        if (!hasDescriptorSignature(line))
          tell(textFinding(descriptor, span, 'descriptor.line[1]', { line: line.slice(0, 80) }));
      }
    },
  },
  'vmdk/descriptor-too-large': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor is too large',
    spec: 'Limits of QEMU (1 MiB) and VirtualBox (1100 lines)',
    repair: 'none',
    message: ({ bytes, lines }) =>
      `the descriptor has ${bytes} bytes in ${lines} lines; readers stop at 1 MiB or 1100 lines`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const { textLength, statements } = descriptor;
        if (textLength < USUAL_MAX_BYTES && statements.length <= USUAL_MAX_LINES) continue;
        const isCut = textLength === MAX_TEXT_BYTES || statements.length === MAX_LINES;
        const data = { bytes: textLength, lines: statements.length };
        const options = isCut ? { actual: 'more than is read' } : {};
        tell(wholeTextFinding(descriptor, 'descriptor', data, options));
      }
    },
  },
});

function markSpan(mark: ByteOrderMark): Span {
  return { offset: 0, length: mark === 'UTF-8' ? 3 : 2 };
}

function isControl(byte: number): boolean {
  return byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0d : byte === 0x7f;
}

/** The first line that ends with a carriage return alone, else the first that ends otherwise than the first one. */
function findOddLineEnd({ statements }: Descriptor): Statement | null {
  const usual = statements[0]?.line.end;
  let other: Statement | null = null;
  for (const statement of statements) {
    const { end } = statement.line;
    if (end === 'cr') return statement;
    if (end !== usual && end !== 'none') other ??= statement;
  }
  return other;
}

/**
 * Whether the bytes after the text are the end of an older, longer one: QEMU writes content ids without leading zeros,
 * and a shorter one over a longer one leaves the last bytes of the old text after the zero byte.
 */
function isLeftOver({ area, textLength }: Descriptor, tail: Uint8Array, bytes: number): boolean {
  const end = area.subarray(textLength - bytes, textLength);
  return bytes < MAX_SHRINKAGE && end.every((byte, index) => tail[1 + index] === byte);
}
