import { loadFormatTests } from '../test/formats/folders.ts';

/** A sound image to damage: its files by name, the one to check first. */
export interface SeedImage {
  readonly name: string;
  readonly format: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The sound images of all formats that have marks: what raw holds is the guest's. */
export const seedImages: readonly SeedImage[] = (await loadFormatTests())
  .filter(({ id }) => id !== 'raw')
  .flatMap(({ id, seeds }) =>
    seeds.map(({ name, files }) => ({ name, format: id, files: new Map(Object.entries(files)) })),
  );
