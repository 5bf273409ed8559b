import type { FieldPath, Structure } from '../../codec/index.ts';
import type { ImageFile } from '../../model/image-file.ts';
import type { Place } from '../../model/problem.ts';

/** A decoded structure and where it was found. */
export class Placed<S extends Structure> {
  readonly file: ImageFile;
  /** First part of field paths: `header`, `footer`, `markers[3]`. */
  readonly name: string;
  /** Byte position of the structure in the file. */
  readonly offset: number;
  /** The structure's bytes; those that the file lacks are zeros. */
  readonly bytes: Uint8Array;
  readonly fields: S;
  /**
   * Whether its checksum (or what the format has instead) is right; the fields of one that is not are used, but not
   * judged.
   */
  readonly isTrusted: boolean;

  constructor(
    { file, name, offset }: { readonly file: ImageFile; readonly name: string; readonly offset: number },
    bytes: Uint8Array,
    fields: S,
    isTrusted = true,
  ) {
    this.file = file;
    this.name = name;
    this.offset = offset;
    this.bytes = bytes;
    this.fields = fields;
    this.isTrusted = isTrusted;
  }

  /** The place of a field, named by its path in the spec. */
  at<F extends string>(this: Placed<Structure<F>>, field: FieldPath<NoInfer<F>>): Place {
    const { offset, size } = this.fields.at(field) ?? { offset: 0, size: this.bytes.length };
    return { file: this.file, offset: this.offset + offset, length: size, field: `${this.name}.${field}` };
  }

  /** The place of the structure itself. */
  whole(length = this.bytes.length): Place {
    return { file: this.file, offset: this.offset, length, field: this.name };
  }
}
