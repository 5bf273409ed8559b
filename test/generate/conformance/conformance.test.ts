import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecodeError } from '../../../src/codec/index.ts';
import { VdcheckError } from '../../../src/errors.ts';
import { compareObjects, errorsAgree, isStricter, outcome } from '../oracle/compare.ts';
import { KNOWN_FAULTS } from '../oracle/known-faults.ts';
import { referenceParser, type ReferenceParser } from '../oracle/reference-parser.ts';
import { IMPORT_ROOTS, runSuite, type CaseResult } from './conformance.ts';
import { fieldTree, forgetStreams, isWritten } from './round-trip.ts';
import { generatedClass, type GeneratedClass } from './run.ts';
import { loadCases, suiteIsThere, type Case } from './suite.ts';
import { openWorkspace } from './workspace.ts';

if (!suiteIsThere)
  process.stderr.write('SKIPPED: the Kaitai conformance suite is not beside the repository\n');

/** Asserts on a tree that was read only in part, which `from()` cannot hand out. */
const IMPOSSIBLE = 'debug_array_user_eof_exception';

const cases = suiteIsThere ? loadCases() : [];
const workspace = suiteIsThere ? openWorkspace(`suite-${process.pid}`) : undefined;
let results: ReadonlyMap<string, CaseResult>;

beforeAll(async () => {
  if (workspace !== undefined)
    results = new Map((await runSuite(cases, workspace)).map((result) => [result.id, result]));
});

afterAll(() => workspace?.close());

async function classOf({ id }: Case): Promise<GeneratedClass> {
  return generatedClass((await workspace?.load(id)) ?? {}, id);
}

describe.skipIf(!suiteIsThere)('the public Kaitai suite', () => {
  it.each(cases.filter(({ id }) => id !== IMPOSSIBLE))('$id', ({ id }) => {
    expect(results.get(id)).toEqual({ id, cause: undefined, details: [] });
  });

  it(`${IMPOSSIBLE} ends in the error that it is about`, () => {
    expect(results.get(IMPOSSIBLE)?.details).toEqual([
      'from() threw EndOfStreamError: requested 1 bytes, but only 0 bytes available (in array_of_cats[2].chirp at offset 7)',
    ]);
  });
});

describe.skipIf(!suiteIsThere)('written again', () => {
  /** Fields of these say where instances lie, or are there only if those are: alone they are not the whole. */
  const needTheirBytes = [
    'instance_in_repeat_expr',
    'instance_in_repeat_until',
    'instance_io_user_earlier',
    'position_in_seq',
  ];
  const sound = cases.filter(({ exception, id }) => exception === undefined && id !== IMPOSSIBLE);

  it.each(sound)('$id gives the bytes it was read from', async (test) => {
    const object = (await classOf(test)).from(test.data);
    if (isWritten(object)) expect(object.toBytes()).toEqual(test.data);
  });

  it.each(sound.filter(({ id }) => !needTheirBytes.includes(id)))(
    '$id gives the same from its fields alone',
    async (test) => {
      const generated = await classOf(test);
      const object = generated.from(test.data);
      if (!isWritten(object)) return;
      const before = fieldTree(object);
      forgetStreams(object);
      expect(fieldTree(generated.from(object.toBytes()))).toEqual(before);
    },
  );

  it.each(sound.filter(({ id }) => !needTheirBytes.includes(id)))(
    '$id: whatever can be read',
    async (test) => {
      const generated = await classOf(test);
      fc.assert(
        fc.property(damaged(test.data), (bytes) => {
          const { value: object } = outcome(() => generated.from(bytes));
          if (object === undefined || !isWritten(object)) return;
          expect(object.toBytes()).toEqual(bytes);
          const before = fieldTree(object);
          if (hasMalformedText(before)) return;
          forgetStreams(object);
          const { value: written, error } = outcome(() => object.toBytes());
          if (written === undefined) expect(error).toBeInstanceOf(VdcheckError);
          else expect(fieldTree(generated.from(written))).toEqual(before);
        }),
        { seed: 10, numRuns: 40 },
      );
    },
  );

  it('is what nearly all classes can be', async () => {
    const objects = await Promise.all(sound.map(async (test) => (await classOf(test)).from(test.data)));
    expect(objects.filter((object) => !isWritten(object)).map(({ constructor }) => constructor.name)).toEqual(
      ['ProcessRepeatUsertypeDynargCustom', 'ProcessRepeatUsertypeDynargRotate'],
    );
  });
});

/** Text that was malformed cannot be written from the text alone. */
function hasMalformedText(tree: unknown): boolean {
  if (typeof tree === 'string') return tree.includes('\ufffd');
  return typeof tree === 'object' && tree !== null && Object.values(tree).some(hasMalformedText);
}

/** Bytes like those of a case: some changed, often to values at an edge, and perhaps cut off. */
function damaged(data: Uint8Array): fc.Arbitrary<Uint8Array> {
  const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  const changes = fc.array(fc.tuple(fc.nat(Math.max(0, data.length - 1)), value), { maxLength: 4 });
  const length = fc.oneof({ weight: 3, arbitrary: fc.constant(data.length) }, fc.nat(data.length));
  return fc.tuple(changes, length).map(([edits, kept]) => {
    const copy = Uint8Array.from(data);
    for (const [at, byte] of edits) copy[at] = byte;
    return copy.subarray(0, kept);
  });
}

describe.skipIf(!suiteIsThere)('damaged input', () => {
  it.each(cases.filter(({ id }) => !KNOWN_FAULTS.has(id)))(
    '$id reads as the reference reads it',
    async (test) => {
      const generated = await classOf(test);
      const reference = await referenceParser(test.spec, IMPORT_ROOTS);
      fc.assert(
        fc.property(damaged(test.data), (bytes) => {
          expect(differences(generated, reference, bytes)).toEqual([]);
        }),
        { seed: 8, numRuns: 40 },
      );
    },
  );

  it.each(cases.filter(({ id }) => KNOWN_FAULTS.has(id)))(
    '$id never fails but with a typed error',
    async (test) => {
      const generated = await classOf(test);
      fc.assert(
        fc.property(damaged(test.data), (bytes) => {
          const { error } = outcome(() => generated.from(bytes));
          expect(error ?? new DecodeError('', '')).toBeInstanceOf(DecodeError);
        }),
        { seed: 9, numRuns: 40 },
      );
    },
  );
});

/** How both parsers read the same bytes differently. The reference is not asked where it may never come to an end. */
function differences(
  generated: GeneratedClass,
  reference: ReferenceParser | undefined,
  bytes: Uint8Array,
): string[] {
  const ours = outcome(() => generated.from(bytes));
  if (ours.error !== undefined) expect(ours.error).toHaveProperty('code');
  if (reference === undefined || isStricter(ours.error)) return [];
  const theirs = outcome(() => reference(bytes));
  if (ours.error === undefined && theirs.error === undefined) return compareObjects(ours.value, theirs.value);
  return errorsAgree(ours.error, theirs.error)
    ? []
    : [`${String(ours.error)} instead of ${String(theirs.error)}`];
}
