import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/program.ts';

const IO = join(ROOT, 'src', 'io');
/** Modules that are for Node alone; all others are for browsers too. */
const FOR_NODE = [
  'archive/gzip.ts',
  'descriptor-pool.ts',
  'device-size.ts',
  'file-source.ts',
  'http/open-url.ts',
  'http/undici-transport.ts',
  'open-file.ts',
];

const modules = readdirSync(IO, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'));

/** What a module loads when it is loaded: imports of types are none, and those by `import()` come later. */
function importsOf(name: string): string[] {
  const text = readFileSync(join(IO, name), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)';/gms);
  return [...statements].map(([, specifier = '']) =>
    specifier.startsWith('.')
      ? relative(IO, join(IO, dirname(name), specifier)).replaceAll('\\', '/')
      : specifier,
  );
}

/** All that is loaded with a module. */
function closure(name: string, seen = new Set<string>()): Set<string> {
  for (const imported of importsOf(name)) {
    if (seen.has(imported)) continue;
    seen.add(imported);
    if (modules.includes(imported)) closure(imported, seen);
  }
  return seen;
}

describe('what the sources load', () => {
  it.each(modules.filter((name) => !FOR_NODE.includes(name)))('%s is for browsers too', (name) => {
    const loaded = [...closure(name)];
    expect(
      loaded.filter((specifier) => /^node:|^[a-z]/.test(specifier) && !modules.includes(specifier)),
    ).toEqual([]);
  });

  it.each(FOR_NODE)('%s is for Node', (name) => {
    expect(modules).toContain(name);
  });

  it('is nothing of the HTTP client until a URL is opened', () => {
    const users = modules.filter((name) => closure(name).has('undici'));
    expect(users).toEqual(['http/undici-transport.ts']);
    const loaders = modules.filter((name) =>
      /import\('[^']*undici/.test(readFileSync(join(IO, name), 'utf8')),
    );
    expect(loaders).toEqual(['http/open-url.ts']);
  });
});
