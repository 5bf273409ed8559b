import { BitmapDirectoryEntry, type BitmapsExtension } from '../../../generated/qcow2.ts';
import type { Breach } from '../../codec/index.ts';
import { fileOffset, type Source } from '../../io/source.ts';
import type { ImageFile } from '../../model/image.ts';
import type { Finding, Place } from '../../model/problem.ts';
import {
  BITMAPS_EXTENSION_SIZE,
  decodeText,
  wrongLength,
  type DecodedExtension,
  type SinkAt,
} from './extensions.ts';
import { bytesText, isClusterStart, toPosition, type Geometry } from './geometry.ts';
import { endOf } from './places.ts';

/** One persistent bitmap. */
export interface Bitmap {
  readonly index: number;
  /** Byte position of its directory entry in the file. */
  readonly offset: number;
  /** First byte behind the entry with its padding. */
  readonly end: number;
  readonly entry: BitmapDirectoryEntry;
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
  /** What is wrong with the extension. */
  readonly fault: Finding<string> | null;
  /** What is wrong with the directory as a whole. */
  readonly directoryFault: Finding<string> | null;
}

const MAX_BITMAPS = 65_535;
/** The largest entry has 24 bytes of fields and a name of 1023, padded. */
const MAX_DIRECTORY_BYTES = MAX_BITMAPS * 1048;

/** Reads the bitmap directory that an extension names; `null` without one. */
export async function readBitmaps(
  file: ImageFile,
  source: Source,
  extension: DecodedExtension<BitmapsExtension> | null,
  geometry: Geometry,
  sinkAt: SinkAt,
): Promise<BitmapDirectory | null> {
  if (extension === null) return null;
  const { record, structure } = extension;
  const empty = { offset: 0, length: 0, entries: [], fault: null, directoryFault: null };
  if (structure === null) {
    const fault = wrongLength(file, record, 'bitmaps_extension', BITMAPS_EXTENSION_SIZE);
    return { ...empty, declared: 0, fault };
  }
  const declared = structure.nbBitmaps;
  const fault = judgeDirectory(structure, geometry);
  if (fault !== null) {
    const { field, sentence, actual } = fault;
    const span = structure.at(field);
    const at = {
      file,
      offset: record.dataOffset + (span?.offset ?? 0),
      length: span?.size ?? null,
      field: `bitmaps_extension.${field}`,
    };
    return { ...empty, declared, fault: { at, data: sentence, actual: String(actual) } };
  }
  const offset = toPosition(structure.bitmapDirectoryOffset);
  const length = toPosition(structure.bitmapDirectorySize);
  if (offset === 0 || length === 0 || declared > MAX_BITMAPS) return { ...empty, declared };
  const bytes = await source.read(fileOffset(offset), length);
  const entries = decodeEntries(bytes, offset, declared, sinkAt);
  const directoryFault = judgeEnd(file, entries, offset, length, declared);
  return { declared, offset, length, entries, fault: null, directoryFault };
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
    `the bitmap directory lies at ${bytesText(offset, size)}, but the file ends at byte ${limit}`,
  );
}

/** Fields that say where the rest of an entry is, and the next one: where one is wrong, what follows would only be misread. */
const LENGTH_FIELDS: ReadonlySet<string> = new Set(['name_size', 'extra_data_size']);

function decodeEntries(bytes: Uint8Array, offset: number, count: number, sinkAt: SinkAt): readonly Bitmap[] {
  const entries: Bitmap[] = [];
  for (let index = 0, at = 0; index < count; index++) {
    const sink = sinkAt(offset + at, `bitmap_directory[${index}]`);
    const breaches: Breach[] = [];
    const entry = BitmapDirectoryEntry.decode(bytes.subarray(at), (breach) => breaches.push(breach));
    const misled = breaches.find(({ field }) => LENGTH_FIELDS.has(field));
    (misled === undefined ? breaches : [misled]).forEach(sink);
    if (entry === undefined) break;
    const name = decodeText(entry.name);
    const end = offset + at + endOf(entry.at('padding'));
    entries.push({
      index,
      offset: offset + at,
      end,
      entry,
      name,
      label: `bitmap ${JSON.stringify(name)}`,
      tableOffset: toPosition(entry.bitmapTableOffset),
      tableEntries: entry.bitmapTableSize,
      granularityBits: entry.granularityBits,
    });
    if (misled !== undefined) break;
    at = end - offset;
  }
  return entries;
}

function judgeEnd(
  file: ImageFile,
  entries: readonly Bitmap[],
  offset: number,
  length: number,
  declared: number,
): Finding<string> | null {
  const last = entries.at(-1);
  const end = last === undefined ? offset : last.end;
  if (declared === 0 || entries.length < declared || end === offset + length) return null;
  return {
    at: { file, offset: end, length: offset + length - end, field: 'bitmap_directory' },
    data: `the ${declared} entries of the bitmap directory end ${offset + length - end} bytes before it does`,
  };
}

/** Names of fields of a directory entry as the spec writes them. */
export type BitmapField = Parameters<BitmapDirectoryEntry['at']>[0];

/** Where a field of a bitmap's directory entry lies. */
export function bitmapPlace(file: ImageFile, { index, offset, entry }: Bitmap, field: BitmapField): Place {
  const span = entry.at(field);
  return {
    file,
    offset: offset + (span?.offset ?? 0),
    length: span?.size ?? null,
    field: `bitmap_directory[${index}].${field}`,
  };
}
