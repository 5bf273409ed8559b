import { ExpressionError, Tokenizer, type Token } from './tokens.ts';

export { ExpressionError };

/** The base of the digits that an integer was written in, as far as it is kept. */
export type Radix = 2 | 10 | 16;

/** The base of an integer's digits. */
export function radixOf(written: string): Radix {
  if (/^[-+]?0x/i.test(written)) return 16;
  return /^[-+]?0b/i.test(written) ? 2 : 10;
}

/** A type named inside an expression or a `type:` key: `foo::bar`, `u4`, `struct[]`. */
export interface TypeName {
  readonly path: readonly string[];
  readonly isArray: boolean;
}

/** The operators with two operands that give a number (or, for `+`, a string). */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^';
/** The comparisons. */
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A parsed expression of the Kaitai expression language. */
export type Expression =
  | { readonly kind: 'integer'; readonly value: bigint; readonly radix: Radix }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'interpolated'; readonly parts: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '-' | '~' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Expression[] }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'cast'; readonly of: Expression; readonly type: TypeName }
  | { readonly kind: 'sizeof'; readonly type: TypeName; readonly bits: boolean }
  | {
      readonly kind: 'enum';
      readonly path: readonly string[];
      readonly name: string;
      readonly label: string;
    };

/** Parses one expression. Throws {@link ExpressionError}. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  const result = parser.test();
  parser.end();
  return result;
}

/** A `type:` value: a name, perhaps `[]`, perhaps arguments: `group(_index, 1)`. */
export interface TypeCall {
  readonly name: TypeName;
  readonly args: readonly Expression[];
}

/** Parses a `type:` value. Throws {@link ExpressionError}. */
export function parseTypeCall(text: string): TypeCall {
  const parser = new Parser(text);
  const name = parser.typeName();
  const args = parser.accept('(') ? parser.items(')') : [];
  parser.end();
  return { name, args };
}

/** Parses a `process:` value: a dotted name, perhaps with arguments: `nested.deeply.custom_fx(7)`. */
export function parseProcess(text: string): {
  readonly name: readonly string[];
  readonly args: readonly Expression[];
} {
  const parser = new Parser(text);
  const name = [parser.word()];
  while (parser.accept('.')) name.push(parser.word());
  const args = parser.accept('(') ? parser.someArgs() : [];
  parser.end();
  return { name, args };
}

class Parser {
  readonly #text: string;
  readonly #tokens: Tokenizer;
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = new Tokenizer(text);
    this.#token = this.#tokens.next();
  }

  end(): void {
    if (this.#token.kind !== 'end') this.#fail('end of text');
  }

  accept(symbol: string): boolean {
    const { kind, text } = this.#token;
    if (text !== symbol || (kind !== 'symbol' && kind !== 'word')) return false;
    this.#token = this.#tokens.next();
    return true;
  }

  word(): string {
    if (this.#token.kind !== 'word') this.#fail('a name');
    const { text } = this.#token;
    this.#token = this.#tokens.next();
    return text;
  }

  test(): Expression {
    const condition = this.#or();
    if (!this.accept('?')) return condition;
    const yes = this.test();
    this.#expect(':');
    return { kind: 'choice', condition, yes, no: this.test() };
  }

  /** At least one argument, behind the opening parenthesis. */
  someArgs(): Expression[] {
    const args: Expression[] = [];
    do args.push(this.test());
    while (this.accept(','));
    this.#expect(')');
    return args;
  }

  /** At least one item, behind the opening bracket; unlike the arguments of methods they may end in a comma. */
  items(close: ')' | ']'): Expression[] {
    const items = [this.test()];
    while (!this.accept(close)) {
      this.#expect(',');
      if (this.accept(close)) break;
      items.push(this.test());
    }
    return items;
  }

  typeName(): TypeName {
    this.accept('::');
    const path = [this.word()];
    while (this.accept('::')) path.push(this.word());
    const isArray = this.accept('[');
    if (isArray) this.#expect(']');
    return { path, isArray };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.accept('or')) left = { kind: 'logic', operator: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.accept('and')) left = { kind: 'logic', operator: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    if (this.accept('not')) return { kind: 'unary', operator: 'not', operand: this.#not() };
    return this.#comparison();
  }

  #comparison(): Expression {
    const left = this.#binary(0);
    for (const operator of ['==', '!=', '<=', '>=', '<', '>'] as const) {
      if (this.accept(operator)) return { kind: 'comparison', operator, left, right: this.#binary(0) };
    }
    return left;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#factor();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.accept(candidate));
      if (operator === undefined) return left;
      left = { kind: 'arithmetic', operator, left, right: this.#binary(level + 1) };
    }
  }

  #factor(): Expression {
    if (this.accept('+')) return this.#factor();
    if (this.accept('-')) return { kind: 'unary', operator: '-', operand: this.#factor() };
    if (this.accept('~')) return { kind: 'unary', operator: '~', operand: this.#factor() };
    return this.#trailers(this.#atom());
  }

  #trailers(atom: Expression): Expression {
    let left = atom;
    for (;;) {
      if (this.accept('('))
        left = { kind: 'call', callee: left, args: this.accept(')') ? [] : this.someArgs() };
      else if (this.accept('[')) left = { kind: 'index', of: left, index: this.#indexEnd() };
      else if (this.accept('.')) left = this.#memberOf(left);
      else return left;
    }
  }

  #indexEnd(): Expression {
    const index = this.test();
    this.#expect(']');
    return index;
  }

  #memberOf(of: Expression): Expression {
    const name = this.word();
    if (name !== 'as' || !this.accept('<')) return { kind: 'member', of, name };
    const type = this.typeName();
    this.#expect('>');
    return { kind: 'cast', of, type };
  }

  #atom(): Expression {
    const token = this.#token;
    if (token.kind === 'integer' || token.kind === 'float') {
      this.#token = this.#tokens.next();
      return token.kind === 'integer'
        ? { kind: 'integer', value: token.value, radix: radixOf(token.text) }
        : { kind: 'float', value: token.value };
    }
    if (token.kind === 'string') return this.#strings();
    if (token.kind === 'fstring') {
      this.#token = this.#tokens.next();
      const parts = token.parts.map((part): Expression =>
        'source' in part ? parseExpression(part.source) : { kind: 'string', value: part.text },
      );
      return { kind: 'interpolated', parts };
    }
    if (this.accept('(')) {
      const inner = this.test();
      this.#expect(')');
      return inner;
    }
    if (this.accept('[')) return { kind: 'list', items: this.accept(']') ? [] : this.items(']') };
    return this.#named();
  }

  /** Strings that follow each other are one string, as in C. */
  #strings(): Expression {
    let value = '';
    for (let token = this.#token; token.kind === 'string'; token = this.#token) {
      value += token.value;
      this.#token = this.#tokens.next();
    }
    return { kind: 'string', value };
  }

  #named(): Expression {
    const absolute = this.accept('::');
    if (this.#token.kind !== 'word' || RESERVED.has(this.#token.text)) this.#fail('an operand');
    const name = this.word();
    if (!absolute && name === 'true') return { kind: 'boolean', value: true };
    if (!absolute && name === 'false') return { kind: 'boolean', value: false };
    if ((name === 'sizeof' || name === 'bitsizeof') && this.accept('<')) {
      const type = this.typeName();
      this.#expect('>');
      return { kind: 'sizeof', type, bits: name === 'bitsizeof' };
    }
    const path = [name];
    while (this.accept('::')) path.push(this.word());
    const label = path.pop() ?? '';
    const enumName = path.pop();
    if (enumName === undefined) return { kind: 'name', name: label };
    return { kind: 'enum', path, name: enumName, label };
  }

  #expect(symbol: string): void {
    if (!this.accept(symbol)) this.#fail(`'${symbol}'`);
  }

  #fail(expected: string): never {
    throw new ExpressionError(this.#text, this.#token.at, expected);
  }
}

const LEVELS: readonly (readonly ArithmeticOperator[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const RESERVED = new Set(['and', 'or', 'not']);

/**
 * The name of a switch case in YAML paths: what the author wrote; but plain numbers, booleans and names as Kaitai's own compiler has
 * them, whose tests match on such paths.
 */
export function caseName({ ast, text }: { readonly ast: Expression; readonly text: string }): string {
  switch (ast.kind) {
    case 'integer':
      return `IntNum(${ast.value})`;
    case 'boolean':
      return `Bool(${ast.value})`;
    case 'name':
      return `Name(identifier(${ast.name}))`;
    default:
      return text;
  }
}
