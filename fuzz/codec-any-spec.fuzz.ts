import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMPORT_ROOTS } from '../test/generate/conformance/conformance.ts';
import { loadCases, suiteIsThere } from '../test/generate/conformance/suite.ts';
import { MyCustomFx } from '../test/generate/conformance/support/my_custom_fx.ts';
import { CustomFx } from '../test/generate/conformance/support/nested/deeply/custom_fx.ts';
import { openWorkspace, RUNTIME } from '../test/generate/conformance/workspace.ts';
import { typesIn } from '../tools/generate/analysis.ts';
import { compileFiles as compile } from '../tools/generate/compile-files.ts';
import type { TypeSpec } from '../tools/generate/model.ts';
import { moduleNames } from '../tools/generate/naming.ts';
import { hex } from './arbitraries/codecs.ts';
import { loadSpec, type LoadedSpec } from './arbitraries/spec/load.ts';
import {
  differences,
  objectOf,
  paramsOf,
  structuresOf,
  type ClassOf,
  type GeneratedClass,
} from './arbitraries/spec/index.ts';
import { fewestRuns, structureRuns } from './arbitraries/runs.ts';

if (!suiteIsThere)
  process.stderr.write(
    'SKIPPED: values of the specs of the Kaitai suite, which is not beside the repository\n',
  );

/** Classes whose values are not made, and why not. */
const UNSERVED: Readonly<Record<string, string>> = {
  'default_endian_expr_inherited.DefaultEndianExprInherited': 'its byte order is chosen when it is read',
  'everything.Takes': 'is a structure',
  // Fields behind one that takes all there is.
  'open_structures.OpenStructures': 'no values were found that fit together',
  'alike_casts.AlikeCasts': 'no values were found that fit together',
  'failing_instances.FailingInstances': '`items` is read from elsewhere',
  'everything.Everything': 'is a structure',
  'switches.Switches': 'no values were found that fit together',
  'default_endian_expr_inherited.Doc': 'its byte order is chosen when it is read',
  'eos_exception_bytes.EosExceptionBytes': 'no values were found that fit together',
  'eos_exception_sized.EosExceptionSized': 'no values were found that fit together',
  'instance_in_repeat_expr.InstanceInRepeatExpr': '`num_chunks` is read from elsewhere',
  'instance_in_repeat_until.InstanceInRepeatUntil': '`until_val` is read from elsewhere',
  'instance_io_user_earlier.InstanceIoUserEarlier': '`inst` is read from elsewhere',
  'io_local_var.IoLocalVar': '`mess_up` is read from elsewhere',
  'params_pass_array_struct.StructType': 'the param `structs` is a structure',
  'params_pass_io.ParamType': 'the param `arg_stream` is a structure',
  'position_in_seq.PositionInSeq': '`header` is read from elsewhere',
  // A character of UTF-8 that begins with E3 and ends with AB.
  'term_u1_val.TermU1Val': 'no values were found that fit together',
  'valid_fail_contents_inst.ValidFailContentsInst': '`foo` is read from elsewhere',
  'valid_fail_repeat_inst.ValidFailRepeatInst': '`inst` is read from elsewhere',
};

/** Classes whose values come back as others, and why. */
const NOT_THE_SAME: Readonly<Record<string, string>> = {
  'enum_values.EnumValues': 'an instance of an enum of small members is rounded beyond 2^53',
  'nav_parent_override.NavParentOverride': 'of a `parent:` only a reader knows',
  'unread_structures.UnreadStructures': 'a param is the structure around, which is not there yet',
};

const OWN = ['../test/generate/specs', '../specs'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const importRoots = [...IMPORT_ROOTS, ...OWN];
const processors = { my_custom_fx: MyCustomFx, 'nested/deeply/custom_fx': CustomFx };

const ownFiles = OWN.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ksy'))
    .map((name) => join(folder, name)),
);
const suiteFiles = suiteIsThere ? loadCases().map(({ spec }) => spec) : [];

/** A class that reads and writes on its own. */
interface Codec extends GeneratedClass {
  from(bytes: Uint8Array, ...params: readonly unknown[]): Written;
}

interface Written {
  toBytes(): Uint8Array;
}

describe.each([
  ['our own specs', ownFiles, 89],
  ['the specs of the Kaitai suite', suiteFiles, 314],
])('%s', (title, files, least) => {
  const workspace = openWorkspace(`${title.replaceAll(' ', '-')}-${process.pid}`);
  let served = 0;

  beforeAll(async () => {
    for (const file of files) {
      const { modules } = await compile({ files: [file], importRoots, runtime: RUNTIME });
      for (const [name, text] of modules) workspace.add(name, text);
    }
  });

  afterAll(() => workspace.close());

  it.each(files.map((file) => [basename(file, '.ksy'), file] as const))('%s', async (id, file) => {
    const loaded = await loadSpec(file, importRoots);
    const classOf = await classesOf(loaded, (name) => workspace.load(name));
    for (const type of typesIn(loaded.spec.root)) {
      const Class = classOf(type) as Partial<Codec> & { readonly prototype: object; readonly name: string };
      const name = `${id}.${Class.name}`;
      // Some are written only as parts of others, and some only where they were read.
      if (!isWritten(Class.prototype) || Class.of === undefined || Class.from === undefined) continue;
      const reason = UNSERVED[name];
      if (reason !== undefined) expectUnserved(type, loaded, reason);
      else if (expectSame(type, loaded, classOf, !(name in NOT_THE_SAME))) served++;
    }
  });

  it('are served no less than they were', () => {
    if (files.length > 0) expect(served).toBeGreaterThanOrEqual(least);
  });
});

/** A field may be called as the method is. */
function isWritten(prototype: object): boolean {
  return typeof Object.getOwnPropertyDescriptor(prototype, 'toBytes')?.value === 'function';
}

async function classesOf(
  { analysis }: LoadedSpec,
  load: (module: string) => Promise<Readonly<Record<string, unknown>>>,
): Promise<ClassOf> {
  const classes = new Map<TypeSpec, unknown>();
  for (const spec of analysis.specs) {
    const module = await load(spec.id);
    for (const [type, name] of moduleNames(spec).types) classes.set(type, module[name]);
  }
  return (type) => classes.get(type) as GeneratedClass;
}

function expectUnserved(type: TypeSpec, { analysis }: LoadedSpec, reason: string): void {
  expect(() => fc.sample(structuresOf(type, analysis, { processors }), structureRuns)).toThrow(reason);
}

/** Values are written as the spec says, read as the same values, and written as the same bytes again. */
function expectSame(type: TypeSpec, { analysis }: LoadedSpec, classOf: ClassOf, isSame: boolean): boolean {
  const Class = classOf(type) as Codec;
  const property = fc.property(structuresOf(type, analysis, { processors }), ({ structure, bytes }) => {
    const object = objectOf(structure, analysis, classOf) as Written;
    expect(differences(structure, object, analysis)).toEqual([]);
    expect(hex(object.toBytes())).toBe(hex(bytes));
    const again = Class.from(bytes, ...paramsOf(structure, analysis, classOf));
    expect(differences(structure, again, analysis)).toEqual([]);
    expect(hex(again.toBytes())).toBe(hex(bytes));
  });
  if (isSame) fc.assert(property, fewestRuns);
  else expect(fc.check(property, structureRuns)).toMatchObject({ failed: true });
  return isSame;
}
