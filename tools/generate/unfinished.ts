import type { Expression } from './expression.ts';
import type { Attribute, TypeSpec } from './model.ts';
import { attributesOf } from './read-spec.ts';
import { childrenOf } from './scope.ts';

/** What is asked of the analysis. */
interface UnfinishedFacts {
  /** The types of the structures that reading an attribute creates. */
  structuresOf(attribute: Attribute, owner: TypeSpec): readonly TypeSpec[];
  expressionsOf(type: TypeSpec): readonly Expression[];
  allTypes(): Iterable<TypeSpec>;
}

/**
 * Structures that are looked at while they are being read: `_root` and `_parent` always are when fields ask for them, and only the
 * fields that come before the asking structure are there yet.
 */
export class Unfinished {
  readonly #facts: UnfinishedFacts;
  readonly #inside = new Map<TypeSpec, ReadonlySet<TypeSpec>>();
  readonly #asked = new Map<TypeSpec, ReadonlySet<string>>();
  #named: ReadonlySet<string> | undefined;
  #awaited: ReadonlySet<TypeSpec> | undefined;

  constructor(facts: UnfinishedFacts) {
    this.#facts = facts;
  }

  /** Is an object of type `asker` that a field before this one holds created when this one is not read yet? */
  isReadAfter(field: Attribute, holder: TypeSpec, asker: TypeSpec): boolean {
    const before = holder.fields.slice(0, holder.fields.indexOf(field));
    return before.some((one) => this.isInside(asker, one, holder));
  }

  /** The same for one that an instance holds: it is read when an expression asks for it, which may be early. */
  isReadAside(holder: TypeSpec, asker: TypeSpec): boolean {
    return holder.instances.some((one) => this.#isNamed(one.id) && this.isInside(asker, one, holder));
  }

  /** Can objects of the type be created while the attribute is read? */
  isInside(type: TypeSpec, attribute: Attribute, holder: TypeSpec): boolean {
    return this.#facts.structuresOf(attribute, holder).some((one) => this.typesInside(one).has(type));
  }

  /** Do other structures ask for objects of the type while these are being read? */
  isAwaited(type: TypeSpec): boolean {
    this.#awaited ??= new Set(this.#findAwaited());
    return this.#awaited.has(type);
  }

  *#findAwaited(): Iterable<TypeSpec> {
    for (const holder of this.#facts.allTypes())
      for (const attribute of attributesOf(holder))
        if (this.isAskedInside(attribute, holder)) yield* this.#facts.structuresOf(attribute, holder);
  }

  /** Do structures inside of the attribute ask for it, when it is not read to its end? */
  isAskedInside(attribute: Attribute, holder: TypeSpec): boolean {
    if (attribute.repeat !== undefined) return false;
    const inside = this.#facts.structuresOf(attribute, holder).flatMap((one) => [...this.typesInside(one)]);
    return inside.some((type) => this.#askedBy(type).has(attribute.id));
  }

  /** Do structures inside of the fields before it ask for this field, which is not read then? */
  isAskedBefore(field: Attribute, holder: TypeSpec): boolean {
    const before = holder.fields.slice(0, holder.fields.indexOf(field));
    const types = before.flatMap((one) => this.#facts.structuresOf(one, holder));
    return types.some((one) => [...this.typesInside(one)].some((type) => this.#askedBy(type).has(field.id)));
  }

  /** The type and all that its objects may hold. */
  typesInside(type: TypeSpec): ReadonlySet<TypeSpec> {
    const known = this.#inside.get(type);
    if (known !== undefined) return known;
    const found = new Set([type]);
    this.#inside.set(type, found);
    for (const one of found) {
      for (const attribute of attributesOf(one))
        for (const inner of this.#facts.structuresOf(attribute, one)) found.add(inner);
    }
    return found;
  }

  /** What the type's expressions ask other structures for. */
  #askedBy(type: TypeSpec): ReadonlySet<string> {
    const known = this.#asked.get(type);
    if (known !== undefined) return known;
    const asked = new Set(this.#facts.expressionsOf(type).flatMap(membersIn));
    this.#asked.set(type, asked);
    return asked;
  }

  #isNamed(id: string): boolean {
    this.#named ??= new Set(
      [...this.#facts.allTypes()].flatMap((type) => this.#facts.expressionsOf(type).flatMap(namesIn)),
    );
    return this.#named.has(id);
  }
}

function membersIn(expression: Expression): readonly string[] {
  const inner = childrenOf(expression).flatMap(membersIn);
  return expression.kind === 'member' ? [expression.name, ...inner] : inner;
}

function namesIn(expression: Expression): readonly string[] {
  const inner = childrenOf(expression).flatMap(namesIn);
  return expression.kind === 'member' || expression.kind === 'name' ? [expression.name, ...inner] : inner;
}
