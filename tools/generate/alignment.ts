import type { Attribute, TypeSpec } from './model.ts';
import { attributesOf } from './read-spec.ts';
import { structuresIn, type Wire } from './resolve.ts';

/** What alignment is worked out from. */
interface AlignmentFacts {
  wireOf(attribute: Attribute, owner: TypeSpec): Wire;
  allTypes(): Iterable<TypeSpec>;
  /** Sizes in bits, where they are known. */
  readonly sizes: { typeBits(type: TypeSpec): number | undefined };
}

/**
 * Which fields begin and end with whole bytes. Kaitai drops the rest of a byte where bit fields end and anything else follows;
 * a structure without a size of its own does not, and the next field may begin in the middle of its last byte.
 */
export class Alignment {
  readonly #facts: AlignmentFacts;
  readonly #insideTypes = new Map<TypeSpec, boolean>();

  constructor(facts: AlignmentFacts) {
    this.#facts = facts;
  }

  /** Is the field the first one behind bit fields? It begins with a whole byte then, whatever it is, and if it is read at all. */
  followsBits(field: Attribute, owner: TypeSpec): boolean {
    const before = fieldBefore(field, owner);
    const isBits = (one: Attribute): boolean => this.#facts.wireOf(one, owner).kind === 'bits';
    return before !== undefined && isBits(before) && !isBits(field);
  }

  /** Does the field by itself begin with a whole byte? A structure without a size of its own begins as its first field does. */
  beginsWhole(attribute: Attribute, owner: TypeSpec, open: ReadonlySet<TypeSpec> = new Set()): boolean {
    const begins = (wire: Wire): boolean => {
      if (wire.kind === 'switch') return wire.cases.every((one) => begins(one.wire));
      if (wire.kind !== 'user') return wire.kind !== 'bits' && wire.kind !== 'opaque';
      const [first] = wire.type.fields;
      const isKnown = first !== undefined && first.condition === undefined && !open.has(wire.type);
      return isKnown && this.beginsWhole(first, wire.type, new Set([...open, wire.type]));
    };
    return hasOwnStream(attribute) || begins(this.#facts.wireOf(attribute, owner));
  }

  /** Can the field begin within a byte? */
  mayBeginInside(field: Attribute, owner: TypeSpec): boolean {
    if (this.followsBits(field, owner) || this.beginsWhole(field, owner)) return false;
    const before = fieldBefore(field, owner);
    if (before === undefined) return this.typeMayBeginInside(owner);
    return this.#mayEndInside(before, owner) || this.mayBeginInside(before, owner);
  }

  /** Can a structure of the type begin within a byte, as far as those who hold it are concerned? */
  typeMayBeginInside(type: TypeSpec): boolean {
    const known = this.#insideTypes.get(type);
    if (known !== undefined) return known;
    this.#insideTypes.set(type, false);
    const may = [...this.#facts.allTypes()].some((owner) =>
      attributesOf(owner).some((attribute) => this.#mayHoldInside(attribute, owner, type)),
    );
    this.#insideTypes.set(type, may);
    return may;
  }

  #mayHoldInside(attribute: Attribute, owner: TypeSpec, type: TypeSpec): boolean {
    if (attribute.kind === 'value' || hasOwnStream(attribute)) return false;
    if (!structuresIn(this.#facts.wireOf(attribute, owner)).some((one) => one.type === type)) return false;
    if (attribute.repeat !== undefined && this.#mayEndInside(attribute, owner)) return true;
    return attribute.kind === 'parsed' ? attribute.pos === undefined : this.mayBeginInside(attribute, owner);
  }

  /** Can an element of the field end within a byte, if it begins with a whole one? */
  #mayEndInside(attribute: Attribute, owner: TypeSpec, open: ReadonlySet<TypeSpec> = new Set()): boolean {
    const ends = (wire: Wire): boolean => {
      if (wire.kind === 'switch') return wire.cases.some((one) => ends(one.wire));
      if (wire.kind !== 'user') return wire.kind === 'bits' || wire.kind === 'opaque';
      const { type } = wire;
      const bits = this.#facts.sizes.typeBits(type);
      if (bits !== undefined) return bits % 8 !== 0;
      return (
        !open.has(type) &&
        type.fields.some((field) => this.#mayEndInside(field, type, new Set([...open, type])))
      );
    };
    return !hasOwnStream(attribute) && ends(this.#facts.wireOf(attribute, owner));
  }
}

function fieldBefore(field: Attribute, { fields }: TypeSpec): Attribute | undefined {
  return fields[fields.indexOf(field) - 1];
}

/** Is the field read from a stream of its own, which begins and ends with whole bytes? */
export function hasOwnStream({ extent }: Attribute): boolean {
  return extent.size !== undefined || extent.sizeEos || extent.terminator !== undefined;
}
