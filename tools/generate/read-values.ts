import { SpecError, suggest, type Place } from './diagnostics.ts';
import { ExpressionError, parseExpression, radixOf, type Expression } from './expression.ts';
import type { Documentation, Located } from './model.ts';
import type { YamlList, YamlMap, YamlNode, YamlScalar } from './yaml.ts';

/** What an id must look like. */
export const ID = /^[a-z][a-z0-9_]*$/;

/** The value of a key, or undefined. */
export function get(map: YamlMap, key: string): YamlNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}

/** The node as a map. Throws SpecError. */
export function asMap(node: YamlNode): YamlMap {
  if (node.kind !== 'map') throw new SpecError(node.place, `expected map, got ${describeNode(node)}`);
  return node;
}

/** The node as a list. Throws SpecError. */
export function asList(node: YamlNode): YamlList {
  if (node.kind !== 'list') throw new SpecError(node.place, `expected array, got ${describeNode(node)}`);
  return node;
}

/** The node as a single value. Throws SpecError. */
export function asScalar(node: YamlNode, expected = 'string'): YamlScalar {
  if (node.kind !== 'scalar')
    throw new SpecError(node.place, `expected ${expected}, got ${describeNode(node)}`);
  return node;
}

/** The node as text; numbers and booleans as they were written. Throws SpecError. */
export function asText(node: YamlNode): string {
  const scalar = asScalar(node);
  if (scalar.value === null) throw new SpecError(node.place, 'expected string, got null');
  return scalar.text;
}

/** The node as a boolean. Throws SpecError. */
export function asBoolean(node: YamlNode): boolean {
  const { value } = asScalar(node, 'boolean');
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new SpecError(node.place, `expected boolean, got ${describeNode(node)}`);
}

/** The node as an integer between two bounds, which belong to the range. Throws SpecError. */
export function asInteger(node: YamlNode, min: number, max: number): number {
  const { value } = asScalar(node, 'integer');
  if (typeof value !== 'bigint')
    throw new SpecError(node.place, `expected integer, got ${describeNode(node)}`);
  if (value >= min && value <= max) return Number(value);
  throw new SpecError(node.place, `expected an integer from ${min} to ${max}, got ${value}`);
}

/** The integer that a node is, or that its quoted text says; JSON has no other keys than texts. */
export function integerOf(node: YamlNode): bigint | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'bigint') return node.value;
  const isText = /^(?:-?[0-9]+|0x[0-9a-fA-F]+)$/.test(node.text);
  return isText ? BigInt(node.text) : undefined;
}

/** An integer in the notation that it was written in: hexadecimal or binary with as many digits, or decimal. */
export function integerText(value: bigint, written: string): string {
  const radix = radixOf(written);
  if (radix === 10) return value.toString();
  const count = written.replaceAll(/^[-+]?0.|_/g, '').length;
  const digits = (value < 0n ? -value : value).toString(radix).padStart(count, '0');
  return `${value < 0n ? '-' : ''}${radix === 16 ? '0x' : '0b'}${digits}`;
}

/** A value in words, for messages. */
export function describeNode(node: YamlNode): string {
  if (node.kind === 'map') return 'map';
  if (node.kind === 'list') return 'array';
  if (node.value === null) return 'null';
  return typeof node.value === 'string' ? `'${node.text}'` : node.text;
}

/** Throws SpecError at the first key that is not one of `known`; keys that begin with `-` are the author's own. */
export function checkKeys(map: YamlMap, known: readonly string[]): void {
  for (const { key, value } of map.entries) {
    if (key.startsWith('-') || known.includes(key)) continue;
    const expected = [...known].sort().join(', ');
    throw new SpecError(value.place, `unknown key found, expected: ${expected}${suggest(key, known)}`);
  }
}

/** Throws SpecError unless the text is an id; `what` names it in the message. */
export function checkId(id: string, what: string, place: Place): string {
  if (!ID.test(id)) throw new SpecError(place, `invalid ${what} ID: '${id}', expected ${ID.toString()}`);
  return id;
}

/** The node as an expression: a number or boolean stands for itself, text is parsed. Throws SpecError. */
export function asExpression(node: YamlNode): Located {
  const { place } = node;
  const scalar = asScalar(node, 'expression');
  return { ast: scalarExpression(scalar), place, text: scalar.text };
}

function scalarExpression({ value, text, place }: YamlScalar): Expression {
  if (value === null) throw new SpecError(place, 'expected expression, got null');
  if (typeof value === 'bigint') return { kind: 'integer', value, radix: radixOf(text) };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number') return { kind: 'float', value };
  return parseAt(place, () => parseExpression(text));
}

/** Runs a parser of the expression language; its error becomes one of the spec. */
export function parseAt<T>(place: Place, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ExpressionError) throw new SpecError(place, error.message);
    throw error;
  }
}

/** `doc`, `doc-ref` and the author's own keys that describe. */
export function readDocumentation(map: YamlMap): Documentation {
  return {
    doc: optionalText(map, 'doc')?.trim() || undefined,
    references: readReferences(map),
    originalIds: authorTexts(map, '-orig-id'),
    unit: authorText(map, '-unit'),
  };
}

/** No documentation at all. */
export const UNDOCUMENTED: Documentation = {
  doc: undefined,
  references: [],
  originalIds: [],
  unit: undefined,
};

function readReferences(map: YamlMap): readonly string[] {
  const node = get(map, 'doc-ref');
  if (node === undefined) return [];
  const texts = node.kind === 'list' ? node.items.map(asText) : [asText(node)];
  return texts.flatMap(splitReferences).filter((text) => text !== '');
}

/** A text of several lines is several references if each line has an address. */
function splitReferences(text: string): readonly string[] {
  const lines = text.trim().split(/\s*\n\s*/);
  return lines.every((line) => line.includes('://')) ? lines : [text.trim()];
}

/** The text at a key, if it is there. */
export function optionalText(map: YamlMap, key: string): string | undefined {
  const node = get(map, key);
  return node === undefined ? undefined : asText(node);
}

/** The texts of a list at one of the author's own keys, or the single text there. */
function authorTexts(map: YamlMap, key: string): readonly string[] {
  const node = get(map, key);
  const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [item.text] : []));
}

/** The text at one of the author's own keys; anything else there is not ours to judge. */
export function authorText(map: YamlMap, key: string): string | undefined {
  const node = get(map, key);
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}
