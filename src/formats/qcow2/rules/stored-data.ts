import { fileOffset } from '../../../io/source.ts';
import { guestOffset } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import { sectorsAre } from '../../shared/counts.ts';
import { findNonZero, type NonZero } from '../../shared/nonzero-ranges.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';
import type { Bitmap } from '../layout/bitmaps.ts';
import { isCluster } from '../layout/pointer-table.ts';
import { readPointerTable } from '../layout/pointer-reader.ts';
import { roundUp } from '../layout/geometry.ts';
import { UNKNOWN_REFERENCES } from './refcounts.ts';

/** The rules on bytes that no guest sees. */
export const storedDataRules = defineRules<Qcow2Image, Qcow2Findings, Qcow2Walk>()({
  'qcow2/trailing-data': {
    severity: 'warning',
    depth: 'data',
    title: 'Data after the last cluster in use',
    spec: 'QEMU docs/interop/qcow2, "Host cluster management"',
    repair: 'lossy',
    // Leaked clusters are told as that, with their number.
    derivedFrom: [...UNKNOWN_REFERENCES, 'qcow2/refcount-leak'],
    message: ({ first, sectors, end }) =>
      `past byte ${end}, where the last cluster in use ends, ${sectorsAre(sectors)} not zero, first at byte ${first}`,
    async check({ file, opened, fileSize, geometry }, tell, facts) {
      const ownership = facts.ownership(file);
      if (ownership === undefined) return;
      const end = roundUp(ownership.end, geometry.clusterSize);
      const found = await findNonZero(opened, [{ start: end, length: fileSize - end }], facts);
      if (found === null) return;
      const at = { file, offset: found.first, length: fileSize - found.first, field: null };
      tell({ at, data: { ...found, end } });
    },
  },
  'qcow2/bitmap-tail-bits': {
    severity: 'info',
    depth: 'data',
    title: 'A bitmap has bits past the end of the disk',
    spec: 'QEMU docs/interop/qcow2, "Bitmap data"',
    repair: 'safe',
    message: ({ label, bits }) => `${label} has ${bits} bits for the disk, and further ones that are set`,
    async check(image, tell) {
      const { bitmaps, hasValidBitmaps } = image;
      if (bitmaps === null || !hasValidBitmaps) return;
      for (const bitmap of bitmaps.entries) {
        const offset = await findTailBit(image, bitmap);
        if (offset === null) continue;
        const field = `bitmap_data[${bitmap.index}]`;
        const at = { file: image.file, offset, length: 1, field };
        tell({ at, data: { label: bitmap.label, bits: bitsOf(image, bitmap) } });
      }
    },
  },
  'qcow2/data-file-raw-hole': {
    severity: 'warning',
    depth: 'data',
    title: 'The raw data file has data where the image has none',
    spec: 'QEMU docs/interop/qcow2, "Autoclear features", raw external data',
    repair: 'none',
    derivedFrom: ['qcow2/raw-external-without-data-file', 'qcow2/data-file-missing', 'qcow2/l1-too-small'],
    message: ({ first, sectors }) =>
      `where the image reads as zeros, ${sectorsAre(sectors)} not zero in the raw data file, first at byte ${first}`,
    async check(image, tell, facts) {
      const { header, dataFile, size } = image;
      const file = dataFile?.file ?? null;
      if (file === null || file.source === null || header.fields.autoclearFeatures?.rawExternalData !== true)
        return;
      let found = null as NonZero | null;
      for await (const batch of image.mappings({ start: guestOffset(0), length: size })) {
        const holes = batch.filter(({ kind }) => kind === 'zero' || kind === 'unallocated');
        const here = await findNonZero(file.source, holes, facts);
        if (here !== null)
          found = { first: found?.first ?? here.first, sectors: (found?.sectors ?? 0) + here.sectors };
      }
      if (found === null) return;
      const at = { file, offset: found.first, length: 1, field: null };
      tell({ at, guestOffset: found.first, data: found });
    },
  },
});

/** Bits of a bitmap that the disk needs. */
function bitsOf({ geometry }: Qcow2Image, { granularityBits }: Bitmap): number {
  return Math.ceil(geometry.size / 2 ** granularityBits);
}

/**
 * Where the first bit past the end of the disk is set in the last cluster of a bitmap; `null` where none is, or it
 * is not stored.
 */
async function findTailBit(image: Qcow2Image, bitmap: Bitmap): Promise<number | null> {
  const { geometry, source } = image;
  const { clusterSize } = geometry;
  const bits = bitsOf(image, bitmap);
  const last = Math.floor((bits - 1) / (8 * clusterSize));
  // Those in use are not in order, and are not judged.
  if (bitmap.entry.fields.flags.inUse || last < 0 || last >= bitmap.tableEntries) return null;
  const table = await readPointerTable(image, bitmap.tableOffset + 8 * last, 1, 56);
  const target = table.target(0);
  if (target === 0 || !isCluster(geometry, target)) return null;
  const bytes = await source.read(fileOffset(target), clusterSize);
  const rest = bits - last * 8 * clusterSize;
  const whole = rest >>> 3;
  if ((rest & 7) !== 0 && (bytes[whole] ?? 0) >>> (rest & 7) !== 0) return target + whole;
  const next = bytes.findIndex((byte, index) => index >= Math.ceil(rest / 8) && byte !== 0);
  return next < 0 ? null : target + next;
}
