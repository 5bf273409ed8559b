import { emitLayout, positionsOf } from './emit-layout.ts';
import { emitChecks } from './emit-checks.ts';
import { emitAttribute, propertyOf, scopeAt, type Emission } from './emit-read.ts';
import { optionalTypeText, typeText } from './emit-types.ts';
import { emitWriting } from './emit-write.ts';
import { needsStream, unwritableReason } from './writability.ts';
import type { Attribute, Documentation, TypeSpec } from './model.ts';
import { endianOf, hasCalculatedEndian, type FieldEndian } from './resolve.ts';
import { childrenOf, type Names, type Scope } from './scope.ts';
import {
  compare,
  converted,
  fail,
  present,
  translate,
  translateCondition,
  translateCount,
} from './translate.ts';
import type { Expression } from './expression.ts';
import * as types from './types.ts';

/** A class in parts, ready to be printed. */
export interface ClassParts {
  readonly name: string;
  readonly documentation: string;
  readonly fieldsType: string;
  /** Name of the type that lists the fields' ids. */
  readonly fieldsName: string;
  readonly layoutName: string;
  readonly layout: string;
  readonly base: string;
  readonly properties: readonly {
    readonly name: string;
    readonly type: string;
    readonly doc: string;
    readonly modifiers: 'declare readonly' | 'readonly' | '';
  }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly isOptional: boolean;
  }[];
  readonly construction: readonly string[];
  readonly getters: readonly {
    readonly name: string;
    readonly type: string;
    readonly doc: string;
    readonly body: readonly string[];
  }[];
  readonly toText: string | undefined;
  /** Can be read from bytes alone. */
  readonly isStandalone: boolean;
  readonly isFixedSize: boolean;
  /** Statements that write the fields; undefined where the class cannot be written. */
  readonly writing: readonly string[] | undefined;
  /** Has a method `toBytes`. */
  readonly hasToBytes: boolean;
  /** A new structure needs all its values, and can be made of them. */
  readonly isAssembled: boolean;
}

/** Members of the runtime's base class; a field of that name goes first, and the base class without them is used. */
const API = ['at', 'fields', 'patch', 'toBytes', 'toJSON'];

/** Everything about the class of one type. Problems go to the emission's `attempt`. */
export function emitClass(emission: Emission): ClassParts {
  const { analysis, names, owner } = emission;
  const name = names.class(owner);
  const attributes = [...owner.fields, ...owner.instances];
  const isTaken = [...owner.params, ...attributes].some(({ id }) =>
    API.includes(propertyNameOf(id, owner, emission)),
  );
  const base = names.runtime(isTaken ? 'BareStructure' : 'Structure');
  const fieldIds = owner.fields.map(({ id }) => JSON.stringify(id)).join(' | ') || 'never';
  const layoutName = `${name.charAt(0).toLowerCase()}${name.slice(1)}Layout`;
  return {
    name,
    documentation: documentationText(owner.documentation, `The type \`${owner.name}\` of the spec.`, [
      ruleText(owner.rule),
      unwritableText(emission),
    ]),
    fieldsType: fieldIds,
    fieldsName: names.local(`${name}Field`),
    layoutName,
    layout: emission.attempt(() => emitLayout(emission)) ?? '{}',
    base,
    properties: [
      ...contextProperties(emission),
      ...parameterProperties(emission),
      ...fieldProperties(emission),
    ],
    parameters: constructorParameters(emission),
    construction: emitConstruction(emission),
    getters: owner.instances.flatMap(
      (instance) => emission.attempt(() => emitGetter(instance, emission)) ?? [],
    ),
    toText: emission.attempt(() => emitToText(emission)),
    isStandalone: analysis.isStandalone(owner),
    isFixedSize: emission.attempt(() => analysis.sizes.typeBits(owner)) !== undefined,
    ...writingParts(emission, isTaken),
  };
}

function unwritableText({ owner, analysis, attempt }: Emission): string | undefined {
  const reason = attempt(() => unwritableReason(owner, analysis));
  return reason === undefined ? undefined : `Cannot be written: ${reason}.`;
}

function writingParts(
  emission: Emission,
  isTaken: boolean,
): Pick<ClassParts, 'writing' | 'hasToBytes' | 'isAssembled'> {
  const { owner, analysis, names, attempt } = emission;
  const isWritable = attempt(() => unwritableReason(owner, analysis)) === undefined;
  if (!isWritable) return { writing: undefined, hasToBytes: false, isAssembled: false };
  names.runtime('type ByteWriter');
  if (!isTaken) names.runtime('encode');
  const writing = attempt(() => emitWriting(emission)) ?? [];
  const isFixedSize = attempt(() => analysis.sizes.typeBits(owner)) !== undefined;
  const canBeNew = analysis.isStandalone(owner) && !hasCalculatedEndian(owner) && !needsStream(owner);
  const isAssembled = canBeNew && !isFixedSize;
  if (isAssembled) ['assemble', 'type AllValues'].forEach((name) => names.runtime(name));
  return { writing, hasToBytes: !isTaken, isAssembled };
}

function propertyNameOf(id: string, owner: TypeSpec, { analysis }: Emission): string {
  try {
    return analysis.memberOf(owner, id)?.property ?? id;
  } catch {
    return id;
  }
}

function ruleText(rule: string | undefined): string | undefined {
  return rule === undefined ? undefined : `Too few bytes break the rule \`${rule}\`.`;
}

/** The text of a doc comment. */
function documentationText(
  documentation: Documentation,
  fallback: string,
  more: readonly (string | undefined)[] = [],
): string {
  const { doc, references, originalId, unit } = documentation;
  const lines = [doc ?? fallback, ...more.filter((line) => line !== undefined)];
  if (unit !== undefined) lines.push(`Unit: ${unit}.`);
  if (originalId !== undefined) lines.push(`In the document: \`${originalId}\`.`);
  lines.push(...references.map((reference) => `@see ${reference}`));
  return lines
    .join('\n\n')
    .replaceAll('*/', '*\\/')
    .replaceAll('\n\n@see', '\n@see')
    .replace('\n@see', '\n\n@see');
}

function contextProperties(emission: Emission): ClassParts['properties'] {
  const { analysis, names, owner } = emission;
  const properties: ClassParts['properties'][number][] = [];
  const parents = analysis.parentsOf(owner).map((parent) => names.classType(parent));
  if (parents.length > 0) {
    const type = optionalText([...new Set(parents)].join(' | '), analysis.isParentOptional(owner));
    properties.push({
      name: '_parent',
      type,
      doc: 'The structure that holds this one.',
      modifiers: 'declare readonly',
    });
  }
  const root = optionalText(names.classType(owner.spec.root), analysis.isRootOptional(owner));
  properties.push({
    name: '_root',
    type: root,
    doc: 'The outermost structure of the spec.',
    modifiers: 'declare readonly',
  });
  if (typeof endianOf(owner) === 'object') {
    properties.push({
      name: '_isLe',
      type: 'boolean',
      doc: 'Least significant byte first?',
      modifiers: 'readonly',
    });
  }
  return properties;
}

function optionalText(type: string, isOptional: boolean): string {
  return isOptional ? `${type} | undefined` : type;
}

function parameterProperties(emission: Emission): ClassParts['properties'] {
  const { analysis, owner } = emission;
  return owner.params.flatMap((parameter) => {
    const type = emission.attempt(() => analysis.parameterType(parameter, owner));
    if (type === undefined) return [];
    const scope = scopeAt(emission, parameter.place);
    const doc = documentationText(parameter.documentation, `The param \`${parameter.id}\`.`);
    return [
      {
        name: propertyNameOf(parameter.id, owner, emission),
        type: typeText(type, scope),
        doc,
        modifiers: 'readonly' as const,
      },
    ];
  });
}

function fieldProperties(emission: Emission): ClassParts['properties'] {
  const { analysis, owner } = emission;
  return owner.fields.flatMap((field) => {
    const member = emission.attempt(() => analysis.memberOf(owner, field.id));
    if (member === undefined) return [];
    const type = optionalTypeText(member.type, member.optional, scopeAt(emission, field.whole));
    const doc = documentationText(field.documentation, `The field \`${field.id}\`.`, [viewText(member.type)]);
    return [{ name: member.property, type, doc, modifiers: '' as const }];
  });
}

function viewText(type: types.ValueType): string | undefined {
  return type.kind === 'bytes' ? 'A view of the input.' : undefined;
}

function constructorParameters(emission: Emission): ClassParts['parameters'] {
  const { analysis, names, owner } = emission;
  const parents = analysis.parentsOf(owner).map((parent) => names.classType(parent));
  const parentType = [...new Set(parents)].join(' | ') || names.runtime('type BareStructure');
  const inherits = analysis.inheritsEndian(owner);
  const hasMore = inherits || owner.params.length > 0;
  const context = (
    name: string,
    type: string,
    mayMiss: boolean,
    isFollowed: boolean,
  ): ClassParts['parameters'][number] =>
    mayMiss && isFollowed
      ? { name, type: `${type} | undefined`, isOptional: false }
      : { name, type, isOptional: mayMiss };
  const rootMayMiss = owner.outer === undefined || analysis.isRootOptional(owner);
  const parameters = [
    { name: 'io', type: names.runtime('ByteReader'), isOptional: false },
    context('parent', parentType, analysis.isParentOptional(owner), hasMore || !rootMayMiss),
    context('root', names.classType(owner.spec.root), rootMayMiss, hasMore),
  ];
  if (inherits) parameters.push({ name: 'isLe', type: 'boolean | undefined', isOptional: false });
  for (const { name, type } of parameterProperties(emission))
    parameters.push({ name: localName(name), type, isOptional: false });
  return parameters;
}

/** Params must not hide the constructor's own variables. */
function localName(property: string): string {
  const taken = [
    'io',
    'parent',
    'root',
    'isLe',
    'at',
    'index',
    'item',
    'guard',
    'count',
    'on',
    'bytes',
    'view',
  ];
  return taken.includes(property) || RESERVED_WORDS.has(property) ? `${property}Param` : property;
}

const RESERVED_WORDS = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in ' +
    'instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface ' +
    'package private protected public await arguments eval undefined'
  ).split(' '),
);

/** The constructor: it reads the fields one after the other, those of fixed size next to each other at once. */
function emitConstruction(emission: Emission): readonly string[] {
  const { owner, names, analysis } = emission;
  const lines = [owner.outer === undefined ? 'super(io, parent, root, true);' : 'super(io, parent, root);'];
  for (const parameter of owner.params) {
    const property = propertyNameOf(parameter.id, owner, emission);
    lines.push(`this.${property} = ${localName(property)};`);
  }
  lines.push(...(emission.attempt(() => emitEndian(emission)) ?? []));
  const batches = new Batches(emission);
  for (const { attribute, bits } of emission.attempt(() => positionsOf(owner, analysis)) ?? []) {
    emission.attempt(() => batches.add(attribute, bits));
    if (bits === undefined) batches.flushed(`${names.runtime('mark')}(this);`);
  }
  return [...lines, ...batches.finish()];
}

function emitEndian(emission: Emission): readonly string[] {
  const { owner, names } = emission;
  const endian = endianOf(owner);
  if (typeof endian !== 'object') return [];
  const decided = names.runtime('decideEndian');
  if (owner.endian === undefined) return [`this._isLe = ${decided}(isLe);`];
  const scope = scopeAt(emission, endian.on.place);
  const on = present(translate(endian.on.ast, scope), scope);
  let result = 'undefined';
  for (const { when, endian: order } of [...endian.cases].reverse()) {
    if (when === undefined) {
      result = String(order === 'le');
      continue;
    }
    const at: Scope = { ...scope, place: when.place };
    result = `${compare(on, '==', translate(when.ast, at), at).text} ? ${order === 'le'} : ${result}`;
  }
  return [`this._isLe = ${decided}(${result});`];
}

/** Gathers fields of fixed size, so that the end of the stream is checked once for all of them. */
class Batches {
  readonly #emission: Emission;
  readonly #lines: string[] = [];
  #pending: { readonly attribute: Attribute; readonly size: number }[] = [];
  #count = 0;

  constructor(emission: Emission) {
    this.#emission = emission;
  }

  add(attribute: Attribute, bits: number | undefined): void {
    const { analysis, owner } = this.#emission;
    const isDirect = bits !== undefined && isDirectField(attribute, owner, this.#emission);
    if (!isDirect) {
      this.#flush();
      this.#lines.push(...this.#whole(attribute));
      return;
    }
    analysis.memberOf(owner, attribute.id);
    this.#pending.push({ attribute, size: bits / 8 });
    if (attribute.checks.length > 0) this.#flush();
  }

  flushed(line: string): void {
    this.#flush();
    this.#lines.push(line);
  }

  finish(): readonly string[] {
    this.#flush();
    return this.#lines;
  }

  #whole(attribute: Attribute): readonly string[] {
    const { owner } = this.#emission;
    const stored = `this.${propertyOf(attribute, owner)}`;
    const read = emitAttribute(
      attribute,
      { stored, store: (value) => `${stored} = ${value};` },
      this.#emission,
    );
    const isBlock = read.some((line) => /^(?:const|let) /.test(line));
    if (attribute.condition === undefined) return isBlock ? ['{', ...read, '}'] : read;
    const scope = scopeAt(this.#emission, attribute.condition.place);
    const condition = translateCondition(attribute.condition.ast, scope);
    return [`if (${condition}) {`, ...read, `} else ${stored} = undefined;`];
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    const [first, second] = pending;
    if (first === undefined) return;
    if (second === undefined) {
      this.#lines.push(...this.#whole(first.attribute));
      return;
    }
    const { names } = this.#emission;
    const total = pending.reduce((sum, { size }) => sum + size, 0);
    this.#count++;
    const at = this.#count === 1 ? 'at' : `at${this.#count}`;
    this.#lines.push(
      `const ${at} = ${names.runtime('reserve')}(this, ${total}, ${JSON.stringify(first.attribute.id)});`,
    );
    let offset = 0;
    for (const { attribute, size } of pending) {
      const start = offset === 0 ? at : `${at} + ${offset}`;
      offset += size;
      this.#lines.push(...emitDirect(attribute, start, `${at} + ${offset}`, this.#emission));
      const stored = `this.${propertyOf(attribute, this.#emission.owner)}`;
      this.#lines.push(...emitChecks(attribute, stored, this.#emission));
    }
  }
}

function isDirectField(attribute: Attribute, owner: TypeSpec, { analysis }: Emission): boolean {
  const { repeat, condition, process, extent } = attribute;
  if (repeat !== undefined || condition !== undefined || process !== undefined) return false;
  const wire = analysis.wireOf(attribute, owner);
  if (wire.kind === 'integer' || wire.kind === 'float') return true;
  const isPlain = extent.padRight === undefined && extent.terminator === undefined && !extent.sizeEos;
  return wire.kind === 'bytes' && isPlain;
}

function emitDirect(attribute: Attribute, start: string, end: string, emission: Emission): readonly string[] {
  const { analysis, owner } = emission;
  const wire = analysis.wireOf(attribute, owner);
  const stored = `this.${propertyOf(attribute, owner)}`;
  if (wire.kind !== 'integer' && wire.kind !== 'float')
    return [`${stored} = io.bytes.subarray(${start}, ${end});`];
  const kind =
    wire.kind === 'float' ? 'Float' : `${wire.bytes === 8 ? 'Big' : ''}${wire.signed ? 'Int' : 'Uint'}`;
  const order = wire.bytes === 1 ? '' : littleArgument(wire.endian);
  return [`${stored} = io.view.get${kind}${wire.bytes * 8}(${start}${order});`];
}

function littleArgument(endian: FieldEndian): string {
  if (endian === 'be') return '';
  return endian === 'le' ? ', true' : ', this._isLe';
}

function emitGetter(instance: Attribute, emission: Emission): ClassParts['getters'][number] {
  const { analysis, owner } = emission;
  const member = analysis.memberOf(owner, instance.id);
  const scope = scopeAt(emission, instance.whole);
  if (member === undefined) return fail(scope, 'unknown instance');
  const type = optionalTypeText(member.type, member.optional, scope);
  const doc = documentationText(instance.documentation, `The instance \`${instance.id}\`.`);
  const condition = instance.condition;
  const skip =
    condition === undefined
      ? []
      : [
          `if (!(${translateCondition(condition.ast, scopeAt(emission, condition.place))})) return undefined;`,
        ];
  const lines =
    instance.value === undefined ? emitParsed(instance, type, emission) : emitValue(instance, emission);
  const isCheap = instance.value !== undefined && isCheapExpression(instance.value.ast, owner);
  if (isCheap) return { name: member.property, type, doc, body: [...skip, ...lines] };
  const once = `return ${emission.names.runtime('once')}(this, ${JSON.stringify(instance.id)}, (): ${type} => {`;
  return { name: member.property, type, doc, body: [once, ...skip, ...lines, '});'] };
}

/** Is computing it again as good as keeping it? */
function isCheapExpression(expression: Expression, owner: TypeSpec): boolean {
  if (expression.kind === 'call' || expression.kind === 'list') return false;
  const isOwnField = (name: string): boolean =>
    [...owner.fields, ...owner.params].some(({ id }) => id === name);
  if (expression.kind === 'name') return isOwnField(expression.name);
  return childrenOf(expression).every((child) => isCheapExpression(child, owner));
}

function emitValue(instance: Attribute, emission: Emission): readonly string[] {
  const { analysis, owner } = emission;
  if (instance.value === undefined) return [];
  const scope = scopeAt(emission, instance.value.place);
  const value = translate(instance.value.ast, scope);
  const member = analysis.memberOf(owner, instance.id);
  const wanted = member?.type.kind === 'enum' ? member.type.of : (member?.type ?? value.type);
  return [`return ${converted(value, wanted, scope).text};`];
}

function emitParsed(instance: Attribute, type: string, emission: Emission): readonly string[] {
  const { names } = emission;
  const { pos, io } = instance;
  const stream = io === undefined ? 'this._io' : streamText(io.ast, scopeAt(emission, io.place));
  const position = pos === undefined ? 'undefined' : translateCount(pos.ast, scopeAt(emission, pos.place));
  const isList = instance.repeat !== undefined;
  const read = emitAttribute(
    instance,
    { stored: 'result', store: (value) => `result = ${value};` },
    emission,
  );
  const declaration =
    instance.condition === undefined && !isList
      ? `let result: ${type};`
      : `let result: ${type.replace(/ \| undefined$/, '')};`;
  const [only, ...more] = read;
  const single =
    only !== undefined && more.length === 0 && only.startsWith('result = ') ? only.slice(9) : undefined;
  const body =
    single === undefined
      ? [declaration, ...early(read, instance, names), 'return result;']
      : [`return ${single}`];
  return [
    `return ${names.runtime('visit')}(this, ${JSON.stringify(instance.id)}, ${stream}, ${position}, (io) => {`,
    ...body,
    '});',
  ];
}

/** A list can be looked at while it grows: elements may ask for those before them. */
function early(read: readonly string[], instance: Attribute, names: Names): readonly string[] {
  return read.map((line) =>
    line === 'result = [];'
      ? `result = ${names.runtime('early')}(this, ${JSON.stringify(instance.id)}, []);`
      : line,
  );
}

function streamText(io: Expression, scope: Scope): string {
  const stream = present(translate(io, scope), scope);
  if (stream.type.kind !== 'io')
    fail(scope, `invalid type: expected stream, got ${types.describe(stream.type)}`);
  return stream.text;
}

function emitToText(emission: Emission): string | undefined {
  const { toText } = emission.owner;
  if (toText === undefined) return undefined;
  const scope = scopeAt(emission, toText.place);
  const value = present(translate(toText.ast, scope), scope);
  if (value.type.kind !== 'string')
    fail(scope, `invalid type: expected string, got ${types.describe(value.type)}`);
  return value.text;
}
