import { posix } from 'node:path';
import { SourceError } from '../../src/errors.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import type { Source } from '../../src/io/source.ts';
import type { Image, Mapping } from '../../src/model/image.ts';
import { guestOffset } from '../../src/model/offsets.ts';
import type { ImageReport } from '../../src/model/report.ts';
import { checkImage, type CheckOptions } from '../../src/ops/check.ts';
import { ProblemCollector } from '../../src/ops/collector.ts';
import { openImage, type OpenOptions } from '../../src/ops/open.ts';
import type { ReferencePolicy } from '../../src/ops/reference-policy.ts';

/** Files by path, all in memory; names below `/dev/` are devices. The first is the one that is opened. */
export type MemoryFiles = Readonly<Record<string, Uint8Array>>;

/** Makes another source of one: an asynchronous one, one that fails. */
export type Wrap = (source: Source) => Source;

/** How files in memory are read. */
export interface MemoryAccess {
  /** Makes another source of each; default: as it is. */
  readonly wrap?: Wrap;
  /** Makes another policy of the usual one, which opens whatever is among the files. */
  readonly policyOver?: (usual: ReferencePolicy) => ReferencePolicy;
}

function access(
  files: MemoryFiles,
  { wrap = (source) => source, policyOver = (usual) => usual }: MemoryAccess,
): Pick<OpenOptions, 'openSource' | 'policy'> {
  const sources = new Map<string, Source>();
  const openSource = (path: string): Source => {
    const bytes = files[path];
    if (bytes === undefined) throw new SourceError('ENOENT', `${path}: no such file`, { source: path });
    const source = sources.get(path) ?? wrap(memorySource(bytes, path));
    sources.set(path, source);
    return source;
  };
  const policy: ReferencePolicy = ({ name, candidates }, from) => {
    const paths = (candidates ?? [name]).map((candidate) => posix.join(posix.dirname(from), candidate));
    const found = paths.findIndex((tried) => files[tried] !== undefined);
    const path = paths[found];
    const foundAs = candidates?.[found];
    if (path !== undefined)
      return {
        ...{ state: 'opened', path, source: openSource(path), reason: null },
        ...(foundAs === undefined || foundAs === name ? {} : { foundAs }),
      };
    const tried = paths[0] ?? name;
    if (name.startsWith('/dev/'))
      return { state: 'device', path: name, source: null, reason: `${name} was not opened: it is a device` };
    return { state: 'missing', path: tried, source: null, reason: `${JSON.stringify(name)} was not found` };
  };
  return { openSource, policy: policyOver(policy) };
}

function first(files: MemoryFiles): string {
  const [path] = Object.keys(files);
  if (path === undefined) throw new Error('no files');
  return path;
}

/** Checks the first of some files in memory, as `vdcheck check` would. */
export function checkMemory(
  files: MemoryFiles,
  options: Omit<CheckOptions, 'openSource' | 'policy'> & MemoryAccess = {},
): Promise<ImageReport> {
  return checkImage(first(files), { ...options, ...access(files, options) });
}

/** Opens the first of some files in memory; damage is collected and dropped. */
export async function openMemory(
  files: MemoryFiles,
  options: Omit<OpenOptions, 'openSource' | 'policy'> & MemoryAccess = {},
): Promise<Image> {
  const problems = new ProblemCollector(1);
  return (await openImage(first(files), { problems, ...options, ...access(files, options) })).image;
}

/** All mappings of an image, or of a range of it. */
export async function mapAll(
  image: Image,
  start = 0,
  length: number = image.size,
): Promise<readonly Mapping[]> {
  const runs: Mapping[] = [];
  for await (const batch of image.mappings({ start: guestOffset(start), length })) runs.push(...batch);
  return runs;
}

/** A mapping in short: `data 0+512 @1024`, `zero 512+512`. */
export function describeMapping(run: Mapping): string {
  const range = `${run.kind} ${run.start}+${run.length}`;
  return run.kind === 'data' || run.kind === 'compressed' ? `${range} @${run.at.offset}` : range;
}
