import { defineRules } from '../../../model/rule.ts';
import { parseSectors } from '../descriptor/descriptor.ts';
import { ACCESS_MODES, EXTENT_TYPES, type ExtentLine, type Statement } from '../descriptor/statements.ts';
import { descriptorOf, extentField, lineFinding, wholeTextFinding } from '../descriptor/text-findings.ts';
import { isStreamOptimized } from '../descriptor/descriptor.ts';
import type { VmdkFindings } from '../findings.ts';
import type { VmdkImage } from '../image.ts';
import { EXTENT_LINES, tellOddLines, typeOf } from './odd-lines.ts';

/** The rules on the lines that list extents. */
export const extentLinesRules = defineRules<VmdkImage, VmdkFindings>()({
  /** An access with which QEMU leaves the line out. */
  'vmdk/extent-access-not-rw': {
    severity: 'info',
    depth: 'header',
    title: 'An extent that not all readers show',
    spec: EXTENT_LINES,
    repair: 'lossy',
    message: ({ extent, word }) =>
      `extent ${extent} is ${word}, not RW: QEMU leaves such a line of a descriptor file out, and what follows it moves to the wrong place`,
    check(image, tell) {
      // In the text inside a stream VMware writes RDONLY always, and all readers ignore it.
      if (image.descriptor?.place.isEmbedded === true && isStreamOptimized(image.descriptor)) return;
      tellOddLines(image, 'access', ({ access }) => ['RDONLY', 'NOACCESS'].includes(access.text), tell);
    },
  },
  'vmdk/extent-access-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown access of an extent',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has the access ${JSON.stringify(word)}, which is none of RW, RDONLY, NOACCESS`,
    check: (image, tell) =>
      tellOddLines(image, 'access', ({ access }) => !ACCESS_MODES.includes(access.text), tell, {
        expected: 'RW, RDONLY or NOACCESS',
      }),
  },
  'vmdk/extent-line-malformed': {
    severity: 'error',
    depth: 'header',
    title: 'An extent line is malformed',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ line, flaw }) => `line ${line} is a malformed extent line: ${flaw}`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const statement of descriptor.statements) {
          const flaw = flawOf(statement);
          if (flaw === null) continue;
          const data = { line: statement.line.number, flaw };
          const field = statement.kind === 'extent' ? extentField(statement) : undefined;
          tell(lineFinding(descriptor, statement, data, field));
        }
    },
  },
  'vmdk/extent-none': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor lists no usable extent',
    spec: EXTENT_LINES,
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
        const { extents } = descriptor;
        const isUsable = extents.some(({ sectors }) => (parseSectors(sectors.text) ?? 0) > 0);
        if (!isUsable) tell(wholeTextFinding(descriptor, 'descriptor.extents', { lines: extents.length }));
      }
    },
  },
  'vmdk/extent-type-unknown': {
    severity: 'error',
    depth: 'header',
    title: 'Unknown type of an extent',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent, word }) =>
      isKnownType(word.toUpperCase())
        ? `extent ${extent} has the type ${JSON.stringify(word)}, which is usually written ${word.toUpperCase()}`
        : `extent ${extent} has the unknown type ${JSON.stringify(word)}`,
    check(image, tell) {
      tellOddLines(image, 'type', (extent) => !isKnownType(typeOf(extent)), tell);
      const isOddCase = (extent: ExtentLine): boolean =>
        isKnownType(typeOf(extent)) && typeOf(extent) !== extent.type.text;
      tellOddLines(image, 'type', isOddCase, tell, { severity: 'warning' });
    },
  },
  'vmdk/extent-zero-present': {
    severity: 'info',
    depth: 'header',
    title: 'An extent of zeros',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent }) =>
      `extent ${extent} is ZERO: QEMU leaves it out, and what follows moves to the wrong place`,
    check: (image, tell) => tellOddLines(image, 'type', (extent) => typeOf(extent) === 'ZERO', tell),
  },
  'vmdk/extent-zero-with-file': {
    severity: 'warning',
    depth: 'header',
    title: 'A file where there should be none, or none where there should be one',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} (${word}): ZERO extents have no file, all others have one`,
    check: (image, tell) =>
      tellOddLines(
        image,
        null,
        (extent) => extent.flaw === null && (typeOf(extent) === 'ZERO') !== (extent.file === null),
        tell,
      ),
  },
});

function isKnownType(type: string): boolean {
  return Object.hasOwn(EXTENT_TYPES, type);
}

function flawOf(statement: Statement): string | null {
  if (statement.kind === 'extent')
    return statement.flaw ?? (lacksFile(statement) ? 'a file name must follow the type' : null);
  return statement.kind === 'unparsed' && statement.isExtent ? statement.flaw : null;
}

/** Whether a line names no file though its type needs one. */
function lacksFile(extent: ExtentLine): boolean {
  return extent.file === null && typeOf(extent) !== 'ZERO' && Object.hasOwn(EXTENT_TYPES, typeOf(extent));
}
