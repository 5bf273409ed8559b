import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';

/** Folder of the specs. */
const specFolder = new URL('../../specs/', import.meta.url);

/** A mapping of a spec as YAML gives it, keys in the order of the file. */
export type SpecMapping = Readonly<Record<string, unknown>>;

/** One attribute of a type's `seq`. */
export interface SpecAttribute {
  readonly id: string;
  readonly mapping: SpecMapping;
  /** `qcow2.ksy: header.version`, for messages. */
  readonly place: string;
}

/** One type of a spec. */
export interface SpecType {
  readonly id: string;
  readonly mapping: SpecMapping;
  readonly attributes: readonly SpecAttribute[];
  readonly place: string;
}

/** One `.ksy` file. */
export interface SpecFile {
  readonly id: string;
  readonly text: string;
  readonly root: SpecMapping;
  readonly types: readonly SpecType[];
}

/** All specs of the project in the order of their names. */
export const specFiles: readonly SpecFile[] = readdirSync(specFolder)
  .filter((name) => name.endsWith('.ksy'))
  .sort()
  .map(loadSpec);

/** Narrows a value of a spec to a mapping; everything else reads as an empty one. */
export function asMapping(value: unknown): SpecMapping {
  return isMapping(value) ? value : {};
}

function isMapping(value: unknown): value is SpecMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function loadSpec(name: string): SpecFile {
  const text = readFileSync(new URL(name, specFolder), 'utf8');
  const root = asMapping(parse(text));
  const types = Object.entries(asMapping(root['types'])).map(([id, type]) =>
    loadType(name, id, asMapping(type)),
  );
  return { id: basename(name, '.ksy'), text, root, types };
}

function loadType(file: string, id: string, mapping: SpecMapping): SpecType {
  const seq = Array.isArray(mapping['seq']) ? mapping['seq'] : [];
  const attributes = seq.map(asMapping).map((attribute) => {
    const name = String(attribute['id']);
    return { id: name, mapping: attribute, place: `${file}: ${id}.${name}` };
  });
  return { id, mapping, attributes, place: `${file}: ${id}` };
}
