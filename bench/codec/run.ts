/**
 * Generated parsers against those of the reference compiler (JavaScript), on the same bytes:
 * `npx tsx bench/codec/run.ts`. Both run by turns; printed are the median time and the median of the ratios, pair by
 * pair. Below a ratio aimed at, the exit code is 1.
 */
import { build } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { referenceParser, type ReferenceParser } from '../../test/generate/oracle/reference-parser.ts';
import { generatedClass } from '../../test/generate/conformance/run.ts';
import { openWorkspace, RUNTIME } from '../../test/generate/conformance/workspace.ts';
import { compile } from '../../tools/generate/compile.ts';

interface Contest {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How many times as fast as the reference we want to be. */
  readonly goal: number;
}

const WARM_UP = 5;
const ROUNDS = 15;
const RECORDS = 100_000;

const contests: readonly Contest[] = [
  { name: 'records', bytes: noise(RECORDS * 16), goal: 2 },
  { name: 'tables', bytes: noise(RECORDS * 16), goal: 5 },
  { name: 'mixed', bytes: mixedRecords(RECORDS / 4), goal: 1 },
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

function timed(read: ReferenceParser, bytes: Uint8Array): number {
  const start = performance.now();
  read(bytes);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function parsersOf(name: string): Promise<{ ours: ReferenceParser; theirs: ReferenceParser }> {
  const spec = fileURLToPath(new URL(`${name}.ksy`, import.meta.url));
  const workspace = openWorkspace(`bench-${name}`);
  const { modules } = await compile({ files: [spec], importRoots: [], runtime: RUNTIME });
  for (const [file, text] of modules) workspace.add(file, text);
  const generated = generatedClass(await loadBundle(workspace.folder, name), name);
  const theirs = await referenceParser(spec, []);
  if (theirs === undefined) throw new Error(`the reference compiler refuses ${name}.ksy`);
  return { ours: (bytes) => generated.from(bytes), theirs };
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

for (const { name, bytes, goal } of contests) {
  const { ours, theirs } = await parsersOf(name);
  const rounds = Array.from(
    { length: WARM_UP + ROUNDS },
    () => [timed(ours, bytes), timed(theirs, bytes)] as const,
  );
  const counted = rounds.slice(WARM_UP);
  const own = median(counted.map(([time]) => time));
  const ratio = median(counted.map(([time, reference]) => reference / time));
  const megabytes = (bytes.length / 1e6 / (own / 1000)).toFixed(0);
  process.stdout.write(
    `${name.padEnd(8)} ${own.toFixed(1)} ms, ${megabytes} MB/s, ${ratio.toFixed(1)}x (aim: ${goal}x)\n`,
  );
  if (!(ratio >= goal)) process.exitCode = 1;
}
