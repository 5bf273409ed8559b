import { BitmapDirectoryEntry, type BitmapsExtension } from '../../../../generated/qcow2.ts';
import type { Breach } from '../../../codec/index.ts';
import { fileOffset, type Source } from '../../../io/source.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { Qcow2Context } from '../findings.ts';
import { decodeText, type DecodedExtension } from './extensions.ts';
import { bytesText, isClusterStart, toPosition, type Geometry } from './geometry.ts';
import { endOf } from './spans.ts';

/** One persistent bitmap. */
export interface Bitmap {
  readonly index: number;
  readonly entry: Placed<BitmapDirectoryEntry>;
  /** First byte of the file after the entry with its padding. */
  readonly end: number;
  readonly name: string;
  /** How messages call it. */
  readonly label: string;
  /** Byte position of its table; rounded above 2^53. */
  readonly tableOffset: number;
  readonly tableEntries: number;
  readonly granularityBits: number;
}

/** The bitmap directory. */
export interface BitmapDirectory {
  /** Bitmaps that the extension counts. */
  readonly declared: number;
  readonly offset: number;
  /** Bytes, 0 where it cannot be read. */
  readonly length: number;
  readonly entries: readonly Bitmap[];
}

const MAX_BITMAPS = 65_535;
/** The largest entry has 24 bytes of fields and a name of 1023, padded. */
const MAX_DIRECTORY_BYTES = MAX_BITMAPS * 1048;

/** Reads the bitmap directory that an extension names; `null` without one. */
export async function readBitmaps(
  context: Qcow2Context,
  source: Source,
  extension: DecodedExtension<BitmapsExtension> | null,
  geometry: Geometry,
): Promise<BitmapDirectory | null> {
  if (extension === null) return null;
  const { placed } = extension;
  const empty = { offset: 0, length: 0, entries: [] };
  if (placed === null) return { ...empty, declared: 0 };
  const declared = placed.fields.nbBitmaps;
  const fault = judgeDirectory(placed.fields, geometry);
  if (fault !== null) {
    const { field, sentence, actual } = fault;
    const found = { at: placed.at(field), data: sentence, actual: String(actual) };
    context.findings.tell('qcow2/bitmap-ext-invalid', found);
    return { ...empty, declared };
  }
  const offset = toPosition(placed.fields.bitmapDirectoryOffset);
  const length = toPosition(placed.fields.bitmapDirectorySize);
  if (offset === 0 || length === 0 || declared > MAX_BITMAPS) return { ...empty, declared };
  const bytes = await source.read(fileOffset(offset), length);
  return { declared, offset, length, entries: decodeEntries(context, bytes, offset, declared) };
}

/** A field of the extension that cannot be right. */
interface DirectoryFault {
  readonly field: 'bitmap_directory_offset' | 'bitmap_directory_size';
  readonly sentence: string;
  readonly actual: bigint;
}

function judgeDirectory(
  { bitmapDirectoryOffset: offset, bitmapDirectorySize: size }: BitmapsExtension,
  { clusterSize, limit }: Geometry,
): DirectoryFault | null {
  const misplaced = (sentence: string): DirectoryFault => ({
    ...{ field: 'bitmap_directory_offset', sentence, actual: offset },
  });
  if (!isClusterStart(offset, clusterSize))
    return misplaced(`the bitmap directory begins at byte ${offset}, which is not the start of a cluster`);
  if (size > MAX_DIRECTORY_BYTES) {
    const sentence = `the bitmap directory has ${size} bytes, more than ${MAX_BITMAPS} bitmaps need`;
    return { field: 'bitmap_directory_size', sentence, actual: size };
  }
  if (offset + size <= limit) return null;
  return misplaced(
    `the bitmap directory is at ${bytesText(offset, size)}, but the file ends at byte ${limit}`,
  );
}

/**
 * Fields that say where the rest of an entry is, and the next one: where one is wrong, what follows would only be
 * misread.
 */
const LENGTH_FIELDS: ReadonlySet<string> = new Set(['name_size', 'extra_data_size']);

function decodeEntries(
  { file, findings }: Qcow2Context,
  bytes: Uint8Array,
  offset: number,
  count: number,
): readonly Bitmap[] {
  const entries: Bitmap[] = [];
  for (let index = 0, at = 0; index < count; index++) {
    const place = { file, offset: offset + at, name: `bitmap_directory[${index}]` };
    const breaches: Breach[] = [];
    const fields = BitmapDirectoryEntry.decode(bytes.subarray(at), (breach) => breaches.push(breach));
    const misled = breaches.find(({ field }) => LENGTH_FIELDS.has(field));
    (misled === undefined ? breaches : [misled]).forEach(breachTeller(findings, place));
    if (fields === undefined) break;
    const size = endOf(fields.at('padding'));
    const name = decodeText(fields.name);
    entries.push({
      index,
      entry: new Placed(place, bytes.subarray(at, at + size), fields),
      end: place.offset + size,
      name,
      label: `bitmap ${JSON.stringify(name)}`,
      tableOffset: toPosition(fields.bitmapTableOffset),
      tableEntries: fields.bitmapTableSize,
      granularityBits: fields.granularityBits,
    });
    if (misled !== undefined) break;
    at += size;
  }
  return entries;
}
