import type { Place } from './diagnostics.ts';
import type { Expression, TypeName } from './expression.ts';

/** An expression and where it was written. */
export interface Located {
  readonly ast: Expression;
  readonly place: Place;
  /** What the author wrote. */
  readonly text: string;
}

/** Byte order as a spec states it: fixed, or chosen by an expression when a structure is read. */
export type Endian = 'le' | 'be' | CalculatedEndian;

/** `endian: {switch-on, cases}`. */
export interface CalculatedEndian {
  readonly on: Located;
  readonly cases: readonly { readonly when: Located | undefined; readonly endian: 'le' | 'be' }[];
}

/** A `type:` by name, with the arguments for its params. */
export interface NamedTypeRef {
  readonly kind: 'named';
  readonly name: TypeName;
  readonly args: readonly Expression[];
  readonly text: string;
  readonly place: Place;
}

/** A `type: {switch-on, cases}`; the default case has no `when`. */
export interface SwitchTypeRef {
  readonly kind: 'switch';
  readonly on: Located;
  readonly cases: readonly { readonly when: Located | undefined; readonly type: NamedTypeRef }[];
  readonly place: Place;
}

/** A `process:` value. */
export interface ProcessRef {
  readonly name: readonly string[];
  readonly args: readonly Expression[];
  readonly place: Place;
}

/** One demand of `valid` or `contents`. */
export type Check =
  | { readonly kind: 'equal' | 'min' | 'max' | 'expression'; readonly value: Located }
  | { readonly kind: 'anyOf'; readonly values: readonly Located[] }
  | { readonly kind: 'inEnum'; readonly place: Place }
  | { readonly kind: 'contents'; readonly bytes: Uint8Array };

/** `repeat:` in its three forms. */
export type Repeat =
  | { readonly kind: 'eos' }
  | { readonly kind: 'count'; readonly count: Located }
  | { readonly kind: 'until'; readonly until: Located };

/** How many bytes a field takes, as far as its keys say. */
export interface Extent {
  readonly size: Located | undefined;
  readonly sizeEos: boolean;
  readonly terminator: number | undefined;
  readonly include: boolean;
  readonly consume: boolean;
  readonly eosError: boolean;
  readonly padRight: number | undefined;
}

/** What the author says about a field or type. */
export interface Documentation {
  readonly doc: string | undefined;
  readonly references: readonly string[];
  /** What the document calls it; several names where it stands for several things. */
  readonly originalIds: readonly string[];
  readonly unit: string | undefined;
}

/** A field of a `seq`, or an instance. */
export interface Attribute {
  readonly kind: 'field' | 'parsed' | 'value';
  readonly id: string;
  /** Where the id is written. */
  readonly place: Place;
  /** The whole attribute. */
  readonly whole: Place;
  readonly documentation: Documentation;
  readonly type: NamedTypeRef | SwitchTypeRef | undefined;
  readonly extent: Extent;
  readonly encoding: { readonly name: string; readonly place: Place } | undefined;
  readonly process: ProcessRef | undefined;
  readonly checks: readonly Check[];
  readonly enumName: { readonly path: readonly string[]; readonly place: Place } | undefined;
  readonly repeat: Repeat | undefined;
  readonly condition: Located | undefined;
  readonly pos: Located | undefined;
  readonly io: Located | undefined;
  readonly value: Located | undefined;
  /** `parent:`: another structure, or `none`. */
  readonly parent: Located | 'none' | undefined;
  /** The rule of the checker's catalogue that a failed check breaks. */
  readonly rule: string | undefined;
  /** What the expression of `valid` demands, in the author's words. */
  readonly expected: string | undefined;
  readonly radix: 'hex' | 'dec' | undefined;
}

/** A declared parameter of a type. */
export interface Parameter {
  readonly id: string;
  readonly place: Place;
  readonly documentation: Documentation;
  readonly type: NamedTypeRef | undefined;
  readonly enumName: { readonly path: readonly string[]; readonly place: Place } | undefined;
}

/** One value of an enum. */
export interface EnumMember {
  readonly value: bigint;
  /** The value in the notation of the spec, as TypeScript has it. */
  readonly text: string;
  readonly label: string;
  readonly documentation: Documentation;
}

/** An enum and the type that holds it. */
export interface EnumSpec {
  readonly name: string;
  readonly owner: TypeSpec;
  readonly place: Place;
  readonly documentation: Documentation;
  readonly members: readonly EnumMember[];
}

/** A type of a spec: the root or a nested one. */
export interface TypeSpec {
  readonly name: string;
  readonly outer: TypeSpec | undefined;
  readonly spec: SpecFile;
  readonly place: Place;
  readonly documentation: Documentation;
  readonly endian: Endian | undefined;
  readonly bitEndian: 'le' | 'be' | undefined;
  readonly encoding: { readonly name: string; readonly place: Place } | undefined;
  readonly toText: Located | undefined;
  /** The rule that bytes break which end before the type does. */
  readonly rule: string | undefined;
  readonly params: readonly Parameter[];
  readonly fields: readonly Attribute[];
  readonly instances: readonly Attribute[];
  readonly types: ReadonlyMap<string, TypeSpec>;
  readonly enums: ReadonlyMap<string, EnumSpec>;
  /** Ids of members, types and enums that could not be read: what is wrong with them is told already. */
  readonly broken: ReadonlySet<string>;
}

/** One `.ksy` file that was read, with the specs that it imports. */
export interface SpecFile {
  readonly id: string;
  /** Where the id is written. */
  readonly place: Place;
  /** The file's path, as messages show it. */
  readonly file: string;
  readonly root: TypeSpec;
  readonly importNames: readonly { readonly name: string; readonly place: Place }[];
  /** Filled by the importer; keys are the ids of the imported specs. */
  readonly imports: Map<string, SpecFile>;
  /** Ids of imports that could not be read. */
  readonly brokenImports: Set<string>;
  readonly opaqueTypes: boolean;
  readonly debug: boolean;
}

/** The type's path as specs and messages write it: `opcode::intval`. */
export function typePath(type: TypeSpec): readonly string[] {
  return type.outer === undefined ? [type.name] : [...typePath(type.outer), type.name];
}
