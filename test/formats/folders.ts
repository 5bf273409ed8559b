import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formats } from '../../src/formats/index.ts';
import type { SeedImage } from '../support/seeds.ts';
import type { FormatTests } from './conformance.ts';

/** What the folder of each format brings: `seeds.ts` and, where the format has rules, `rule-cases.ts`. */
export async function loadFormatTests(): Promise<readonly FormatTests[]> {
  return Promise.all(
    formats.map(async ({ id }) => {
      const images = await load<{ seeds: readonly SeedImage[] }>(id, 'seeds.ts');
      const rules = await load<Pick<FormatTests, 'ruleCases' | 'elsewhere'>>(id, 'rule-cases.ts');
      return {
        id,
        seeds: images?.seeds ?? [],
        ruleCases: rules?.ruleCases ?? [],
        elsewhere: rules?.elsewhere ?? [],
      };
    }),
  );
}

async function load<T>(id: string, name: string): Promise<T | null> {
  const path = join(import.meta.dirname, id, name);
  return existsSync(path) ? ((await import(path)) as T) : null;
}
