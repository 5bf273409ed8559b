import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { listRules } from '../src/ops/rules.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CATALOGUE = resolve(ROOT, '../shared/formats/rules.md');

/** Rules that the catalogue does not have. */
const OWN_RULES: readonly string[] = [
  'file/unreadable',
  'policy/polyglot',
  'qcow2/data-file-not-opened',
  'vmdk/extent-found-elsewhere',
  'vmdk/parent-found-elsewhere',
];

const rules = await listRules();
const ids = new Set(rules.map(({ id }) => id));

test('no two rules share an id, and ids are family and name', () => {
  expect(ids.size).toBe(rules.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
});

test.each(rules.map((rule) => [rule.id, rule] as const))('%s is explained', (_, rule) => {
  const { what, why, how, readers, repair } = rule.explanation;
  for (const text of [what, why, how, readers, repair]) {
    expect(text.length).toBeGreaterThan(7);
    expect(text).toMatch(/[.)]$/);
  }
  for (const text of [rule.title, rule.spec]) expect(text.trim().length).toBeGreaterThan(5);
  expect(rule.derivedFrom.filter((cause) => !ids.has(cause) || cause === rule.id)).toEqual([]);
});

test('every rule that a spec names is there', () => {
  const named = readdirSync(join(ROOT, 'specs')).flatMap((name) => [
    ...readFileSync(join(ROOT, 'specs', name), 'utf8').matchAll(/-rule: (\S+)/g),
  ]);
  expect(named.length).toBeGreaterThan(100);
  expect(named.map(([, id]) => id).filter((id) => id !== undefined && !ids.has(id))).toEqual([]);
});

test.skipIf(!existsSync(CATALOGUE))('ids and severities are those of the catalogue', () => {
  const text = readFileSync(CATALOGUE, 'utf8');
  const severities = new Map(
    [...text.matchAll(/^\| `([a-z0-9]+\/[a-z0-9-]+)` \| (error|warning|leak|info)/gm)].map(
      ([, id, severity]) => [id, severity],
    ),
  );
  expect(severities.size).toBeGreaterThan(400);
  // Formats that came after the catalogue are not in it.
  const families = new Set([...severities.keys()].map((id) => id?.split('/')[0]));
  const differing = rules.filter(
    ({ id, severity }) =>
      families.has(id.split('/')[0]) && !OWN_RULES.includes(id) && severities.get(id) !== severity,
  );
  expect(differing.map(({ id, severity }) => `${id}: ${severity}, catalogue ${severities.get(id)}`)).toEqual(
    [],
  );
});
