import type { SeedImage } from '../../support/seeds.ts';

/** Any bytes are a sound raw disk. */
export const seeds: readonly SeedImage[] = [
  { name: 'disk.img', files: { 'disk.img': new Uint8Array(64 * 1024).fill(0x5a) } },
];
