import { DiskType, DynamicHeader, Footer } from '../../../generated/vhd.ts';
import { UnreadableImageError, UnsupportedFeatureError, VdcheckError } from '../../errors.ts';
import { fileOffset, readAvailable, type Source } from '../../io/source.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../model/offsets.ts';
import { computeChecksum } from './layout/checksum.ts';
import { MAX_ENTRIES_READ, tableBytes } from './layout/table.ts';
import { UNALLOCATED } from './layout/image.ts';
import { FOOTER_SIZE } from './probe.ts';

const HEADER_SIZE = 1024;
/** Where the checksum fields are (VHD 1.0, "Hard Disk Footer Format", "Dynamic Disk Header Format"). */
const FOOTER_CHECKSUM = 64;
const HEADER_CHECKSUM = 36;
/** Bytes of the table that are read at once. */
const PIECE = 64 * 1024;

/**
 * Works out how long a whole file is from its beginning: the footer is after the last block, as in the streams of
 * XenServer. It reads forward only, to the end of the block allocation table.
 *
 * @throws UnsupportedFeatureError for a disk without a table; UnreadableImageError where the head is damaged
 */
export async function sizeFromHead(source: Source): Promise<number> {
  const footer = decode(
    source,
    await readAvailable(source, fileOffset(0), FOOTER_SIZE),
    FOOTER_CHECKSUM,
    Footer,
  );
  if (footer.diskType !== DiskType.dynamic && footer.diskType !== DiskType.differencing)
    throw new UnsupportedFeatureError(
      `${source.name}: only a dynamic or differencing VHD says in its head how long it is`,
    );
  const offset = positionOf(source, footer.dataOffset);
  const header = decode(
    source,
    await source.read(fileOffset(offset), HEADER_SIZE),
    HEADER_CHECKSUM,
    DynamicHeader,
  );
  const { maxTableEntries, blockSize } = header;
  const table = positionOf(source, header.tableOffset);
  if (maxTableEntries > MAX_ENTRIES_READ)
    throw new UnreadableImageError(`${source.name}: a table of ${maxTableEntries} entries is too large`);
  const last = await lastBlock(source, table, maxTableEntries);
  const bitmapBytes = Math.ceil(blockSize / SECTOR_SIZE / 8 / SECTOR_SIZE) * SECTOR_SIZE;
  const end =
    last === null ? table + tableBytes(maxTableEntries) : last * SECTOR_SIZE + bitmapBytes + blockSize;
  return end + FOOTER_SIZE;
}

/** The highest sector that an entry of the table names. */
async function lastBlock(source: Source, table: number, entries: number): Promise<number | null> {
  let last: number | null = null;
  for (let done = 0; done < 4 * entries; done += PIECE) {
    const length = Math.min(PIECE, 4 * entries - done);
    const bytes = await source.read(fileOffset(table + done), length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < length; at += 4) {
      const sector = view.getUint32(at);
      if (sector !== UNALLOCATED && (last === null || sector > last)) last = sector;
    }
  }
  return last;
}

function positionOf(source: Source, value: bigint): number {
  const position = toSafeNumber(value);
  if (position === null || position < FOOTER_SIZE || position % SECTOR_SIZE !== 0)
    throw new UnreadableImageError(`${source.name}: the head points to byte ${value}, where no block can be`);
  return position;
}

function decode<T>(
  source: Source,
  bytes: Uint8Array,
  checksum: number,
  type: { from(bytes: Uint8Array): T },
): T {
  try {
    const decoded = type.from(bytes);
    const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(checksum);
    if (stored === computeChecksum(bytes, checksum)) return decoded;
  } catch (error) {
    if (!(error instanceof VdcheckError)) throw error;
    throw new UnreadableImageError(`${source.name}: the head is damaged: ${error.message}`, { cause: error });
  }
  throw new UnreadableImageError(`${source.name}: the head is damaged: a checksum is wrong`);
}
