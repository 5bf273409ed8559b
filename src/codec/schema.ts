import type { PlainOptions } from './dump.ts';
import type { FieldLayout, Layout } from './layout.ts';

/** A JSON Schema, as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

/** The JSON Schema of what `toJSON(options)` gives for structures of a layout, and for all those inside them. */
export function schemaOf(layout: Layout, options: PlainOptions = {}): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const top = define(layout, definitions, options);
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...top, $defs: definitions };
}

/** Adds a layout to the definitions, and answers the reference to it. */
function define(layout: Layout, definitions: Record<string, JsonSchema>, options: PlainOptions): JsonSchema {
  const { type, fields, instances = {} } = layout;
  if (!(type in definitions)) {
    definitions[type] = {};
    const shown = options.instances === true ? { ...fields, ...instances } : fields;
    const properties = Object.entries<FieldLayout>(shown).map(
      ([id, field]) => [id, fieldSchema(field, definitions, options)] as const,
    );
    definitions[type] = {
      type: 'object',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    };
  }
  return { $ref: `#/$defs/${type}` };
}

function fieldSchema(
  field: FieldLayout,
  definitions: Record<string, JsonSchema>,
  options: PlainOptions,
): JsonSchema {
  const isList = field.type.endsWith('[]');
  const plain = elementSchema({ ...field, type: field.type.replace(/\[\]$/, '') }, definitions, options);
  const element =
    options.enums === 'names' && field.enum !== undefined ? withNames(plain, field.enum()) : plain;
  const isBytes = field.type === 'u1[]';
  const schema = isList && !isBytes ? { type: 'array', items: element } : isBytes ? HEX : element;
  return field.doc === undefined ? schema : { ...schema, description: field.doc };
}

/** A value of an enum by its name, or a number that has none. */
function withNames(plain: JsonSchema, members: Readonly<Record<string, unknown>>): JsonSchema {
  return { anyOf: [{ enum: Object.keys(members) }, plain] };
}

const HEX = { type: 'string', pattern: '^(?:[0-9a-f]{2})*$' };
const DECIMAL = { type: 'string', pattern: '^-?[0-9]+$' };

function elementSchema(
  { type, of, enum: members }: FieldLayout,
  definitions: Record<string, JsonSchema>,
  options: PlainOptions,
): JsonSchema {
  if (of !== undefined) {
    const choices = of().map(({ layout }) => define(layout, definitions, options));
    const [only, ...others] = choices;
    if (type !== 'switch' && only !== undefined && others.length === 0) return only;
    return { anyOf: [...choices, { not: { type: 'object' } }] };
  }
  const number = /^([usf])([1248])(?:le|be)?$/.exec(type);
  if (number !== null) return numberSchema(number[1] ?? 'u', Number(number[2]) * 8);
  const bits = /^b([0-9]+)(?:le|be)$/.exec(type);
  if (bits !== null)
    return bits[1] === '1' && members === undefined
      ? { type: 'boolean' }
      : numberSchema('u', Number(bits[1]));
  if (type === 'bytes') return HEX;
  return type === 'str' || type === 'strz' ? { type: 'string' } : {};
}

function numberSchema(kind: string, bits: number): JsonSchema {
  if (kind === 'f') return { type: 'number' };
  if (bits > 32) return DECIMAL;
  return kind === 's'
    ? { type: 'integer', minimum: -(2 ** (bits - 1)), maximum: 2 ** (bits - 1) - 1 }
    : { type: 'integer', minimum: 0, maximum: 2 ** bits - 1 };
}
