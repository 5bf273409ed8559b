import type { Attribute, Located, TypeSpec } from './model.ts';
import { structuresIn, type Wire } from './resolve.ts';

/** What sizes are worked out from. */
interface SizeFacts {
  wireOf(attribute: Attribute, owner: TypeSpec): Wire;
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

  /** Size of all fields of a type together. */
  typeBits(type: TypeSpec): number | undefined {
    if (this.#open.has(type)) return undefined;
    this.#open.add(type);
    try {
      let total = 0;
      for (const field of type.fields) {
        const size = this.attributeBits(field, type);
        if (size === undefined) return undefined;
        const isBits = this.#facts.wireOf(field, type).kind === 'bits';
        total = (isBits ? total : Math.ceil(total / 8) * 8) + size;
      }
      return total;
    } finally {
      this.#open.delete(type);
    }
  }

  /** Size of an attribute with all its elements. */
  attributeBits(attribute: Attribute, owner: TypeSpec): number | undefined {
    if (this.#mindsConditions && attribute.condition !== undefined) return undefined;
    const element = this.elementBits(attribute, owner);
    const { repeat } = attribute;
    if (repeat === undefined || element === undefined) return element;
    const count = repeat.kind === 'count' ? this.#facts.constant(repeat.count, owner) : undefined;
    return count === undefined ? undefined : count * element;
  }

  /** Size of one element of an attribute. */
  elementBits(attribute: Attribute, owner: TypeSpec): number | undefined {
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
    return this.#wireBits(wire);
  }

  #wireBits(wire: Wire): number | undefined {
    switch (wire.kind) {
      case 'integer':
      case 'float':
        return wire.bytes * 8;
      case 'bits':
        return wire.bits;
      case 'user':
        return this.typeBits(wire.type);
      case 'switch': {
        const [first, ...rest] = wire.cases.map((one) => this.#wireBits(one.wire));
        const isTotal = wire.cases.some(({ when }) => when === undefined);
        return isTotal && rest.every((size) => size === first) ? first : undefined;
      }
      default:
        return undefined;
    }
  }
}
