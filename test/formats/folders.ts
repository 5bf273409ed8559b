import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formats } from '../../src/formats/index.ts';
import type { RuleCase } from '../support/rule-case.ts';
import type { SeedImage } from '../support/seeds.ts';
import type { FormatTests } from './conformance.ts';

/** What the folder of each format brings: `seeds.ts` is a must, `rule-cases.ts` is where a format has rules. */
export async function loadFormatTests(): Promise<readonly FormatTests[]> {
  return Promise.all(
    formats.map(async ({ id }) => ({
      id,
      seeds: (await load<{ seeds: readonly SeedImage[] }>(id, 'seeds.ts'))?.seeds ?? [],
      ruleCases: (await load<{ ruleCases: readonly RuleCase[] }>(id, 'rule-cases.ts'))?.ruleCases ?? [],
    })),
  );
}

async function load<T>(id: string, name: string): Promise<T | null> {
  const path = join(import.meta.dirname, id, name);
  return existsSync(path) ? ((await import(path)) as T) : null;
}
