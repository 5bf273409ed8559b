/**
 * Generated parsers against those of the reference compiler (JavaScript), on the same bytes: `npm run bench -- codec`. Both run by
 * turns, each in a process of its own and from a clean heap; a ratio is how many times the processor time of ours theirs takes.
 * Below a ratio aimed at, the exit code is 1. `tsx bench/codec/run.ts NAME` runs one of them.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { compileWithKsc } from '../../tools/generate/gate.ts';
import { className } from '../../tools/generate/naming.ts';
import { median } from '../measure.ts';
import { contests, type Contest } from './contests.ts';

const WARM_UP = 4;
const ROUNDS = 13;
/**
 * How long a round of the slower side lasts at least, in milliseconds: what is over sooner is done several times, by both sides equally often,
 * since one that does it more often than the other would collect garbage more often. Long enough that it hardly counts what memory costs that the
 * system took back while a side waited for its turn.
 */
const ROUND = 500;

const FOLDER = fileURLToPath(new URL('../../.cache/bench-codec', import.meta.url));
const RUNTIME = fileURLToPath(new URL('../../src/codec/index.ts', import.meta.url));
const CONTESTANT = join(FOLDER, 'contestant.mjs');

type Side = 'ours' | 'theirs';

/** Writes a module with the parser of one side, `read(bytes)`, as users get it: plain JavaScript, bundled with the runtime. Returns its path. */
async function writeParser({ spec, type, views = false }: Contest, side: Side): Promise<string> {
  const file = fileURLToPath(new URL(`${spec}.ksy`, import.meta.url));
  const name = spec.split('/').at(-1) ?? spec;
  const folder = join(FOLDER, views ? `${side}-views` : side, name);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of side === 'ours' ? await compileOurs(file, views) : await compileTheirs(file))
    writeFileSync(join(folder, path), text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const outermost = className(name);
  const entry =
    side === 'ours'
      ? `import { ${className(type ?? name)} as Parser } from './${name}.ts';
export const read = (bytes) => Parser.from(bytes);`
      : `import Stream from 'kaitai-struct/KaitaiStream';
import module from './${outermost}.js';
const Parser = module.${outermost}${type === undefined ? '' : `.${className(type)}`};
export const read = (bytes) => new Parser(new Stream(bytes.buffer));`;
  writeFileSync(join(folder, 'entry.js'), entry);
  const outfile = join(folder, 'parser.cjs');
  await bundle(join(folder, 'entry.js'), outfile);
  return outfile;
}

async function compileOurs(file: string, views: boolean): Promise<Iterable<readonly [string, string]>> {
  const { modules } = await compile({ files: [file], importRoots: [], runtime: RUNTIME, views });
  return modules;
}

async function compileTheirs(file: string): Promise<Iterable<readonly [string, string]>> {
  const verdict = await compileWithKsc(file, [], 'javascript', false);
  if (verdict.kind !== 'accepted') throw new Error(`the reference compiler refuses ${file}`);
  return Object.entries(verdict.files);
}

async function bundle(entry: string, file: string): Promise<void> {
  // What the reference runtime asks for where the platform has no decoder of its own is not installed.
  const bundled = await rolldown({ input: entry, platform: 'node', external: ['iconv-lite'] });
  await bundled.write({ file, format: file.endsWith('.cjs') ? 'cjs' : 'esm', codeSplitting: false });
  await bundled.close();
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

async function start(contest: Contest, side: Side): Promise<ChildProcess> {
  const parser = pathToFileURL(await writeParser(contest, side)).href;
  const child = fork(CONTESTANT, [String(contests.indexOf(contest)), parser], { execArgv: ['--expose-gc'] });
  await once(child, 'message');
  return child;
}

async function round(child: ChildProcess, times: number): Promise<number> {
  const answer = once(child, 'message');
  child.send(times);
  const [time] = (await answer) as [number];
  return time;
}

async function compete(contest: Contest): Promise<void> {
  const ours = await start(contest, 'ours');
  const theirs = await start(contest, 'theirs');
  const rounds: [number, number][] = [];
  for (let times = 1; rounds.length < WARM_UP + ROUNDS;) {
    const last: [number, number] = [await round(ours, times), await round(theirs, times)];
    rounds.push(last);
    if (rounds.length <= WARM_UP) times = Math.ceil(ROUND / Math.max(...last));
  }
  ours.kill();
  theirs.kill();
  console.log(describe(contest, rounds.slice(WARM_UP)));
}

rmSync(FOLDER, { recursive: true, force: true });
await bundle(fileURLToPath(new URL('contestant.ts', import.meta.url)), CONTESTANT);
const [wanted] = process.argv.slice(2);
for (const contest of contests)
  if (wanted === undefined || contest.spec.includes(wanted)) await compete(contest);
