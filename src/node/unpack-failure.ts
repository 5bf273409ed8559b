import type { Unpacked } from '../model/content.ts';

/** Why a stream cannot be unpacked, by zlib's error. */
export function describeFailure(error: Error): Unpacked {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'long' };
  if (code === 'Z_BUF_ERROR') return { kind: 'cut' };
  if (code === 'Z_NEED_DICT') return { kind: 'damaged', reason: 'it asks for a preset dictionary' };
  return { kind: 'damaged', reason: error.message };
}
