import { integerLiteral } from './arithmetic.ts';
import { scopeAt, type Emission } from './emission.ts';
import type { Attribute, Check, Located } from './model.ts';
import type { Code, Scope } from './scope.ts';
import { converted, present, fail } from './code.ts';
import { checkComparable } from './compare.ts';
import { translate, translateCondition } from './translate.ts';
import type { ComparisonOperator } from './expression.ts';

/** Statements that hold a value, or one element of a list, to the `valid` and `contents` of its attribute. */
export function emitChecks(
  attribute: Attribute,
  value: string,
  emission: Emission,
  index?: string,
): readonly string[] {
  const element = emission.analysis.elementType(attribute, emission.owner);
  const member = emission.analysis.memberOf(emission.owner, attribute.id);
  const optional =
    attribute.repeat === undefined && member?.optional === true && attribute.condition === undefined;
  const item: Code = { text: value, type: element, optional };
  const errors: string[] = [];
  for (const check of attribute.checks) {
    const statement = emission.attempt(() => emitCheck(check, item, attribute, emission, index));
    if (statement !== undefined) errors.push(statement);
  }
  return errors;
}

function emitCheck(
  check: Check,
  item: Code,
  attribute: Attribute,
  emission: Emission,
  index?: string,
): string {
  const { names } = emission;
  const place = 'value' in check ? check.value.place : attribute.whole;
  const scope: Scope = { ...scopeAt(emission, place), item, ...(index === undefined ? {} : { index }) };
  const call = (helper: string, ...demand: readonly string[]): string => {
    const args = [
      'this',
      JSON.stringify(attribute.id),
      item.text,
      ...demand,
      ...(index === undefined ? [] : [index]),
    ];
    return `${names.runtime(helper)}(${args.join(', ')});`;
  };
  switch (check.kind) {
    case 'contents':
      return call('expectContents', `[${[...check.bytes].map(byteText).join(', ')}]`);
    case 'equal':
      return call('expectEqual', demandText(check.value, '==', item, scope));
    case 'min':
      return call('expectMin', demandText(check.value, '>=', item, scope));
    case 'max':
      return call('expectMax', demandText(check.value, '<=', item, scope));
    case 'anyOf': {
      const demands = check.values.map((one) =>
        emission.attempt(() => demandText(one, '==', item, { ...scope, place: one.place })),
      );
      return call('expectAnyOf', `[${demands.join(', ')}]`);
    }
    case 'inEnum':
      return call('expectInEnum', ...enumArguments(check, item, scope));
    case 'expression':
      return call(
        'expectThat',
        translateCondition(check.value.ast, scope),
        JSON.stringify(attribute.expected ?? check.value.text),
      );
  }
}

function enumArguments(
  check: { readonly place: Attribute['whole'] },
  item: Code,
  scope: Scope,
): readonly string[] {
  if (item.type.kind !== 'enum')
    fail({ ...scope, place: check.place }, '`in-enum` wants a field with an `enum`');
  const { spec } = item.type;
  return [scope.names.enum(spec), JSON.stringify(spec.name)];
}

/** The demanded value, held as the field is. */
function demandText(demand: Located, operator: ComparisonOperator, item: Code, outer: Scope): string {
  const scope = { ...outer, place: demand.place };
  const value = present(translate(demand.ast, scope), scope);
  checkComparable(item.type, value.type, operator, scope);
  const { type } = item;
  if (type.kind === 'integer' && type.held === 'mixed') return value.text;
  if (type.kind === 'integer' && demand.ast.kind === 'integer') {
    const literal = integerLiteral(demand.ast.value, demand.ast.hex);
    return converted({ ...value, text: literal.text }, type, scope).text;
  }
  if (type.kind === 'enum' && value.type.kind === 'enum' && value.type.of.held !== type.of.held) {
    return `${scope.names.global(type.of.held === 'bigint' ? 'BigInt' : 'Number')}(${value.text})`;
  }
  return converted(value, type, scope).text;
}

function byteText(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
