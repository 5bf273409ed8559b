// Tells whether a product is older than what it is made from: by content, so that neither a checkout nor a clock can mislead.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each product is made from, and what must be there for it to count. */
const PRODUCTS = {
  generate: {
    inputs: ['specs', 'generated', 'tools/generate', 'tools/generate.mjs', 'package-lock.json'],
    outputs: ['generated'],
  },
  build: {
    inputs: [
      'specs',
      'generated',
      'src',
      'tools',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
    ],
    outputs: [
      'dist/cli.js',
      'dist/lib/index.js',
      'dist/lib/codec.js',
      'dist/lib/types',
      'node_modules/.bin/vdcheck',
    ],
  },
};

/** Whether a product is there and made from just what lies here now. */
export function isFresh(product) {
  const stamp = stampPath(product);
  return (
    PRODUCTS[product].outputs.every((path) => existsSync(join(root, path))) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === digest(product)
  );
}

/** Notes that a product is up to date. */
export function markFresh(product) {
  const stamp = stampPath(product);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest(product));
}

/** Forgets that a product is up to date, before it is made anew. */
export function markStale(product) {
  rmSync(stampPath(product), { force: true });
}

function stampPath(product) {
  return join(root, '.cache', `${product}.stamp`);
}

function digest(product) {
  const hash = createHash('sha256');
  for (const input of PRODUCTS[product].inputs) {
    for (const path of filesBelow(join(root, input))) {
      hash.update(`${path.slice(root.length)}\0`);
      hash.update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
