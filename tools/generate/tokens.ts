/** Text or the source of an expression, the parts of an interpolated string. */
export type InterpolatedPart = { readonly text: string } | { readonly source: string };

/** Text that is no expression; `position` counts characters from 1. */
export class ExpressionError extends Error {
  readonly position: number;

  constructor(text: string, position: number, expected: string) {
    const rest = text.slice(position);
    const found = rest === '' ? 'end of text' : JSON.stringify(rest);
    super(`parsing expression '${text}' failed at 1:${position + 1}: expected ${expected}, found ${found}`);
    this.name = 'ExpressionError';
    this.position = position + 1;
  }
}

/** A word, number, string or sign of the expression language. */
export type Token =
  | { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string; readonly at: number }
  | { readonly kind: 'integer'; readonly text: string; readonly value: bigint; readonly at: number }
  | { readonly kind: 'float'; readonly text: string; readonly value: number; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly value: string; readonly at: number }
  | {
      readonly kind: 'fstring';
      readonly text: string;
      readonly parts: readonly InterpolatedPart[];
      readonly at: number;
    };

const SYMBOLS = ['::', '<<', '>>', '<=', '>=', '==', '!=', ...'()[]{}<>+-*/%&|^~?:.,'];
/** `1.5`, `.5`, `1e5` and `1.`; but a point before a name asks a number for one of its methods: `1.to_s`. */
const FLOAT = /(?:[0-9]*\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|[0-9]+\.(?!\s*[a-zA-Z_])/y;
const INTEGER = /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[1-9][0-9_]*|0/y;
/** White space, and the ends of lines that are continued. */
const BLANK = /(?:\s|\\\r?\n)+/y;
const PLACEHOLDER = /\{(?:[^{}"']|"(?:[^"\\]|\\.)*"|'[^']*')*\}/y;
const WORD = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** Cuts an expression's text into tokens. Throws {@link ExpressionError}. */
export class Tokenizer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; at the end of the text one of kind `end`, again and again. */
  next(): Token {
    this.#match(BLANK);
    const at = this.#at;
    const next = this.#text[at];
    if (next === undefined) return { kind: 'end', text: '', at };
    if (next === "'") return this.#singleQuoted(at);
    if (next === '"') return this.#doubleQuoted(at);
    if (next === 'f' && this.#text[at + 1] === '"') return this.#interpolated(at);
    const float = this.#match(FLOAT);
    if (float !== undefined) return { kind: 'float', text: float, value: Number(float), at };
    const integer = this.#match(INTEGER);
    if (integer !== undefined) return { kind: 'integer', text: integer, value: parseDigits(integer), at };
    const word = this.#match(WORD);
    if (word !== undefined) return { kind: 'word', text: word, at };
    const symbol = SYMBOLS.find((candidate) => this.#text.startsWith(candidate, at));
    if (symbol === undefined) throw new ExpressionError(this.#text, at, 'an operator or operand');
    this.#at += symbol.length;
    return { kind: 'symbol', text: symbol, at };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #singleQuoted(at: number): Token {
    const close = this.#text.indexOf("'", at + 1);
    if (close < 0) throw new ExpressionError(this.#text, at, 'a closing quote');
    this.#at = close + 1;
    return { kind: 'string', text: '', value: this.#text.slice(at + 1, close), at };
  }

  #doubleQuoted(at: number): Token {
    this.#at = at + 1;
    let value = '';
    while (this.#text[this.#at] !== '"') value += this.#character(at);
    this.#at++;
    return { kind: 'string', text: '', value, at };
  }

  #interpolated(at: number): Token {
    this.#at = at + 2;
    const parts: InterpolatedPart[] = [];
    let text = '';
    while (this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] !== '{') text += this.#character(at);
      else {
        if (text !== '') parts.push({ text });
        text = '';
        parts.push({ source: this.#placeholder() });
      }
    }
    this.#at++;
    if (text !== '') parts.push({ text });
    return { kind: 'fstring', text: '', parts, at };
  }

  /** The expression between braces; a brace inside of its strings does not count. */
  #placeholder(): string {
    const source = this.#match(PLACEHOLDER);
    if (source === undefined) throw new ExpressionError(this.#text, this.#at, "an expression and '}'");
    return source.slice(1, -1);
  }

  /** One character of a double-quoted string, escapes resolved. */
  #character(start: number): string {
    const next = this.#text[this.#at];
    if (next === undefined) throw new ExpressionError(this.#text, start, 'a closing quote');
    if (next !== '\\') {
      const whole = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      this.#at += whole.length;
      return whole;
    }
    const rest = this.#text.slice(this.#at + 1);
    const code = /^(?:u([0-9a-fA-F]{4})|([0-7]{1,3}))/.exec(rest);
    if (code !== null) {
      this.#at += 1 + code[0].length;
      return String.fromCharCode(code[1] === undefined ? parseInt(code[2] ?? '0', 8) : parseInt(code[1], 16));
    }
    const escaped = ESCAPES[rest[0] ?? ''];
    if (escaped === undefined)
      throw new ExpressionError(this.#text, this.#at, 'an escape such as \\n or \\u0041');
    this.#at += 2;
    return escaped;
  }
}

function parseDigits(text: string): bigint {
  return BigInt(text.replaceAll('_', '').toLowerCase());
}
