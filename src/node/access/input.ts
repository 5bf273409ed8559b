import { createReadStream, fstatSync } from 'node:fs';
import { attempt } from '../../io/file-errors.ts';

/** Standard input where it is a stream; `null` where it is a file, which can be read anywhere. */
export function inputStream(): AsyncIterable<Uint8Array> | null {
  if (attempt('-', () => fstatSync(0)).isFile()) return null;
  return createReadStream('', { fd: 0, autoClose: false });
}
