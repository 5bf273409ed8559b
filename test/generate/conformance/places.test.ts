import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome } from '../oracle/compare.ts';
import { comparePlaces, type Places } from '../oracle/compare-places.ts';
import { referenceParser } from '../oracle/reference-parser.ts';
import { compileAll, IMPORT_ROOTS } from './conformance.ts';
import { generatedClass } from './run.ts';
import { loadCases, suiteIsThere, type Case } from './suite.ts';
import { openWorkspace } from './workspace.ts';

if (!suiteIsThere)
  process.stderr.write('SKIPPED: places of fields, as the Kaitai suite is not beside the repository\n');

/** Why the reference says otherwise, and wrongly or less exactly. */
const EXPLAINED: Readonly<Record<string, string>> = {
  ...because('an included terminator takes one byte too many', [
    'process_term_struct',
    'repeat_eos_term_bytes',
    'repeat_n_term_bytes',
    'repeat_until_term_bytes',
    'repeat_until_term_struct',
    'term_bytes2',
    'term_struct',
    'term_struct2',
    'term_strz',
    'term_strz2',
    'term_u1_val',
  ]),
  ...because('a terminator that equals the pad byte is stripped', ['struct_pad_term_equal']),
  ...because('unpacked bytes that another structure reads have lost where they came from', [
    'process_repeat_usertype_dynarg_custom',
    'process_repeat_usertype_dynarg_rotate',
  ]),
};

const cases = suiteIsThere ? loadCases() : [];
const workspace = suiteIsThere ? openWorkspace(`places-${process.pid}`) : undefined;
const total = { cases: 0, fields: 0, elements: 0 };

beforeAll(async () => {
  if (workspace !== undefined) await compileAll(cases, workspace);
});

afterAll(() => workspace?.close());

describe.skipIf(!suiteIsThere)('fields lie where the reference in debug mode found them', () => {
  it.each(cases)('$id', async (test) => {
    const places = await placesOf(test);
    if (places === undefined) return;
    if (test.id in EXPLAINED) expect(places.differences).not.toEqual([]);
    else expect(places.differences).toEqual([]);
    total.cases++;
    total.fields += places.fields;
    total.elements += places.elements;
  });

  it('in as many cases as both can read', () => {
    expect(total).toEqual({ cases: 162, fields: 893, elements: 210 });
  });
});

function because(reason: string, ids: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(ids.map((id) => [id, reason]));
}

/** Nothing where one of both cannot read the case. */
async function placesOf({ id, spec, data }: Case): Promise<Places | undefined> {
  const parse = await referenceParser(spec, IMPORT_ROOTS, undefined, true);
  const generated = generatedClass((await workspace?.load(id)) ?? {}, id);
  const { value: ours } = outcome(() => generated.from(data));
  const { value: theirs } = outcome(() => parse?.(data));
  return ours === undefined || theirs === undefined ? undefined : comparePlaces(ours, theirs);
}
