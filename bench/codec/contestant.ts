import { contests, type Contest } from './contests.ts';

// One side of a contest, in a process with nothing else in its memory: what the collector has to look through would count. It is told the number
// of the contest and the module with the parser, and answers each message, a number of times, with the time of one more round.

type Parser = (bytes: Uint8Array) => object;

/**
 * Processor time in milliseconds of reading all inputs once, the mean of one round in which that is done `times` times. Garbage is part of it; it
 * is collected by force only between rounds, since that takes from the engine what it has learnt of objects that are gone.
 */
function timed(read: Parser, { inputs, use }: Work, times: number): number {
  globalThis.gc?.();
  const start = process.cpuUsage();
  for (let time = 0; time < times; time += 1) for (const bytes of inputs) latest = use(read(bytes));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / times;
}

/** What is read, and what is done with it. */
interface Work extends Pick<Contest, 'use'> {
  readonly inputs: readonly Uint8Array[];
}

/** What was read last; kept, so that no reading can be left out for want of a use. */
export let latest: unknown;

const [number, parser = ''] = process.argv.slice(2);
const contest = contests[Number(number)];
if (contest === undefined) throw new Error(`no contest ${number}`);
const { read } = (await import(parser)) as { readonly read: Parser };
const work = { inputs: contest.inputs(), use: contest.use };
process.on('message', (times: number) => process.send?.(timed(read, work, times)));
process.send?.('ready');
