import type { Analysis } from './analysis.ts';
import type { Place } from './diagnostics.ts';
import type { Attribute, TypeSpec } from './model.ts';
import { propertyNames } from './naming.ts';
import type { Code, Names, Scope } from './scope.ts';

/** What writing the code of one type needs. */
export interface Emission {
  readonly analysis: Analysis;
  readonly names: Names;
  readonly owner: TypeSpec;
  /** Do records of fixed size leave their values in the bytes until they are asked for? */
  readonly views: boolean;
  /** Runs a step whose failure is reported without stopping the rest. */
  readonly attempt: <T>(step: () => T) => T | undefined;
  /** As in {@link Scope}. */
  readonly pinned?: readonly string[];
  /** As in {@link Scope}. */
  readonly unread?: ReadonlySet<string>;
  /** What checks have for fields in place of their properties. */
  readonly locals?: ReadonlyMap<string, Code>;
}

/** The scope of an expression that stands at `place`. */
export function scopeAt(
  { analysis, names, owner, pinned = [], unread = new Set() }: Emission,
  place: Place,
): Scope {
  return { facts: analysis, names, owner, place, self: 'this', pinned, unread };
}

/** The property of an attribute on `this`. */
export function propertyOf({ id }: Pick<Attribute, 'id'>, owner: TypeSpec): string {
  return propertyNames(owner).get(id) ?? id;
}

/** The emission as it is before a field is read, when the field itself is not there either. */
export function beforeReading({ kind, id }: Attribute, emission: Emission): Emission {
  return kind === 'field' ? { ...emission, unread: new Set([...(emission.unread ?? []), id]) } : emission;
}
