import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Place } from '../../../model/problem.ts';
import { defineRules } from '../../../model/rule.ts';
import { sectorsHave } from '../../shared/counts.ts';
import type { VhdFindings } from '../findings.ts';
import { scanBlockData, type StrayData } from '../layout/block-data.ts';
import type { VhdImage } from '../layout/image.ts';
import type { VhdWalk } from '../walk.ts';
import { WRONG_ENTRIES } from './bitmaps.ts';

/** The rules on what stored blocks have where the guest has nothing. */
export const blockDataRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/bitmap-data-mismatch': {
    severity: 'warning',
    depth: 'data',
    title: 'Sectors have data that their bitmap says are not written',
    spec: 'VHD 1.0, Data Blocks',
    repair: 'decision',
    derivedFrom: WRONG_ENTRIES,
    message: ({ index, sectors }) =>
      `in block ${index}, ${sectorsHave(sectors)} data, though by the bitmap nothing is written there`,
    async check(image, tell, facts, findings) {
      const { unwritten, behindEnd } = await scanBlockData(image, facts);
      // What is below shows through there for all who read the format; QEMU, which does not, cannot read the parent either.
      const severity = image.variant === 'differencing' ? 'info' : 'warning';
      for (const stray of unwritten) {
        const { index, sectors } = stray;
        tell({ ...place(image, stray), severity, data: { index, sectors } });
      }
      if (behindEnd === null) return;
      const { index, sectors } = behindEnd;
      const data = { index, sectors, size: image.size };
      findings.tell('vhd/last-block-tail', { ...place(image, behindEnd), data });
    },
  },
  'vhd/last-block-tail': {
    severity: 'info',
    depth: 'data',
    title: 'Data behind the end of the disk',
    spec: 'VHD 1.0, Data Blocks',
    repair: 'lossy',
    derivedFrom: WRONG_ENTRIES,
    message: ({ index, sectors, size }) =>
      `in the last block, ${index}, ${sectorsHave(sectors)} data past byte ${size}, where the disk ends`,
  },
});

/** The first sector with such data, in the file and on the disk. */
function place({ file, blocks }: VhdImage, { index, first }: StrayData) {
  const { entries, bitmapBytes = 0, blockSize = 0 } = blocks ?? {};
  const offset = first - (first % SECTOR_SIZE);
  const at: Place = { file, offset, length: SECTOR_SIZE, field: `block[${index}]` };
  const data = (entries?.[index] ?? 0) * SECTOR_SIZE + bitmapBytes;
  return { at, guestOffset: index * blockSize + offset - data };
}
