import { fileOffset, readAvailable } from '../../io/source.ts';
import type { OpenContext } from '../../model/format.ts';
import { findProperty, type Descriptor } from './descriptor/descriptor.ts';
import { referenceCandidates } from './reference-names.ts';

/** First bytes of a change tracking file, of whose layout nothing else is known. */
const SIGNATURE = [0xa2, 0x72, 0x19, 0xf6];

/**
 * What is wrong with the change tracking file that a descriptor names, to end a sentence; `null` where nothing is,
 * or none is named.
 */
export async function inspectChangeTracking(
  context: OpenContext,
  descriptor: Descriptor,
): Promise<string | null> {
  const name = findProperty(descriptor, 'changeTrackPath')?.value.text ?? '';
  if (name === '') return null;
  const reference = { name, candidates: referenceCandidates(name) };
  const { file, state } = await context.openFile(reference, 'extent');
  const { source } = file;
  // What may not be looked at is not judged.
  if (source === null) return state === 'missing' ? 'which does not exist' : null;
  try {
    const head = await readAvailable(source, fileOffset(0), SIGNATURE.length);
    const isTracking = SIGNATURE.every((byte, index) => head[index] === byte);
    return isTracking ? null : 'which does not begin like a change tracking file';
  } finally {
    await source.close();
  }
}
