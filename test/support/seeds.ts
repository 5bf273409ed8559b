import type { MemoryFiles } from './open.ts';

/** A sound image: its files by name, the one to check first. Small, so that much of it is structure. */
export interface SeedImage {
  readonly name: string;
  readonly files: MemoryFiles;
}
