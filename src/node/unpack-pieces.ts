import * as zlib from 'node:zlib';
import { isZero } from '../formats/shared/zero-runs.ts';
import type { Unpacked } from '../model/content.ts';
import { describeFailure } from './unpack-failure.ts';

/** Unpacks a stream of deflate with or without zlib's header piece by piece: what came out is only counted. */
export function unpackPieces(method: 'zlib' | 'deflate', bytes: Uint8Array, size: number): Promise<Unpacked> {
  const stream = method === 'zlib' ? zlib.createInflate() : zlib.createInflateRaw();
  return new Promise((resolve) => {
    let length = 0;
    let areZeros = true;
    const end = (outcome: Unpacked): void => {
      stream.destroy();
      resolve(outcome);
    };
    stream.on('data', (piece: Uint8Array) => {
      length += piece.length;
      areZeros &&= isZero(piece);
      if (length > size) end({ kind: 'long' });
    });
    stream.on('error', (error) => end(describeFailure(error)));
    stream.on('end', () => end({ kind: 'whole', length, isZero: areZeros, used: stream.bytesWritten }));
    stream.end(bytes);
  });
}
