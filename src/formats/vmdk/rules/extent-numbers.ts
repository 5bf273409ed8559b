import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import { findProperty, parseSectors } from '../descriptor/descriptor.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import { descriptorOf } from '../descriptor/text-findings.ts';
import type { VmdkFindings } from '../findings.ts';
import type { VmdkImage } from '../image.ts';
import { EXTENT_LINES, tellOddLines, typeOf, wordFinding } from './odd-lines.ts';

const FOUR_GI_SECTORS = 2 ** 32;
/**
 * Sectors of the largest extent that VMware writes itself in a split disk: Workstation 16 and Fusion 12 and newer;
 * older ones write 4 192 256.
 */
const SPLIT_SECTORS = 8_323_072;

/** The rules on the sizes and offsets in extent lines. */
export const extentNumbersRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/extent-offset-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The offset of an extent is impossible',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has the offset ${JSON.stringify(word)}, which is no number of sectors`,
    check: (image, tell) =>
      tellOddLines(
        image,
        'offset',
        ({ offset }) => offset !== null && parseSectors(offset.text) === null,
        tell,
      ),
  },
  'vmdk/extent-offset-missing': {
    severity: 'error',
    depth: 'header',
    title: 'A FLAT extent without offset',
    spec: EXTENT_LINES,
    repair: 'safe',
    message: ({ extent }) => `extent ${extent} is FLAT and has no offset after its file name`,
    check: (image, tell) =>
      tellOddLines(
        image,
        null,
        (extent) => typeOf(extent) === 'FLAT' && extent.file !== null && extent.offset === null,
        tell,
      ),
  },
  'vmdk/extent-offset-unexpected': {
    severity: 'warning',
    depth: 'header',
    title: 'An offset where the type of extent has none',
    spec: EXTENT_LINES,
    repair: 'safe',
    message: ({ extent, word }) => `extent ${extent} has the offset ${word}, but only FLAT extents have one`,
    check: (image, tell) =>
      tellOddLines(
        image,
        'offset',
        (extent) =>
          ['VMFS', 'SPARSE', 'VMFSSPARSE', 'SESPARSE'].includes(typeOf(extent)) && extent.offset !== null,
        tell,
      ),
  },
  'vmdk/extent-size-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The size of an extent is impossible',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has ${JSON.stringify(word)} sectors, which is no size that a disk can have`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        let total = 0;
        for (const extent of descriptor.extents) {
          const size = (parseSectors(extent.sectors.text) ?? 0) * SECTOR_SIZE;
          const isTooLarge = total + size > Number.MAX_SAFE_INTEGER;
          if ((size === 0 && !isEmptyTemplate(extent)) || isTooLarge)
            tell(wordFinding(descriptor, extent, 'sectors'));
          if (!isTooLarge) total += size;
        }
      }
    },
  },
  'vmdk/extent-size-limit': {
    severity: 'warning',
    depth: 'header',
    title: 'An extent is larger than its kind can be',
    spec: EXTENT_LINES,
    repair: 'none',
    message: ({ extent, word }) =>
      `extent ${extent} has ${word} sectors, more than an extent of its kind can have`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const createType = findProperty(descriptor, 'createType')?.value.text ?? '';
        const isSplit = /^(twoGb|2Gb)MaxExtent/i.test(createType);
        // The tables of a stream point to what its grains were packed into.
        if (/^streamOptimized$/i.test(createType)) continue;
        for (const extent of descriptor.extents) {
          const sectors = parseSectors(extent.sectors.text) ?? 0;
          const limit = sparseLimit(extent);
          if (sectors > limit)
            tell(
              wordFinding(descriptor, extent, 'sectors', { expected: `at most ${limit}`, severity: 'error' }),
            );
          else if (isSplit && sectors > SPLIT_SECTORS)
            tell(
              wordFinding(descriptor, extent, 'sectors', {
                expected: `at most ${SPLIT_SECTORS}`,
                severity: 'info',
              }),
            );
        }
      }
    },
  },
});

/** The line by which VirtualBox marks an empty template. */
function isEmptyTemplate(extent: ExtentLine): boolean {
  return extent.access.text === 'NOACCESS' && typeOf(extent) === 'ZERO' && extent.sectors.text === '0';
}

function sparseLimit(extent: ExtentLine): number {
  return ['SPARSE', 'VMFSSPARSE'].includes(typeOf(extent)) ? FOUR_GI_SECTORS - 1 : Number.MAX_SAFE_INTEGER;
}
