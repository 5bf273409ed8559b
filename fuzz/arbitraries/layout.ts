import {
  asMapping,
  specFiles,
  type SpecAttribute,
  type SpecFile,
  type SpecMapping,
} from '../../test/specs/spec-files.ts';

/** What a spec demands of one field. */
export type Demand =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'range'; readonly min: bigint; readonly max: bigint }
  | { readonly kind: 'oneOf'; readonly values: readonly bigint[] }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'expression' };

interface FieldBase {
  readonly id: string;
  /** The rule that is broken where the demand is not met. */
  readonly rule: string | undefined;
  readonly demand: Demand | undefined;
  /** Present only where a condition holds. */
  readonly optional: boolean;
}

/** An integer of whole bytes or of bits. */
export interface IntegerField extends FieldBase {
  readonly kind: 'integer' | 'bits';
  /** Width in bits. */
  readonly width: number;
}

/** Bytes, of a fixed size or of one that other fields give. */
export interface BytesField extends FieldBase {
  readonly kind: 'bytes';
  readonly size: number | undefined;
}

/** One structure inside another, or an array of them. */
export interface StructureField extends FieldBase {
  readonly kind: 'structure';
  readonly type: string;
  readonly count: number | undefined;
}

/** One field of a structure, as read from the spec itself. */
export type Field = IntegerField | BytesField | StructureField;

/** One structure of a spec; the fuzz tests know formats from here, independently of the generator. */
export interface Layout {
  readonly spec: string;
  readonly id: string;
  readonly littleEndian: boolean;
  readonly littleEndianBits: boolean;
  readonly fields: readonly Field[];
  /** Rule of a structure that is cut short. */
  readonly cutShortRule: string | undefined;
}

/** The layout of a type of a spec in `specs/`. */
export function layoutOf(spec: string, type: string): Layout {
  const file = specFiles.find(({ id }) => id === spec);
  const found = file?.types.find(({ id }) => id === type);
  if (file === undefined || found === undefined) throw new Error(`no type ${type} in ${spec}.ksy`);
  return {
    spec,
    id: type,
    littleEndian: asMapping(file.root['meta'])['endian'] === 'le',
    littleEndianBits: asMapping(found.mapping['meta'])['bit-endian'] === 'le',
    fields: found.attributes.map((attribute) => readField(file, attribute)),
    cutShortRule: optionalString(found.mapping['-rule']),
  };
}

function readField(file: SpecFile, { id, mapping }: SpecAttribute): Field {
  const rule = optionalString(mapping['-rule']);
  const optional = mapping['if'] !== undefined;
  const type = optionalString(mapping['type']);
  if (type === undefined) {
    const demand = readBytesDemand(mapping);
    const size = typeof mapping['size'] === 'number' ? mapping['size'] : undefined;
    return {
      kind: 'bytes',
      id,
      rule,
      optional,
      demand,
      size: demand?.kind === 'bytes' ? demand.bytes.length : size,
    };
  }
  const [, letter, digits] = /^([ub])([0-9]+)$/.exec(type) ?? [];
  if (digits === undefined) {
    const count = typeof mapping['repeat-expr'] === 'number' ? mapping['repeat-expr'] : undefined;
    return { kind: 'structure', id, rule, optional, demand: readExpression(mapping), type, count };
  }
  const width = letter === 'u' ? Number(digits) * 8 : Number(digits);
  const kind = letter === 'u' ? 'integer' : 'bits';
  return { kind, id, rule, optional, width, demand: readIntegerDemand(file, mapping, width) };
}

function readBytesDemand(mapping: SpecMapping): Demand | undefined {
  const contents = mapping['contents'];
  if (contents === undefined) return readExpression(mapping);
  const parts: readonly unknown[] = Array.isArray(contents) ? contents : [contents];
  return { kind: 'bytes', bytes: Uint8Array.from(parts.flatMap(bytesOfPart)) };
}

function bytesOfPart(part: unknown): number[] {
  return typeof part === 'number' ? [part] : [...Buffer.from(String(part), 'latin1')];
}

function readExpression(mapping: SpecMapping): Demand | undefined {
  const expression = asMapping(mapping['valid'])['expr'];
  if (expression === undefined) return undefined;
  return expression === '_.max == 0' ? { kind: 'zeros' } : { kind: 'expression' };
}

function readIntegerDemand(file: SpecFile, mapping: SpecMapping, width: number): Demand | undefined {
  const valid = mapping['valid'];
  if (valid === undefined) return undefined;
  const details = asMapping(valid);
  if (details['in-enum'] === true) return { kind: 'oneOf', values: enumKeys(file, String(mapping['enum'])) };
  if (Array.isArray(details['any-of']))
    return { kind: 'oneOf', values: details['any-of'].map(requireConstant) };
  if ('min' in details || 'max' in details) return readRange(details, width);
  if ('expr' in details) return { kind: 'expression' };
  return { kind: 'oneOf', values: [requireConstant(valid)] };
}

function readRange(details: SpecMapping, width: number): Demand {
  const min = readConstant(details['min'] ?? 0);
  const max = readConstant(details['max'] ?? (1n << BigInt(width)) - 1n);
  return min === undefined || max === undefined ? { kind: 'expression' } : { kind: 'range', min, max };
}

function enumKeys(file: SpecFile, name: string): bigint[] {
  return Object.keys(asMapping(asMapping(file.root['enums'])[name])).map(BigInt);
}

/** Constants stand as YAML numbers and booleans, or as quoted hex; anything else is an expression. */
function readConstant(value: unknown): bigint | undefined {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return BigInt(value);
  const digits = String(value).replaceAll('_', '');
  return /^(0x[0-9a-f]+|[0-9]+)$/.test(digits) ? BigInt(digits) : undefined;
}

function requireConstant(value: unknown): bigint {
  const constant = readConstant(value);
  if (constant === undefined) throw new Error(`not a constant: ${String(value)}`);
  return constant;
}

function optionalString(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
