import { UsageError } from '../errors.ts';
import type { LocalOptions } from '../node/local.ts';
import type { Invocation } from './command.ts';
import type { Terminal } from './terminal.ts';

type Stats = NonNullable<LocalOptions['stats']>;

/** What was read for a command, where it asks to be told. */
const counts = new WeakMap<Invocation, Stats>();

/** How images are opened, as the options of the command line ask. */
export function accessOptions(invocation: Invocation): LocalOptions {
  const headers = parseHeaders(invocation.texts('header'));
  const user = invocation.text('user');
  const cacert = invocation.text('cacert');
  const stats = invocation.isSet('stats') ? statsOf(invocation) : undefined;
  return {
    allowOutside: invocation.isSet('allow-outside'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(user === undefined ? {} : { user }),
    ...(cacert === undefined ? {} : { cacert }),
    ...(invocation.isSet('insecure') ? { insecure: true } : {}),
    ...(stats === undefined ? {} : { stats }),
  };
}

/** Prints what was read, where that is asked for: one line of JSON, the last one. */
export function writeStats(invocation: Invocation, { stderr }: Terminal): void {
  if (!invocation.isSet('stats')) return;
  const { requests, bytes, retries } = statsOf(invocation);
  stderr.write(`${JSON.stringify({ requests, bytes, retries })}\n`);
}

function statsOf(invocation: Invocation): Stats {
  const known = counts.get(invocation) ?? { requests: 0, bytes: 0, retries: 0 };
  counts.set(invocation, known);
  return known;
}

/** A header may be a secret, and is not repeated in a message. */
function parseHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      if (at <= 0) throw new UsageError("option '--header' takes 'Name: value'");
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
