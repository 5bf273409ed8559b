import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asMapping, specFiles, type SpecAttribute, type SpecFile, type SpecType } from './spec-files.ts';
import type { SpecMapping } from './spec-files.ts';

/** Keys in the order of the KSY style guide; ours (`-rule` and so on) stand beside the key they belong to. */
const keyOrder = {
  spec: ['meta', 'doc', 'doc-ref', 'types', 'enums'],
  meta: ['id', 'title', 'application', 'file-extension', 'license', 'ks-version', 'endian', 'bit-endian'],
  type: ['meta', 'doc', 'doc-ref', '-rule', 'seq'],
  attribute: [
    ...[
      'id',
      '-orig-id',
      '-unit',
      '-encoding',
      'size',
      'type',
      'enum',
      'contents',
      'valid',
      '-expected',
      '-rule',
    ],
    ...['repeat', 'repeat-expr', 'if', 'doc'],
  ],
  enumMember: ['id', '-orig-id', 'doc'],
};

const units: unknown[] = [
  ...[
    'bytes',
    'sectors',
    'clusters',
    'blocks',
    'entries',
    'bits',
    'cylinders',
    'heads',
    'iterations',
    'stripes',
  ],
  ...['nanoseconds', 'seconds since 1970-01-01 00:00 UTC', 'seconds since 2000-01-01 00:00 UTC'],
];

/** Document with its version, and the section; blktap's sources have no versions. */
const documentReference = /^(blktap \(XenServer\)|[A-Z][^,]* \d+(\.\d+)+[^,]*), \S/;

/** A demand on each of many things, and what makes it hold. */
type Demand<T> = readonly [demand: string, holds: (thing: T) => boolean];

const fileDemands: readonly Demand<SpecFile>[] = [
  ['has its keys in order and no whole-file tree', ({ root }) => inOrder(root, keyOrder.spec)],
  ['has the keys of meta in order', ({ root }) => inOrder(asMapping(root['meta']), keyOrder.meta)],
  ['is named as its file', ({ id, root }) => asMapping(root['meta'])['id'] === id],
  ['is under the MIT licence', ({ root }) => asMapping(root['meta'])['license'] === 'MIT'],
  ['says which Kaitai version it needs', ({ root }) => asMapping(root['meta'])['ks-version'] === '0.11'],
  [
    'has a title and documentation',
    ({ root }) => asMapping(root['meta'])['title'] !== '' && documented(root),
  ],
  ['is plain text', ({ text }) => !/[\t\r]| $/m.test(text) && text.endsWith('\n')],
  ['has lines of at most 150 characters', ({ text }) => text.split('\n').every((line) => line.length <= 150)],
  ['indents by two spaces', ({ text }) => text.split('\n').every((line) => line.search(/[^ ]|$/) % 2 === 0)],
];

const typeDemands: readonly Demand<SpecType>[] = [
  ['has its keys in order and nothing nested', ({ mapping }) => inOrder(mapping, keyOrder.type)],
  ['has a name in lower case', ({ id }) => isSnakeCase(id)],
  ['is documented', ({ mapping }) => documented(mapping)],
  [
    'cites document, version and section',
    ({ mapping }) => documentReference.test(String(mapping['doc-ref'])),
  ],
  [
    'redefines the order of bits at most',
    ({ mapping }) => inOrder(asMapping(mapping['meta']), ['bit-endian']),
  ],
  [
    'names each field once',
    ({ attributes }) => new Set(attributes.map(({ id }) => id)).size === attributes.length,
  ],
  ['has fields', ({ attributes }) => attributes.length > 0],
];

const attributeDemands: readonly Demand<SpecAttribute>[] = [
  [
    'has its keys in order, so no position and no processing',
    ({ mapping }) => inOrder(mapping, keyOrder.attribute),
  ],
  ['has a name in lower case', ({ id }) => isSnakeCase(id)],
  [
    'has a plural name where it repeats',
    ({ id, mapping }) => mapping['repeat'] === undefined || id.endsWith('s'),
  ],
  ['is documented', ({ mapping }) => documented(mapping)],
  [
    'names a rule exactly where it demands something',
    ({ mapping }) => (mapping['-rule'] !== undefined) === demands(mapping),
  ],
  [
    'says in words what an expression demands',
    ({ mapping }) => 'expr' in asMapping(mapping['valid']) === (mapping['-expected'] !== undefined),
  ],
  ['has a known unit, if any', ({ mapping }) => units.includes(mapping['-unit'] ?? 'bytes')],
  ['keeps text as bytes', ({ mapping }) => mapping['type'] !== 'str' && mapping['type'] !== 'strz'],
  [
    'names an encoding in the canonical way, if any',
    ({ mapping }) => /^(ASCII|UTF-8|UTF-16BE)$/.test(String(mapping['-encoding'] ?? 'ASCII')),
  ],
];

describe('every spec', () => {
  it.each(fileDemands)('%s', (_, holds) => {
    expect(specFiles.filter((file) => !holds(file)).map(({ id }) => id)).toEqual([]);
  });
});

const types = specFiles.flatMap((file) => file.types);

describe('every type', () => {
  it.each(typeDemands)('%s', (_, holds) => {
    expect(types.filter((type) => !holds(type)).map(({ place }) => place)).toEqual([]);
  });
});

const attributes = types.flatMap((type) => type.attributes);

describe('every attribute', () => {
  it.each(attributeDemands)('%s', (_, holds) => {
    expect(attributes.filter((attribute) => !holds(attribute)).map(({ place }) => place)).toEqual([]);
  });
});

const enumMembers = specFiles
  .flatMap(({ root }) => Object.values(asMapping(root['enums'])))
  .flatMap((members) => Object.values(asMapping(members)).map(asMapping));

describe('every enum member', () => {
  it('has its keys in order, a name and documentation', () => {
    const wrong = enumMembers.filter(
      (member) =>
        !inOrder(member, keyOrder.enumMember) || !isSnakeCase(String(member['id'])) || !documented(member),
    );
    expect(wrong).toEqual([]);
    expect(enumMembers.length).toBeGreaterThan(20);
  });
});

const catalogue = new URL('../../../shared/formats/rules.md', import.meta.url);
const catalogueThere = existsSync(catalogue);
if (!catalogueThere)
  console.warn(`SKIPPED: rule ids of the specs against the catalogue, ${catalogue.pathname} is not there`);

describe.skipIf(!catalogueThere)('every rule that a spec names', () => {
  it('is in the catalogue', () => {
    const known = new Set(readRuleIds(readFileSync(catalogue, 'utf8')));
    const families = new Set([...known].map(familyOf));
    const named = [...types, ...attributes].flatMap(({ mapping }) => mapping['-rule'] ?? []).map(String);
    expect(named.filter((id) => !known.has(id) && families.has(familyOf(id)))).toEqual([]);
    expect(named.length).toBeGreaterThan(100);
  });
});

function inOrder(mapping: SpecMapping, order: readonly string[]): boolean {
  const keys = Object.keys(mapping);
  return keys.join() === order.filter((key) => keys.includes(key)).join();
}

function isSnakeCase(name: string): boolean {
  return /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name);
}

function documented(mapping: SpecMapping): boolean {
  return typeof mapping['doc'] === 'string' && mapping['doc'].trim().length > 5;
}

function demands(mapping: SpecMapping): boolean {
  return mapping['valid'] !== undefined || mapping['contents'] !== undefined;
}

/** The part of a rule's id that names its format; the catalogue does not have formats that came after it. */
function familyOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

function readRuleIds(markdown: string): string[] {
  return [...markdown.matchAll(/^\| `([a-z0-9]+\/[a-z0-9-]+)`/gm)].flatMap(([, id]) => id ?? []);
}
