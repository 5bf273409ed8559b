import { scopeAt, type Emission } from './emission.ts';
import { documentationText } from './emit-documentation.ts';
import { emitAttribute } from './emit-read.ts';
import { optionalTypeText } from './emit-types.ts';
import type { Expression } from './expression.ts';
import type { Attribute, TypeSpec } from './model.ts';
import { childrenOf, type Code, type Scope } from './scope.ts';
import { converted, fail, negated, present } from './code.ts';
import { translate, translateIf, translateExtent } from './translate.ts';
import * as types from './types.ts';

/** A getter of a class. */
export interface GetterParts {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
  readonly body: readonly string[];
  /** What is done with a new `value`, where one can be set. */
  readonly setter?: readonly string[];
}

/** The getter of an instance, which computes or reads it when it is first asked for. Throws SpecError. */
export function emitGetter(instance: Attribute, emission: Emission): GetterParts {
  const { analysis, owner } = emission;
  const member = analysis.memberOf(owner, instance.id);
  const scope = scopeAt(emission, instance.whole);
  if (member === undefined) return fail(scope, 'unknown instance');
  const type = optionalTypeText(member.type, member.optional, scope);
  const doc = documentationText(instance.documentation, undefined);
  const condition = instance.condition;
  const skip =
    condition === undefined
      ? []
      : [`if (${negated(translateIf(condition.ast, scopeAt(emission, condition.place)))}) return undefined;`];
  const lines =
    instance.value === undefined ? emitParsed(instance, type, emission) : emitValue(instance, emission);
  const isCheap = instance.value !== undefined && isCheapExpression(instance.value.ast, owner);
  // One that may fail keeps its name for the error.
  if (isCheap && !lines.some((line) => /present\(/i.test(line)))
    return { name: member.property, type, doc, body: [...skip, ...lines] };
  const setter = instance.value === undefined ? { setter: emitSetter(instance, emission) } : {};
  const once = `return ${emission.names.runtime('once')}(this, ${JSON.stringify(instance.id)}, (): ${type} => {`;
  return { name: member.property, type, doc, body: [once, ...skip, ...lines, '});'], ...setter };
}

/** What is read from elsewhere can be given another value. */
function emitSetter({ id }: Attribute, { names }: Emission): readonly string[] {
  return [`${names.runtime('setInstance')}(this, ${JSON.stringify(id)}, value);`];
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
  const member = analysis.memberOf(owner, instance.id);
  const translated = translate(instance.value.ast, scope);
  const value = member?.optional === true ? translated : present(translated, scope);
  const wanted = member?.type ?? value.type;
  return [
    `return ${wanted.kind === 'enum' ? enumText(value, wanted.of, scope) : converted(value, wanted, scope).text};`,
  ];
}

/** A value held as the members of its enum are. One that no member can be equal to may lose its last digits. */
function enumText(value: Code, { held }: types.IntegerType, scope: Scope): string {
  const { type, text, optional } = value;
  const given = type.kind === 'enum' ? type.of.held : type.kind === 'integer' ? type.held : held;
  if (given === held) return text;
  const convert = scope.names.global(held === 'bigint' ? 'BigInt' : 'Number');
  return optional ? `${scope.names.runtime('ifPresent')}(${text}, ${convert})` : `${convert}(${text})`;
}

function emitParsed(instance: Attribute, type: string, emission: Emission): readonly string[] {
  const { names } = emission;
  const { pos, io } = instance;
  const stream = io === undefined ? 'this._io' : streamText(io.ast, scopeAt(emission, io.place));
  const position = pos === undefined ? 'undefined' : translateExtent(pos.ast, scopeAt(emission, pos.place));
  const isList = instance.repeat !== undefined;
  const read = emitAttribute(
    instance,
    {
      stored: 'result',
      store: (value) => `result = ${value};`,
      // A list can be looked at while it grows: elements may ask for those before them.
      storeList: (list) =>
        `result = ${names.runtime('early')}(this, ${JSON.stringify(instance.id)}, ${list});`,
    },
    emission,
  );
  const held = instance.condition === undefined && !isList ? type : type.replace(/ \| undefined$/, '');
  return [
    `return ${names.runtime('visit')}(this, ${JSON.stringify(instance.id)}, ${stream}, ${position}, (io) => {`,
    ...resultBody(held, read),
    '});',
  ];
}

/** The statements that give `result` its value, its declaration among them as far as one is needed. */
function resultBody(type: string, read: readonly string[]): readonly string[] {
  const isStored = (line: string): boolean => line.startsWith('result = ');
  const at = read.findIndex(isStored);
  const isConstant = at >= 0 && at === read.findLastIndex(isStored) && !isInBranch(read, at);
  if (!isConstant) return [`let result: ${type};`, ...read, 'return result;'];
  const value = read[at]?.slice('result = '.length) ?? '';
  if (at === read.length - 1) return [...read.slice(0, at), `return ${value}`];
  return [...read.slice(0, at), `const result: ${type} = ${value}`, ...read.slice(at + 1), 'return result;'];
}

/** Is a statement one of several that exclude each other? */
function isInBranch(lines: readonly string[], at: number): boolean {
  return lines.slice(0, at).some((line) => line.endsWith('{'));
}

function streamText(io: Expression, scope: Scope): string {
  const stream = present(translate(io, scope), scope);
  if (stream.type.kind !== 'io')
    fail(scope, `invalid type: expected stream, got ${types.describe(stream.type)}`);
  return stream.text;
}
