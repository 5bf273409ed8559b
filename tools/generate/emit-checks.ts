import { integerLiteral, toBig } from './arithmetic.ts';
import { scopeAt, type Emission } from './emission.ts';
import type { Attribute, Check, Located } from './model.ts';
import type { Code, Scope } from './scope.ts';
import { asInteger, converted, fail, negated, present } from './code.ts';
import { checkComparable, compare, holdsText } from './compare.ts';
import { isSafe } from './range.ts';
import { translate, translateCondition } from './translate.ts';
import type { ValueType } from './types.ts';
import * as types from './types.ts';
import type { ComparisonOperator } from './expression.ts';

/** Statements that hold a value, or one element of a list, to the `valid` and `contents` of its attribute. */
export function emitChecks(
  attribute: Attribute,
  value: string | Code | undefined,
  emission: Emission,
  index?: string,
): readonly string[] {
  if (value === undefined || attribute.checks.length === 0) return [];
  const item = typeof value === 'string' ? itemOf(attribute, value, emission) : value;
  const errors: string[] = [];
  for (const check of attribute.checks) {
    const statement = emission.attempt(() => emitCheck(check, item, attribute, emission, index));
    if (statement !== undefined) errors.push(statement);
  }
  return errors;
}

function itemOf(attribute: Attribute, text: string, { analysis, owner }: Emission): Code {
  const type = analysis.elementType(attribute, owner);
  const member = analysis.memberOf(owner, attribute.id);
  const optional =
    attribute.repeat === undefined && member?.optional === true && attribute.condition === undefined;
  return { text, type, optional };
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
  const { locals = new Map<string, Code>() } = emission;
  const scope: Scope = {
    ...scopeAt(emission, place),
    item,
    locals,
    ...(index === undefined ? {} : { index }),
  };
  const call = (helper: string, ...args: readonly string[]): string => {
    const rest = index === undefined ? args : [...args, index];
    return `${names.runtime(helper)}(${['this', JSON.stringify(attribute.id), ...rest].join(', ')});`;
  };
  /** What a failure is told with: the value only where it is that of no field. */
  const report = (helper: string, failed: string, demand: string): string => {
    const isOfField = index === undefined && attribute.kind === 'field';
    return `if (${failed}) ${call(helper, ...(isOfField ? [demand] : [demand, item.text]))}`;
  };
  const bound = (helper: string, operator: keyof typeof FAILING, { value }: { value: Located }): string => {
    const demand = demandCode(value, operator, item, scope);
    return report(helper, failing(item, operator, demand, scope), demand.text);
  };
  switch (check.kind) {
    case 'contents': {
      const list = [...check.bytes].map(byteText).join(', ');
      if (item.within === undefined) return call('expectContents', item.text, `[${list}]`);
      const failed = negated(holdsText(item.within.start, [...check.bytes], names));
      return report('reportNotEqual', failed, `${names.global('Uint8Array')}.of(${list})`);
    }
    case 'equal':
      return bound('reportNotEqual', '==', check);
    case 'min':
      return bound('reportLessThan', '>=', check);
    case 'max':
      return bound('reportGreaterThan', '<=', check);
    case 'anyOf': {
      const demands = check.values.map((one) =>
        emission.attempt(() => demandCode(one, '==', item, scope).text),
      );
      return call('expectAnyOf', item.text, `[${demands.join(', ')}]`);
    }
    case 'inEnum':
      return call('expectInEnum', item.text, ...enumArguments(check, item, scope));
    case 'expression': {
      const failed = negated(translateCondition(check.value.ast, scope));
      return report('reportExpr', failed, JSON.stringify(attribute.expected ?? check.value.text));
    }
  }
}

/** What is to hold, and when it certainly does not. */
const FAILING = { '==': '!==', '>=': '<', '<=': '>' } as const;

/** The condition that a value does not meet a demand which is held as the value is. */
function failing(item: Code, operator: keyof typeof FAILING, demand: Code, scope: Scope): string {
  const { type, text, optional } = item;
  if (type.kind === 'bytes') return `!${compare(item, operator, demand, scope).text}`;
  const isExact = [type, demand.type].every(({ kind }) =>
    ['integer', 'enum', 'string', 'boolean'].includes(kind),
  );
  const isMixed = type.kind === 'integer' && type.held === 'mixed';
  if (operator === '==' && isWider(demand.type, type))
    return `${scope.names.global('BigInt')}(${text}) !== ${bigText(demand, scope)}`;
  if (operator === '==') return `${text} ${isExact && !isMixed ? '!==' : '!='} ${demand.text}`;
  const isAbsent = optional ? `${text} === undefined || ` : '';
  // A float may be in no order at all.
  return (
    isAbsent +
    (isExact ? `${text} ${FAILING[operator]} ${demand.text}` : `!(${text} ${operator} ${demand.text})`)
  );
}

/** May a demand be more than the field holds? JavaScript has an order of numbers and `bigint`s, but they are never the same. */
function isWider(demand: ValueType, field: ValueType): boolean {
  if (demand.kind !== 'integer' || field.kind !== 'integer') return false;
  return field.held === 'number' && demand.held !== 'number' && !isSafe(demand.range);
}

function bigText(demand: Code, scope: Scope): string {
  return toBig(asInteger(demand, scope), scope.names);
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

/** The demanded value, held as the field is if it fits. */
function demandCode(demand: Located, operator: ComparisonOperator, item: Code, outer: Scope): Code {
  const scope = { ...outer, place: demand.place };
  const value = present(translate(demand.ast, scope), scope);
  const { type } = item;
  // Members of one enum have an order here, though expressions know none.
  const isOrder = type.kind === 'enum' && types.sameType(type, value.type);
  if (!isOrder) checkComparable(type, value.type, operator, scope);
  if ((type.kind === 'integer' && type.held === 'mixed') || isWider(value.type, type)) return value;
  if (type.kind === 'integer' && demand.ast.kind === 'integer') {
    const literal = integerLiteral(demand.ast.value, demand.ast.radix);
    return item.isRounded ? literal : converted({ ...value, text: literal.text }, type, scope);
  }
  if (type.kind === 'enum' && value.type.kind === 'enum' && value.type.of.held !== type.of.held) {
    return {
      ...value,
      text: `${scope.names.global(type.of.held === 'bigint' ? 'BigInt' : 'Number')}(${value.text})`,
    };
  }
  return converted(value, type, scope);
}

function byteText(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
