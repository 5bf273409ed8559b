import { SpecError, type Diagnostics, type Place } from './diagnostics.ts';
import type {
  Attribute,
  CalculatedEndian,
  Endian,
  EnumMember,
  EnumSpec,
  SpecFile,
  TypeSpec,
} from './model.ts';
import { readField, readInstance, readParameter } from './read-attribute.ts';
import * as values from './read-values.ts';
import { parseYaml, type YamlMap, type YamlNode } from './yaml.ts';

const { get } = values;
/** The version of the language that is compiled. */
export const LANGUAGE_VERSION = '0.11';
const OLDEST_VERSION = '0.6';
const MEMBER_KEYS = ['doc', 'doc-ref', 'id'];
const TYPE_KEYS = ['meta', 'doc', 'doc-ref', 'to-string', 'params', 'seq', 'types', 'instances', 'enums'];
const META_KEYS = [
  'application',
  'bit-endian',
  'encoding',
  'endian',
  'file-extension',
  'id',
  'imports',
  'ks-debug',
  'ks-opaque-types',
  'ks-version',
  'ks-zero-copy-substream',
  'license',
  'tags',
  'title',
  'xref',
];

/** Reads one spec's text into the model. Problems go to `diagnostics`; undefined means nothing could be made of it. */
export function readSpec(text: string, file: string, diagnostics: Diagnostics): SpecFile | undefined {
  return diagnostics.attempt(() => {
    const top = values.asMap(parseYaml(text, file));
    const metaNode = get(top, 'meta');
    const meta = metaNode && values.asMap(metaNode);
    const idNode = meta && get(meta, 'id');
    const metaPlace = { ...(meta ?? top).place, path: ['meta'] };
    if (meta === undefined || idNode === undefined) {
      throw new SpecError(metaPlace, 'no `meta/id` encountered in top-level class spec');
    }
    const id = values.checkId(values.asText(idNode), 'meta', idNode.place);
    const header = {
      id,
      place: idNode.place,
      file,
      importNames: readImports(meta),
      imports: new Map<string, SpecFile>(),
      brokenImports: new Set<string>(),
      opaqueTypes: readFlag(meta, 'ks-opaque-types'),
      debug: readFlag(meta, 'ks-debug'),
    };
    return assemble(header, top, id, diagnostics);
  });
}

/** The root type points to its file and the file to its root: the one place where the model is tied together. */
function assemble(
  header: Omit<SpecFile, 'root'>,
  top: YamlMap,
  id: string,
  diagnostics: Diagnostics,
): SpecFile {
  const spec: Omit<SpecFile, 'root'> & { root?: TypeSpec } = header;
  const root = readType(id, top, undefined, spec as SpecFile, diagnostics);
  return Object.assign(spec, { root });
}

function readImports(meta: YamlMap): SpecFile['importNames'] {
  const node = get(meta, 'imports');
  if (node === undefined) return [];
  const items =
    node.kind === 'scalar' && typeof node.value === 'string'
      ? [{ ...node, place: { ...node.place, path: [...node.place.path, '0'] } }]
      : values.asList(node).items;
  return items.map((item) => ({ name: values.asText(item), place: item.place }));
}

function readFlag(meta: YamlMap, key: string): boolean {
  const node = get(meta, key);
  return node !== undefined && values.asBoolean(node);
}

/** What of a `meta` says nothing about its type, but must be right nevertheless. */
function checkMeta(meta: YamlMap): void {
  values.checkKeys(meta, META_KEYS);
  const id = get(meta, 'id');
  if (id !== undefined) values.checkId(values.asText(id), 'meta', id.place);
  checkVersion(meta);
  for (const key of ['ks-debug', 'ks-opaque-types', 'ks-zero-copy-substream']) readFlag(meta, key);
}

function checkVersion(meta: YamlMap): void {
  const node = get(meta, 'ks-version');
  if (node === undefined) return;
  const { value, text } = values.asScalar(node);
  const version = typeof value === 'number' ? String(value) : text;
  if (!/^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){1,2}$/.test(version)) {
    throw new SpecError(node.place, `invalid compiler version '${version}', expected 'X.Y' or 'X.Y.Z'`);
  }
  if (compareVersions(version, OLDEST_VERSION) < 0) {
    const hint = "if you meant 0.10, use ks-version: '0.10' to prevent YAML from interpreting it as a float";
    throw new SpecError(
      node.place,
      `minimum allowed version is ${OLDEST_VERSION}, but got ${version} (${hint})`,
    );
  }
  if (compareVersions(version, LANGUAGE_VERSION) > 0) {
    const message = `this ksy requires compiler version at least ${version}, but you have ${LANGUAGE_VERSION}`;
    throw new SpecError(node.place, message);
  }
}

function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  const difference = [0, 1]
    .map((index) => (left[index] ?? 0) - (right[index] ?? 0))
    .find((part) => part !== 0);
  return difference ?? 0;
}

function readType(
  name: string,
  map: YamlMap,
  outer: TypeSpec | undefined,
  spec: SpecFile,
  diagnostics: Diagnostics,
): TypeSpec {
  diagnostics.attempt(() => values.checkKeys(map, TYPE_KEYS));
  const metaNode = get(map, 'meta');
  const meta = metaNode && values.asMap(metaNode);
  if (meta !== undefined) diagnostics.attempt(() => checkMeta(meta));
  const broken = new Set<string>();
  const toText = get(map, 'to-string');
  const encoding = meta && get(meta, 'encoding');
  const type = {
    name,
    outer,
    spec,
    place: map.place,
    documentation: values.readDocumentation(map),
    endian: meta && readEndian(meta),
    bitEndian: meta && readBitEndian(meta),
    encoding: encoding && { name: values.asText(encoding), place: encoding.place },
    toText: toText && values.asExpression(toText),
    rule: values.authorText(map, '-rule'),
    params: list(map, 'params', broken, diagnostics, readParameter),
    fields: list(map, 'seq', broken, diagnostics, (item, index) => readField(item, index, diagnostics)),
    instances: entries(map, 'instances', broken, diagnostics, (key, node) =>
      readInstance(key, node, diagnostics),
    ),
    types: new Map<string, TypeSpec>(),
    enums: new Map<string, EnumSpec>(),
    broken,
  } satisfies TypeSpec;
  for (const [key, node] of entries(map, 'types', broken, diagnostics, (key, node) => [key, node] as const)) {
    const nested = diagnostics.attempt(() => readNested(key, node, type, spec, diagnostics));
    if (nested === undefined) broken.add(key);
    else type.types.set(key, nested);
  }
  for (const read of entries(map, 'enums', broken, diagnostics, (key, node) =>
    readEnum(key, node, type, diagnostics),
  )) {
    type.enums.set(read.name, read);
  }
  checkUnique(type, diagnostics);
  return type;
}

function readNested(
  key: string,
  node: YamlNode,
  outer: TypeSpec,
  spec: SpecFile,
  diagnostics: Diagnostics,
): TypeSpec {
  values.checkId(key, 'type', node.place);
  return readType(key, values.asMap(node), outer, spec, diagnostics);
}

function list<T>(
  map: YamlMap,
  key: string,
  broken: Set<string>,
  diagnostics: Diagnostics,
  read: (node: YamlNode, index: number) => T,
): readonly T[] {
  const node = get(map, key);
  const found = node && diagnostics.attempt(() => values.asList(node).items);
  const items = (found ?? []).map((item, index) => {
    const made = diagnostics.attempt(() => read(item, index));
    const id = made === undefined && item.kind === 'map' ? get(item, 'id') : undefined;
    if (id?.kind === 'scalar') broken.add(id.text);
    return made;
  });
  return items.filter((item) => item !== undefined);
}

function entries<T>(
  map: YamlMap,
  key: string,
  broken: Set<string>,
  diagnostics: Diagnostics,
  read: (key: string, node: YamlNode) => T,
): readonly T[] {
  const node = get(map, key);
  const found = node && diagnostics.attempt(() => values.asMap(node).entries);
  const items = (found ?? []).map((entry) => {
    const made = diagnostics.attempt(() => read(entry.key, entry.value));
    if (made === undefined) broken.add(entry.key);
    return made;
  });
  return items.filter((item) => item !== undefined);
}

function checkUnique({ params, fields, instances }: TypeSpec, diagnostics: Diagnostics): void {
  const known = new Map<string, Place>();
  for (const { id, place } of [...params, ...fields, ...instances]) {
    const first = known.get(id);
    if (first === undefined) known.set(id, place);
    else
      diagnostics.error(
        place,
        `duplicate attribute ID '${id}', previously defined at /${first.path.join('/')}`,
      );
  }
}

function readEndian(meta: YamlMap): Endian | undefined {
  const node = get(meta, 'endian');
  if (node === undefined) return undefined;
  if (node.kind === 'map') return readCalculatedEndian(node);
  if (node.kind === 'scalar' && (node.text === 'le' || node.text === 'be')) return node.text;
  throw new SpecError(
    node.place,
    'unable to parse endianness: `le`, `be` or calculated endianness map is expected',
  );
}

function readCalculatedEndian(map: YamlMap): CalculatedEndian {
  values.checkKeys(map, ['switch-on', 'cases']);
  const on = get(map, 'switch-on');
  if (on === undefined) throw new SpecError(map.place, 'missing mandatory argument `switch-on`');
  const cases = get(map, 'cases');
  if (cases === undefined) throw new SpecError(map.place, 'missing mandatory argument `cases`');
  return {
    on: values.asExpression(on),
    cases: values.asMap(cases).entries.map(({ key, keyNode, value }) => {
      const endian = values.asText(value);
      if (endian !== 'le' && endian !== 'be')
        throw new SpecError(value.place, `expected be / le, got '${endian}'`);
      const at = { ...keyNode.place, path: value.place.path };
      return {
        when: key === '_' ? undefined : values.asExpression({ ...keyNode, place: at }),
        endian,
      };
    }),
  };
}

function readBitEndian(meta: YamlMap): 'le' | 'be' | undefined {
  const node = get(meta, 'bit-endian');
  if (node === undefined) return undefined;
  const text = values.asText(node);
  if (text !== 'le' && text !== 'be') throw new SpecError(node.place, `expected be / le, got '${text}'`);
  return text;
}

function readEnum(name: string, node: YamlNode, owner: TypeSpec, diagnostics: Diagnostics): EnumSpec {
  values.checkId(name, 'enum', node.place);
  const map = values.asMap(node);
  const members: EnumMember[] = [];
  for (const { key, keyNode, value } of map.entries) {
    const member = diagnostics.attempt(() => readMember(key, keyNode, value, node.place));
    if (member !== undefined) members.push(member);
  }
  for (const [index, { label, value }] of members.entries()) {
    const others = members.slice(0, index);
    const place = { ...node.place, path: [...node.place.path, String(value)] };
    if (others.some((other) => other.label === label))
      diagnostics.error(place, `duplicate enum member '${label}'`);
    const twin = others.find((other) => other.value === value);
    if (twin !== undefined)
      diagnostics.error(place, `'${label}' has the value ${value} of the member '${twin.label}'`);
  }
  return { name, owner, place: node.place, documentation: values.UNDOCUMENTED, members };
}

function readMember(key: string, keyNode: YamlNode, node: YamlNode, place: Place): EnumMember {
  const value = values.integerOf(keyNode);
  if (value === undefined) throw new SpecError(place, `unable to parse '${key}' as an integer`);
  if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value)
    throw new SpecError(node.place, `${value} does not fit 64 bits`);
  const text = values.integerText(value, key);
  if (node.kind === 'map') {
    const odd = node.entries.find((entry) => !entry.key.startsWith('-') && !MEMBER_KEYS.includes(entry.key));
    if (odd !== undefined) {
      throw new SpecError(
        odd.value.place,
        `invalid key found in enum value spec, allowed: ${MEMBER_KEYS.join(', ')}`,
      );
    }
    const id = get(node, 'id');
    if (id === undefined) throw new SpecError(node.place, 'missing mandatory argument `id`');
    const label = values.checkId(values.asText(id), 'enum member', node.place);
    return { value, text, label, documentation: values.readDocumentation(node) };
  }
  if (node.kind === 'list' || node.value === null) {
    throw new SpecError(node.place, `expected string or map, got ${values.describeNode(node)}`);
  }
  return {
    value,
    text,
    label: values.checkId(node.text, 'enum member', node.place),
    documentation: values.UNDOCUMENTED,
  };
}

/** All attributes of a type, fields first. */
export function attributesOf(type: TypeSpec): readonly Attribute[] {
  return [...type.fields, ...type.instances];
}
