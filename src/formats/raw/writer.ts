import { UsageError } from '../../errors.ts';
import type { Chunk, Disk } from '../../model/disk.ts';
import type { Part, Plan, WriteContext, Writer } from '../../model/writer.ts';
import { nonZeroRuns, type ByteRun } from '../shared/zero-runs.ts';

/** Bytes of zeros that are written at once. */
const ZEROS = new Uint8Array(256 * 1024);

/** Writes disks byte by byte: a file that is as long as the disk, with holes where the disk reads as zeros. */
export const rawWriter: Writer = {
  options: {
    preallocation: {
      type: 'choice',
      choices: ['off', 'full'],
      default: 'off',
      doc: 'full: zeros are written too, so that the file has no holes',
    },
  },
  async plan(disk: Disk, context: WriteContext): Promise<Plan> {
    if (context.compress !== undefined) throw new UsageError('raw images cannot be compressed (-c)');
    if (context.backing !== null) throw new UsageError('raw images cannot have a backing file (-B)');
    const sparse = context.values['preallocation'] === 'full' ? 0 : context.sparse;
    return {
      files: [{ name: context.name, size: disk.size }],
      isStreamable: true,
      parts: (signal) => writeParts(disk, sparse, signal),
    };
  },
};

async function* writeParts(
  disk: Disk,
  sparse: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Part> {
  const options = signal === undefined ? {} : { signal };
  for await (const chunk of disk.chunks(undefined, options)) {
    if (chunk.kind !== 'data') {
      if (sparse === 0) yield* zeros(chunk.start, chunk.length);
      continue;
    }
    for (const { from, to } of runsOf(chunk, sparse))
      yield { file: 0, at: chunk.start + from, bytes: chunk.bytes.subarray(from, to) };
  }
}

function runsOf({ start, bytes }: Extract<Chunk, { kind: 'data' }>, sparse: number): readonly ByteRun[] {
  return sparse === 0 ? [{ from: 0, to: bytes.length }] : nonZeroRuns(bytes, start, sparse);
}

function* zeros(start: number, length: number): Iterable<Part> {
  for (let done = 0; done < length; done += ZEROS.length)
    yield { file: 0, at: start + done, bytes: ZEROS.subarray(0, Math.min(ZEROS.length, length - done)) };
}
