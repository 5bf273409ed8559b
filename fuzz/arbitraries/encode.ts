import type { IntegerField, Layout, StructureField } from './layout.ts';

/** Values of a structure by the ids of its fields; an absent optional field has no key. */
export interface StructureValues {
  readonly [id: string]: FieldValue;
}

/** Integers and flags are all `bigint` here. */
export type FieldValue = bigint | Uint8Array | StructureValues | readonly StructureValues[];

/** Where a field lies. */
export interface Span {
  readonly offset: number;
  /** Bytes that the field touches. */
  readonly size: number;
}

/** A structure as bytes, and where each of its fields is in them by its path. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly spans: ReadonlyMap<string, Span>;
}

/** Gives the layout of a structure inside another. */
export type ResolveLayout = (type: string) => Layout;

/**
 * Writes a structure as its spec says, bit by bit: slow, plain, and with nothing in common with generated code, which is what the fuzz tests
 * hold it against.
 */
export function encode(layout: Layout, values: StructureValues, resolve: ResolveLayout): Encoded {
  const writer = new BitList();
  const spans = new Map<string, Span>();
  writeStructure(writer, layout, values, resolve, '', spans);
  return { bytes: writer.toBytes(), spans };
}

function writeStructure(
  writer: BitList,
  layout: Layout,
  values: StructureValues,
  resolve: ResolveLayout,
  prefix: string,
  spans: Map<string, Span>,
): void {
  for (const field of layout.fields) {
    const value = values[field.id];
    if (value === undefined) continue;
    const path = prefix + field.id;
    const start = writer.position;
    if (field.kind === 'structure') writeNested(writer, field, value, resolve, path, spans);
    else if (value instanceof Uint8Array) writer.writeBytes(value);
    else if (field.kind !== 'bytes') writeInteger(writer, layout, field, asInteger(value));
    spans.set(path, touchedBytes(start, writer.position));
  }
}

function writeNested(
  writer: BitList,
  field: StructureField,
  value: FieldValue,
  resolve: ResolveLayout,
  path: string,
  spans: Map<string, Span>,
): void {
  const layout = resolve(field.type);
  if (!Array.isArray(value))
    return writeStructure(writer, layout, asStructure(value), resolve, `${path}.`, spans);
  for (const [index, element] of value.entries()) {
    writeStructure(writer, layout, asStructure(element), resolve, `${path}[${index}].`, spans);
  }
}

function writeInteger(writer: BitList, layout: Layout, field: IntegerField, value: bigint): void {
  if (field.kind === 'bits') writer.writeBits(value, field.width, layout.littleEndianBits);
  else writer.writeInteger(value, field.width, layout.littleEndian);
}

function touchedBytes(startBit: number, endBit: number): Span {
  const offset = Math.floor(startBit / 8);
  return { offset, size: Math.ceil(endBit / 8) - offset };
}

function asInteger(value: FieldValue): bigint {
  if (typeof value !== 'bigint') throw new Error('an integer is wanted');
  return value;
}

function asStructure(value: FieldValue): StructureValues {
  if (typeof value === 'bigint' || value instanceof Uint8Array || Array.isArray(value))
    throw new Error('a structure is wanted');
  return value as StructureValues;
}

/** Bytes written bit by bit. Bit order may change only where a byte is full. */
class BitList {
  readonly #bytes: number[] = [];
  position = 0;

  /** Appends bytes as they are; only where a byte is full. */
  writeBytes(bytes: Uint8Array): void {
    this.#bytes.push(...bytes);
    this.position += bytes.length * 8;
  }

  /** Appends whole bytes. */
  writeInteger(value: bigint, width: number, littleEndian: boolean): void {
    for (let shift = 0; shift < width; shift += 8) {
      this.writeBits((value >> BigInt(littleEndian ? shift : width - 8 - shift)) & 0xffn, 8, false);
    }
  }

  /** Appends bits: lowest first into the lowest bits of each byte, or highest first into the highest. */
  writeBits(value: bigint, width: number, littleEndian: boolean): void {
    for (let done = 0; done < width; done++, this.position++) {
      const bit = Number((value >> BigInt(littleEndian ? done : width - 1 - done)) & 1n);
      const index = this.position >> 3;
      const place = littleEndian ? this.position & 7 : 7 - (this.position & 7);
      this.#bytes[index] = (this.#bytes[index] ?? 0) | (bit << place);
    }
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
