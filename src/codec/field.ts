/** Where a field lay in the bytes that its object was read from. */
export interface FieldSpan {
  /** Byte offset from the start of the outermost buffer. */
  readonly offset: number;
  /** Bytes covered; a bit field counts every byte it touches. */
  readonly size: number;
  /** First bit of a bit field within the byte at `offset`, counted in the field's own bit order. */
  readonly bitOffset?: number;
  /** Width of a bit field. */
  readonly bitLength?: number;
}

/** One field as `dump` shows it; a structure contains the nodes of its own fields. */
export interface FieldNode {
  /** The spec's own id. */
  readonly name: string;
  /** The spec's own type, `u4` or `footer` for example. */
  readonly type: string;
  /** Byte offset from the start of the outermost buffer. */
  readonly offset: number;
  /** Bytes covered. */
  readonly size: number;
  /** The value as read: number, bigint, string, bytes, or nothing for a structure. */
  readonly value: unknown;
  /** What the value stands for: the enum member's name. */
  readonly meaning?: string;
  /** The spec's own words about the field. */
  readonly doc?: string;
  /** The parts of a structure or array. */
  readonly fields?: readonly FieldNode[];
}
