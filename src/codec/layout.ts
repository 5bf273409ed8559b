/** Where one field of a structure is, and what a reader of a dump wants to know of it. */
export interface FieldLayout {
  /** The type in the words of the spec, byte order said: `u4be`, `b12le`, `bytes`, `footer[]`. */
  readonly type: string;
  /** The property that contains the value, where it is not named as the field is. */
  readonly property?: string;
  /** Position, in bytes past the end of variable field number `after`, or after the start of the structure. */
  readonly at?: number;
  /** Number of the variable field before this one; see `at`. */
  readonly after?: number;
  /** First bit within the byte `at`, in the field's own bit order; absent where the field begins with a whole byte. */
  readonly bit?: number;
  /** Width of a bit field. */
  readonly bits?: number;
  /** A bit field of which only the bytes tell whether it is there, or how often. */
  readonly variable?: boolean;
  /** Size in bytes, perhaps with a part of one; absent where only the bytes tell, and where `bits` says all. */
  readonly size?: number;
  /** Size of one element in bytes, where all are alike. */
  readonly element?: number;
  /** A list of values, and not one. */
  readonly repeated?: boolean;
  /** The classes of the structures that are its values. */
  readonly of?: () => readonly { readonly layout: Layout }[];
  /** Each of these structures has a stream of its own. */
  readonly stream?: boolean;
  /** Encoding of a text. */
  readonly encoding?: string;
  /** Members of the enum that the values stand for. */
  readonly enum?: () => Readonly<Record<string, number | bigint>>;
  /** Integers are shown in hex. */
  readonly hex?: boolean;
  /** The rule that a failed check breaks. */
  readonly rule?: string;
  /** The only value that the spec allows: bytes, or a number, text or boolean. */
  readonly initial?: readonly number[] | number | bigint | string | boolean;
  /** The spec's own words. */
  readonly doc?: string;
}

/** All fields of a structure by their ids, in the order of the bytes. Written by the generator. */
export interface Layout<Field extends string = string> {
  /** Name of the type in the spec. */
  readonly type: string;
  /** The rule that bytes break which end too early. */
  readonly rule?: string;
  /** Size in bytes, where it is always the same. */
  readonly size?: number;
  /** The fields of `seq`. */
  readonly fields: Readonly<Record<Field, FieldLayout>>;
  /** What is computed, or stored elsewhere. */
  readonly instances?: Readonly<Record<string, FieldLayout>>;
}

/** A field, or a part of it: `checksum`, `disk_geometry.heads`, `parent_locators[3].platform_code`. */
export type FieldPath<Field extends string> = Field | `${Field}.${string}` | `${Field}[${number}]${string}`;
