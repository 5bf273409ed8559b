import type { Finding, Severity, Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { findProperty, parseSectors, type Descriptor } from '../descriptor/descriptor.ts';
import type { Token } from '../descriptor/lines.ts';
import { ACCESS_MODES, EXTENT_TYPES, type ExtentLine, type Statement } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, extentField, lineSpan, textFinding } from './text-rule.ts';

const LINE = `${DESCRIPTOR}, extent descriptions`;
const FOUR_GI_SECTORS = 2 ** 32;
const TWO_GIB_SECTORS = 4_194_304;

/** What is found out about one word of an extent line. */
interface LineFault {
  readonly extent: number;
  readonly word: string;
}

/** A rule about extent lines. */
type LineRule = RaisableRule<VmdkImage, LineFault>;

/** A finding at a word of an extent line, or at the whole line. */
function lineFinding(
  descriptor: Descriptor,
  extent: ExtentLine,
  word: 'access' | 'sectors' | 'type' | 'file' | 'offset' | null,
  options: { readonly severity?: Severity; readonly expected?: string } = {},
): Finding<LineFault> {
  const token: Token | null = word === null ? null : extent[word];
  const text = token?.text ?? extent.line.text.trim();
  const span = token?.span ?? lineSpan(extent);
  const data = { extent: extent.index, word: text };
  return textFinding(
    descriptor,
    span,
    extentField(extent, token === null ? undefined : (word ?? undefined)),
    data,
    {
      actual: text,
      ...options,
    },
  );
}

/** Everything that `find` says about the extent lines of an image. */
function eachLine(
  image: VmdkImage,
  find: (extent: ExtentLine, descriptor: Descriptor) => Finding<LineFault> | null,
  tell: Tell<LineFault>,
): void {
  for (const descriptor of descriptorOf(image))
    for (const extent of descriptor.extents) {
      const finding = find(extent, descriptor);
      if (finding !== null) tell(finding);
    }
}

function typeOf({ type }: ExtentLine): string {
  return type.text.toUpperCase();
}

/** No extents. */
export const extentNone: RaisableRule<VmdkImage, { readonly lines: number }> = defineRule<
  VmdkImage,
  { readonly lines: number }
>({
  id: 'vmdk/extent-none',
  severity: 'error',
  depth: 'header',
  title: 'The descriptor lists no usable extent',
  spec: LINE,
  repair: 'none',
  derivedFrom: [
    'vmdk/extent-size-invalid',
    'vmdk/extent-line-malformed',
    'vmdk/extent-type-unknown',
    'vmdk/descriptor-not-text',
    'vmdk/descriptor-bom',
  ],
  message: ({ lines }) =>
    lines === 0
      ? 'the descriptor lists no extent'
      : `none of the ${lines} extent lines of the descriptor can be used`,
  explanation: {
    what: 'A disk consists of the extents that its descriptor lists, and there is none, or none with a usable size.',
    why: 'There is no disk to show to the guest.',
    how: 'A descriptor that was cut off or damaged, or a template.',
    readers:
      'QEMU ends with a failed assertion when nothing is left after dropping lines that it does not know.',
    repair: 'Write a line for each extent file; the sizes are in the headers of sparse extents.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      const lines = descriptor.extents.length;
      const usable = descriptor.extents.some(({ sectors }) => (parseSectors(sectors.text) ?? 0) > 0);
      if (!usable)
        tell(
          textFinding(descriptor, { offset: 0, length: descriptor.textLength }, 'descriptor.extents', {
            lines,
          }),
        );
    }
  },
});

/** A line that breaks the grammar. */
export const extentLineMalformed: RaisableRule<VmdkImage, { readonly line: number; readonly flaw: string }> =
  defineRule<VmdkImage, { readonly line: number; readonly flaw: string }>({
    id: 'vmdk/extent-line-malformed',
    severity: 'error',
    depth: 'header',
    title: 'An extent line is malformed',
    spec: LINE,
    repair: 'none',
    message: ({ line, flaw }) => `line ${line} is a malformed extent line: ${flaw}`,
    explanation: {
      what: 'An extent line is ACCESS SECTORS TYPE "FILE" OFFSET; this one has something else in it, or lacks something.',
      why: 'A reader that drops the line shows a smaller disk, with everything behind it in the wrong place.',
      how: 'A typing error, or a name with a quote in it, for which there is no way to write it.',
      readers: 'QEMU ignores some malformed lines without a word and refuses others.',
      repair: 'Correct the line.',
    },
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const statement of descriptor.statements) {
          const flaw = flawOf(statement);
          const { number } = statement.line;
          const field = statement.kind === 'extent' ? extentField(statement) : `descriptor.line[${number}]`;
          if (flaw !== null)
            tell(textFinding(descriptor, lineSpan(statement), field, { line: number, flaw }));
        }
    },
  });

/** Whether a line names no file though its type needs one. */
function lacksFile(extent: ExtentLine): boolean {
  return extent.file === null && typeOf(extent) !== 'ZERO' && Object.hasOwn(EXTENT_TYPES, typeOf(extent));
}

function flawOf(statement: Statement): string | null {
  if (statement.kind === 'extent')
    return statement.flaw ?? (lacksFile(statement) ? 'a file name must follow the type' : null);
  return statement.kind === 'unparsed' && statement.isExtent ? statement.flaw : null;
}

/** An access that nobody knows. */
export const extentAccessUnknown: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-access-unknown',
  severity: 'error',
  depth: 'header',
  title: 'Unknown access of an extent',
  spec: LINE,
  repair: 'none',
  message: ({ extent, word }) =>
    `extent ${extent} has the access ${JSON.stringify(word)}, which is none of RW, RDONLY, NOACCESS`,
  explanation: {
    what: 'The first word of an extent line is RW, RDONLY or NOACCESS; this one is something else.',
    why: 'A reader that drops the line shows a smaller disk, with everything behind it in the wrong place.',
    how: 'A typing error.',
    readers: 'QEMU ignores the line without a word; VirtualBox refuses the disk.',
    repair: 'Write RW.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        ACCESS_MODES.includes(extent.access.text)
          ? null
          : lineFinding(descriptor, extent, 'access', { expected: 'RW, RDONLY or NOACCESS' }),
      tell,
    ),
});

/** An access that QEMU drops. */
export const extentAccessNotRw: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-access-not-rw',
  severity: 'info',
  depth: 'header',
  title: 'An extent that not all readers show',
  spec: LINE,
  repair: 'lossy',
  message: ({ extent, word }) =>
    `extent ${extent} is ${word}, not RW: QEMU leaves such a line of a descriptor file out, and what follows it moves to the wrong place`,
  explanation: {
    what: 'An extent is read-only or without access, which is legal and rare.',
    why: 'It has its place on the disk. In a reader that leaves it out, everything behind it moves forward.',
    how: 'Disks on partitions of a host, where some partitions are hidden or protected from the guest.',
    readers:
      'QEMU drops every line of a descriptor file that is not RW, without a word, and does not look at the one inside an extent; vdcheck, libvmdk and VMware keep its place.',
    repair: 'Before converting with QEMU, write RW into a copy of the descriptor.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        ['RDONLY', 'NOACCESS'].includes(extent.access.text)
          ? lineFinding(descriptor, extent, 'access')
          : null,
      tell,
    ),
});

/** A type that nobody knows. */
export const extentTypeUnknown: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-type-unknown',
  severity: 'error',
  depth: 'header',
  title: 'Unknown type of an extent',
  spec: LINE,
  repair: 'none',
  message: ({ extent, word }) => `extent ${extent} is of type ${JSON.stringify(word)}, which nobody knows`,
  explanation: {
    what: 'The third word of an extent line is none of FLAT, SPARSE, ZERO, VMFS, VMFSSPARSE, SESPARSE, VMFSRDM, VMFSRAW, VSANSPARSE.',
    why: 'How the data of this part of the disk is stored is not known.',
    how: 'A typing error, or a product that nobody described.',
    readers: 'QEMU, VirtualBox and libvmdk refuse the disk.',
    repair: 'The first bytes of the file tell what it is: KDMV is SPARSE, COWD is VMFSSPARSE.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        Object.hasOwn(EXTENT_TYPES, typeOf(extent)) ? null : lineFinding(descriptor, extent, 'type'),
      tell,
    ),
});

/** A count of sectors that cannot be. */
export const extentSizeInvalid: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-size-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The size of an extent cannot be',
  spec: LINE,
  repair: 'none',
  message: ({ extent, word }) =>
    `extent ${extent} has ${JSON.stringify(word)} sectors, which is no size that a disk can have`,
  explanation: {
    what: 'The second word of an extent line is the number of sectors in decimal; this one is 0, no number, or so large that the disk has no exact size.',
    why: 'Where this extent ends and the next one begins is not known.',
    how: 'A typing error, a damaged descriptor, or one made to crash its reader.',
    readers: 'QEMU computes with what it makes of it, and may crash.',
    repair:
      'Sparse extents have the number in their header; for flat ones it is the size of the file in sectors.',
  },
  check(image, tell) {
    for (const descriptor of descriptorOf(image)) {
      let total = 0;
      for (const extent of descriptor.extents) {
        const sectors = parseSectors(extent.sectors.text) ?? 0;
        const isEmptyTemplate =
          extent.access.text === 'NOACCESS' && typeOf(extent) === 'ZERO' && extent.sectors.text === '0';
        total += sectors * 512;
        const isTooLarge = total > Number.MAX_SAFE_INTEGER;
        if ((sectors === 0 && !isEmptyTemplate) || isTooLarge)
          tell(lineFinding(descriptor, extent, 'sectors'));
        if (isTooLarge) total -= sectors * 512;
      }
    }
  },
});

/** A size beyond what the kind of extent can hold. */
export const extentSizeLimit: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-size-limit',
  severity: 'warning',
  depth: 'header',
  title: 'An extent is larger than its kind can be',
  spec: LINE,
  repair: 'none',
  message: ({ extent, word }) =>
    `extent ${extent} has ${word} sectors, more than an extent of its kind can have`,
  explanation: {
    what: 'Extents of a disk that is split into 2 GiB files have at most 4194304 sectors, and tables of 32-bit sectors reach 2 TiB.',
    why: 'The data is readable where programs do not mind; part of a sparse extent cannot be stored.',
    how: 'A descriptor edited by hand, or a split that was joined.',
    readers: 'VMware refuses it; QEMU does not mind.',
    repair: 'Convert the disk to another kind.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) => {
        const sectors = parseSectors(extent.sectors.text) ?? 0;
        const createType = findProperty(descriptor, 'createType')?.value.text ?? '';
        const limit = /^(twoGb|2Gb)MaxExtent/i.test(createType) ? TWO_GIB_SECTORS : sparseLimit(extent);
        return sectors > limit
          ? lineFinding(descriptor, extent, 'sectors', { expected: `at most ${limit}` })
          : null;
      },
      tell,
    ),
});

function sparseLimit(extent: ExtentLine): number {
  return ['SPARSE', 'VMFSSPARSE'].includes(typeOf(extent)) ? FOUR_GI_SECTORS - 1 : Number.MAX_SAFE_INTEGER;
}

/** A flat extent without offset. */
export const extentOffsetMissing: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-offset-missing',
  severity: 'warning',
  depth: 'header',
  title: 'A FLAT extent without offset',
  spec: LINE,
  repair: 'safe',
  message: ({ extent }) => `extent ${extent} is FLAT and has no offset behind its file name`,
  explanation: {
    what: 'The line of a FLAT extent ends with the sector of the file at which it begins; here it is missing.',
    why: 'Nothing is lost: it can only be 0. But some programs refuse the disk.',
    how: 'A descriptor written by hand. (VMFS extents have none, which is right.)',
    readers: 'QEMU refuses it; libvmdk and imago take 0.',
    repair: 'Write 0 behind the file name.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        typeOf(extent) === 'FLAT' && extent.file !== null && extent.offset === null
          ? lineFinding(descriptor, extent, null)
          : null,
      tell,
    ),
});

/** An offset where there should be none. */
export const extentOffsetUnexpected: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-offset-unexpected',
  severity: 'warning',
  depth: 'header',
  title: 'An offset where the type of extent has none',
  spec: LINE,
  repair: 'safe',
  message: ({ extent, word }) => `extent ${extent} has the offset ${word}, but only FLAT extents have one`,
  explanation: {
    what: 'A VMFS or sparse extent begins at the start of its file, so its line has no offset; this one has.',
    why: 'Nothing is lost if it is 0, but some programs refuse the disk.',
    how: 'A descriptor written by hand.',
    readers: 'QEMU refuses it.',
    repair: 'Remove the number.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        ['VMFS', 'SPARSE', 'VMFSSPARSE', 'SESPARSE'].includes(typeOf(extent)) && extent.offset !== null
          ? lineFinding(descriptor, extent, 'offset')
          : null,
      tell,
    ),
});

/** An offset that is no number. */
export const extentOffsetInvalid: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-offset-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The offset of an extent cannot be',
  spec: LINE,
  repair: 'none',
  message: ({ extent, word }) =>
    `extent ${extent} has the offset ${JSON.stringify(word)}, which is no number of sectors`,
  explanation: {
    what: 'The word behind the file name is the sector at which the extent begins; this one is negative or no number.',
    why: 'Where the data of this part of the disk is, is not known; vdcheck takes the start of the file.',
    how: 'A typing error.',
    readers: 'QEMU refuses it.',
    repair: 'Write the right number, mostly 0.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        extent.offset !== null && parseSectors(extent.offset.text) === null
          ? lineFinding(descriptor, extent, 'offset')
          : null,
      tell,
    ),
});

/** ZERO with a file, or another type without one. */
export const extentZeroWithFile: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-zero-with-file',
  severity: 'warning',
  depth: 'header',
  title: 'A file where there should be none, or none where there should be one',
  spec: LINE,
  repair: 'none',
  message: ({ extent, word }) => `extent ${extent} (${word}): ZERO extents have no file, all others have one`,
  explanation: {
    what: 'A ZERO extent names a file, or an extent of another type names none.',
    why: 'It is not clear whether this part of the disk is zeros or stands in a file.',
    how: 'A descriptor edited by hand.',
    readers: 'VirtualBox refuses it; QEMU drops ZERO lines whatever they name.',
    repair: 'Write the type that is meant.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) =>
        extent.flaw !== null || (typeOf(extent) === 'ZERO') === (extent.file === null)
          ? null
          : lineFinding(descriptor, extent, null),
      tell,
    ),
});

/** An extent of zeros. */
export const extentZeroPresent: LineRule = defineRule<VmdkImage, LineFault>({
  id: 'vmdk/extent-zero-present',
  severity: 'info',
  depth: 'header',
  title: 'An extent of zeros',
  spec: LINE,
  repair: 'none',
  message: ({ extent }) =>
    `extent ${extent} is ZERO: QEMU leaves it out, and what follows moves to the wrong place`,
  explanation: {
    what: 'A ZERO extent has no file and reads as zeros, which is legal and rare.',
    why: 'It has its place on the disk. In a reader that leaves it out, everything behind it moves forward.',
    how: 'Disks on partitions of a host, where gaps are filled with zeros.',
    readers: 'QEMU and dissect drop the line without a word; vdcheck, libvmdk and VMware keep its place.',
    repair: 'Before converting with QEMU, make it a FLAT extent of a sparse file.',
  },
  check: (image, tell) =>
    eachLine(
      image,
      (extent, descriptor) => (typeOf(extent) === 'ZERO' ? lineFinding(descriptor, extent, 'type') : null),
      tell,
    ),
});
