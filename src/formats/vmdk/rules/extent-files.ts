import { fileNameOf } from '../../../model/file-name.ts';
import { judgeReference, type ReferenceVerdict } from '../../../model/reference-state.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Severity, Tell } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { isStreamOptimized, parseSectors, placeOf } from '../descriptor/descriptor.ts';
import { descriptorOf, extentField } from '../descriptor/text-findings.ts';
import { capacityOf as hostedCapacity } from '../extents/hosted/layout/geometry.ts';
import type { Extent } from '../extents/index.ts';
import { isReferenceState, type UnavailableCause } from '../extents/plain.ts';
import type { FileFault, VmdkFindings } from '../findings.ts';
import type { VmdkImage } from '../image.ts';
import { describeFile, EXTENT_FILES, fileFinding } from './file-findings.ts';

/** What VMware writes into every stream that it exports, whatever the file is called. */
const GENERATED = 'generated-stream.vmdk';

/** The rules on the files that extent lines name. */
export const extentFilesRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/embedded-name-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'The embedded descriptor names another file',
    spec: EXTENT_FILES,
    repair: 'safe',
    message: describeFile,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const [extent] = image.extents;
        const name = extent?.line?.file?.text;
        if (!descriptor.place.isEmbedded || extent?.kind !== 'hosted-sparse' || name === undefined) continue;
        const own = fileNameOf(extent.file.path);
        if (own === null || (name === GENERATED && isStreamOptimized(descriptor))) continue;
        if (name.split(/[\\/]/).at(-1) !== own)
          tell(fileFinding(descriptor, extent, `this file is called ${JSON.stringify(own)}`));
      }
    },
  },
  'vmdk/extent-capacity-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'Header and extent line give different sizes',
    spec: `${EXTENT_FILES}; SparseExtentHeader, capacity`,
    repair: 'decision',
    derivedFrom: ['vmdk/descriptor-not-text', 'vmdk4/capacity-zero'],
    message: ({ extent, line, header }) =>
      `extent ${extent} has ${line} sectors by its line and ${header} by its header`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const extent of image.extents) {
          const header = capacityOf(extent);
          const { line } = extent;
          const declared = line === null ? null : parseSectors(line.sectors.text);
          if (line === null || header === null || declared === null || header === declared) continue;
          if (extent.kind === 'hosted-sparse' && !extent.agrees(({ capacity }) => capacity)) continue;
          const excess = (header - declared) * SECTOR_SIZE;
          const isRounding = excess > 0 && excess < (extent.grainSize ?? 0);
          tell({
            at: placeOf(descriptor, line.sectors.span, extentField(line, 'sectors')),
            guestOffset: extent.guestStart,
            expected: String(header),
            actual: line.sectors.text,
            severity: isRounding ? 'warning' : 'error',
            data: { extent: line.index, line: declared, header },
          });
        }
    },
  },
  'vmdk/extent-file-missing': {
    severity: 'error',
    depth: 'header',
    title: 'The file of an extent is missing',
    spec: EXTENT_FILES,
    repair: 'none',
    message: describeFile,
    check: (image, tell) => tellClosed(image, 'missing', tell),
  },
  'vmdk/extent-not-opened': {
    severity: 'info',
    depth: 'header',
    title: 'The file of an extent was not opened',
    spec: EXTENT_FILES,
    repair: 'none',
    message: ({ extent, reason }) => `extent ${extent}: ${reason}`,
    check: (image, tell) => tellClosed(image, 'not-opened', tell),
  },
  'vmdk/extent-found-elsewhere': {
    severity: 'info',
    depth: 'header',
    title: 'The file of an extent was found elsewhere',
    spec: EXTENT_FILES,
    repair: 'safe',
    message: ({ extent, name, reason }) =>
      `extent ${extent} is in ${JSON.stringify(name)}, which was not found; ${JSON.stringify(reason)} beside the descriptor was taken instead`,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const extent of image.extents) {
          const found = extent.line?.file == null ? undefined : image.foundNames.get(extent.line.file.text);
          if (found !== undefined) tell(fileFinding(descriptor, extent, found));
        }
    },
  },
  'vmdk/extent-file-repeated': {
    severity: 'error',
    depth: 'header',
    title: 'Two extents are one sparse file',
    spec: EXTENT_FILES,
    repair: 'none',
    message: describeFile,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const seen = new Map<unknown, number>();
        for (const extent of image.extents) {
          if (extent.layout === null || extent.file === null) continue;
          const earlier = seen.get(extent.file);
          if (earlier === undefined) seen.set(extent.file, extent.line?.index ?? 0);
          else tell(fileFinding(descriptor, extent, `it is the file of extent ${earlier} as well`));
        }
      }
    },
  },
  'vmdk/extent-file-wrong-type': {
    severity: 'error',
    depth: 'header',
    title: 'The file of an extent is of another kind',
    spec: EXTENT_FILES,
    repair: 'decision',
    message: describeFile,
    check: (image, tell) => tellUnavailable(image, ['wrong-type'], 'error', tell),
  },
  'vmdk/extent-self-reference': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor names itself as an extent',
    spec: EXTENT_FILES,
    repair: 'none',
    message: describeFile,
    check(image, tell) {
      tellUnavailable(image, ['self'], 'error', tell);
      for (const descriptor of descriptorOf(image))
        for (const extent of image.extents)
          if (extent.kind === 'flat' && extent.file === descriptor.place.file)
            tell(fileFinding(descriptor, extent, 'it is this file, after the text', 'warning'));
    },
  },
});

/** Tells of extents whose files are not open, where the verdict on them is `finding`. */
function tellClosed(image: VmdkImage, finding: ReferenceVerdict['finding'], tell: Tell<FileFault>): void {
  for (const descriptor of descriptorOf(image))
    for (const extent of image.extents) {
      if (extent.kind !== 'unavailable' || !isReferenceState(extent.cause)) continue;
      const verdict = judgeReference(extent.cause);
      if (verdict?.finding === finding)
        tell(fileFinding(descriptor, extent, extent.reason, verdict.severity));
    }
}

/** Tells of extents whose files cannot be used for one of the causes. */
function tellUnavailable(
  image: VmdkImage,
  causes: readonly UnavailableCause[],
  severity: Severity,
  tell: Tell<FileFault>,
): void {
  for (const descriptor of descriptorOf(image))
    for (const extent of image.extents)
      if (extent.kind === 'unavailable' && causes.includes(extent.cause))
        tell(fileFinding(descriptor, extent, extent.reason, severity));
}

/** Sectors by an extent's own header; `null` where it has none that can be read. */
function capacityOf(extent: Extent): number | null {
  switch (extent.kind) {
    case 'hosted-sparse':
      return extent.geometry === null ? null : hostedCapacity(extent.headers);
    case 'cowd':
      return extent.header.fields.numSectors === 0 ? null : extent.header.fields.numSectors;
    case 'sesparse':
      return extent.geometry === null ? null : Number(extent.headers.constant.fields.capacity);
    default:
      return null;
  }
}
