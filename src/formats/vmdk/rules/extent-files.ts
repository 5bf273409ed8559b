import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding, Severity } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { parseSectors, placeOf, type Descriptor } from '../descriptor/descriptor.ts';
import { capacityOf as hostedCapacity } from '../extents/hosted-geometry.ts';
import type { FlatExtent, UnavailableCause, UnavailableExtent } from '../extents/plain.ts';
import type { Extent, VmdkImage } from '../image.ts';
import { findMagic } from '../marks.ts';
import { agrees } from './field-rule.ts';
import { DESCRIPTOR, descriptorOf, extentField, textFinding } from './text-rule.ts';

const FILES = `${DESCRIPTOR}, extent descriptions`;

/** An extent line and the file that it names. */
interface FileFault {
  readonly extent: number;
  readonly name: string;
  readonly reason: string;
}

type FileRule = RaisableRule<VmdkImage, FileFault>;

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
  fits: (cause: UnavailableCause) => boolean,
): Iterable<readonly [Descriptor, UnavailableExtent]> {
  for (const descriptor of descriptorOf(image))
    for (const extent of image.extents)
      if (extent.kind === 'unavailable' && fits(extent.cause)) yield [descriptor, extent];
}

const messageWithReason = ({ extent, name, reason }: FileFault): string =>
  `extent ${extent} is in ${JSON.stringify(name)}: ${reason}`;

function isLost(cause: UnavailableCause): boolean {
  return ['missing', 'unreadable', 'cycle', 'too-deep'].includes(cause);
}

function wasNotLookedAt(cause: UnavailableCause): boolean {
  return cause === 'not-followed' || NOT_LOOKED_AT.has(cause);
}

const NOT_LOOKED_AT: ReadonlySet<UnavailableCause> = new Set([
  ...(['outside', 'refused', 'device', 'rdm', 'datastore-object', 'protocol'] as const),
]);

/** A file that is not there. */
export const extentFileMissing: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-file-missing',
  severity: 'error',
  depth: 'header',
  title: 'The file of an extent is not there',
  spec: FILES,
  repair: 'none',
  message: messageWithReason,
  explanation: {
    what: 'The file that an extent line names cannot be opened: it does not exist, or it lies where vdcheck does not look without being told.',
    why: 'All guest data in this part of the disk is unavailable.',
    how: 'The descriptor was copied without its extents, or a file was renamed or moved.',
    readers: 'QEMU refuses the disk; libvmdk opens it and fails when the part is read.',
    repair: 'Put the file beside the descriptor under the name that it has there.',
  },
  check(image, tell) {
    for (const [descriptor, extent] of unavailable(image, isLost))
      tell(fileFinding(descriptor, extent, extent.reason));
    for (const [descriptor, extent] of unavailable(image, wasNotLookedAt))
      tell(
        fileFinding(descriptor, extent, extent.reason, extent.cause === 'not-followed' ? 'info' : 'warning'),
      );
  },
});

/** A file of another kind. */
export const extentFileWrongType: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-file-wrong-type',
  severity: 'error',
  depth: 'header',
  title: 'The file of an extent is of another kind',
  spec: FILES,
  repair: 'decision',
  message: messageWithReason,
  explanation: {
    what: 'The type in the extent line and the first bytes of the file do not fit together.',
    why: 'The tables of this part of the disk cannot be read by what the line says.',
    how: 'Files that changed places, a wrong type in the line, or a file that was overwritten.',
    readers: 'QEMU refuses some of these disks.',
    repair: 'Write the type that belongs to the file, or put the right file in its place.',
  },
  check(image, tell) {
    for (const [descriptor, extent] of unavailable(image, (cause) => cause === 'wrong-type'))
      tell(fileFinding(descriptor, extent, extent.reason));
  },
});

/** The descriptor names itself as an extent. */
export const extentSelfReference: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-self-reference',
  severity: 'error',
  depth: 'header',
  title: 'The descriptor names itself as an extent',
  spec: FILES,
  repair: 'none',
  message: messageWithReason,
  explanation: {
    what: 'The file that an extent line names is the descriptor itself. Only a sparse extent with its descriptor inside may do that.',
    why: 'The guest would read the text of the descriptor as its disk, or a reader would open the file again and again.',
    how: 'A name that was not changed after copying, or a file made to trap readers.',
    readers: 'QEMU reads the text as data for FLAT, and refuses it for SPARSE.',
    repair: 'Write the name of the extent file.',
  },
  check(image, tell) {
    for (const [descriptor, extent] of unavailable(image, (cause) => cause === 'self'))
      tell(fileFinding(descriptor, extent, extent.reason));
  },
});

/** The flat extents of an image. */
function flatExtents(image: VmdkImage): FlatExtent[] {
  return image.extents.filter((extent): extent is FlatExtent => extent.kind === 'flat');
}

const QCOW2_MAGIC = [0x51, 0x46, 0x49, 0xfb];

/** A flat extent that is an image itself. */
export const extentFlatHasMagic: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-flat-has-magic',
  severity: 'warning',
  depth: 'header',
  title: 'A flat extent begins like a disk image',
  spec: FILES,
  repair: 'none',
  message: messageWithReason,
  explanation: {
    what: 'The file of a flat extent holds nothing but sectors, but this one begins with the magic of a sparse extent or of another image format.',
    why: 'The guest sees the header and tables of an image where its boot sector should be.',
    how: 'A sparse extent that is described as flat, or a guest that wrote an image to the start of its disk.',
    readers: 'All readers show the bytes as they are.',
    repair: 'If the file is a sparse extent, write its type into the line.',
  },
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
});

/** A flat extent that is shorter than its line says. */
export const extentFlatShort: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-flat-short',
  severity: 'error',
  depth: 'header',
  title: 'The file of a flat extent is too short',
  spec: FILES,
  repair: 'none',
  message: messageWithReason,
  explanation: {
    what: 'The extent line promises more sectors than the file has from its offset on.',
    why: 'The end of this part of the disk is lost.',
    how: 'A copy that broke off, a full disk, or a size changed in the descriptor only.',
    readers: 'QEMU shows zeros for what is missing, without a word.',
    repair: 'Copy the file again; zeros may be added only if the lost part is known to be empty.',
  },
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
});

/** A flat extent that is longer than its line says. */
export const extentFlatLong: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-flat-long',
  severity: 'info',
  depth: 'header',
  title: 'The file of a flat extent is longer than needed',
  spec: FILES,
  repair: 'lossy',
  derivedFrom: ['vmdk/extent-size-invalid'],
  message: messageWithReason,
  explanation: {
    what: 'The file goes on behind the sectors that extent lines take from it.',
    why: 'The guest does not see the rest.',
    how: 'A disk that was made smaller, or bytes that were appended.',
    readers: 'All readers ignore the rest.',
    repair: 'Cut the file off, or correct the number of sectors, if the disk should be larger.',
  },
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
});

/** Flat extents that share bytes. */
export const extentOverlap: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-overlap',
  severity: 'error',
  depth: 'header',
  title: 'Two flat extents share bytes of one file',
  spec: FILES,
  repair: 'none',
  message: messageWithReason,
  explanation: {
    what: 'Two extent lines take ranges of one file that share bytes.',
    why: "Two parts of the guest's disk are one: what is written to one appears in the other.",
    how: 'A wrong offset, or a line that was copied and not changed.',
    readers: 'QEMU and libvmdk do not notice.',
    repair: 'Correct the offset.',
  },
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
});

/** A sparse file that two lines name. */
export const extentFileRepeated: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/extent-file-repeated',
  severity: 'error',
  depth: 'header',
  title: 'Two extents are one sparse file',
  spec: FILES,
  repair: 'none',
  message: messageWithReason,
  explanation: {
    what: 'Two extent lines name the same sparse file.',
    why: "Two parts of the guest's disk are one: what is written to one appears in the other.",
    how: 'A line that was copied and not changed, or two names that are links to one file.',
    readers: 'QEMU and libvmdk do not notice.',
    repair: 'Write the name of the right file.',
  },
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
});

/** A sparse extent of another size than its line says. */
export const extentCapacityMismatch: RaisableRule<
  VmdkImage,
  { readonly extent: number; readonly line: number; readonly header: number }
> = defineRule<VmdkImage, { readonly extent: number; readonly line: number; readonly header: number }>({
  id: 'vmdk/extent-capacity-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'Header and extent line give different sizes',
  spec: `${FILES}; SparseExtentHeader, capacity`,
  repair: 'decision',
  derivedFrom: ['vmdk/descriptor-not-text', 'vmdk4/capacity-zero'],
  message: ({ extent, line, header }) =>
    `extent ${extent} has ${line} sectors by its line and ${header} by its header`,
  explanation: {
    what: 'The number of sectors in the extent line is not the capacity in the header of the extent.',
    why: 'Depending on which of the two a reader uses the disk has another size, and all extents behind this one lie elsewhere.',
    how: 'A disk that was resized in one of the two places, or files that changed places.',
    readers: 'QEMU uses the header, libvmdk the line.',
    repair:
      "The tables are made for the header's number; write it into the line if nothing else speaks against it.",
  },
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
});

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

/** An embedded descriptor that names another file. */
export const embeddedNameMismatch: FileRule = defineRule<VmdkImage, FileFault>({
  id: 'vmdk/embedded-name-mismatch',
  severity: 'info',
  depth: 'header',
  title: 'The embedded descriptor names another file',
  spec: FILES,
  repair: 'safe',
  message: messageWithReason,
  explanation: {
    what: 'The descriptor inside an extent names the extent, by a name that the file does not have.',
    why: 'Readers know that the extent is the file they have open, so the guest sees no difference.',
    how: 'The file was renamed.',
    readers: 'QEMU ignores the name; VMware corrects it when it opens the disk.',
    repair: 'Write the name of the file into the extent line.',
  },
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
});
