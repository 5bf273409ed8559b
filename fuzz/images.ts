import { buildVhd } from '../test/support/vhd.ts';

/** A sound image to damage: its files by name, the one to check first. */
export interface SeedImage {
  readonly name: string;
  readonly format: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const single = (name: string, format: string, bytes: Uint8Array): SeedImage => ({
  name,
  format,
  files: new Map([[name, bytes]]),
});

const SMALL = { size: 1024 * 1024, blockSize: 256 * 1024 };

/** At least one sound image of every variant; small, so that much of each is structure. */
export const seedImages: readonly SeedImage[] = [
  single('fixed.vhd', 'vhd', buildVhd({ type: 'fixed', size: 65536 }).bytes),
  single('dynamic.vhd', 'vhd', buildVhd({ ...SMALL, blocks: [[2], [0]] }).bytes),
  single('batmap.vhd', 'vhd', buildVhd({ ...SMALL, blocks: [[1]], batmap: true, creator: 'tap\0', creatorVersion: 0x10003 }).bytes),
];
