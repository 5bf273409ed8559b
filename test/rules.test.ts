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

/** Rules of the catalogue that are not built, and why. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  'file/probe-disagreement':
    'each way in which probing by the first bytes differs has a rule of its format: vmdk/version-not-first, vmdk/descriptor-bom, vhd/fixed-probe-hazard, vhd/footer-copy-missing',
  'file/trailing-data':
    'each format has a rule with the exact boundary: vmdk4/trailing-data, vmdk3/trailing-data, vhd/footer-position, qcow2/trailing-data, vdi/trailing-data',
};

test.skipIf(!existsSync(CATALOGUE))('every rule of the catalogue is built, or it is said why not', () => {
  const text = readFileSync(CATALOGUE, 'utf8');
  const catalogue = [...text.matchAll(/^\| `([a-z0-9]+\/[a-z0-9-]+)` \|/gm)].map(([, id]) => id ?? '');
  expect(new Set(catalogue).size).toBe(catalogue.length);
  expect(catalogue.length).toBeGreaterThan(440);
  const missing = catalogue.filter((id) => !ids.has(id));
  expect(missing.sort()).toEqual(Object.keys(NOT_BUILT).sort());
});

test.skipIf(!existsSync(CATALOGUE))('rules that take all of the data are of depth data', () => {
  const text = readFileSync(CATALOGUE, 'utf8');
  const costs = new Map(
    [...text.matchAll(/^\| `([a-z0-9]+\/[a-z0-9-]+)` \|(.*)\|$/gm)].map(([, id = '', rest = '']) => {
      const cells = rest.split('|').map((cell) => cell.trim());
      return [id, cells.at(-3) ?? ''];
    }),
  );
  const deep = rules.filter(({ depth }) => depth === 'data').map(({ id }) => id);
  expect(deep.filter((id) => costs.get(id) !== 'D')).toEqual([]);
  const shallow = rules
    .filter(({ id, depth }) => costs.get(id) === 'D' && depth !== 'data' && !id.startsWith('policy/'))
    .map(({ id }) => id);
  // Of markers that tables announce it is seen before the data are read; what a policy asks does not wait for a depth.
  expect(shallow).toEqual(['vmdk4/marker-type-unknown']);
});
