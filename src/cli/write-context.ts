import { UsageError } from '../errors.ts';
import type { Backing, OptionValues, WriteContext } from '../model/writer.ts';
import { nodeCompressor } from '../node/compressor.ts';
import { startSha256 } from '../node/sha256.ts';
import type { Invocation } from './command.ts';
import { identityFor } from './identity.ts';
import { parseSize } from './sizes.ts';

/** What a writer is told of the command line. */
export function contextOf(
  invocation: Invocation,
  {
    values,
    name,
    isPipe = false,
    isInPlace = false,
    backing = null,
  }: {
    readonly values: OptionValues;
    readonly name: string;
    readonly isPipe?: boolean;
    readonly isInPlace?: boolean;
    readonly backing?: Backing | null;
  },
): WriteContext {
  const sparse = parseSize(invocation.text('sparse-size') ?? '4k', '-S');
  if (sparse % 512 !== 0) throw new UsageError(`-S takes a multiple of 512, not ${sparse}`);
  const level = invocation.number('level');
  const isCompressed = invocation.isSet('compress');
  const platform = invocation.text('for');
  return {
    values,
    name,
    isPipe,
    // What exists has old bytes where nothing is written.
    sparse: isInPlace ? 0 : sparse,
    ...(isCompressed || level !== undefined ? { compress: { level } } : {}),
    compressor: nodeCompressor(invocation.number('jobs')),
    isAnyOrder: invocation.isSet('out-of-order'),
    sha256: startSha256,
    backing,
    experimental: invocation.isSet('experimental'),
    ...(platform === undefined ? {} : { platform }),
    identity: identityFor(invocation, name, backing?.name),
  };
}
