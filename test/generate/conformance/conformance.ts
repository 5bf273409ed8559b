import { join } from 'node:path';
import { compileFiles as compile } from '../../../tools/generate/compile-files.ts';
import { formatDiagnostic } from '../../../tools/generate/diagnostics.ts';
import { runCase } from './run.ts';
import { SUITE, type Case } from './suite.ts';
import { importsOf, openWorkspace, RUNTIME, type Workspace } from './workspace.ts';

/** How a case ended: what went wrong and why, or nothing. */
export interface CaseResult {
  readonly id: string;
  readonly cause:
    'refused by the generator' | 'type errors' | 'cannot be loaded' | 'wrong values' | undefined;
  readonly details: readonly string[];
}

/** Where the suite's absolute imports are looked up. */
export const IMPORT_ROOTS: readonly string[] = [join(SUITE, 'formats', 'ks_path')];

/** Compiles the specs of all cases into one workspace; the map holds the complaints about those that were refused. */
export async function compileAll(
  cases: readonly Case[],
  workspace: Workspace,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const refused = new Map<string, readonly string[]>();
  for (const { id, spec } of cases) {
    const complaints = await compileInto(workspace, spec);
    if (complaints.length > 0) refused.set(id, complaints);
  }
  return refused;
}

async function compileInto(workspace: Workspace, spec: string): Promise<readonly string[]> {
  try {
    const { modules, diagnostics } = await compile({
      files: [spec],
      importRoots: IMPORT_ROOTS,
      runtime: RUNTIME,
    });
    for (const [file, text] of modules) workspace.add(file, text);
    return diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

/** Compiles, type-checks and runs cases. */
export async function runSuite(
  cases: readonly Case[],
  workspace: Workspace = openWorkspace('suite'),
): Promise<CaseResult[]> {
  const refused = await compileAll(cases, workspace);
  const typeErrors = await workspace.typeErrors();
  const results: CaseResult[] = [];
  for (const test of cases) {
    const complaints = refused.get(test.id);
    if (complaints !== undefined)
      results.push({ id: test.id, cause: 'refused by the generator', details: complaints });
    else results.push(await runOne(test, workspace, typeErrors));
  }
  return results;
}

async function runOne(
  test: Case,
  workspace: Workspace,
  typeErrors: ReadonlyMap<string, readonly string[]>,
): Promise<CaseResult> {
  const { id } = test;
  const wrong = [...importsOf(workspace, id)].flatMap((name) => typeErrors.get(name) ?? []);
  if (wrong.length > 0) return { id, cause: 'type errors', details: wrong };
  try {
    const failures = runCase(test, await workspace.load(id));
    return { id, cause: failures.length > 0 ? 'wrong values' : undefined, details: failures };
  } catch (error) {
    return { id, cause: 'cannot be loaded', details: [String(error)] };
  }
}
