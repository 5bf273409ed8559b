import { SourceError } from '../src/errors.ts';
import { memorySource } from '../src/io/memory-source.ts';
import type { OpenSource } from '../src/ops/open.ts';
import type { ReferencePolicy } from '../src/ops/reference-policy.ts';

/** Files in memory by name, and how an image among them is opened. */
export function memoryDisk(files: ReadonlyMap<string, Uint8Array>): {
  readonly openSource: OpenSource;
  readonly policy: ReferencePolicy;
} {
  const identities = new Map<string, ReturnType<typeof memorySource>>();
  const openSource = (path: string) => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new SourceError('ENOENT', `${path}: no such file`, { source: path });
    const source = identities.get(path) ?? memorySource(bytes, path);
    identities.set(path, source);
    return source;
  };
  const policy: ReferencePolicy = ({ name, candidates }) => {
    const path = (candidates ?? [name]).find((candidate) => files.has(candidate));
    return path === undefined
      ? { state: 'missing', path: name, source: null, reason: `${JSON.stringify(name)} was not found` }
      : { state: 'opened', path, source: openSource(path), reason: null };
  };
  return { openSource, policy };
}
