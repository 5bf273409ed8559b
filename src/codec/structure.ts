import { BareStructure } from './bare-structure.ts';
import { fieldsOf, patchOf, plainOf, type PlainOptions } from './dump.ts';
import type { FieldNode, FieldSpan } from './field.ts';
import type { FieldPath } from './layout.ts';
import { spanOf } from './places.ts';

/** A structure with everything that one does with it. `Field` names its fields, in the words of the spec. */
export abstract class Structure<Field extends string = string> extends BareStructure {
  /**
   * Where a field is, counted from the start of the bytes that were decoded; a path points into nested structures.
   * `undefined` for a field that is absent or unknown.
   */
  at(field: FieldPath<Field>): FieldSpan | undefined {
    return spanOf(this, field);
  }

  /** All fields in order, nested ones inside, with place, value and meaning. */
  fields(): readonly FieldNode[] {
    return fieldsOf(this);
  }

  /** The bytes that give one field another value: write them at the offset, and nothing else changes. */
  patch(field: FieldPath<Field>, value: unknown): { readonly offset: number; readonly bytes: Uint8Array } {
    return patchOf(this, field, value);
  }

  /**
   * Plain data for JSON: 64-bit integers are decimal strings, bytes are hex. Instances, and enums by their names,
   * where the options say so; `JSON.stringify` gives a text instead of options, which means nothing.
   *
   * @throws DecodeError where an instance that is asked for cannot be read.
   */
  toJSON(options?: PlainOptions | string): Readonly<Record<string, unknown>> {
    return plainOf(this, typeof options === 'object' ? options : {});
  }
}
