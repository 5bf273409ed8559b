import type { ImageFile } from '../../../model/image.ts';
import type { ProblemSink } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { MAX_LINES, MAX_TEXT_BYTES, type Descriptor } from '../descriptor/descriptor.ts';
import type { Statement } from '../descriptor/statements.ts';
import { headerPlace, type PlacedHeader } from '../extents/placed-header.ts';
import type { VmdkImage } from '../image.ts';
import { firstNonZeroByte } from '../../shared/zeros.ts';
import { hasDescriptorSignature } from '../marks.ts';
import { hostedExtents } from './field-rule.ts';
import { DESCRIPTOR, descriptorOf, lineSpan, textFinding } from './text-rule.ts';

/** VirtualBox stops reading a descriptor here. */
const USUAL_MAX_LINES = 1100;
/** QEMU reads no more of a descriptor than this. */
const USUAL_MAX_BYTES = 1024 * 1024;

/** An extent without any descriptor. */
export const descriptorMissing: RaisableRule<unknown, { readonly isPartOfSet: boolean }> = defineRule({
  id: 'vmdk/descriptor-missing',
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
  explanation: {
    what: 'A descriptor lists the extents of a disk and gives it its identity. This file has none inside, and was not reached through one.',
    why: 'Taken alone the extent is not a disk: its parent, and what lies before and behind it, are not known.',
    how: 'One file of a split disk or of a snapshot was given instead of the descriptor; or the embedded descriptor was lost.',
    readers: 'QEMU refuses it with "Invalid argument", libvmdk as well; vdcheck reads it as it stands.',
    repair:
      'Give the descriptor file instead. If it is lost, a new one can be made from the headers of all extents.',
  },
});

/**
 * Reports an extent that is opened by itself. Extents of split disks and of snapshots never hold a descriptor, which is no damage; which they are is
 * told by their kind or, of a hosted sparse one, by the name that VMware and QEMU give to parts of a set.
 */
export function reportMissingDescriptor(
  file: ImageFile,
  hosted: PlacedHeader | null,
  problems: ProblemSink,
): void {
  const isPartOfSet = hosted === null || /-s\d{3}\.vmdk$/i.test(file.path);
  const at =
    hosted === null
      ? { file, offset: null, length: null, field: null }
      : headerPlace(file, hosted, 'descriptor_offset');
  problems.add(
    descriptorMissing.report({ at, data: { isPartOfSet }, severity: isPartOfSet ? 'info' : 'error' }),
  );
}

/** The first line is not the usual comment. */
export const descriptorSignature: RaisableRule<VmdkImage, { readonly line: string }> = defineRule<
  VmdkImage,
  { readonly line: string }
>({
  id: 'vmdk/descriptor-signature',
  severity: 'warning',
  depth: 'header',
  title: 'The first line is not "# Disk DescriptorFile"',
  spec: `${DESCRIPTOR}, header`,
  repair: 'safe',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk/descriptor-bom'],
  message: ({ line }) => `the first line is ${JSON.stringify(line)}, not "# Disk DescriptorFile"`,
  explanation: {
    what: 'Descriptors begin with a comment that says what they are, in one of four spellings; this one does not.',
    why: 'Nothing in the disk depends on it, but some programs recognise descriptors by nothing else.',
    how: 'A descriptor written by hand or by a simple tool.',
    readers: 'libvmdk and VirtualBox refuse it; QEMU looks for version= instead.',
    repair: 'Put the line "# Disk DescriptorFile" in front.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const first = descriptor.statements[0];
      const line = first?.line.text ?? '';
      if (!hasDescriptorSignature(line))
        tell(
          textFinding(
            descriptor,
            { offset: first?.line.offset ?? 0, length: line.length },
            'descriptor.line[1]',
            {
              line: line.slice(0, 80),
            },
          ),
        );
    }
  },
});

/** Text that no reader takes in whole. */
export const descriptorTooLarge: RaisableRule<VmdkImage, { readonly bytes: number; readonly lines: number }> =
  defineRule<VmdkImage, { readonly bytes: number; readonly lines: number }>({
    id: 'vmdk/descriptor-too-large',
    severity: 'error',
    depth: 'header',
    title: 'The descriptor is too large',
    spec: 'Limits of QEMU (1 MiB) and VirtualBox (1100 lines)',
    repair: 'none',
    message: ({ bytes, lines }) =>
      `the descriptor has ${bytes} bytes in ${lines} lines; readers stop at 1 MiB or 1100 lines`,
    explanation: {
      what: 'The text is longer than readers are prepared for. A descriptor has some twenty lines and one for each extent.',
      why: 'A reader that stops early misses extents, and shows a smaller disk.',
      how: 'A file that is no descriptor, or one made to exhaust its readers.',
      readers: 'QEMU cuts it off without a word, VirtualBox refuses it.',
      repair: 'Remove what does not belong there; use larger extents.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const { textLength, statements } = descriptor;
        if (textLength < USUAL_MAX_BYTES && statements.length <= USUAL_MAX_LINES) continue;
        const isCut = textLength === MAX_TEXT_BYTES || statements.length === MAX_LINES;
        const data = { bytes: textLength, lines: statements.length };
        tell(
          textFinding(
            descriptor,
            { offset: 0, length: textLength },
            'descriptor',
            data,
            isCut ? { actual: 'more than is read' } : {},
          ),
        );
      }
    },
  });

/** Embedded text that runs out of its area. */
export const descriptorOverflow: RaisableRule<VmdkImage, { readonly reason: string }> = defineRule<
  VmdkImage,
  { readonly reason: string }
>({
  id: 'vmdk/descriptor-overflow',
  severity: 'error',
  depth: 'header',
  title: 'The embedded descriptor does not fit its area',
  spec: `${DESCRIPTOR}; SparseExtentHeader, descriptorSize`,
  repair: 'none',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk4/descriptor-bounds'],
  message: ({ reason }) => `the embedded descriptor ${reason}`,
  explanation: {
    what: 'The text fills its area to the last byte and breaks off, or the area reaches into the tables or grains.',
    why: 'The end of the text is lost, or a longer text will overwrite tables.',
    how: 'A tool that added lines without making room, or a damaged descriptorSize.',
    readers: 'Readers take what is there; the last value may be cut short.',
    repair: 'Shorten the text, for one its comments, and end it with a zero byte.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      if (!descriptor.place.isEmbedded) continue;
      const last = descriptor.statements.at(-1);
      if (descriptor.textLength === descriptor.area.length && last?.line.end === 'none')
        tell(
          textFinding(descriptor, lineSpan(last), `descriptor.line[${last.line.number}]`, {
            reason: 'breaks off at the end of its area',
          }),
        );
    }
    for (const { descriptorArea, headers, file } of hostedExtents(image)) {
      if (descriptorArea === null) continue;
      const { descriptorSize, rgdOffset, gdOffset, overhead } = headers.header.fields;
      const start = BigInt(descriptorArea.offset / SECTOR_SIZE);
      const end = start + descriptorSize;
      const met = [rgdOffset, gdOffset, overhead].find((sector) => sector >= start && sector < end);
      if (met === undefined || met === 0n) continue;
      const what = met === overhead ? 'the grains' : 'a grain directory';
      const at = headerPlace(file, headers.header, 'descriptor_size');
      const reason = `reaches to sector ${end}, into ${what} at sector ${met}`;
      tell({ at, actual: String(descriptorSize), expected: `at most ${met - start}`, data: { reason } });
    }
  },
});

/** Bytes that are no text. */
export const descriptorNotText: RaisableRule<VmdkImage, { readonly byte: number; readonly count: number }> =
  defineRule<VmdkImage, { readonly byte: number; readonly count: number }>({
    id: 'vmdk/descriptor-not-text',
    severity: 'error',
    depth: 'header',
    title: 'The descriptor is not text',
    spec: DESCRIPTOR,
    repair: 'none',
    message: ({ byte, count }) =>
      `${count} bytes of the descriptor are control characters, the first 0x${byte.toString(16).padStart(2, '0')}`,
    explanation: {
      what: 'Before the first zero byte there are control characters other than tab, carriage return and line feed.',
      why: 'The text was damaged or overwritten: identity, extents and parent may be wrong.',
      how: 'Something else was written over the descriptor, or another file was taken for one.',
      readers: 'QEMU looks for what it knows and ignores the rest; others refuse it.',
      repair: 'Make a new descriptor from the header, or restore the file.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const text = descriptor.area.subarray(0, descriptor.textLength);
        const first = text.findIndex(isControl);
        if (first < 0) continue;
        const count = text.reduce((sum, byte) => sum + Number(isControl(byte)), 0);
        tell(
          textFinding(descriptor, { offset: first, length: 1 }, 'descriptor', {
            byte: text[first] ?? 0,
            count,
          }),
        );
      }
    },
  });

function isControl(byte: number): boolean {
  return byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0d : byte === 0x7f;
}

/** A byte order mark. */
export const descriptorBom: RaisableRule<VmdkImage, { readonly mark: string }> = defineRule<
  VmdkImage,
  { readonly mark: string }
>({
  id: 'vmdk/descriptor-bom',
  severity: 'warning',
  depth: 'header',
  title: 'A byte order mark stands before the descriptor',
  spec: DESCRIPTOR,
  repair: 'safe',
  message: ({ mark }) => `the descriptor begins with a byte order mark (${mark})`,
  explanation: {
    what: 'An editor put a byte order mark in front of the text.',
    why: 'The first line is no longer what readers look for, so the descriptor may be taken for a raw disk of a few hundred bytes.',
    how: 'The descriptor was edited and saved as "UTF-8 with BOM" or "Unicode".',
    readers: 'QEMU probes it as raw; libvmdk refuses it.',
    repair: 'Save the text as UTF-8 without a mark.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image))
      if (descriptor.mark !== null)
        tell(
          textFinding(descriptor, { offset: 0, length: descriptor.mark === 'UTF-8' ? 3 : 2 }, 'descriptor', {
            mark: descriptor.mark,
          }),
        );
  },
});

/** Line ends that readers do not take. */
export const descriptorLineEndings: RaisableRule<
  VmdkImage,
  { readonly line: number; readonly isMixed: boolean }
> = defineRule<VmdkImage, { readonly line: number; readonly isMixed: boolean }>({
  id: 'vmdk/descriptor-line-endings',
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
  explanation: {
    what: 'A line ends with a carriage return that no line feed follows, or lines end in different ways.',
    why: 'Some readers take two lines for one and miss a value.',
    how: 'An editor of an old system, or a transfer in text mode.',
    readers: 'VirtualBox refuses a lone carriage return; QEMU splits at line feeds only.',
    repair: 'Save the text with line feeds.',
  },
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
});

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

/** Bytes behind the end of the text. */
export const descriptorHiddenTail: RaisableRule<VmdkImage, { readonly bytes: number }> = defineRule<
  VmdkImage,
  { readonly bytes: number }
>({
  id: 'vmdk/descriptor-hidden-tail',
  severity: 'warning',
  depth: 'header',
  title: 'Something stands behind the end of the descriptor',
  spec: DESCRIPTOR,
  repair: 'lossy',
  derivedFrom: [
    'vmdk/descriptor-not-text',
    'vmdk/descriptor-bom',
    'vmdk/descriptor-overflow',
    'vmdk4/descriptor-bounds',
  ],
  message: ({ bytes }) => `${bytes} bytes that are not zero stand behind the zero byte that ends the text`,
  explanation: {
    what: 'The text ends at its first zero byte; behind it, in the area of the descriptor, there are other bytes.',
    why: 'No reader shows them, but a reader that does not stop there sees another disk. It is also a place to hide something.',
    how: 'A shorter text written over a longer one, or bytes put there on purpose.',
    readers: 'All readers that treat the text as a C string ignore it.',
    repair: 'Look at the bytes, then overwrite them with zeros.',
  },
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
});

/** Digits by which a content id can become shorter. */
const MAX_SHRINKAGE = 7;

/**
 * Whether the bytes behind the text are the end of an older, longer one: QEMU writes content ids without leading zeros, and a shorter one over
 * a longer one leaves the last bytes of the old text behind the zero byte.
 */
function isLeftOver({ area, textLength }: Descriptor, tail: Uint8Array, bytes: number): boolean {
  const end = area.subarray(textLength - bytes, textLength);
  return bytes < MAX_SHRINKAGE && end.every((byte, index) => tail[1 + index] === byte);
}
