import { propertyOf, scopeAt, type Emission } from './emission.ts';
import { isLazy } from './emit-record.ts';
import { optionalTypeText, typeText } from './emit-types.ts';
import { documentationText, viewNotes } from './emit-documentation.ts';
import { endianOf } from './resolve.ts';

/** A property of a class. */
export interface PropertyParts {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
  readonly modifiers: 'declare readonly' | 'declare';
}

/** A parameter of a constructor or method. */
export interface ParameterParts {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
}

/** The properties of a type's class: where it belongs, its params, its fields but for the plain ones of a record. */
export function emitProperties(emission: Emission): readonly PropertyParts[] {
  return [...contextProperties(emission), ...parameterProperties(emission), ...fieldProperties(emission)];
}

function contextProperties(emission: Emission): readonly PropertyParts[] {
  const { analysis, names, owner } = emission;
  const properties: PropertyParts[] = [];
  const parents = analysis.parentsOf(owner).map((parent) => names.classType(parent));
  if (parents.length > 0) {
    const type = optionalText([...new Set(parents)].join(' | '), analysis.isParentOptional(owner));
    properties.push({
      name: '_parent',
      type,
      doc: '',
      modifiers: 'declare readonly',
    });
  }
  const root = optionalText(names.classType(owner.spec.root), analysis.isRootOptional(owner));
  properties.push({
    name: '_root',
    type: root,
    doc: '',
    modifiers: 'declare readonly',
  });
  if (typeof endianOf(owner) === 'object') {
    properties.push({
      name: '_isLe',
      type: 'boolean',
      doc: '',
      modifiers: 'declare readonly',
    });
  }
  return properties;
}

function optionalText(type: string, isOptional: boolean): string {
  return isOptional ? `${type} | undefined` : type;
}

function parameterProperties(emission: Emission): readonly PropertyParts[] {
  const { analysis, owner } = emission;
  return owner.params.flatMap((parameter) => {
    const type = emission.attempt(() => analysis.parameterType(parameter, owner));
    if (type === undefined) return [];
    const scope = scopeAt(emission, parameter.place);
    const doc = documentationText(parameter.documentation, undefined);
    return [
      {
        name: propertyOf(parameter, owner),
        type: typeText(type, scope),
        doc,
        modifiers: 'declare readonly' as const,
      },
    ];
  });
}

function fieldProperties(emission: Emission): readonly PropertyParts[] {
  const { analysis, owner } = emission;
  return owner.fields.flatMap((field) => {
    if (emission.attempt(() => isLazy(field, emission)) === true) return [];
    const member = emission.attempt(() => analysis.memberOf(owner, field.id));
    if (member === undefined) return [];
    const type = optionalTypeText(member.type, member.optional, scopeAt(emission, field.whole));
    const doc = documentationText(field.documentation, undefined, viewNotes(member.type));
    return [{ name: member.property, type, doc, modifiers: 'declare' as const }];
  });
}

/** The parameters of the constructor: the stream, the structures around, the params of the spec. */
export function constructorParameters(emission: Emission): readonly ParameterParts[] {
  const { analysis, names, owner } = emission;
  const parents = analysis.parentsOf(owner).map((parent) => names.classType(parent));
  const parentType = [...new Set(parents)].join(' | ') || names.runtime('type BareStructure');
  const inherits = analysis.inheritsEndian(owner);
  const hasMore = inherits || owner.params.length > 0;
  const context = (name: string, type: string, mayMiss: boolean, isFollowed: boolean): ParameterParts =>
    mayMiss && isFollowed
      ? { name, type: `${type} | undefined`, isOptional: false }
      : { name, type, isOptional: mayMiss };
  const parameters = [
    { name: 'io', type: names.runtime('type ByteReader'), isOptional: false },
    context('parent', parentType, analysis.isParentOptional(owner), hasMore),
    context('root', names.classType(owner.spec.root), true, hasMore),
  ];
  if (inherits) parameters.push({ name: 'isLe', type: 'boolean | undefined', isOptional: false });
  for (const { name, type } of parameterProperties(emission))
    parameters.push({ name: localName(name), type, isOptional: false });
  return parameters;
}

/** The params of the spec as static methods take them, which have few variables of their own. */
export function methodParameters(emission: Emission): readonly Pick<ParameterParts, 'name' | 'type'>[] {
  return parameterProperties(emission).map(({ name, type }) => {
    const isHidden = METHOD_VARIABLES.has(name) || RESERVED_WORDS.has(name);
    return { name: isHidden ? `${name}Param` : name, type };
  });
}

/** Params must not hide the constructor's own variables. */
export function localName(property: string): string {
  return isTaken(property) ? `${property}Param` : property;
}

/** Has the name a meaning inside of constructors? */
export function isTaken(name: string): boolean {
  return CONSTRUCTOR_VARIABLES.has(name) || RESERVED_WORDS.has(name);
}

const CONSTRUCTOR_VARIABLES = new Set(
  'io parent root isLe at index item guard count size on bytes view room values sink globalThis'.split(' '),
);

const METHOD_VARIABLES = new Set('io bytes values sink globalThis'.split(' '));

const RESERVED_WORDS = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in ' +
    'instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface ' +
    'package private protected public await arguments eval undefined'
  ).split(' '),
);
