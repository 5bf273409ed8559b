import type { DumpedStructure } from '../model/image.ts';
import type { StructureBytes } from './dump-human.ts';
import { escapeJson } from './escape.ts';
import { toJsonValue } from './field-value.ts';

/** A field as structures contain it; positions relative to the structure. */
type Field = DumpedStructure['fields'][number];

/** `dump --output json`; every offset counts from the start of the file. Ends with a line feed. */
export function renderDumpJson(
  structures: readonly DumpedStructure[],
  bytes: StructureBytes = new Map(),
): string {
  const document = {
    structures: structures.map((structure) => {
      const { name, file, offset, size, fields } = structure;
      const found = bytes.get(structure);
      return {
        name,
        file: file.path,
        offset,
        size,
        ...(found === undefined ? {} : { bytes: toHex(found) }),
        fields: fields.map((field) => toJsonField(field, offset)),
      };
    }),
  };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function toJsonField(field: Field, base: number): Record<string, unknown> {
  const { name, type, offset, size, value, meaning, doc, fields } = field;
  return {
    name,
    type,
    offset: base + offset,
    size,
    value: toJsonValue(value),
    ...(meaning === undefined ? {} : { meaning }),
    ...(doc === undefined ? {} : { doc }),
    ...(fields === undefined ? {} : { fields: fields.map((part) => toJsonField(part, base)) }),
  };
}
