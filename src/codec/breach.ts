/**
 * The ways in which bytes can disagree with their spec: failed `contents` or `valid`, an end that comes too early, or
 * values that reading cannot go on from, such as a negative size.
 */
export type BreachKind =
  'notEqual' | 'lessThan' | 'greaterThan' | 'notAnyOf' | 'notInEnum' | 'expr' | 'endOfStream' | 'unreadable';

/** One disagreement between bytes and their spec, as plain JSON-safe data. */
export interface Breach {
  /** Name of the spec type that contains the field, as the spec writes it. */
  readonly type: string;
  /** The field's path in spec ids, `parent_locators[3].platform_code` for one. */
  readonly field: string;
  /** Byte offset of the field from the start of the outermost buffer. */
  readonly offset: number;
  /** Bytes the field covers; a bit field counts every byte it touches. */
  readonly size: number;
  /** First bit of a bit field within the byte at `offset`; absent for whole bytes. */
  readonly bitOffset?: number;
  /** Which demand was not met. */
  readonly kind: BreachKind;
  /** What the spec demands, as text. */
  readonly expected: string;
  /** What the bytes say, as text. */
  readonly actual: string;
  /** The `-rule` that the spec names beside the demand. */
  readonly rule: string | null;
}

/** Takes breaches one by one while decoding goes on. */
export type BreachSink = (breach: Breach) => void;

/** The field that a demand was made of: what generated code knows when a check fails. */
export interface FieldSite {
  /** As in `Breach`. */
  readonly type: string;
  /** As in `Breach`. */
  readonly field: string;
  /** As in `Breach`. */
  readonly offset: number;
  /** As in `Breach`. */
  readonly size: number;
  /** As in `Breach`. */
  readonly bitOffset?: number;
  /** As in `Breach`; absent means null. */
  readonly rule?: string | null;
  /** Print integers in hex, as the spec writes this field's constants; decimal where absent. */
  readonly hex?: boolean;
}
