import type { Analysis } from './analysis.ts';
import { hasOwnStream } from './alignment.ts';
import { tableOf } from './analysis.ts';
import { propertyOf, type Emission } from './emission.ts';
import type { Attribute, TypeSpec } from './model.ts';
import { typePath } from './model.ts';
import { structuresIn, type Wire } from './resolve.ts';

/** Where one field of a `seq` lies: bits behind the end of field number `after`, or behind the start. */
export interface Position {
  readonly attribute: Attribute;
  readonly after: number | undefined;
  readonly bit: number;
  /** Size in bits; undefined where only the bytes tell. The end of such a field is noted when it is read. */
  readonly bits: number | undefined;
}

/** The positions of a type's fields, as far as they are known before any byte is read. */
export function positionsOf(type: TypeSpec, analysis: Analysis): readonly Position[] {
  let after: number | undefined;
  let bit = 0;
  let ends = 0;
  return type.fields.map((attribute) => {
    bit = analysis.sizes.startOf(attribute, type, bit);
    const bits = analysis.sizes.attributeBits(attribute, type, bit);
    const position = { attribute, after, bit, bits };
    if (bits === undefined) [after, bit, ends] = [ends, 0, ends + 1];
    else bit += bits;
    return position;
  });
}

/** The layout table of a type as TypeScript: what `at()`, `fields()`, `toJSON()` and the writer work from. */
export function emitLayout(emission: Emission): string {
  const { analysis, owner } = emission;
  const bits = analysis.sizes.typeBits(owner);
  const parts = [`type: ${quote(owner.name)}`];
  if (owner.rule !== undefined) parts.push(`rule: ${quote(owner.rule)}`);
  if (bits !== undefined) parts.push(`size: ${Math.ceil(bits / 8)}`);
  const fields = positionsOf(owner, analysis).map(
    (position) => `${key(position.attribute.id)}: ${emitField(position, emission)}`,
  );
  const instances = owner.instances.map(
    (instance) => `${key(instance.id)}: ${emitInstance(instance, emission)}`,
  );
  parts.push(`fields: { ${fields.join(', ')} }`);
  if (instances.length > 0) parts.push(`instances: { ${instances.join(', ')} }`);
  return `{ ${parts.join(', ')} }`;
}

function emitInstance(attribute: Attribute, emission: Emission): string {
  const { value, id } = attribute;
  const property = propertyOf(attribute, emission.owner);
  const parts = value === undefined ? [`type: ${quote(typeNameOf(attribute, emission))}`] : [`type: 'value'`];
  if (property !== id) parts.push(`property: ${quote(property)}`);
  parts.push(...describing(attribute, emission));
  return `{ ${parts.join(', ')} }`;
}

function emitField({ attribute, after, bit, bits }: Position, emission: Emission): string {
  const { analysis, owner } = emission;
  const wire = analysis.wireOf(attribute, owner);
  const property = propertyOf(attribute, owner);
  const parts = [`type: ${quote(typeNameOf(attribute, emission))}`];
  if (property !== attribute.id) parts.push(`property: ${quote(property)}`);
  if (after !== undefined) parts.push(`after: ${after}`);
  parts.push(`at: ${Math.floor(bit / 8)}`);
  const isBits = wire.kind === 'bits';
  if (isBits || analysis.alignment.mayBeginInside(attribute, owner)) parts.push(`bit: ${bit % 8}`);
  if (isBits) parts.push(`bits: ${wire.bits}`);
  if (bits === undefined) {
    if (isBits) parts.push('variable: true');
  } else if (!isBits || attribute.repeat !== undefined) parts.push(`size: ${bits / 8}`);
  const element = attribute.repeat === undefined ? undefined : analysis.sizes.elementBits(attribute, owner);
  if (element !== undefined) parts.push(`element: ${element / 8}`);
  if (attribute.repeat !== undefined && tableOf(attribute, wire) === undefined) parts.push('repeated: true');
  parts.push(...describing(attribute, emission));
  return `{ ${parts.join(', ')} }`;
}

function describing(attribute: Attribute, emission: Emission): readonly string[] {
  const { names } = emission;
  const parts: string[] = [];
  if (attribute.value === undefined) {
    const wire = emission.analysis.wireOf(attribute, emission.owner);
    const type = emission.analysis.elementType(attribute, emission.owner);
    if (wire.kind === 'string') parts.push(`encoding: ${quote(wire.encoding)}`);
    const classes = [...new Set(structuresIn(wire).map((one) => names.class(one.type)))];
    if (classes.length > 0) parts.push(`of: () => [${classes.join(', ')}]`);
    if (classes.length > 0 && hasOwnStream(attribute)) parts.push('stream: true');
    if (type.kind === 'enum') parts.push(`enum: () => ${names.enum(type.spec)}`);
  } else {
    const type = emission.analysis.memberOf(emission.owner, attribute.id)?.type;
    if (type?.kind === 'enum') parts.push(`enum: () => ${names.enum(type.spec)}`);
  }
  if (isHex(attribute)) parts.push('hex: true');
  if (attribute.rule !== undefined) parts.push(`rule: ${quote(attribute.rule)}`);
  const initial = initialValue(attribute);
  if (initial !== undefined) parts.push(`initial: ${initial}`);
  if (attribute.documentation.doc !== undefined) parts.push(`doc: ${quote(attribute.documentation.doc)}`);
  return parts;
}

/** Constants are shown as the author wrote them, unless `-radix` says otherwise. */
function isHex({ radix, checks }: Attribute): boolean {
  if (radix !== undefined) return radix === 'hex';
  const demands = checks.flatMap((check) =>
    'value' in check ? [check.value] : check.kind === 'anyOf' ? check.values : [],
  );
  return demands.some(({ ast }) => ast.kind === 'integer' && ast.radix === 16);
}

/** The one value that the field can have: what a new structure starts with. */
function initialValue({ checks, repeat }: Attribute): string | undefined {
  if (repeat !== undefined) return undefined;
  for (const check of checks) {
    if (check.kind === 'contents') return `[${[...check.bytes].join(', ')}]`;
    if (check.kind !== 'equal') continue;
    const { ast } = check.value;
    if (ast.kind === 'integer')
      return Number.isSafeInteger(Number(ast.value)) ? String(ast.value) : `${ast.value}n`;
    if (ast.kind === 'boolean') return String(ast.value);
    if (ast.kind === 'string') return quote(ast.value);
  }
  return undefined;
}

/** A field's type in the words of the spec, with the byte order said: `u4be`, `b12le`, `str`, `opcode::intval`. */
function typeNameOf(attribute: Attribute, { analysis, owner }: Emission): string {
  const wire = analysis.wireOf(attribute, owner);
  const name = wireName(wire);
  return attribute.repeat === undefined ? name : `${name}[]`;
}

function wireName(wire: Wire): string {
  switch (wire.kind) {
    case 'integer':
    case 'float': {
      const kind = wire.kind === 'float' ? 'f' : wire.signed ? 's' : 'u';
      return `${kind}${wire.bytes}${wire.bytes === 1 || wire.endian === 'calculated' ? '' : wire.endian}`;
    }
    case 'bits':
      return `b${wire.bits}${wire.endian}`;
    case 'string':
      return wire.zeroEnded ? 'strz' : 'str';
    case 'user':
      return typePath(wire.type)
        .slice(wire.type.outer === undefined ? 0 : 1)
        .join('::');
    case 'opaque':
      return wire.name;
    default:
      return wire.kind;
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function key(id: string): string {
  return id === '__proto__' ? `['${id}']` : id;
}
