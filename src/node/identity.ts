import { randomBytes } from 'node:crypto';
import type { Identity } from '../model/writer.ts';

/** Ids and times of this machine: no two images get the same. */
export function freshIdentity(): Identity {
  return {
    time: Math.floor(Date.now() / 1000),
    bytes: (length) => new Uint8Array(randomBytes(length)),
  };
}
