import { beforeAll, describe, expect, it } from 'vitest';
import { runSuite, type CaseResult } from './conformance.ts';
import { loadCases, suiteIsThere } from './suite.ts';

if (!suiteIsThere)
  process.stderr.write('SKIPPED: the Kaitai conformance suite is not beside the repository\n');

/** Asserts on a tree that was read only in part, which `from()` cannot hand out. */
const IMPOSSIBLE = 'debug_array_user_eof_exception';

describe.skipIf(!suiteIsThere)('the public Kaitai suite', () => {
  const cases = suiteIsThere ? loadCases() : [];
  let results: ReadonlyMap<string, CaseResult>;

  beforeAll(async () => {
    results = new Map((await runSuite(cases)).map((result) => [result.id, result]));
  });

  it.each(cases.filter(({ id }) => id !== IMPOSSIBLE))('$id', ({ id }) => {
    expect(results.get(id)).toEqual({ id, cause: undefined, details: [] });
  });

  it(`${IMPOSSIBLE} ends in the error that it is about`, () => {
    expect(results.get(IMPOSSIBLE)?.details).toEqual([
      'from() threw EndOfStreamError: requested 1 bytes, but only 0 bytes available',
    ]);
  });
});
