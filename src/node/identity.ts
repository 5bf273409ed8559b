import { createHash, randomBytes } from 'node:crypto';
import type { Identity } from '../model/writer.ts';

/**
 * The time of images that are to be the same each time, where none is given: 2000-01-01, where the clock of VHD
 * begins.
 */
const FIXED_TIME = 946_684_800;

/** What makes output reproducible. */
export interface IdentityOptions {
  /** Ids are made of it; `undefined`: random ones. */
  readonly seed?: string | undefined;
  /** Name of the layer below; it is mixed with the seed, so that a child never gets the ids of its parent. */
  readonly parent?: string | undefined;
  /** Seconds since 1970; `undefined`: now, or a fixed time where a seed is given. */
  readonly time?: number | undefined;
}

/** Ids and times: no two images get the same unless a seed asks for it. */
export function makeIdentity({ seed, parent, time }: IdentityOptions = {}): Identity {
  if (seed === undefined)
    return {
      time: time ?? Math.floor(Date.now() / 1000),
      bytes: (length) => new Uint8Array(randomBytes(length)),
    };
  const text = parent === undefined ? seed : `${JSON.stringify(parent)}:${seed}`;
  let block = 0;
  return {
    time: time ?? FIXED_TIME,
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 32) {
        const digest = createHash('sha256').update(`${block++}:${text}`).digest();
        bytes.set(digest.subarray(0, length - at), at);
      }
      return bytes;
    },
  };
}
