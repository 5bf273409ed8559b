import { describe, expect, it } from 'vitest';
import {
  caseName,
  ExpressionError,
  parseExpression,
  parseProcess,
  parseTypeCall,
  type Expression,
} from '../../tools/generate/expression.ts';

/** An expression as text with every pair of parentheses that it means. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case 'integer':
    case 'float':
    case 'boolean':
      return String(expression.value);
    case 'string':
      return JSON.stringify(expression.value);
    case 'interpolated':
      return `f(${expression.parts.map(show).join(' ')})`;
    case 'name':
      return expression.name;
    case 'list':
      return `[${expression.items.map(show).join(' ')}]`;
    case 'unary':
      return `(${expression.operator} ${show(expression.operand)})`;
    case 'arithmetic':
    case 'comparison':
    case 'logic':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'choice':
      return `(${show(expression.condition)} ? ${show(expression.yes)} : ${show(expression.no)})`;
    case 'member':
      return `${show(expression.of)}.${expression.name}`;
    case 'call':
      return `${show(expression.callee)}(${expression.args.map(show).join(' ')})`;
    case 'index':
      return `${show(expression.of)}[${show(expression.index)}]`;
    case 'cast':
      return `${show(expression.of)}.as<${expression.type.path.join('::')}${expression.type.isArray ? '[]' : ''}>`;
    case 'sizeof':
      return `${expression.bits ? 'bitsizeof' : 'sizeof'}<${expression.type.path.join('::')}>`;
    case 'enum':
      return [...expression.path, expression.name, expression.label].join('::');
  }
}

describe('the expression language', () => {
  it.each([
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['a | b ^ c & d << 1 + 2', '(a | (b ^ (c & (d << (1 + 2)))))'],
    ['a == 1 and b != 2 or not c', '(((a == 1) and (b != 2)) or (not c))'],
    ['not a == b', '(not (a == b))'],
    ['a < b == c', undefined],
    ['-x.y', '(- x.y)'],
    ['- -1', '(- (- 1))'],
    ['~a % 8', '((~ a) % 8)'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
    ['a.b(1, 2)[3].c', 'a.b(1 2)[3].c'],
    ['x.as<foo::bar[]>.y', 'x.as<foo::bar[]>.y'],
    ['a::b::c', 'a::b::c'],
    ['sizeof<foo::bar> + bitsizeof<b3>', '(sizeof<foo::bar> + bitsizeof<b3>)'],
    ['[1, 0x0f, 0b11, 0o17, 1_000]', '[1 15 3 15 1000]'],
    ['[]', '[]'],
    ['0xffff_ffff_ffff_ffff', '18446744073709551615'],
    ['1.5e3 + 0.5', '(1500 + 0.5)'],
    ['9.to_s', '9.to_s'],
    ['24. * .5', '(24 * 0.5)'],
    ['1./a', '(1 / a)'],
    ['[1., 2.]', '[1 2]'],
    ['1.e5', '1.e5'],
    ['0x1.to_s', '1.to_s'],
    ['1_000.5', undefined],
    ['0x1.5', undefined],
    ['5.5.5', undefined],
    ['007', undefined],
    ['[[1, 2,], ]', '[[1 2]]'],
    ['[,]', undefined],
    ['[1,,2]', undefined],
    ['a.b(1,)', undefined],
    ['"a" \'b\'', '"ab"'],
    [String.raw`"\n\t\"\u0041\101"`, JSON.stringify('\n\t"AA')],
    [String.raw`'\n'`, JSON.stringify('\\n')],
    ['f"a{x + 1}b{"c"}"', 'f("a" (x + 1) "b" "c")'],
    ['true and falsey', '(true and falsey)'],
    ['android and notes', '(android and notes)'],
    ['\n  a +\n  b\n', '(a + b)'],
  ])('%s', (text, shown) => {
    if (shown === undefined) expect(() => parseExpression(text)).toThrow(ExpressionError);
    else expect(show(parseExpression(text))).toBe(shown);
  });

  it.each([
    ['1 +', 4],
    ['(1', 3],
    ['1 2', 3],
    ['"abc', 1],
    ["'abc", 1],
    ['a && b', 4],
    ['a.', 3],
    ['^a', 1],
    ['[1, , ]', 5],
    ['', 1],
    [String.raw`"\q"`, 2],
  ])('%s is refused at character %i', (text, position) => {
    expect(() => parseExpression(text)).toThrow(
      expect.objectContaining({ name: 'ExpressionError', position }) as Error,
    );
  });

  it('types take arguments, processes too', () => {
    expect(parseTypeCall('foo::bar(1, x + 2)')).toMatchObject({
      name: { path: ['foo', 'bar'], isArray: false },
      args: [{ kind: 'integer' }, { kind: 'arithmetic' }],
    });
    expect(parseProcess('nested.deeply.custom_fx(7)')).toMatchObject({
      name: ['nested', 'deeply', 'custom_fx'],
      args: [{ value: 7n }],
    });
    expect(parseProcess('zlib')).toEqual({ name: ['zlib'], args: [] });
  });

  it.each([
    ['42', 'IntNum(42)'],
    ['"x"', '"x"'],
    ['color::red', 'color::red'],
    ['true', 'Bool(true)'],
    ['foo', 'Name(identifier(foo))'],
    ['-1', '-1'],
  ])('%s is called %s in paths', (text, name) => {
    expect(caseName({ ast: parseExpression(text), text })).toBe(name);
  });
});
