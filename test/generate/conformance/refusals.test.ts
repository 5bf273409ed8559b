import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileFiles as compile } from '../../../tools/generate/compile-files.ts';
import { formatPath, type Diagnostic } from '../../../tools/generate/diagnostics.ts';
import { IMPORT_ROOTS } from './conformance.ts';
import { loadRefusals, suiteIsThere, type Complaint } from './suite.ts';

if (!suiteIsThere)
  process.stderr.write('SKIPPED: the Kaitai conformance suite is not beside the repository\n');

function complaintOf({ severity, place, syntax }: Diagnostic): Complaint {
  const path = syntax ? `:${place.line}:${place.column}` : formatPath(place.path);
  return { file: basename(place.file), path, severity };
}

/** Refused, but not as a comment could foresee: one says `?`, the other imports a spec that is not in the subset. */
const ELSEWHERE: Readonly<Record<string, Complaint['path']>> = {
  expr_sizeof_value_dynamic3: '/instances/body_sizeof/value',
  nav_parent_unused_import: '/meta/imports/0',
};

describe.skipIf(!suiteIsThere)('invalid specs of the public Kaitai suite', () => {
  it.each(suiteIsThere ? loadRefusals() : [])('$id', async ({ id, spec, complaints }) => {
    const { modules, diagnostics } = await compile({
      files: [spec],
      importRoots: IMPORT_ROOTS,
      runtime: 'vdcheck/codec',
    });
    const found = diagnostics.map(complaintOf);
    const elsewhere = ELSEWHERE[id];
    if (elsewhere === undefined) expect(found).toEqual(complaints);
    else expect(found).toContainEqual({ file: `${id}.ksy`, path: elsewhere, severity: 'error' });
    expect(modules.size > 0).toBe(!found.some(({ severity }) => severity === 'error'));
  });
});
