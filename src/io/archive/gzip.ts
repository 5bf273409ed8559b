import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SourceError } from '../../errors.ts';

/** Whether bytes begin as a gzip file does (RFC 1952, 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * Unpacks a gzip stream as it arrives; several members one after another are one stream, and what follows the last
 * one is left alone. For Node. Memory is bounded; time is that of what comes out, which may be a thousand times what
 * goes in.
 *
 * @param name how messages call it
 * @throws SourceError `damaged-gzip`, `short-read` where it ends early; what `chunks` throws
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = Readable.from(chunks, { objectMode: false });
  const output = createGunzip({ chunkSize: 64 * 1024 });
  // The error comes to who reads; here it only lets a stream end that is not read any more.
  pipeline(input, output, () => undefined);
  try {
    for await (const bytes of output as AsyncIterable<Uint8Array>) yield bytes;
  } catch (error) {
    throw explain(error, name);
  } finally {
    output.destroy();
    input.destroy();
  }
}

function explain(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'Z_BUF_ERROR')
    return new SourceError(
      'short-read',
      `${name}: the gzip stream ends early`,
      { source: name },
      { cause: error },
    );
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new SourceError(
      'damaged-gzip',
      `${name}: the gzip stream is damaged`,
      { source: name },
      { cause: error },
    );
  return error;
}
