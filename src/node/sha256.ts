import { createHash } from 'node:crypto';
import type { Sha256 } from '../model/writer.ts';

/** Begins a SHA-256 digest. */
export function startSha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
  };
}
