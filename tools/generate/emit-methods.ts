import { propertyOf, scopeAt, type Emission } from './emission.ts';
import { emitStored, emitWriting } from './emit-write.ts';
import type { Attribute } from './model.ts';
import { methodParameters } from './emit-members.ts';
import { standingMethods, takenNames } from './emit-standing.ts';
import { hasCalculatedEndian } from './resolve.ts';
import { fail, present } from './code.ts';
import { translate } from './translate.ts';
import * as types from './types.ts';
import { instanceReason, needsStream, unwritableReason } from './writability.ts';

/** A method of a class. */
export interface MethodParts {
  readonly name: string;
  readonly isStatic: boolean;
  readonly isOverride: boolean;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly initializer?: string;
  }[];
  readonly returnType: string;
  readonly body: readonly string[];
  readonly doc: string;
}

const METHOD = { isStatic: false, isOverride: false };

/** All methods of a type's class. `fields` is the type of its fields' ids. */
export function emitMethods(emission: Emission, fields: string): readonly MethodParts[] {
  const params = methodParameters(emission);
  const toText = emission.attempt(() => emitToText(emission)) ?? [];
  return [
    ...entryPoints(emission, params),
    ...creation(emission, params),
    ...standingMethods(emission, fields),
    ...writeMethods(emission),
    ...toText,
  ];
}

type Params = readonly { readonly name: string; readonly type: string }[];

/** `from` and `decode`: how a structure is read that is not inside of another one. */
function entryPoints(emission: Emission, params: Params): readonly MethodParts[] {
  const { analysis, names, owner } = emission;
  if (!analysis.isStandalone(owner)) return [];
  const name = names.class(owner);
  const bytes = { name: 'bytes', type: names.global('Uint8Array') };
  const rest = params.map((one) => one.name);
  const between = rest.length === 0 ? [] : ['undefined', 'undefined', ...rest];
  const from: MethodParts = {
    ...METHOD,
    name: 'from',
    isStatic: true,
    parameters: [bytes, ...params],
    returnType: name,
    body: [
      `return ${names.runtime('readWith')}(bytes, (io) => new ${name}(${['io', ...between].join(', ')}));`,
    ],
    doc: 'Reads the structure. Throws a `DecodeError` where the bytes break the spec.',
  };
  const decode: MethodParts = {
    ...METHOD,
    name: 'decode',
    isStatic: true,
    parameters: [bytes, { name: 'sink', type: names.runtime('type BreachSink') }, ...params],
    returnType: `${name} | undefined`,
    body: [
      `return ${names.runtime('decodeWith')}(${name}, bytes, sink, (io) => new ${name}(${['io', ...between].join(', ')}));`,
    ],
    doc: 'Reads the structure and tells the sink what breaks the spec. `undefined` where reading cannot go on: where the bytes end too early, for one.',
  };
  return [from, decode];
}

/** `of`: a structure that was never read. */
function creation(emission: Emission, params: Params): readonly MethodParts[] {
  const { analysis, names, owner, attempt } = emission;
  const isFixedSize = attempt(() => analysis.sizes.typeBits(owner)) !== undefined;
  const isReadAlone = analysis.isStandalone(owner) && params.length === 0;
  const isWritable = attempt(() => unwritableReason(owner, analysis)) === undefined;
  const name = names.class(owner);
  const of = { ...METHOD, name: 'of', isStatic: true, returnType: name };
  // Zeros decide on no byte order.
  const isDecided = ![...analysis.unfinished.typesInside(owner)].some(hasCalculatedEndian);
  if (isFixedSize && isReadAlone && isDecided) return [{ ...of, ...creationWith(emission) }];
  if (!isWritable || hasCalculatedEndian(owner) || needsStream(owner)) return [];
  const own = owner.params.map((param, index) => {
    const [property, name] = [propertyOf(param, owner), params[index]?.name];
    return property === name ? property : `${property}: ${name}`;
  });
  const given = own.length === 0 ? 'values' : `{ ...values, ${own.join(', ')} }`;
  const stored = storedIn(emission).map((one) => JSON.stringify(propertyOf(one, owner)));
  const rest = stored.length === 0 ? '' : `, ${stored.join(' | ')}`;
  const values = { name: 'values', type: `${names.runtime('type AllValues')}<${name}${rest}>` };
  const args = [name, given, ...(owner.outer === undefined ? ['true'] : [])];
  const body = [`return ${names.runtime('assemble')}(${args.join(', ')});`];
  return [{ ...of, parameters: [values, ...params], body, doc: 'A new structure of the given values.' }];
}

/** `of` where values can be left out. */
function creationWith({ names, owner }: Emission): Pick<MethodParts, 'parameters' | 'body' | 'doc'> {
  const name = names.class(owner);
  const values = { name: 'values', type: `${names.runtime('type Values')}<${name}>`, initializer: '{}' };
  const body = [`return ${names.runtime('createWith')}(${name}, values, (io) => new ${name}(io));`];
  const doc = 'A new structure: zeros and the constants of the spec, and over them the given values.';
  return { parameters: [values], body, doc };
}

function writeMethods(emission: Emission): readonly MethodParts[] {
  const { owner, analysis, names, attempt } = emission;
  if (attempt(() => unwritableReason(owner, analysis)) !== undefined) return [];
  const writing = attempt(() => emitWriting(emission)) ?? [];
  const isUsed = writing.some((line) => /\bio\b/.test(line));
  const stored = storedMethod(emission);
  const write: MethodParts = {
    ...METHOD,
    name: '_write',
    parameters: [{ name: isUsed ? 'io' : '_io', type: names.runtime('type ByteWriter') }],
    returnType: 'void',
    body: writing,
    doc: '',
  };
  if (takenNames(emission).includes('toBytes')) return [write, ...stored];
  const toBytes: MethodParts = {
    ...METHOD,
    name: 'toBytes',
    parameters: [],
    returnType: names.global('Uint8Array'),
    body: [`return ${names.runtime('encode')}(this);`],
    doc: 'The structure as bytes. What no field holds, padding for one, is as it was read, or zero.',
  };
  return [toBytes, write, ...stored];
}

/** The instances of a type that lie somewhere. */
function storedIn({ owner }: Emission): readonly Attribute[] {
  return owner.instances.filter(({ value }) => value === undefined);
}

/** How instances are written that lie elsewhere. */
function storedMethod(emission: Emission): readonly MethodParts[] {
  const { analysis, attempt, names, owner } = emission;
  const stored = storedIn(emission);
  if (stored.length === 0) return [];
  const entries = stored.map((one) =>
    attempt(() => emitStored(one, emission, instanceReason(one, owner, analysis))),
  );
  return [
    {
      ...METHOD,
      name: '_stored',
      parameters: [],
      returnType: `${names.global('Readonly')}<${names.global('Record')}<string, ${names.runtime('type StoredInstance')}>>`,
      body: [`return { ${entries.filter((one) => one !== undefined).join(', ')} };`],
      doc: '',
    },
  ];
}

function emitToText(emission: Emission): readonly MethodParts[] {
  const { toText } = emission.owner;
  const isTaken = [...emission.owner.fields, ...emission.owner.instances].some(
    ({ id }) => id === 'to_string',
  );
  if (toText === undefined || isTaken) return [];
  const scope = scopeAt(emission, toText.place);
  const value = present(translate(toText.ast, scope), scope);
  if (value.type.kind !== 'string')
    fail(scope, `invalid type: expected string, got ${types.describe(value.type)}`);
  const body = [`return ${value.text};`];
  return [
    {
      ...METHOD,
      name: 'toString',
      isOverride: true,
      parameters: [],
      returnType: 'string',
      body,
      doc: '',
    },
  ];
}
