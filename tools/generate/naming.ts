import { typePath, type EnumSpec, type SpecFile, type TypeSpec } from './model.ts';

/** `parent_locator` as a property: `parentLocator`. */
export function propertyName(id: string): string {
  if (id.startsWith('_')) return id;
  const name = id.replace(/_+([a-z0-9])/g, (_, next: string) => next.toUpperCase()).replace(/_+$/, '');
  return RESERVED.has(name) ? `${name}_` : name;
}

/** What no member of an object can be called without harm: JavaScript's own code would take it for its own. */
const RESERVED = new Set(['constructor', 'toJSON']);

/** `parent_locator` as a class: `ParentLocator`. */
export function className(id: string): string {
  const name = propertyName(id);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * The properties of a type's attributes by id. Of two ids that become one property, the one that is written like it keeps
 * it; else the first does. The other one gets a `_`.
 */
export function propertyNames(type: TypeSpec): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const ids = [...type.params, ...type.fields, ...type.instances].map(({ id }) => id);
  const kept = new Set(ids.filter((id) => propertyName(id) === id));
  const taken = new Set<string>();
  for (const id of ids) {
    let name = propertyName(id);
    while (taken.has(name) || (name !== id && kept.has(name))) name += '_';
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Does every object have a property of that name already? TypeScript wants to be told that it is replaced. */
export function isInherited(property: string): boolean {
  return INHERITED.has(property);
}

/** The names that one module exports. */
export interface ModuleNames {
  readonly types: ReadonlyMap<TypeSpec, string>;
  readonly enums: ReadonlyMap<EnumSpec, string>;
}

interface Claim {
  readonly path: readonly string[];
  readonly owner: TypeSpec | EnumSpec;
  readonly isEnum: boolean;
  /** How many parts of the path the name is made of. */
  parts: number;
}

/**
 * Chooses the exported names of a spec. The root has its own name. Others take their last part; of several that want
 * the same, one that lies less deep than the others keeps it, the rest are told apart by the names of their outer types.
 */
export function moduleNames(spec: SpecFile): ModuleNames {
  const claims = collectClaims(spec.root);
  for (let changed = true; changed;) {
    changed = false;
    for (const group of groupByName(claims)) changed = tellApart(group) || changed;
  }
  const types = new Map<TypeSpec, string>();
  const enums = new Map<EnumSpec, string>();
  const taken = new Set<string>();
  for (const claim of claims) {
    let name = nameOf(claim);
    if (taken.has(name) && claim.isEnum) name += 'Enum';
    while (taken.has(name)) name += '_';
    taken.add(name);
    if (claim.isEnum) enums.set(claim.owner as EnumSpec, name);
    else types.set(claim.owner as TypeSpec, name);
  }
  return { types, enums };
}

function collectClaims(type: TypeSpec): Claim[] {
  const path = typePath(type);
  const own: Claim = { path, owner: type, isEnum: false, parts: 1 };
  const enums = [...type.enums.values()].map((spec): Claim => ({
    path: [...path, spec.name],
    owner: spec,
    isEnum: true,
    parts: 1,
  }));
  return [own, ...[...type.types.values()].flatMap(collectClaims), ...enums];
}

function nameOf({ path, parts }: Claim): string {
  return path.slice(-parts).map(className).join('');
}

function groupByName(claims: readonly Claim[]): Iterable<readonly Claim[]> {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) groups.set(nameOf(claim), [...(groups.get(nameOf(claim)) ?? []), claim]);
  return groups.values();
}

/** Lengthens the names of a group that share one; true if any changed. */
function tellApart(group: readonly Claim[]): boolean {
  if (group.length < 2) return false;
  const depth = Math.min(...group.map(({ path }) => path.length));
  const shallowest = group.filter(({ path }) => path.length === depth);
  const keeper = shallowest.length === 1 ? shallowest[0] : undefined;
  const longer = group.filter((claim) => claim !== keeper && claim.parts < claim.path.length);
  for (const claim of longer) claim.parts++;
  return longer.length > 0;
}
