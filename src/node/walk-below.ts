import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { attempt } from '../io/file-errors.ts';

/** Links that one name may lead through, as systems allow. */
const MAX_LINKS = 40;

/**
 * What a name below a folder points to: a file, of which nothing but its kind was looked at; or something outside
 * the folder, not touched.
 */
export type Walked =
  | {
      readonly kind: 'found';
      /** Without links. */
      readonly path: string;
      readonly isFile: boolean;
      readonly isFolder: boolean;
      readonly dev: bigint;
      readonly ino: bigint;
    }
  | { readonly kind: 'outside' };

/**
 * Follows a name below a folder step by step, links too. Nothing outside the folder is touched by any call, not
 * even to see whether it is there.
 *
 * @param root the folder, without links in its own path
 * @param name relative to it
 * @throws SourceError where a step fails, with the system's code
 */
export function walkBelow(root: string, name: string): Walked {
  const rest = name.split(sep).reverse();
  let path = root;
  let links = 0;
  for (let step = rest.pop(); step !== undefined; step = rest.pop()) {
    if (step === '' || step === '.') continue;
    if (step === '..') {
      if (path === root) return { kind: 'outside' };
      path = dirname(path);
      continue;
    }
    const next = join(path, step);
    const stats = attempt(next, () => lstatSync(next));
    if (!stats.isSymbolicLink()) {
      path = next;
      continue;
    }
    const target = attempt(next, () => readlinkSync(next));
    if (++links > MAX_LINKS) return { kind: 'outside' };
    if (isAbsolute(target)) {
      if (!isBelow(root, target)) return { kind: 'outside' };
      path = root;
    }
    rest.push(...(isAbsolute(target) ? relative(root, target) : target).split(sep).reverse());
  }
  const stats = attempt(path, () => lstatSync(path, { bigint: true }));
  const isFile = stats.isFile();
  return { kind: 'found', path, isFile, isFolder: stats.isDirectory(), dev: stats.dev, ino: stats.ino };
}

/** Whether an absolute path, as it is written, is in a folder or below it. */
export function isBelow(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}
