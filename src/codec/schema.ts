import type { FieldLayout, Layout } from './layout.ts';

/** A JSON Schema, as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

/** The JSON Schema of what `toJSON()` gives for structures of a layout, and for all those inside them. */
export function schemaOf(layout: Layout): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const top = define(layout, definitions);
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...top, $defs: definitions };
}

/** Adds a layout to the definitions, and answers the reference to it. */
function define(layout: Layout, definitions: Record<string, JsonSchema>): JsonSchema {
  const { type, fields } = layout;
  if (!(type in definitions)) {
    definitions[type] = {};
    const properties = Object.entries(fields).map(
      ([id, field]) => [id, fieldSchema(field, definitions)] as const,
    );
    definitions[type] = {
      type: 'object',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    };
  }
  return { $ref: `#/$defs/${type}` };
}

function fieldSchema(field: FieldLayout, definitions: Record<string, JsonSchema>): JsonSchema {
  const isList = field.type.endsWith('[]');
  const element = elementSchema({ ...field, type: field.type.replace(/\[\]$/, '') }, definitions);
  const isBytes = field.type === 'u1[]';
  const schema = isList && !isBytes ? { type: 'array', items: element } : isBytes ? HEX : element;
  return field.doc === undefined ? schema : { ...schema, description: field.doc };
}

const HEX = { type: 'string', pattern: '^(?:[0-9a-f]{2})*$' };
const DECIMAL = { type: 'string', pattern: '^-?[0-9]+$' };

function elementSchema(
  { type, of, enum: members }: FieldLayout,
  definitions: Record<string, JsonSchema>,
): JsonSchema {
  if (of !== undefined) {
    const choices = of().map(({ layout }) => define(layout, definitions));
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
