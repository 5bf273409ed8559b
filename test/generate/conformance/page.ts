/**
 * Writes the page with the results of the public suite, ours beside those of the reference compiler's JavaScript:
 * `npx tsx test/generate/conformance/page.ts`. `KAITAI_SUITE=DIR` names another checkout of the suite, for a run each night for one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { EndOfStreamError } from '../../../src/codec/index.ts';
import { format, resolveConfig } from 'prettier';
import { compileFiles } from '../../../tools/generate/compile-files.ts';
import { formatPath, SpecError } from '../../../tools/generate/diagnostics.ts';
import { compileWithKsc } from '../../../tools/generate/gate.ts';
import { className } from '../../../tools/generate/naming.ts';
import { referenceParser } from '../oracle/reference-parser.ts';
import { IMPORT_ROOTS, runSuite } from './conformance.ts';
import { runCase } from './run.ts';
import { loadCases, loadRefusals, REPOSITORY, type Case, type Refusal } from './suite.ts';
import { openWorkspace } from './workspace.ts';

const PAGE = join(REPOSITORY, 'docs', 'kaitai-suite.md');

/** What a side made of a case: nothing where it passed, else why not. */
type Verdict = string | undefined;

async function theirs(test: Case): Promise<Verdict> {
  const parse = await referenceParser(test.spec, IMPORT_ROOTS);
  if (parse === undefined) return 'does not compile';
  // What its runtime calls EOFError is the suite's EndOfStreamError.
  const from = (bytes: Uint8Array): object => {
    try {
      return parse(bytes);
    } catch (error) {
      const isEnd = error instanceof Error && error.name === 'EOFError';
      throw isEnd ? new EndOfStreamError(0, 0, {}, error.message) : error;
    }
  };
  const generated = class {
    static readonly from = from;
  };
  return runCase(test, { [className(basename(test.spec, '.ksy'))]: generated })[0];
}

async function verdictOf(test: Case): Promise<Verdict> {
  try {
    return await theirs(test);
  } catch (error) {
    return `fails: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Is an invalid spec complained of, and at the place that the suite says? */
async function refusals(all: readonly Refusal[]): Promise<{ ours: number; theirs: number }> {
  const sum = { ours: 0, theirs: 0 };
  for (const { spec, complaints } of all) {
    const wanted = complaints.map(({ path }) => path);
    const { diagnostics } = await compileFiles({ files: [spec], importRoots: IMPORT_ROOTS });
    const found = diagnostics.map(({ place, syntax }) =>
      syntax ? `:${place.line}:${place.column}` : formatPath(place.path),
    );
    if (isTold(wanted, found)) sum.ours += 1;
    const said = await complaintsOf(spec);
    if (isTold(wanted, said)) sum.theirs += 1;
  }
  return sum;
}

/** Is there a complaint where one is expected? Of some specs the suite does not say where, or that there is none. */
function isTold(wanted: readonly string[], found: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((path) => found.includes(path));
}

/** Where the reference compiler finds a spec wrong; that of broken YAML is told by our reader, which both have. */
async function complaintsOf(spec: string): Promise<readonly string[]> {
  try {
    const verdict = await compileWithKsc(spec, IMPORT_ROOTS);
    return verdict.kind === 'refused' ? verdict.complaints.map(({ path }) => formatPath(path)) : [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return [`:${error.place.line}:${error.place.column}`];
  }
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

const cases = loadCases();
const workspace = openWorkspace(`page-${process.pid}`);
const own = new Map((await runSuite(cases, workspace)).map((one) => [one.id, one]));
workspace.close();
const rows: { readonly id: string; readonly ours: Verdict; readonly theirs: Verdict }[] = [];
for (const test of cases) {
  const { cause, details = [] } = own.get(test.id) ?? {};
  rows.push({ id: test.id, ours: cause && `${cause}: ${details[0] ?? ''}`, theirs: await verdictOf(test) });
}
const invalid = loadRefusals();
const told = await refusals(invalid);
const count = (side: 'ours' | 'theirs'): number => rows.filter((row) => row[side] === undefined).length;
const cell = (verdict: Verdict): string =>
  verdict === undefined ? 'passes' : (verdict.replaceAll('|', '\\|').split('\n')[0] ?? '');
const failing = rows.filter((row) => row.ours !== undefined || row.theirs !== undefined);
const compiler = versionOf('kaitai-struct-compiler');
const text = `# The public Kaitai Struct suite

Written by \`npx tsx test/generate/conformance/page.ts\`; do not edit. Exact values, type errors of the modules count as failures.

| | vdcheck | kaitai-struct-compiler ${compiler}, JavaScript |
| --- | --- | --- |
| cases that pass | ${count('ours')} of ${rows.length} | ${count('theirs')} of ${rows.length} |
| invalid and doubtful specs that are told of, at the place that the suite names | ${told.ours} of ${invalid.length} | ${told.theirs} of ${invalid.length} |

The cases that one of the two fails:

| case | vdcheck | kaitai-struct-compiler |
| --- | --- | --- |
${failing.map(({ id, ours, theirs: other }) => `| ${id} | ${cell(ours)} | ${cell(other)} |`).join('\n')}
`;
const page = await format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
if (existsSync(join(REPOSITORY, 'docs'))) writeFileSync(PAGE, page);
process.stdout.write(page);
