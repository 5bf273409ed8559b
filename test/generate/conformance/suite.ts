import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseYaml, type YamlNode } from '../../../tools/generate/yaml.ts';

/** The repository's own root. */
export const REPOSITORY: string = resolve(fileURLToPath(import.meta.url), '../../../..');

/** Where the public suite of Kaitai Struct lies: beside the repository, or where `KAITAI_SUITE` says. */
export const SUITE: string = process.env['KAITAI_SUITE'] ?? resolve(REPOSITORY, '../shared/kaitai-tests');

/** Without the suite's data its tests are skipped. */
export const suiteIsThere: boolean = existsSync(join(SUITE, 'spec'));

/** An error that reading must end in: by name, and by message where the case gives one. */
export interface ExpectedError {
  readonly name: string;
  readonly message: string | undefined;
}

/** One line of a case: an expression over the parsed object and what it must give. */
export interface Assertion {
  readonly actual: string;
  /** A YAML scalar; a string is an expression of its own. */
  readonly expected: unknown;
  readonly exception: ExpectedError | undefined;
}

/** One `.kst` file. */
export interface Case {
  readonly id: string;
  /** Path of the spec that the case is about. */
  readonly spec: string;
  readonly data: Uint8Array;
  readonly exception: ExpectedError | undefined;
  readonly assertions: readonly Assertion[];
}

/** All cases, in order of their ids. */
export function loadCases(): Case[] {
  return filesIn('spec', '.kst').map((file) => readCase(file));
}

function readCase(file: string): Case {
  const kst = plainMap(parseYaml(readFileSync(file, 'utf8'), file));
  const asserts = Array.isArray(kst['asserts']) ? kst['asserts'] : [];
  return {
    id: String(kst['id']),
    spec: join(SUITE, 'formats', `${String(kst['id'])}.ksy`),
    data: new Uint8Array(readFileSync(join(SUITE, 'src', String(kst['data'])))),
    exception: expectedError(kst['exception']),
    assertions: asserts.map((item: Record<string, unknown>) => ({
      actual: String(item['actual']),
      expected: item['expected'],
      exception: expectedError(item['exception']),
    })),
  };
}

/** `ValidationNotEqualError<u4>`, or the same under `type` with a `message` beside it. */
function expectedError(value: unknown): ExpectedError | undefined {
  if (value === undefined) return undefined;
  const { type, message } = typeof value === 'string' ? { type: value } : (value as Record<string, unknown>);
  const name = String(type).replace(/<.*>$/, '');
  return { name, message: message === undefined ? undefined : String(message) };
}

/** An invalid spec, and the complaint of Kaitai's own compiler that stands in its first lines. */
export interface Refusal {
  /** Name of the file without its ending. */
  readonly id: string;
  readonly spec: string;
  /** The complaints that are expected: where, and how bad. */
  readonly complaints: readonly Complaint[];
}

/** One expected complaint. */
export interface Complaint {
  readonly file: string;
  /** YAML path, `/seq/0/size`; or `:LINE:COLUMN` where the YAML itself is broken. */
  readonly path: string;
  readonly severity: 'error' | 'warning';
}

/** All invalid specs. */
export function loadRefusals(): Refusal[] {
  return filesIn('formats_err', '.ksy').map((spec) => ({
    id: basename(spec, '.ksy'),
    spec,
    complaints: readComplaints(spec),
  }));
}

const WHERE = /^# ([\w/]+\.ksy)(?:: (\/.*)|(:\d+:\d+)):$/;
const HOW = /^# \t(error|warning): /;

function readComplaints(spec: string): Complaint[] {
  const lines = readFileSync(spec, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const where = WHERE.exec(line);
    const severity = HOW.exec(lines[index + 1] ?? '')?.[1];
    if (where === null || (severity !== 'error' && severity !== 'warning')) return [];
    return [{ file: basename(where[1] ?? ''), path: where[2] ?? where[3] ?? '', severity }];
  });
}

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(join(SUITE, folder)).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => join(SUITE, folder, name));
}

/** A YAML tree as plain maps, arrays and scalars; integers are bigints. */
export function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return plainMap(node);
}

function plainMap(node: YamlNode): Record<string, unknown> {
  if (node.kind !== 'map') throw new Error(`${node.place.file}: a map was expected`);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}
