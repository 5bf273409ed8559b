import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding, Severity } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { parseSectors, placeOf, type Descriptor } from '../descriptor/descriptor.ts';
import { capacityOf as hostedCapacity } from '../extents/hosted-geometry.ts';
import type { FlatExtent, UnavailableCause, UnavailableExtent } from '../extents/plain.ts';
import type { Extent, VmdkImage } from '../image.ts';
import { findMagic } from '../marks.ts';
import { agrees } from './field-rule.ts';
import { DESCRIPTOR, descriptorOf, extentField, textFinding } from '../descriptor/text-findings.ts';
import type { VmdkFindings, FileFault } from '../findings.ts';

const FILES = `${DESCRIPTOR}, extent descriptions`;

const messageWithReason = ({ extent, name, reason }: FileFault): string =>
  `extent ${extent} is in ${JSON.stringify(name)}: ${reason}`;

const QCOW2_MAGIC = [0x51, 0x46, 0x49, 0xfb];

/** The rules on the files that extent lines name. */
export const extentFilesRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/embedded-name-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'The embedded descriptor names another file',
    spec: FILES,
    repair: 'safe',
    message: messageWithReason,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const [extent] = image.extents;
        const name = extent?.line?.file?.text;
        if (!descriptor.place.isEmbedded || extent?.kind !== 'hosted-sparse' || name === undefined) continue;
        const own = extent.file.path.split(/[\\/]/).at(-1) ?? '';
        if (name.split(/[\\/]/).at(-1) !== own)
          tell(fileFinding(descriptor, extent, `this file is called ${JSON.stringify(own)}`));
      }
    },
  },
  'vmdk/extent-capacity-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'Header and extent line give different sizes',
    spec: `${FILES}; SparseExtentHeader, capacity`,
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
          if (extent.kind === 'hosted-sparse' && !agrees(extent, ({ capacity }) => capacity)) continue;
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
    title: 'The file of an extent is not there',
    spec: FILES,
    repair: 'none',
    message: messageWithReason,
    check(image, tell) {
      for (const [descriptor, extent] of unavailable(image, ['missing', 'unreadable', 'cycle', 'too-deep']))
        tell(fileFinding(descriptor, extent, extent.reason));
      for (const [descriptor, extent] of unavailable(image, ['outside', 'refused', 'not-followed']))
        tell(
          fileFinding(
            descriptor,
            extent,
            extent.reason,
            extent.cause === 'not-followed' ? 'info' : 'warning',
          ),
        );
    },
  },
  'vmdk/extent-file-repeated': {
    severity: 'error',
    depth: 'header',
    title: 'Two extents are one sparse file',
    spec: FILES,
    repair: 'none',
    message: messageWithReason,
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
    spec: FILES,
    repair: 'decision',
    message: messageWithReason,
    check(image, tell) {
      for (const [descriptor, extent] of unavailable(image, ['wrong-type']))
        tell(fileFinding(descriptor, extent, extent.reason));
    },
  },
  'vmdk/extent-flat-has-magic': {
    severity: 'warning',
    depth: 'header',
    title: 'A flat extent begins like a disk image',
    spec: FILES,
    repair: 'none',
    message: messageWithReason,
    async check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const extent of flatExtents(image)) {
          const { source } = extent.file;
          if (source === null) continue;
          const head = await readAvailable(source, fileOffset(extent.fileStart), 8);
          const isQcow2 = QCOW2_MAGIC.every((byte, index) => head[index] === byte);
          if (isQcow2 || findMagic(head) !== null)
            tell(
              fileFinding(
                descriptor,
                extent,
                `it begins with the magic of ${isQcow2 ? 'a qcow2 image' : 'a sparse extent'}`,
              ),
            );
        }
    },
  },
  'vmdk/extent-flat-long': {
    severity: 'info',
    depth: 'header',
    title: 'The file of a flat extent is longer than needed',
    spec: FILES,
    repair: 'lossy',
    derivedFrom: ['vmdk/extent-size-invalid'],
    message: messageWithReason,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const extents = flatExtents(image);
        for (const extent of extents) {
          const ends = extents
            .filter(({ file }) => file === extent.file)
            .map(({ fileStart, size }) => fileStart + size);
          const end = Math.max(...ends);
          const { size: fileSize = 0 } = extent.file.source ?? {};
          if (end === extent.fileStart + extent.size && fileSize > end)
            tell(
              fileFinding(
                descriptor,
                extent,
                `${fileSize - end} bytes of the file follow the end of the extent at byte ${end}`,
              ),
            );
        }
      }
    },
  },
  'vmdk/extent-flat-short': {
    severity: 'error',
    depth: 'header',
    title: 'The file of a flat extent is too short',
    spec: FILES,
    repair: 'none',
    message: messageWithReason,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const extent of flatExtents(image)) {
          const { size: fileSize = 0 } = extent.file.source ?? {};
          const end = extent.fileStart + extent.size;
          if (end > fileSize)
            tell(
              fileFinding(
                descriptor,
                extent,
                `the file has ${fileSize} bytes, and the extent ends at byte ${end}`,
              ),
            );
        }
    },
  },
  'vmdk/extent-overlap': {
    severity: 'error',
    depth: 'header',
    title: 'Two flat extents share bytes of one file',
    spec: FILES,
    repair: 'none',
    message: messageWithReason,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const sorted = flatExtents(image).toSorted(
          (a, b) => a.file.path.localeCompare(b.file.path) || a.fileStart - b.fileStart,
        );
        for (const [index, extent] of sorted.entries()) {
          const before = sorted[index - 1];
          if (
            before === undefined ||
            before.file !== extent.file ||
            before.fileStart + before.size <= extent.fileStart
          )
            continue;
          tell(
            fileFinding(
              descriptor,
              extent,
              `its bytes from ${extent.fileStart} on belong to extent ${before.line?.index ?? 0} as well`,
            ),
          );
        }
      }
    },
  },
  'vmdk/extent-self-reference': {
    severity: 'error',
    depth: 'header',
    title: 'The descriptor names itself as an extent',
    spec: FILES,
    repair: 'none',
    message: messageWithReason,
    check(image, tell) {
      for (const [descriptor, extent] of unavailable(image, ['self']))
        tell(fileFinding(descriptor, extent, extent.reason));
    },
  },
});

/** A finding at the file name of an extent's line. */
function fileFinding(
  descriptor: Descriptor,
  { line, guestStart }: Extent,
  reason: string,
  severity?: Severity,
): Finding<FileFault> {
  const span = line?.file?.span ?? { offset: line?.line.offset ?? 0, length: line?.line.text.length ?? 0 };
  const field =
    line === null ? 'descriptor.extents' : extentField(line, line.file === null ? undefined : 'file');
  const name = line?.file?.text ?? '';
  const data = { extent: line?.index ?? 0, name, reason };
  const finding = textFinding(descriptor, span, field, data, severity === undefined ? {} : { severity });
  return { guestOffset: guestStart, ...finding };
}

function* unavailable(
  image: VmdkImage,
  causes: readonly UnavailableCause[],
): Iterable<readonly [Descriptor, UnavailableExtent]> {
  for (const descriptor of descriptorOf(image))
    for (const extent of image.extents)
      if (extent.kind === 'unavailable' && causes.includes(extent.cause)) yield [descriptor, extent];
}

/** The flat extents of an image. */
function flatExtents(image: VmdkImage): FlatExtent[] {
  return image.extents.filter((extent): extent is FlatExtent => extent.kind === 'flat');
}

/** Sectors by an extent's own header; `null` where it has none that can be read. */
function capacityOf(extent: Extent): number | null {
  switch (extent.kind) {
    case 'hosted-sparse':
      return extent.geometry === null ? null : hostedCapacity(extent.headers);
    case 'cowd':
      return extent.header.numSectors === 0 ? null : extent.header.numSectors;
    case 'sesparse':
      return extent.geometry === null ? null : Number(extent.headers.constant.capacity);
    default:
      return null;
  }
}
