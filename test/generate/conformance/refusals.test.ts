import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../tools/generate/compile.ts';
import { formatPath, type Diagnostic } from '../../../tools/generate/diagnostics.ts';
import { IMPORT_ROOTS } from './conformance.ts';
import { loadRefusals, suiteIsThere, type Complaint } from './suite.ts';

if (!suiteIsThere)
  process.stderr.write('SKIPPED: the Kaitai conformance suite is not beside the repository\n');

function complaintOf({ severity, place, syntax }: Diagnostic): Complaint {
  const path = syntax ? `:${place.line}:${place.column}` : formatPath(place.path);
  return { file: basename(place.file), path, severity };
}

describe.skipIf(!suiteIsThere)('invalid specs of the public Kaitai suite', () => {
  it.each(suiteIsThere ? loadRefusals() : [])('$spec', async ({ spec, complaints }) => {
    const { modules, diagnostics } = await compile({
      files: [spec],
      importRoots: IMPORT_ROOTS,
      runtime: 'vdcheck/codec',
    });
    expect(diagnostics.map(complaintOf)).toEqual(complaints);
    const isRefused = complaints.some(({ severity }) => severity === 'error');
    expect(modules.size > 0).toBe(!isRefused);
  });
});
