import fc from 'fast-check';
import type { Attribute, TypeSpec } from '../../../tools/generate/model.ts';
import type { Wire } from '../../../tools/generate/resolve.ts';
import type { BitStream } from './bit-stream.ts';

/**
 * A value as the expression language has it: all integers and members of enums are `bigint`, a `number` is a float, a list of plain
 * numbers is a list like any other, and what an `if` leaves out is `undefined`.
 */
export type Value =
  bigint | number | boolean | string | Uint8Array | readonly Value[] | SpecStructure | BitStream | undefined;

/** How a value lies in its stream. */
export interface Placed {
  /** Undefined where a switch chose nothing. */
  readonly wire: Wire | undefined;
  /** First bit and the one behind the last, as {@link BitStream.bits} counts them. */
  readonly start: number;
  readonly end: number;
}

/** The value of a field, and how it, or each element of it where the field is repeated, lies in the stream. */
export interface FieldValue {
  readonly value: Value;
  readonly places: readonly Placed[];
}

/** A structure of a spec as plain values, with nothing of the generated classes in it. */
export class SpecStructure {
  readonly type: TypeSpec;
  readonly parent: SpecStructure | undefined;
  readonly root: SpecStructure | undefined;
  readonly stream: BitStream;
  readonly params: ReadonlyMap<string, Value>;
  /** Those that were chosen so far, in the order of the spec. */
  readonly fields = new Map<string, FieldValue>();

  constructor(
    type: TypeSpec,
    stream: BitStream,
    params: ReadonlyMap<string, Value>,
    parent?: SpecStructure,
    root?: SpecStructure,
  ) {
    this.type = type;
    this.stream = stream;
    this.params = params;
    this.parent = parent;
    this.root = root ?? (type.outer === undefined ? this : undefined);
  }

  /** How counter-examples are shown. */
  [fc.toStringMethod](): string {
    const fields = Array.from(this.fields, ([id, { value }]) => `${id}: ${fc.stringify(value)}`);
    return `${this.type.name} {${fields.join(', ')}}`;
  }
}

/** Choices that do not go together: others may. */
export class Unfit extends Error {
  /** Bytes that the field would need. */
  readonly needed: number | undefined;
  /** The field before that should have said so. */
  readonly culprit: Attribute | undefined;

  constructor(message: string, needed?: number, culprit?: Attribute) {
    // Thousands are thrown and caught, and nobody looks where.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.needed = needed;
    this.culprit = culprit;
  }
}

/** A spec that asks for what cannot be made up; the message says what that is. */
export class Unserved extends Error {}
