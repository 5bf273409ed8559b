import { fileOffset, readAvailable } from '../../../io/source.ts';
import type { ImageFile } from '../../../model/image-file.ts';
import { defineRules } from '../../../model/rule.ts';
import { descriptorOf } from '../descriptor/text-findings.ts';
import type { FlatExtent } from '../extents/plain.ts';
import type { VmdkFindings } from '../findings.ts';
import type { VmdkImage } from '../image.ts';
import { findMagic } from '../marks.ts';
import { describeFile, EXTENT_FILES, fileFinding } from './file-findings.ts';

const QCOW2_MAGIC = [0x51, 0x46, 0x49, 0xfb];

/** The rules on the files of flat extents. */
export const flatFilesRules = defineRules<VmdkImage, VmdkFindings>()({
  'vmdk/extent-flat-has-magic': {
    severity: 'warning',
    depth: 'header',
    title: 'A flat extent begins like a disk image',
    spec: EXTENT_FILES,
    repair: 'none',
    message: describeFile,
    async check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const extent of flatExtents(image)) {
          const { source } = extent.file;
          if (source === null) continue;
          const head = await readAvailable(source, fileOffset(extent.fileStart), 8);
          const isQcow2 = QCOW2_MAGIC.every((byte, index) => head[index] === byte);
          const reason = `it begins with the magic of ${isQcow2 ? 'a qcow2 image' : 'a sparse extent'}`;
          if (isQcow2 || findMagic(head) !== null) tell(fileFinding(descriptor, extent, reason));
        }
    },
  },
  'vmdk/extent-flat-long': {
    severity: 'info',
    depth: 'header',
    title: 'The file of a flat extent is longer than needed',
    spec: EXTENT_FILES,
    repair: 'lossy',
    derivedFrom: ['vmdk/extent-size-invalid'],
    message: describeFile,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const extents = flatExtents(image);
        const ends = new Map<ImageFile, number>();
        for (const extent of extents)
          ends.set(extent.file, Math.max(ends.get(extent.file) ?? 0, endOf(extent)));
        for (const extent of extents) {
          const end = endOf(extent);
          const rest = sizeOf(extent) - end;
          if (end === ends.get(extent.file) && rest > 0)
            tell(
              fileFinding(
                descriptor,
                extent,
                `${rest} bytes of the file follow the end of the extent at byte ${end}`,
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
    spec: EXTENT_FILES,
    repair: 'none',
    message: describeFile,
    check(image, tell) {
      for (const descriptor of descriptorOf(image))
        for (const extent of flatExtents(image)) {
          const end = endOf(extent);
          const reason = `the file has ${sizeOf(extent)} bytes, and the extent ends at byte ${end}`;
          if (end > sizeOf(extent)) tell(fileFinding(descriptor, extent, reason));
        }
    },
  },
  'vmdk/extent-overlap': {
    severity: 'error',
    depth: 'header',
    title: 'Two flat extents share bytes of one file',
    spec: EXTENT_FILES,
    repair: 'none',
    message: describeFile,
    check(image, tell) {
      for (const descriptor of descriptorOf(image)) {
        const sorted = flatExtents(image).toSorted(
          (a, b) => a.file.path.localeCompare(b.file.path) || a.fileStart - b.fileStart,
        );
        for (const [index, extent] of sorted.entries()) {
          const before = sorted[index - 1];
          if (before?.file !== extent.file || endOf(before) <= extent.fileStart) continue;
          const reason = `its bytes from ${extent.fileStart} on belong to extent ${before.line?.index ?? 0} as well`;
          tell(fileFinding(descriptor, extent, reason));
        }
      }
    },
  },
});

/** The flat extents of an image. */
function flatExtents(image: VmdkImage): FlatExtent[] {
  return image.extents.filter((extent): extent is FlatExtent => extent.kind === 'flat');
}

/** Byte of its file at which an extent ends. */
function endOf({ fileStart, size }: FlatExtent): number {
  return fileStart + size;
}

/** Bytes of the file that an extent is in. */
function sizeOf({ file }: FlatExtent): number {
  return file.source?.size ?? 0;
}
