import { UsageError } from '../errors.ts';
import type { Identity } from '../model/writer.ts';
import { makeIdentity } from '../node/identity.ts';
import type { Invocation } from './command.ts';

/**
 * Ids and times for a new image: from `--seed` and `SOURCE_DATE_EPOCH`, so that the same command gives the same
 * bytes. Where only the latter is given the image's name is the seed: images that are made together get ids of
 * their own.
 *
 * @param name of the image
 * @param parent name of the layer below it
 */
export function identityFor(invocation: Invocation, name: string, parent?: string): Identity {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  const seed = invocation.text('seed');
  if (epoch === undefined || epoch === '') return makeIdentity({ seed, parent });
  if (!/^\d{1,12}$/.test(epoch))
    throw new UsageError(`SOURCE_DATE_EPOCH is a number of seconds since 1970, not '${epoch}'`);
  return makeIdentity({ seed: seed ?? `${epoch}:${name}`, parent, time: Number(epoch) });
}
