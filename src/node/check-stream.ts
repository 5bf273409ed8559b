import { counted } from '../io/counted-source.ts';
import { toSourceError } from '../io/file-errors.ts';
import { ForwardReader } from '../io/forward-reader.ts';
import { memorySource } from '../io/memory-source.ts';
import type { ImageReport } from '../model/report.ts';
import { checkImage, type CheckOptions } from '../ops/check.ts';
import { followNothing } from '../ops/reference-policy.ts';
import { spool } from './access/spool.ts';
import type { AccessOptions } from './access/options.ts';

/** How a stream is checked. */
export type CheckStreamOptions = Omit<CheckOptions, 'openSource' | 'policy' | 'isPartial'> &
  Pick<AccessOptions, 'stats'> & {
    /** How messages call the stream; default `-`. */
    readonly name?: string;
  };

/**
 * Bytes after which a stranger's image is looked at: enough for most headers, and for the largest first cluster of
 * a qcow2 with all names in it.
 */
const LOOKS = [64 * 1024, 2 * 1024 * 1024] as const;

/**
 * Checks an image that comes as a stream, in one pass. With `demands.untrusted` a refusal that rests on the first
 * bytes (a name of another file, an unknown feature, a size) is given before the rest has arrived, and the stream
 * is left; all else needs the whole image, which is stored in a temporary file without a name meanwhile. No other
 * file is opened.
 *
 * @param chunks their memory is the caller's again when the next one is asked for
 */
export async function checkStream(
  chunks: AsyncIterable<Uint8Array>,
  options: CheckStreamOptions = {},
): Promise<ImageReport> {
  const { name = '-' } = options;
  const iterator = chunks[Symbol.asyncIterator]();
  const reader = new ForwardReader(guarded(iterator, name), name);
  const head: Uint8Array[] = [];
  try {
    for (const size of options.demands?.untrusted === true ? LOOKS : []) {
      const missing = size - sizeOf(head);
      const bytes = await takeHead(reader, missing);
      if (bytes === null) break;
      head.push(bytes);
      if (bytes.length < missing) break;
      const refusal = await refuseEarly(joined(head), { ...options, name });
      if (refusal !== null) return refusal;
    }
    return await checkWhole(name, () => spool(chain(head, reader), name), options);
  } finally {
    await iterator.return?.();
  }
}

/** The next bytes as a copy; `null` where the stream fails, which it says again when the rest is read. */
async function takeHead(reader: ForwardReader, length: number): Promise<Uint8Array | null> {
  try {
    return (await reader.upTo(length)).slice();
  } catch {
    return null;
  }
}

/** The errors of a stream as those of a source. */
async function* guarded(chunks: AsyncIterator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  } catch (cause) {
    throw toSourceError(name, cause);
  }
}

/** A refusal that the first bytes of an image are enough for; `null` where they are not. */
async function refuseEarly(
  head: Uint8Array,
  options: CheckStreamOptions & { readonly name: string },
): Promise<ImageReport | null> {
  const { name, format, maxProblems, demands } = options;
  const { targets: _targets, ...rest } = demands ?? {};
  const report = await checkImage(name, {
    ...(format === undefined ? {} : { format }),
    ...(maxProblems === undefined ? {} : { maxProblems }),
    demands: rest,
    depth: 'header',
    isPartial: true,
    openSource: () => memorySource(head, name),
    policy: followNothing,
  });
  if (report.error !== null || report.counts.error === 0) return null;
  return { ...report, files: report.files.map((file) => ({ ...file, size: null })) };
}

function checkWhole(
  name: string,
  openSource: CheckOptions['openSource'],
  { stats, name: _name, ...options }: CheckStreamOptions,
): Promise<ImageReport> {
  return checkImage(name, {
    ...options,
    openSource: async (path) => {
      const source = await openSource(path);
      return stats === undefined ? source : counted(source, stats);
    },
    policy: followNothing,
  });
}

async function* chain(head: readonly Uint8Array[], reader: ForwardReader): AsyncGenerator<Uint8Array> {
  yield* head;
  for (let bytes = await reader.next(CHUNK); bytes !== null; bytes = await reader.next(CHUNK)) yield bytes;
}

const CHUNK = 1024 * 1024;

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
