import type { Readable } from 'node:stream';
import { toSourceError } from './file-errors.ts';
import { remembered, type RememberedOptions, type StreamSource } from './remembered-source.ts';

/**
 * A readable stream of Node as a source: standard input, which the command line hands over.
 *
 * @param options what is kept of it; its name is `-` where nothing else is said
 */
export function openStream(input: Readable, options: Partial<RememberedOptions> = {}): StreamSource {
  const name = options.name ?? '-';
  return remembered(chunksOf(input, name), { ...options, name });
}

async function* chunksOf(input: Readable, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array | string>)
      yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  } catch (cause) {
    throw toSourceError(name, cause);
  }
}
