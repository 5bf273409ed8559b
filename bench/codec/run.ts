/**
 * Generated parsers against those of the reference compiler (JavaScript), on the same bytes:
 * `npx tsx bench/codec/run.ts`. Prints the best of several rounds and the ratio, and fails below the ratios aimed at.
 */
import { fileURLToPath } from 'node:url';
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

const ROUNDS = 7;
const RECORDS = 500_000;

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

/** The shortest time of several rounds, in milliseconds. */
function best(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    read(bytes);
    return performance.now() - start;
  });
  return Math.min(...times);
}

async function parsersOf(name: string): Promise<{ ours: ReferenceParser; theirs: ReferenceParser }> {
  const spec = fileURLToPath(new URL(`${name}.ksy`, import.meta.url));
  const workspace = openWorkspace(`bench-${name}`);
  const { modules } = await compile({ files: [spec], importRoots: [], runtime: RUNTIME });
  for (const [file, text] of modules) workspace.add(file, text);
  const generated = generatedClass(await workspace.load(name), name);
  const theirs = await referenceParser(spec, []);
  if (theirs === undefined) throw new Error(`the reference compiler refuses ${name}.ksy`);
  return { ours: (bytes) => generated.from(bytes), theirs };
}

for (const { name, bytes, goal } of contests) {
  const { ours, theirs } = await parsersOf(name);
  const [own, reference] = [best(ours, bytes), best(theirs, bytes)];
  const ratio = reference / own;
  const megabytes = (bytes.length / 1e6 / (own / 1000)).toFixed(0);
  const figures = `${own.toFixed(1)} ms, ${megabytes} MB/s; reference ${reference.toFixed(1)} ms; ${ratio.toFixed(1)}x`;
  process.stdout.write(`${name.padEnd(8)} ${figures} (aim: ${goal}x)\n`);
  if (ratio < goal) process.exitCode = 1;
}
