import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../../io/file-errors.ts';

/**
 * The regular files of a folder by name; `null` where a path is no folder.
 *
 * @throws SourceError where it cannot be read
 */
export function filesIn(path: string): readonly string[] | null {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  const entries = attempt(path, () => readdirSync(path, { withFileTypes: true }));
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(path, name))
    .sort();
}
