import type { Alignment } from './alignment.ts';
import type { Attribute, Located, TypeSpec } from './model.ts';
import { isTotal, structuresIn, type Wire } from './resolve.ts';

/** What sizes are worked out from. */
interface SizeFacts {
  wireOf(attribute: Attribute, owner: TypeSpec): Wire;
  readonly alignment: Alignment;
  constant(expression: Located, owner: TypeSpec): number | undefined;
}

/** Sizes in bits that are known before any byte is read; undefined stands for all others. */
export class Sizes {
  readonly #facts: SizeFacts;
  readonly #mindsConditions: boolean;
  readonly #open = new Set<TypeSpec>();

  /** With `mindsConditions` a field with an `if` has no certain size. */
  constructor(facts: SizeFacts, mindsConditions: boolean) {
    this.#facts = facts;
    this.#mindsConditions = mindsConditions;
  }

  /** Size of all fields of a type together, if it begins at bit number `from` of a byte. */
  typeBits(type: TypeSpec, from = 0): number | undefined {
    if (this.#open.has(type)) return undefined;
    this.#open.add(type);
    try {
      let at = from;
      for (const field of type.fields) {
        at = this.startOf(field, type, at);
        const size = this.attributeBits(field, type, at);
        if (size === undefined) return undefined;
        at += size;
      }
      return at - from;
    } finally {
      this.#open.delete(type);
    }
  }

  /** The bit at which a field begins, where the one before it ends at bit number `at`. */
  startOf(field: Attribute, owner: TypeSpec, at: number): number {
    const { alignment } = this.#facts;
    const isAligned = alignment.followsBits(field, owner) || alignment.beginsWhole(field, owner);
    return isAligned ? Math.ceil(at / 8) * 8 : at;
  }

  /** Size of an attribute with all its elements, if it begins at bit number `from` of a byte. */
  attributeBits(attribute: Attribute, owner: TypeSpec, from = 0): number | undefined {
    if (this.#mindsConditions && attribute.condition !== undefined) return undefined;
    const element = this.elementBits(attribute, owner, from);
    const { repeat } = attribute;
    if (repeat === undefined || element === undefined) return element;
    const count = repeat.kind === 'count' ? this.#facts.constant(repeat.count, owner) : undefined;
    if (count === undefined || element % 8 === 0) return count && count * element;
    // Elements that end within a byte are of one size only if none of them drops bits.
    const isSteady = BITS_OF_BYTE.every((bit) => this.elementBits(attribute, owner, bit) === element);
    return isSteady || count < 2 ? count * element : undefined;
  }

  /** Size of one element of an attribute, if it begins at bit number `from` of a byte. */
  elementBits(attribute: Attribute, owner: TypeSpec, from = 0): number | undefined {
    const { extent } = attribute;
    const wire = this.#facts.wireOf(attribute, owner);
    const contents = attribute.checks.find((check) => check.kind === 'contents');
    if (wire.kind === 'bytes' && contents !== undefined && extent.size === undefined)
      return contents.bytes.length * 8;
    const isSized = wire.kind === 'bytes' || wire.kind === 'string' || structuresIn(wire).length > 0;
    if (isSized && (extent.sizeEos || (extent.size === undefined && extent.terminator !== undefined)))
      return undefined;
    if (isSized && extent.size !== undefined) {
      const size = this.#facts.constant(extent.size, owner);
      return size === undefined ? undefined : size * 8;
    }
    return this.#wireBits(wire, from);
  }

  /** Does reading one element of an attribute always take bytes, or fail? What is not certain counts as no. */
  alwaysReads(attribute: Attribute, owner: TypeSpec, open: ReadonlySet<TypeSpec> = new Set()): boolean {
    const { extent, checks } = attribute;
    if (checks.some((check) => check.kind === 'contents')) return true;
    if (extent.size !== undefined) return (this.#facts.constant(extent.size, owner) ?? 0) > 0;
    if (extent.sizeEos) return false;
    if (extent.terminator !== undefined) return extent.consume && extent.eosError;
    return this.#wireReads(this.#facts.wireOf(attribute, owner), open);
  }

  #wireReads(wire: Wire, open: ReadonlySet<TypeSpec>): boolean {
    if (wire.kind === 'integer' || wire.kind === 'float') return true;
    if (wire.kind === 'bits') return wire.bits > 0;
    if (wire.kind === 'string') return false;
    if (wire.kind === 'switch')
      return isTotal(wire) && wire.cases.every((one) => this.#wireReads(one.wire, open));
    if (wire.kind !== 'user' || open.has(wire.type)) return false;
    const inside = new Set([...open, wire.type]);
    return wire.type.fields.some(
      (field) =>
        field.condition === undefined &&
        (field.repeat === undefined || field.repeat.kind === 'until') &&
        this.alwaysReads(field, wire.type, inside),
    );
  }

  #wireBits(wire: Wire, from: number): number | undefined {
    switch (wire.kind) {
      case 'integer':
      case 'float':
        return wire.bytes * 8;
      case 'bits':
        return wire.bits;
      case 'user':
        return this.typeBits(wire.type, from % 8);
      case 'switch': {
        const [first, ...rest] = wire.cases.map((one) => this.#wireBits(one.wire, from));
        return isTotal(wire) && rest.every((size) => size === first) ? first : undefined;
      }
      default:
        return undefined;
    }
  }
}

const BITS_OF_BYTE = [0, 1, 2, 3, 4, 5, 6, 7] as const;
