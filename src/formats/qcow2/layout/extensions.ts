import { formatHex, type Structure } from '../../../codec/index.ts';
import {
  BitmapsExtension,
  EncryptionExtension,
  FeatureNameEntry,
  HeaderExtension,
  HeaderExtensionType,
} from '../../../../generated/qcow2.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { Qcow2Context } from '../findings.ts';

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
  /** First byte after its padding. */
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
  /** First byte after the last one that was read, the end marker included. */
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

/** Bytes of type and length. */
const RECORD_HEAD = 8;
/** Bytes of one entry of a feature name table. */
export const FEATURE_NAME_SIZE = 48;
const KNOWN: ReadonlySet<number> = new Set(Object.values(HeaderExtensionType));

/**
 * Reads the header extensions in the first cluster. A record that does not fit ends the list.
 *
 * @param cluster the first cluster, shorter where the file is
 */
export function readExtensions(
  { file, findings }: Qcow2Context,
  cluster: Uint8Array,
  start: number,
  end: number,
): ExtensionList {
  const room = cluster.subarray(0, Math.min(end, cluster.length));
  const records: ExtensionRecord[] = [];
  let offset = start;
  while (offset + RECORD_HEAD <= room.length) {
    const sink = breachTeller(findings, { file, offset, name: `header_extensions[${records.length}]` });
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
  if (offset < end && offset + RECORD_HEAD > end && room.length === end) {
    // QEMU takes whatever begins before the name for an extension.
    const field = `header_extensions[${records.length}]`;
    breachTeller(findings, { file, offset, name: field })({
      type: 'HeaderExtension',
      field: 'type',
      offset: 0,
      size: end - offset,
      kind: 'endOfStream',
      expected: '8 bytes',
      actual: String(end - offset),
      rule: 'qcow2/ext-overrun',
    });
  }
  return { start, end, stop: Math.min(offset, end), isEnded: false, records };
}

/** The last record of a type, which is the one that counts where there are several; `null` where there is none. */
export function findExtension({ records }: ExtensionList, type: number): ExtensionRecord | null {
  return records.findLast((record) => record.type === type) ?? null;
}

/** Reads the tables of feature names. */
export function readFeatureNames(
  { file, findings }: Qcow2Context,
  { records }: ExtensionList,
): readonly FeatureNames[] {
  return records.flatMap((record, index) => {
    if (record.type !== HeaderExtensionType.feature_names) return [];
    const names: FeatureNameEntry[] = [];
    for (let at = 0; at + FEATURE_NAME_SIZE <= record.data.length; at += FEATURE_NAME_SIZE) {
      const offset = record.dataOffset + at;
      const place = { file, offset, name: `header_extensions[${index}].data[${names.length}]` };
      const entry = FeatureNameEntry.decode(record.data.subarray(at), breachTeller(findings, place));
      if (entry !== undefined) names.push(entry);
    }
    return [{ record, index, names }];
  });
}

/** An extension with its data decoded. */
export interface DecodedExtension<S extends Structure> {
  readonly record: ExtensionRecord;
  /** `null` where the data have another length than they must, which no reader takes. */
  readonly placed: Placed<S> | null;
}

/** Bytes that the data of a bitmaps extension have. */
const BITMAPS_EXTENSION_SIZE = 24;
/** Bytes that the data of an encryption extension have. */
const ENCRYPTION_EXTENSION_SIZE = 16;

/** Reads the bitmaps extension; `null` where it is missing. */
export function readBitmapsExtension(
  context: Qcow2Context,
  list: ExtensionList,
): DecodedExtension<BitmapsExtension> | null {
  const record = findExtension(list, HeaderExtensionType.bitmaps);
  if (record === null) return null;
  const name = 'bitmaps_extension';
  if (!hasLength(context, record, name, BITMAPS_EXTENSION_SIZE, 'qcow2/bitmap-ext-invalid'))
    return { record, placed: null };
  const place = { file: context.file, offset: record.dataOffset, name };
  const fields = BitmapsExtension.decode(record.data, breachTeller(context.findings, place));
  return { record, placed: fields === undefined ? null : new Placed(place, record.data, fields) };
}

/** Reads the encryption extension; `null` where it is missing. */
export function readEncryptionExtension(
  context: Qcow2Context,
  list: ExtensionList,
): DecodedExtension<EncryptionExtension> | null {
  const record = findExtension(list, HeaderExtensionType.encryption);
  if (record === null) return null;
  const name = 'encryption_extension';
  if (!hasLength(context, record, name, ENCRYPTION_EXTENSION_SIZE, 'qcow2/luks-header-bounds'))
    return { record, placed: null };
  const place = { file: context.file, offset: record.dataOffset, name };
  const fields = EncryptionExtension.decode(record.data, breachTeller(context.findings, place));
  return { record, placed: fields === undefined ? null : new Placed(place, record.data, fields) };
}

/** Whether an extension's data have `expected` bytes; tells it where not. */
function hasLength(
  { file, findings }: Qcow2Context,
  { offset, data: { length } }: ExtensionRecord,
  name: string,
  expected: number,
  rule: 'qcow2/bitmap-ext-invalid' | 'qcow2/luks-header-bounds',
): boolean {
  if (length === expected) return true;
  findings.tell(rule, {
    at: { file, offset: offset + 4, length: 4, field: `${name}.length` },
    data: `the data of ${name} have ${length} bytes, must have ${expected}`,
    expected: String(expected),
    actual: String(length),
  });
  return false;
}

/** Text of an extension or a name; bytes that are no UTF-8 become the replacement character. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
