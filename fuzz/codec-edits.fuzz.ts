import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainValue, type BareStructure } from '../src/codec/index.ts';
import { VdcheckError } from '../src/errors.ts';
import { runSuite } from '../test/generate/conformance/conformance.ts';
import { isWritten } from '../test/generate/conformance/round-trip.ts';
import { generatedClass } from '../test/generate/conformance/run.ts';
import { loadCases, suiteIsThere } from '../test/generate/conformance/suite.ts';
import { openWorkspace } from '../test/generate/conformance/workspace.ts';
import { codecNamed } from './arbitraries/codecs.ts';
import { applyEdit, editsOf, follow, type Edit } from './arbitraries/edits.ts';
import { structureRuns } from './arbitraries/runs.ts';
import { namedStructures } from './arbitraries/structures.ts';

// An edit of any field, and of any instance that is stored, is written or refused. Written means that the same class reads the new value
// at the same place, or refuses the bytes that were written.

if (!suiteIsThere)
  process.stderr.write('SKIPPED: edits of the Kaitai suite, which is not beside the repository\n');

type Read = (bytes: Uint8Array) => object;

/** What became of an edit: nothing where all is well, else what is wrong. */
function judge(read: Read, bytes: Uint8Array, edit: Edit): string | undefined {
  const root = read(bytes);
  if (!isWritten(root) || !applyEdit(root, edit)) return undefined;
  const name = `${edit.path.join('.')} = ${shown(edit.value)}`;
  const before = follow(root, edit.path);
  let written: Uint8Array;
  try {
    written = root.toBytes();
  } catch (error) {
    return error instanceof VdcheckError ? undefined : `${name}: ${String(error)}`;
  }
  let again: unknown;
  try {
    again = follow(read(written), edit.path);
  } catch (error) {
    const isOther = Buffer.compare(written, bytes) !== 0;
    return error instanceof VdcheckError && isOther ? undefined : `${name}: ${String(error)}`;
  }
  const isSame = isDeepStrictEqual(plainValue(again), plainValue(before)) || isRounded(again, before);
  return isSame ? undefined : `${name}: lost, ${shown(again)} is read`;
}

/** A float of 32 bits is as near to the value as it can be. */
function isRounded(read: unknown, set: unknown): boolean {
  return typeof read === 'number' && typeof set === 'number' && read === Math.fround(set);
}

function shown(value: unknown): string {
  return JSON.stringify(plainValue(value)) ?? 'undefined';
}

function lostEdits(read: Read, bytes: Uint8Array): readonly string[] {
  const root = read(bytes);
  if (!isWritten(root)) return [];
  return editsOf(root as unknown as BareStructure).flatMap((edit) => judge(read, bytes, edit) ?? []);
}

const cases = suiteIsThere ? loadCases().filter(({ exception }) => exception === undefined) : [];
const workspace = suiteIsThere ? openWorkspace(`edits-${process.pid}`) : undefined;

beforeAll(async () => {
  if (workspace !== undefined) await runSuite(cases, workspace);
});

afterAll(() => workspace?.close());

describe.skipIf(!suiteIsThere)('edits of the Kaitai suite', () => {
  it.each(cases.filter(({ id }) => id !== 'debug_array_user_eof_exception'))('$id', async ({ id, data }) => {
    const generated = generatedClass((await workspace?.load(id)) ?? {}, id);
    expect(lostEdits((bytes) => generated.from(bytes), data)).toEqual([]);
  });
});

describe.each(namedStructures)('edits of %s', (name, { sound }) => {
  it('are written or refused', () => {
    const codec = codecNamed(name);
    const property = fc.property(sound, ({ bytes }) => {
      expect(lostEdits((one) => codec.from(one), bytes)).toEqual([]);
    });
    fc.assert(property, { ...structureRuns, numRuns: 5 });
  });
});
