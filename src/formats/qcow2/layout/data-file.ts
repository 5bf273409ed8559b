import { HeaderExtensionType } from '../../../../generated/qcow2.ts';
import type { ImageFile, ReferenceState } from '../../../model/image.ts';
import type { Qcow2Context } from '../findings.ts';
import { decodeText, findExtension, type ExtensionList, type ExtensionRecord } from './extensions.ts';

/** The name of an external data file, and the extension that has it. */
export interface NamedDataFile {
  readonly name: string;
  readonly record: ExtensionRecord;
}

/** The external data file of an image. */
export interface DataFile {
  /** `null` where the header does not name it. */
  readonly named: NamedDataFile | null;
  /** `null` where there is no name to open. */
  readonly file: ImageFile | null;
  readonly state: ReferenceState;
  /** Why it is not open, in a sentence; `null` where it is. */
  readonly reason: string | null;
}

/** Reads the name of the data file; `null` where there is none. */
export function readDataFileName(extensions: ExtensionList): NamedDataFile | null {
  const record = findExtension(extensions, HeaderExtensionType.data_file);
  return record === null ? null : { name: decodeText(record.data), record };
}

/** Opens the data file, as far as the caller's policy lets. */
export async function openDataFile(context: Qcow2Context, named: NamedDataFile | null): Promise<DataFile> {
  if (named === null) return { named, file: null, state: 'none', reason: null };
  const { file, state, reason } = await context.openFile(
    { name: named.name, formatHint: 'raw' },
    'data-file',
  );
  return { named, file, state, reason };
}
