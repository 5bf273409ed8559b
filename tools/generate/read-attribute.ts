import { SpecError, ToldError, type Diagnostics, type Place } from './diagnostics.ts';
import { parseProcess, parseTypeCall } from './expression.ts';
import type {
  Attribute,
  Check,
  Extent,
  Located,
  NamedTypeRef,
  Parameter,
  ProcessRef,
  Repeat,
  SwitchTypeRef,
} from './model.ts';
import * as values from './read-values.ts';
import type { YamlMap, YamlNode } from './yaml.ts';

const { get } = values;
const COMMON_KEYS = [
  'id',
  'doc',
  'doc-ref',
  'type',
  'if',
  'repeat',
  'terminator',
  'consume',
  'include',
  'eos-error',
  'valid',
];
const BYTES_KEYS = ['contents', 'size', 'size-eos', 'pad-right', 'parent', 'process'];
const TEXT_KEYS = ['size', 'size-eos', 'pad-right', 'encoding'];
const VALUE_KEYS = ['doc', 'doc-ref', 'enum', 'if', 'value'];
const BUILT_IN = /^(?:[us](?:1|[248](?:le|be)?)|f[48](?:le|be)?|b[0-9]+(?:le|be)?|strz?)$/;

/** Reads one item of a `seq`. Throws SpecError, or reports what does not stop the reading. */
export function readField(node: YamlNode, index: number, diagnostics: Diagnostics): Attribute {
  const map = values.asMap(node);
  const idNode = get(map, 'id');
  const id =
    idNode === undefined
      ? `_unnamed${index}`
      : values.checkId(values.asText(idNode), 'attribute', idNode.place);
  checkSized(map);
  diagnostics.attempt(() => checkAttributeKeys(map, []));
  return readParsed('field', id, idNode?.place ?? map.place, map, diagnostics);
}

/** Reads one entry of `instances`. Throws SpecError, or reports what does not stop the reading. */
export function readInstance(id: string, node: YamlNode, diagnostics: Diagnostics): Attribute {
  values.checkId(id, 'instance', node.place);
  const map = values.asMap(node);
  if (get(map, 'value') === undefined) {
    diagnostics.attempt(() => checkAttributeKeys(map, ['pos', 'io']));
    return readParsed('parsed', id, map.place, map, diagnostics);
  }
  const odd = map.entries.find(({ key }) => !key.startsWith('-') && !VALUE_KEYS.includes(key));
  if (odd !== undefined) {
    const message = `invalid key found in value instance, allowed: ${VALUE_KEYS.join(', ')}`;
    throw new SpecError(odd.value.place, message);
  }
  return { ...readParsed('value', id, map.place, map, diagnostics), value: expressionAt(map, 'value') };
}

/** Reads one item of `params`. Throws SpecError. */
export function readParameter(node: YamlNode): Parameter {
  const map = values.asMap(node);
  values.checkKeys(map, ['id', 'type', 'enum', 'doc', 'doc-ref']);
  const idNode = get(map, 'id');
  if (idNode === undefined) throw new SpecError(map.place, 'missing mandatory argument `id`');
  const id = values.checkId(values.asText(idNode), 'parameter', idNode.place);
  const typeNode = get(map, 'type');
  const type = typeNode === undefined ? undefined : readNamedType(typeNode, typeNode.place);
  return {
    id,
    place: idNode.place,
    documentation: values.readDocumentation(map),
    type,
    enumName: readEnumName(map),
  };
}

function readParsed(
  kind: Attribute['kind'],
  id: string,
  place: Place,
  map: YamlMap,
  diagnostics: Diagnostics,
): Attribute {
  const encoding = get(map, 'encoding');
  const radix = values.authorText(map, '-radix');
  return {
    kind,
    id,
    place,
    whole: map.place,
    documentation: values.readDocumentation(map),
    type: readType(map),
    extent: readExtent(get(map, 'contents') === undefined ? map : { ...map, entries: [] }),
    encoding: encoding && { name: values.asText(encoding), place: encoding.place },
    process: readProcess(map),
    checks: readChecks(map, diagnostics),
    enumName: readEnumName(map),
    repeat: readRepeat(map),
    condition: expressionAt(map, 'if'),
    pos: expressionAt(map, 'pos'),
    io: expressionAt(map, 'io'),
    value: undefined,
    parent: readParent(map),
    rule: values.authorText(map, '-rule'),
    expected: values.authorText(map, '-expected'),
    radix: radix === 'hex' || radix === 'dec' ? radix : undefined,
  };
}

function expressionAt(map: YamlMap, key: string): Located | undefined {
  const node = get(map, key);
  return node && values.asExpression(node);
}

/** Bytes end somewhere: this is looked at before anything else. */
function checkSized(map: YamlMap): void {
  if (get(map, 'type') !== undefined) return;
  const isSized = ['size', 'size-eos', 'terminator', 'contents'].some((key) => get(map, key) !== undefined);
  if (!isSized) throw new SpecError(map.place, "'size', 'size-eos' or 'terminator' must be specified");
}

const ALL_KEYS = new Set([
  ...COMMON_KEYS,
  ...BYTES_KEYS,
  ...TEXT_KEYS,
  ...VALUE_KEYS,
  ...['pos', 'io', 'repeat-expr', 'repeat-until'],
]);

/** The key that each kind of `repeat` wants. */
const REPEAT_KEYS: ReadonlyMap<string, string> = new Map([
  ['expr', 'repeat-expr'],
  ['until', 'repeat-until'],
]);

function checkAttributeKeys(map: YamlMap, extra: readonly string[]): void {
  const repeatKey = REPEAT_KEYS.get(values.authorText(map, 'repeat') ?? '');
  const known = [
    ...COMMON_KEYS,
    ...extra,
    ...typeKeys(get(map, 'type')),
    ...(repeatKey === undefined ? [] : [repeatKey]),
  ];
  // An enum on what is no integer is told by the resolver, at the enum itself.
  const isSwitch = get(map, 'type')?.kind === 'map';
  const shown = { ...map, entries: map.entries.filter(({ key }) => key !== 'enum' || isSwitch) };
  // A key that no attribute has is a slip, and says more than what is missing then.
  if (shown.entries.some(({ key }) => !key.startsWith('-') && !ALL_KEYS.has(key)))
    values.checkKeys(shown, known);
  const repeat = get(map, 'repeat');
  if (repeat !== undefined && repeatKey !== undefined && get(map, repeatKey) === undefined) {
    const kind = values.asText(repeat);
    throw new SpecError(repeat.place, `\`repeat: ${kind}\` requires a \`${repeatKey}\` expression`);
  }
  values.checkKeys(shown, known);
}

function typeKeys(type: YamlNode | undefined): readonly string[] {
  if (type?.kind !== 'scalar') return BYTES_KEYS;
  if (type.text === 'str' || type.text === 'strz') return TEXT_KEYS;
  return BUILT_IN.test(type.text) ? [] : BYTES_KEYS;
}

function readType(map: YamlMap): NamedTypeRef | SwitchTypeRef | undefined {
  const node = get(map, 'type');
  if (node === undefined) return undefined;
  if (node.kind === 'list') throw new SpecError(node.place, 'expected map or string, found array');
  return node.kind === 'map' ? readSwitch(node) : readNamedType(node, node.place);
}

/** `whole` is what cannot be parsed where the text is no type. */
function readNamedType(node: YamlNode, place: Place, whole = place): NamedTypeRef {
  const text = values.asText(node).trim();
  const { name, args } = values.parseAt(whole, () => parseTypeCall(text));
  return { kind: 'named', name, args, text, place };
}

function readSwitch(map: YamlMap): SwitchTypeRef {
  values.checkKeys(map, ['switch-on', 'cases']);
  const on = get(map, 'switch-on');
  if (on === undefined) throw new SpecError(map.place, 'missing mandatory argument `switch-on`');
  const casesNode = get(map, 'cases');
  if (casesNode === undefined) throw new SpecError(map.place, 'missing mandatory argument `cases`');
  const { entries } = values.asMap(casesNode);
  if (entries.length === 0) throw new SpecError(casesNode.place, 'expected at least one case');
  const seen = new Set<bigint>();
  const cases = entries.map(({ key, keyNode, value }) => {
    if (keyNode.kind !== 'scalar') {
      throw new SpecError(casesNode.place, `expected string, got ${values.describeNode(keyNode)}`);
    }
    const place = { ...keyNode.place, path: value.place.path };
    const when = key === '_' ? undefined : values.asExpression({ ...keyNode, place });
    if (typeof keyNode.value === 'bigint') {
      if (seen.has(keyNode.value)) throw new SpecError(place, `there is another case for ${keyNode.value}`);
      seen.add(keyNode.value);
    }
    return { when, type: readNamedType(value, place, map.place) };
  });
  return { kind: 'switch', on: values.asExpression(on), cases, place: map.place };
}

function readExtent(map: YamlMap): Extent {
  const byte = (key: string): number | undefined => {
    const node = get(map, key);
    return node && values.asInteger(node, 0, 255);
  };
  const flag = (key: string, otherwise: boolean): boolean => {
    const node = get(map, key);
    return node === undefined ? otherwise : values.asBoolean(node);
  };
  return {
    size: expressionAt(map, 'size'),
    sizeEos: flag('size-eos', false),
    terminator: byte('terminator'),
    include: flag('include', false),
    consume: flag('consume', true),
    eosError: flag('eos-error', true),
    padRight: byte('pad-right'),
  };
}

function readProcess(map: YamlMap): ProcessRef | undefined {
  const node = get(map, 'process');
  if (node === undefined) return undefined;
  const text = values.asText(node).trim();
  const { name, args } = values.parseAt(node.place, () => parseProcess(text));
  if (args.length > 1 && ['xor', 'rol', 'ror'].includes(name.join('.')))
    throw new SpecError(node.place, `\`${name.join('.')}\` takes one argument, got ${args.length}`);
  return { name, args, place: node.place };
}

function readEnumName(map: YamlMap): Attribute['enumName'] {
  const node = get(map, 'enum');
  return node && { path: values.asText(node).split('::'), place: node.place };
}

function readRepeat(map: YamlMap): Repeat | undefined {
  const node = get(map, 'repeat');
  if (node === undefined) return undefined;
  const kind = values.asText(node);
  if (kind === 'eos') return { kind };
  const count = expressionAt(map, 'repeat-expr');
  if (kind === 'expr' && count !== undefined) return { kind: 'count', count };
  const until = expressionAt(map, 'repeat-until');
  if (kind === 'until' && until !== undefined) return { kind, until };
  if (kind === 'expr' || kind === 'until')
    throw new ToldError(node.place, `\`repeat: ${kind}\` requires a \`${REPEAT_KEYS.get(kind)}\` expression`);
  throw new SpecError(node.place, `expected eos / expr / until, got '${kind}'`);
}

function readParent(map: YamlMap): Attribute['parent'] {
  const node = get(map, 'parent');
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && node.text === 'false') return 'none';
  return values.asExpression(node);
}

/** What may stand together in `valid`, in the order in which it decides. */
const CHECK_KEYS = [['eq'], ['min', 'max'], ['any-of'], ['expr'], ['in-enum']];

function readChecks(map: YamlMap, diagnostics: Diagnostics): readonly Check[] {
  const checks: Check[] = [];
  const contents = get(map, 'contents');
  if (contents !== undefined && get(map, 'type') !== undefined) {
    throw new SpecError(contents.place, "`contents` are bytes: `type` can't be used with it");
  }
  if (contents !== undefined && get(map, 'valid') !== undefined) {
    throw new SpecError(map.place, "`contents` and `valid` can't be used together");
  }
  if (contents !== undefined) {
    const bytes = readContents(contents);
    if (bytes.length === 0) throw new SpecError(contents.place, 'expected at least one byte');
    checks.push({ kind: 'contents', bytes });
  }
  const valid = get(map, 'valid');
  if (valid === undefined) return checks;
  if (valid.kind === 'scalar' && typeof valid.value === 'number')
    throw new SpecError(valid.place, `expected string or map, got ${valid.text}: use \`valid/eq\``);
  if (valid.kind !== 'map') return [...checks, { kind: 'equal', value: values.asExpression(valid) }];
  const known = CHECK_KEYS.find((keys) => keys.some((key) => get(valid, key) !== undefined));
  values.checkKeys(valid, known ?? CHECK_KEYS.flat());
  if (known === undefined) {
    throw new SpecError(valid.place, `expected any of ${CHECK_KEYS.flat().sort().join(', ')}, found none`);
  }
  for (const { key, value } of valid.entries) {
    const check = key.startsWith('-') ? undefined : diagnostics.attempt(() => readCheck(key, value));
    if (check !== undefined) checks.push(check);
  }
  return checks;
}

function readCheck(key: string, node: YamlNode): Check {
  if (key === 'any-of') return { kind: 'anyOf', values: values.asList(node).items.map(values.asExpression) };
  if (key === 'in-enum') {
    if (!values.asBoolean(node)) {
      const message =
        "only `true` is supported as value, got `false` (if you don't want any validation, omit the `valid` key)";
      throw new SpecError(node.place, message);
    }
    return { kind: 'inEnum', place: node.place };
  }
  const kinds = { eq: 'equal', min: 'min', max: 'max', expr: 'expression' } as const;
  return { kind: kinds[key as keyof typeof kinds], value: values.asExpression(node) };
}

/** `contents`: text, or a list of bytes and texts. */
function readContents(node: YamlNode): Uint8Array {
  if (node.kind === 'scalar') {
    if (typeof node.value !== 'string')
      throw new SpecError(node.place, `unable to parse fixed content: ${node.text}`);
    return encode(node.text);
  }
  const parts = values.asList(node).items.map((item) => {
    const scalar = values.asScalar(item, 'byte or string');
    if (typeof scalar.value === 'string' && !BYTE_TEXT.test(scalar.value)) return encode(scalar.value);
    const value = typeof scalar.value === 'string' ? BigInt(scalar.value) : scalar.value;
    // A byte may be written as a signed one.
    return [values.asInteger({ ...scalar, value }, -128, 255) & 0xff];
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** In a list even a quoted number is a byte. */
const BYTE_TEXT = /^(?:-?[0-9]+|0x[0-9a-fA-F]+)$/;

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
