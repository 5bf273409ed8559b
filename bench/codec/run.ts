/**
 * Generated parsers against those of the reference compiler (JavaScript), on the same bytes: `npm run bench -- codec`. Both run by
 * turns, each in a process of its own and from a clean heap; a ratio is how many times the processor time of ours theirs takes.
 * Below a ratio aimed at, the exit code is 1.
 */
import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { referenceParser } from '../../test/generate/oracle/reference-parser.ts';
import { generatedClass } from '../../test/generate/conformance/run.ts';
import { openWorkspace, RUNTIME } from '../../test/generate/conformance/workspace.ts';
import { compile } from '../../tools/generate/compile.ts';
import { median } from '../measure.ts';

type Parser = (bytes: Uint8Array) => object;

interface Contest {
  readonly spec: string;
  /** The type inside the spec, where it is not the outermost one. */
  readonly type?: string;
  readonly what: string;
  /** What is parsed in one round, one by one. */
  readonly inputs: () => readonly Uint8Array[];
  /** Looks at the values. */
  readonly use: (parsed: object) => unknown;
  /** Least ratio that is accepted. */
  readonly must: number;
}

const WARM_UP = 4;
/** How long a round lasts at least, in milliseconds: what is over sooner is done several times. */
const ROUND = 100;
const ROUNDS = 13;
const RECORDS = 500_000;
const HEADERS = 20_000;
const VMDK_HEADER = readFileSync(
  new URL('../../samples/sound/tw_sparse-s001.vmdk', import.meta.url),
).subarray(0, 512);

const contests: readonly Contest[] = [
  {
    spec: 'records',
    what: '500,000 records of 16 bytes',
    inputs: () => [noise(RECORDS * 16)],
    use: sumOfRecords,
    must: 2,
  },
  {
    spec: 'tables',
    what: 'a table of 400,000 integers',
    inputs: () => [noise(400_000 * 4)],
    use: keep,
    must: 5,
  },
  {
    spec: 'mixed',
    what: '25,000 records with bits, text and a switch',
    inputs: () => [mixedRecords(25_000)],
    use: keep,
    must: 1,
  },
  {
    spec: '../../specs/vmdk4',
    type: 'sparse_extent_header',
    what: `${HEADERS.toLocaleString('en')} sparse headers of VMDK, one stream each`,
    // Each in memory of its own: the reference parser takes whole buffers without a copy.
    inputs: () => Array.from({ length: HEADERS }, () => Uint8Array.from(VMDK_HEADER)),
    use: keep,
    must: 4,
  },
];

/** Bytes without a pattern, the same in every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function mixedRecords(count: number): Uint8Array {
  const record = [0x21, 0x43, 6, 0, ...Buffer.from('record'), 1, 2, 3, 4];
  const bytes = new Uint8Array(count * record.length);
  for (let index = 0; index < count; index += 1) {
    bytes.set(record, index * record.length);
    bytes[index * record.length + 3] = index % 3;
  }
  return bytes;
}

/** Looks at every field, since ours reads those of records no sooner. */
function sumOfRecords(parsed: object): number {
  const { records } = parsed as { readonly records: readonly PlainRecord[] };
  let sum = 0;
  for (const record of records)
    sum ^= record.kind ^ record.flags ^ record.length ^ record.offset ^ record.checksum;
  return sum;
}

interface PlainRecord {
  readonly kind: number;
  readonly flags: number;
  readonly length: number;
  readonly offset: number;
  readonly checksum: number;
}

function keep(parsed: object): object {
  return parsed;
}

/**
 * Processor time in milliseconds of reading all inputs once, the mean of one round. Garbage is part of it; it is collected by force only
 * between rounds, since that takes from the engine what it has learnt of objects that are gone.
 */
function timed(read: Parser, inputs: readonly Uint8Array[], use: Contest['use']): number {
  globalThis.gc?.();
  const start = process.cpuUsage();
  for (let times = 1; ; times += 1) {
    for (const bytes of inputs) latest = use(read(bytes));
    const { user, system } = process.cpuUsage(start);
    const total = (user + system) / 1000;
    if (total >= ROUND) return total / times;
  }
}

/** What was read last; kept, so that no reading can be left out for want of a use. */
export let latest: unknown;

async function parserOf({ spec, type }: Contest, isOurs: boolean): Promise<Parser> {
  const file = fileURLToPath(new URL(`${spec}.ksy`, import.meta.url));
  const name = spec.split('/').at(-1) ?? spec;
  if (!isOurs) {
    const theirs = await referenceParser(file, [], type);
    if (theirs === undefined) throw new Error(`the reference compiler refuses ${name}.ksy`);
    return theirs;
  }
  const workspace = openWorkspace(`bench-${name}`);
  const { modules } = await compile({ files: [file], importRoots: [], runtime: RUNTIME });
  for (const [path, text] of modules) workspace.add(path, text);
  const generated = generatedClass(await loadBundle(workspace.folder, name), type ?? name);
  return (bytes) => generated.from(bytes);
}

/** A module as users get it: plain JavaScript, bundled with the runtime. */
async function loadBundle(folder: string, name: string): Promise<Record<string, unknown>> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(folder, `${name}.ts`)],
    bundle: true,
    format: 'esm',
    target: 'es2023',
    outfile,
  });
  return (await import(pathToFileURL(outfile).href)) as Record<string, unknown>;
}

function describe({ spec, what, must }: Contest, rounds: readonly (readonly [number, number])[]): string {
  const ratios = rounds.map(([own, theirs]) => theirs / own);
  const ratio = median(ratios);
  if (!(ratio >= must)) process.exitCode = 1;
  return [
    (spec.split('/').at(-1) ?? spec).padEnd(8),
    what.padEnd(49),
    `${ratio.toFixed(2)}x [${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}]`.padEnd(24),
    `must ${must}x`.padEnd(10),
    ratio >= must ? 'met   ' : 'MISSED',
    `${median(rounds.map(([own]) => own)).toFixed(1)} ms / ${median(rounds.map(([, theirs]) => theirs)).toFixed(1)} ms`,
  ].join(' ');
}

/** Answers each message with the time of one more round. */
async function serve(contest: Contest, isOurs: boolean): Promise<void> {
  const read = await parserOf(contest, isOurs);
  const inputs = contest.inputs();
  process.on('message', () => process.send?.(timed(read, inputs, contest.use)));
  process.send?.('ready');
}

async function start(index: number, side: string): Promise<ChildProcess> {
  const execArgv = ['--expose-gc', '--import', 'tsx'];
  const child = fork(fileURLToPath(import.meta.url), [String(index), side], { execArgv });
  await once(child, 'message');
  return child;
}

async function round(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.send('round');
  const [time] = (await answer) as [number];
  return time;
}

async function compete(contest: Contest, index: number): Promise<void> {
  const [ours, theirs] = await Promise.all([start(index, 'ours'), start(index, 'theirs')]);
  const rounds: [number, number][] = [];
  while (rounds.length < WARM_UP + ROUNDS) rounds.push([await round(ours), await round(theirs)]);
  ours.kill();
  theirs.kill();
  console.log(describe(contest, rounds.slice(WARM_UP)));
}

const [index, side] = process.argv.slice(2);
const given = contests[Number(index)];
if (index !== undefined && given !== undefined) await serve(given, side === 'ours');
else for (const [number, contest] of contests.entries()) await compete(contest, number);
