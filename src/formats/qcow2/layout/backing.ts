import { HeaderExtensionType, type Header } from '../../../../generated/qcow2.ts';
import { decodeText, findExtension, type ExtensionList, type ExtensionRecord } from './extensions.ts';
import { toPosition } from './geometry.ts';

/** Bytes that a backing file name may have. */
export const MAX_NAME = 1023;

/** The backing file as the header names it. */
export interface BackingName {
  /** Byte position of the name; rounded above 2^53, where no name can be read. */
  readonly offset: number;
  /** Bytes of the name, as the header has it. */
  readonly length: number;
  /** As far as it is in the first cluster. */
  readonly name: string;
  /** As the extension states it; `null` where there is none. */
  readonly format: string | null;
  /** The extension that states it. */
  readonly record: ExtensionRecord | null;
  /** Its number among the extensions. */
  readonly recordIndex: number;
}

/** Reads the name of the backing file and its format; `null` where the header has no position for a name. */
export function readBacking(
  header: Header,
  cluster: Uint8Array,
  extensions: ExtensionList,
): BackingName | null {
  const offset = toPosition(header.backingFileOffset);
  const length = header.backingFileSize;
  if (offset === 0) return null;
  const record = findExtension(extensions, HeaderExtensionType.backing_format);
  return {
    offset,
    length,
    name: decodeText(cluster.subarray(offset, offset + Math.min(length, MAX_NAME))),
    format: record === null ? null : decodeText(record.data),
    record,
    recordIndex: record === null ? -1 : extensions.records.indexOf(record),
  };
}
