import type { Finding, Severity, Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { findProperty, parseSectors, type Descriptor } from '../descriptor/descriptor.ts';
import type { Token } from '../descriptor/lines.ts';
import { ACCESS_MODES, EXTENT_TYPES, type ExtentLine, type Statement } from '../descriptor/statements.ts';
import type { VmdkImage } from '../image.ts';
import { DESCRIPTOR, descriptorOf, extentField, lineSpan, textFinding } from '../descriptor/text-findings.ts';
import type { VmdkFindings, LineFault } from '../findings.ts';

const LINE = `${DESCRIPTOR}, extent descriptions`;

const FOUR_GI_SECTORS = 2 ** 32;

const TWO_GIB_SECTORS = 4_194_304;

/** The rules on the lines that list extents. */
export const extentLinesRules = defineRules<VmdkImage, VmdkFindings>()({
  /** An access that QEMU drops. */
  'vmdk/extent-access-not-rw': {
    severity: 'info',
    depth: 'header',
    title: 'An extent that not all readers show',
    spec: LINE,
    repair: 'lossy',
    message: ({ extent, word }) =>
      `extent ${extent} is ${word}, not RW: QEMU leaves such a line of a descriptor file out, and what follows it moves to the wrong place`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          ['RDONLY', 'NOACCESS'].includes(extent.access.text)
            ? lineFinding(descriptor, extent, 'access')
            : null,
        tell,
      ),
  },
  'vmdk/extent-access-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown access of an extent',
    spec: LINE,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has the access ${JSON.stringify(word)}, which is none of RW, RDONLY, NOACCESS`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          ACCESS_MODES.includes(extent.access.text)
            ? null
            : lineFinding(descriptor, extent, 'access', { expected: 'RW, RDONLY or NOACCESS' }),
        tell,
      ),
  },
  'vmdk/extent-line-malformed': {
    severity: 'error',
    depth: 'header',
    title: 'An extent line is malformed',
    spec: LINE,
    repair: 'none',
    message: ({ line, flaw }) => `line ${line} is a malformed extent line: ${flaw}`,
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
  },
  'vmdk/extent-none': {
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
  },
  'vmdk/extent-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The offset of an extent cannot be',
    spec: LINE,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has the offset ${JSON.stringify(word)}, which is no number of sectors`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          extent.offset !== null && parseSectors(extent.offset.text) === null
            ? lineFinding(descriptor, extent, 'offset')
            : null,
        tell,
      ),
  },
  'vmdk/extent-offset-missing': {
    severity: 'warning',
    depth: 'header',
    title: 'A FLAT extent without offset',
    spec: LINE,
    repair: 'safe',
    message: ({ extent }) => `extent ${extent} is FLAT and has no offset behind its file name`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          typeOf(extent) === 'FLAT' && extent.file !== null && extent.offset === null
            ? lineFinding(descriptor, extent, null)
            : null,
        tell,
      ),
  },
  'vmdk/extent-offset-unexpected': {
    severity: 'warning',
    depth: 'header',
    title: 'An offset where the type of extent has none',
    spec: LINE,
    repair: 'safe',
    message: ({ extent, word }) => `extent ${extent} has the offset ${word}, but only FLAT extents have one`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          ['VMFS', 'SPARSE', 'VMFSSPARSE', 'SESPARSE'].includes(typeOf(extent)) && extent.offset !== null
            ? lineFinding(descriptor, extent, 'offset')
            : null,
        tell,
      ),
  },
  'vmdk/extent-size-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The size of an extent cannot be',
    spec: LINE,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has ${JSON.stringify(word)} sectors, which is no size that a disk can have`,
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
  },
  'vmdk/extent-size-limit': {
    severity: 'warning',
    depth: 'header',
    title: 'An extent is larger than its kind can be',
    spec: LINE,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has ${word} sectors, more than an extent of its kind can have`,
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
  },
  'vmdk/extent-type-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown type of an extent',
    spec: LINE,
    repair: 'none',
    message: ({ extent, word }) => `extent ${extent} is of type ${JSON.stringify(word)}, which nobody knows`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          Object.hasOwn(EXTENT_TYPES, typeOf(extent)) ? null : lineFinding(descriptor, extent, 'type'),
        tell,
      ),
  },
  'vmdk/extent-zero-present': {
    severity: 'info',
    depth: 'header',
    title: 'An extent of zeros',
    spec: LINE,
    repair: 'none',
    message: ({ extent }) =>
      `extent ${extent} is ZERO: QEMU leaves it out, and what follows moves to the wrong place`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) => (typeOf(extent) === 'ZERO' ? lineFinding(descriptor, extent, 'type') : null),
        tell,
      ),
  },
  'vmdk/extent-zero-with-file': {
    severity: 'warning',
    depth: 'header',
    title: 'A file where there should be none, or none where there should be one',
    spec: LINE,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} (${word}): ZERO extents have no file, all others have one`,
    check: (image, tell) =>
      eachLine(
        image,
        (extent, descriptor) =>
          extent.flaw !== null || (typeOf(extent) === 'ZERO') === (extent.file === null)
            ? null
            : lineFinding(descriptor, extent, null),
        tell,
      ),
  },
});

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

/** Whether a line names no file though its type needs one. */
function lacksFile(extent: ExtentLine): boolean {
  return extent.file === null && typeOf(extent) !== 'ZERO' && Object.hasOwn(EXTENT_TYPES, typeOf(extent));
}

function flawOf(statement: Statement): string | null {
  if (statement.kind === 'extent')
    return statement.flaw ?? (lacksFile(statement) ? 'a file name must follow the type' : null);
  return statement.kind === 'unparsed' && statement.isExtent ? statement.flaw : null;
}

function sparseLimit(extent: ExtentLine): number {
  return ['SPARSE', 'VMFSSPARSE'].includes(typeOf(extent)) ? FOUR_GI_SECTORS - 1 : Number.MAX_SAFE_INTEGER;
}
