import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { SpecError, type Place } from './diagnostics.ts';

/** What a plain scalar can mean. Integers are exact, whatever their size. */
export type ScalarValue = null | boolean | bigint | number | string;

/** A single value; `text` is what the author wrote, without quotes. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
  readonly text: string;
  readonly place: Place;
}

/** A list. */
export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly place: Place;
}

/** One key of a map and its value. */
export interface YamlEntry {
  readonly key: string;
  readonly keyNode: YamlNode;
  readonly value: YamlNode;
}

/** A map, in the order of the file. */
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly place: Place;
}

/** A YAML value that knows where it stands. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/**
 * Reads a spec's text. Scalars follow the habits of YAML 1.1 that Kaitai's own compiler has: `0x0253_f2f4`, `0b1010`
 * and `1_000` are integers, `yes` and `off` are booleans. Throws {@link SpecError} where the text is not YAML.
 */
export function parseYaml(text: string, file: string): YamlNode {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, uniqueKeys: false });
  const [first] = document.errors;
  if (first !== undefined) {
    const at = lines.linePos(first.pos[0]);
    const message = (first.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    throw new SpecError({ file, path: [], line: at.line, column: at.col }, message, true);
  }
  return convert(document.contents, { file, lines, document, open: new Set(), count: 0 }, [], 0);
}

interface Context {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
  /** What is being converted. */
  readonly open: Set<unknown>;
  /** Values made so far. */
  count: number;
}

/** More values than any spec has; aliases of aliases soon come to more than memory holds. */
const MOST_VALUES = 1_000_000;

function convert(node: unknown, context: Context, path: readonly string[], near: number): YamlNode {
  const offset = (node as Node | null)?.range?.[0] ?? near;
  const { line, col } = context.lines.linePos(offset);
  const place: Place = { file: context.file, path, line, column: col };
  if (++context.count > MOST_VALUES)
    throw new SpecError({ ...place, path: [] }, 'with its aliases the file is too large', true);
  if (isAlias(node)) return convert(targetOf(node, place, context), context, path, offset);
  if (isCollection(node)) {
    context.open.add(node);
    const converted = convertCollection(node, context, place, offset);
    context.open.delete(node);
    return converted;
  }
  if (!isScalar(node)) return { kind: 'scalar', value: null, text: '', place };
  const written = String(node.value ?? '');
  const value = node.type === 'PLAIN' || node.type === undefined ? plainValue(written) : written;
  return { kind: 'scalar', value, text: written, place };
}

/** What an alias stands for. Throws SpecError where the alias is a part of it. */
function targetOf(alias: Alias, place: Place, { document, open }: Context): unknown {
  const target = alias.resolve(document);
  if (open.has(target)) throw new SpecError(place, `*${alias.source} is a part of what it stands for`, true);
  return target;
}

function convertCollection(
  node: YAMLMap | YAMLSeq,
  context: Context,
  place: Place,
  offset: number,
): YamlMap | YamlList {
  const { path } = place;
  if (isMap(node)) return { kind: 'map', entries: convertEntries(node.items, context, path, offset), place };
  const items = node.items.map((item, index) => convert(item, context, [...path, String(index)], offset));
  return { kind: 'list', items, place };
}

function convertEntries(
  pairs: readonly { key: unknown; value: unknown }[],
  context: Context,
  path: readonly string[],
  near: number,
): readonly YamlEntry[] {
  const own = new Set<string>();
  const entries = new Map<string, YamlEntry>();
  for (const pair of pairs) {
    const keyNode = convert(pair.key, context, path, near);
    const key = keyText(keyNode);
    if (own.has(key)) throw new SpecError(keyNode.place, `found duplicate key ${key}`, true);
    own.add(key);
    const at = (pair.key as Node | null)?.range?.[0] ?? near;
    if (isMergeKey(pair.key)) {
      for (const entry of mergedEntries(pair.value, context, keyNode.place, at))
        if (!entries.has(entry.key)) entries.set(entry.key, entry);
    } else entries.set(key, { key, keyNode, value: convert(pair.value, context, [...path, key], at) });
  }
  return [...entries.values()];
}

/** `<<: *defaults`: the map has the entries of another one as well, or of several, as far as it does not say them itself. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** The entries of what is merged; of two with one key the first comes first. Throws SpecError. */
function mergedEntries(value: unknown, context: Context, place: Place, near: number): readonly YamlEntry[] {
  const node = isAlias(value) ? targetOf(value, place, context) : value;
  return (isSeq(node) ? node.items : [value]).flatMap((source) => {
    const merged = convert(source, context, place.path, near);
    if (merged.kind === 'map') return merged.entries;
    throw new SpecError(merged.place, 'expected a map to merge, or a list of maps', true);
  });
}

function keyText(node: YamlNode): string {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'list') return `[${node.items.map(keyText).join(', ')}]`;
  return `{${node.entries.map((entry) => entry.key).join(', ')}}`;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['on', true],
  ['no', false],
  ['false', false],
  ['off', false],
]);
const INTEGER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0[0-7_]+|0|[1-9][0-9_]*)$/;
const FLOAT =
  /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+)$/;

/** The meaning of an unquoted scalar. */
function plainValue(text: string): ScalarValue {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/.test(text)) return BOOLEANS.get(text.toLowerCase()) ?? text;
  if (INTEGER.test(text)) return integerValue(text);
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  return text;
}

function integerValue(text: string): bigint {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return negative ? -BigInt(octal) : BigInt(octal);
}
