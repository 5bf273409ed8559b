import { formatHex, type BreachSink } from '../../codec/index.ts';
import {
  BitmapsExtension,
  EncryptionExtension,
  FeatureNameEntry,
  HeaderExtension,
  HeaderExtensionType,
} from '../../../generated/qcow2.ts';
import type { ImageFile } from '../../model/image.ts';
import type { Finding } from '../../model/problem.ts';

/** One header extension. */
export interface ExtensionRecord {
  readonly type: number;
  /** The type as messages show it. */
  readonly typeText: string;
  readonly isKnown: boolean;
  /** Byte position in the file. */
  readonly offset: number;
  /** Byte position in the file of the data. */
  readonly dataOffset: number;
  /** First byte behind its padding. */
  readonly end: number;
  /** View of the first cluster. */
  readonly data: Uint8Array;
  readonly structure: HeaderExtension;
}

/** The extensions between the header and the backing file name. */
export interface ExtensionList {
  /** Where the header ends and extensions may begin. */
  readonly start: number;
  /** Where they must end: at the backing file name, or with the first cluster. */
  readonly end: number;
  /** First byte behind the last one that was read, the end marker included. */
  readonly stop: number;
  /** Whether an end marker was found. */
  readonly isEnded: boolean;
  /** Without the end marker. */
  readonly records: readonly ExtensionRecord[];
}

/** The names of feature bits in one record. */
export interface FeatureNames {
  readonly record: ExtensionRecord;
  /** Number of the record in the list. */
  readonly index: number;
  readonly names: readonly FeatureNameEntry[];
}

/** Makes the sink for a structure at a byte position of the file. */
export type SinkAt = (offset: number, name: string) => BreachSink;

/** Bytes of type and length. */
const RECORD_HEAD = 8;
/** Bytes of one entry of a feature name table. */
export const FEATURE_NAME_SIZE = 48;
const KNOWN: ReadonlySet<number> = new Set(Object.values(HeaderExtensionType));

/**
 * Reads the header extensions in the first cluster. A record that does not fit ends the list; its spec says so to the sink.
 *
 * @param cluster the first cluster, shorter where the file is
 */
export function readExtensions(
  cluster: Uint8Array,
  start: number,
  end: number,
  sinkAt: SinkAt,
): ExtensionList {
  const room = cluster.subarray(0, Math.min(end, cluster.length));
  const records: ExtensionRecord[] = [];
  let offset = start;
  while (offset + RECORD_HEAD <= room.length) {
    const sink = sinkAt(offset, `header_extensions[${records.length}]`);
    const structure = HeaderExtension.decode(room.subarray(offset), sink);
    if (structure === undefined) break;
    const { type, data } = structure;
    const next = offset + RECORD_HEAD + data.length + structure.padding.length;
    if (type === HeaderExtensionType.end) return { start, end, stop: next, isEnded: true, records };
    const typeText = formatHex(type, 4);
    records.push({
      type,
      typeText,
      isKnown: KNOWN.has(type),
      offset,
      dataOffset: offset + RECORD_HEAD,
      end: next,
      data,
      structure,
    });
    offset = next;
  }
  return { start, end, stop: Math.min(offset, end), isEnded: false, records };
}

/** The last record of a type, which is the one that counts where there are several; `null` where there is none. */
export function findExtension({ records }: ExtensionList, type: number): ExtensionRecord | null {
  return records.findLast((record) => record.type === type) ?? null;
}

/** Reads the tables of feature names. */
export function readFeatureNames(list: ExtensionList, sinkAt: SinkAt): readonly FeatureNames[] {
  return list.records.flatMap((record, index) => {
    if (record.type !== HeaderExtensionType.feature_names) return [];
    const names: FeatureNameEntry[] = [];
    for (let at = 0; at + FEATURE_NAME_SIZE <= record.data.length; at += FEATURE_NAME_SIZE) {
      const offset = record.dataOffset + at;
      const sink = sinkAt(offset, `header_extensions[${index}].data[${names.length}]`);
      const name = FeatureNameEntry.decode(record.data.subarray(at), sink);
      if (name !== undefined) names.push(name);
    }
    return [{ record, index, names }];
  });
}

/** Bytes that the data of a bitmaps extension have. */
export const BITMAPS_EXTENSION_SIZE = 24;
/** Bytes that the data of an encryption extension have. */
export const ENCRYPTION_EXTENSION_SIZE = 16;

/** Reads the bitmaps extension; `null` where it is missing. */
export function readBitmapsExtension(
  list: ExtensionList,
  sinkAt: SinkAt,
): DecodedExtension<BitmapsExtension> | null {
  const record = findExtension(list, HeaderExtensionType.bitmaps);
  if (record === null) return null;
  if (record.data.length !== BITMAPS_EXTENSION_SIZE) return { record, structure: null };
  const sink = sinkAt(record.dataOffset, 'bitmaps_extension');
  return { record, structure: BitmapsExtension.decode(record.data, sink) ?? null };
}

/** Reads the encryption extension; `null` where it is missing. */
export function readEncryptionExtension(
  list: ExtensionList,
  sinkAt: SinkAt,
): DecodedExtension<EncryptionExtension> | null {
  const record = findExtension(list, HeaderExtensionType.encryption);
  if (record === null) return null;
  if (record.data.length !== ENCRYPTION_EXTENSION_SIZE) return { record, structure: null };
  const sink = sinkAt(record.dataOffset, 'encryption_extension');
  return { record, structure: EncryptionExtension.decode(record.data, sink) ?? null };
}

/** The finding on an extension whose data have another length than `expected`, which no reader takes. */
export function wrongLength(
  file: ImageFile,
  { offset, data }: ExtensionRecord,
  name: string,
  expected: number,
): Finding<string> {
  return {
    at: { file, offset: offset + 4, length: 4, field: `${name}.length` },
    data: `the data of ${name} have ${data.length} bytes, must have ${expected}`,
    expected: String(expected),
    actual: String(data.length),
  };
}

/** An extension with its data decoded. */
export interface DecodedExtension<S> {
  readonly record: ExtensionRecord;
  /** `null` where the data have another length than they must, which the caller reports. */
  readonly structure: S | null;
}

/** Text of an extension or a name; bytes that are no UTF-8 become the replacement character. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
