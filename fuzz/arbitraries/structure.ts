import fc from 'fast-check';
import { encode, type Encoded, type FieldValue, type StructureValues } from './encode.ts';
import { layoutOf, type Demand, type Field, type Layout } from './layout.ts';

/** Values with one demand of the spec broken. */
export interface Damaged {
  readonly values: StructureValues;
  /** Path of the field whose demand is broken. */
  readonly path: string;
}

/** One demand of a spec, and how to break it. */
export interface Damage {
  /** The field without indices, to name a test by. */
  readonly label: string;
  /** The rule that must be reported. */
  readonly rule: string;
  readonly damaged: fc.Arbitrary<Damaged>;
}

/** Sound and damaged values of a structure. */
export interface StructureArbitrary {
  readonly layout: Layout;
  readonly sound: fc.Arbitrary<StructureValues>;
  readonly damages: readonly Damage[];
  /** Structures inside this one. */
  readonly inner: readonly StructureArbitrary[];
  encode(values: StructureValues): Encoded;
}

/** What a spec cannot tell by itself. */
export interface StructureHints {
  /** Sound values of fields that hang together with others, in place of those that the spec's own demand gives. */
  readonly sound?: Readonly<Record<string, fc.Arbitrary<FieldValue>>>;
  /** Fields to change so that the demand on the field is broken; needed for each demand that is an expression. */
  readonly broken?: Readonly<Record<string, fc.Arbitrary<StructureValues>>>;
  /** Structures inside this one, by type. */
  readonly inner?: readonly StructureArbitrary[];
  /** Makes sound values fit one another: drops absent fields, sets lengths. */
  readonly fit?: (values: StructureValues) => StructureValues;
}

/**
 * Derives sound values and one damage for each demand from a type of a spec.
 *
 * @throws when a demand is an expression and no hint says how to break it, so that no demand goes untested
 */
export function structureOf(spec: string, type: string, hints: StructureHints = {}): StructureArbitrary {
  const layout = layoutOf(spec, type);
  const inner = (id: string): StructureArbitrary => innerStructure(layout, hints, id);
  const fit = hints.fit ?? ((values) => values);
  const entries = layout.fields.map((field) => [
    field.id,
    hints.sound?.[field.id] ?? soundValue(field, inner),
  ]);
  const sound = fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<FieldValue>>).map(fit);
  return {
    layout,
    sound,
    inner: hints.inner ?? [],
    damages: layout.fields.flatMap((field) => damagesOf(field, sound, hints, inner)),
    encode: (values) => encode(layout, values, (id) => inner(id).layout),
  };
}

/** An integer of so many bits. */
export function unsigned(width: number): fc.Arbitrary<bigint> {
  return fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });
}

/** So many bytes of any kind. */
export function bytesOf(minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength, maxLength });
}

/** So many bytes, at least one of them not zero. */
export function nonZeroBytes(size: number): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 255 })).map(([index, value]) => {
    return new Uint8Array(size).fill(value, index, index + 1);
  });
}

function innerStructure(layout: Layout, hints: StructureHints, id: string): StructureArbitrary {
  const found = hints.inner?.find((structure) => structure.layout.id === id);
  if (found === undefined) throw new Error(`${layout.id} needs the arbitrary of ${id}`);
  return found;
}

type Inner = (type: string) => StructureArbitrary;

function soundValue(field: Field, inner: Inner): fc.Arbitrary<FieldValue> {
  if (field.kind === 'structure') {
    const { sound } = inner(field.type);
    return field.count === undefined
      ? sound
      : fc.array(sound, { minLength: field.count, maxLength: field.count });
  }
  if (field.kind === 'bytes') return soundBytes(field.size ?? 0, field.demand);
  if (field.demand?.kind === 'range') return fc.bigInt(field.demand);
  if (field.demand?.kind === 'oneOf') return fc.constantFrom(...field.demand.values);
  return unsigned(field.width);
}

function soundBytes(size: number, demand: Demand | undefined): fc.Arbitrary<Uint8Array> {
  if (demand?.kind === 'bytes') return fc.constant(demand.bytes);
  return demand?.kind === 'zeros' ? fc.constant(new Uint8Array(size)) : bytesOf(size);
}

function damagesOf(
  field: Field,
  sound: fc.Arbitrary<StructureValues>,
  hints: StructureHints,
  inner: Inner,
): Damage[] {
  const present = field.optional ? sound.filter((values) => field.id in values) : sound;
  const own = field.rule === undefined ? [] : [ownDamage(field, field.rule, present, hints)];
  if (field.kind !== 'structure') return own;
  return [...own, ...inner(field.type).damages.map((damage) => innerDamage(field, damage, present))];
}

function ownDamage(
  field: Field,
  rule: string,
  sound: fc.Arbitrary<StructureValues>,
  hints: StructureHints,
): Damage {
  const change = hints.broken?.[field.id] ?? brokenValue(field).map((value) => ({ [field.id]: value }));
  const damaged = fc
    .tuple(sound, change)
    .map(([values, changed]) => ({ values: { ...values, ...changed }, path: field.id }));
  return { label: field.id, rule, damaged };
}

function innerDamage(field: Field, damage: Damage, sound: fc.Arbitrary<StructureValues>): Damage {
  const damaged = fc
    .tuple(sound, damage.damaged, fc.nat())
    .map(([values, { values: part, path }, choice]) => {
      const whole = values[field.id];
      if (!Array.isArray(whole))
        return { values: { ...values, [field.id]: part }, path: `${field.id}.${path}` };
      const index = choice % whole.length;
      return {
        values: { ...values, [field.id]: whole.with(index, part) },
        path: `${field.id}[${index}].${path}`,
      };
    });
  return { label: `${field.id}.${damage.label}`, rule: damage.rule, damaged };
}

function brokenValue(field: Field): fc.Arbitrary<FieldValue> {
  const { demand } = field;
  if (field.kind === 'bytes' && demand?.kind === 'zeros') return nonZeroBytes(field.size ?? 1);
  if (field.kind === 'bytes' && demand?.kind === 'bytes') {
    const { bytes } = demand;
    return nonZeroBytes(bytes.length).map((flips) => bytes.map((byte, index) => byte ^ (flips[index] ?? 0)));
  }
  if (field.kind === 'integer' || field.kind === 'bits') {
    if (demand?.kind === 'range') return brokenRange(demand.min, demand.max, field.width);
    if (demand?.kind === 'oneOf') return notAmong(demand.values, field.width);
  }
  throw new Error(`how is the demand on ${field.id} broken?`);
}

function brokenRange(min: bigint, max: bigint, width: number): fc.Arbitrary<bigint> {
  const top = (1n << BigInt(width)) - 1n;
  const below = min > 0n ? [fc.bigInt({ min: 0n, max: min - 1n })] : [];
  const above = max < top ? [fc.bigInt({ min: max + 1n, max: top })] : [];
  return fc.oneof(...below, ...above);
}

/** Any other value, often the next one to an allowed one. */
function notAmong(values: readonly bigint[], width: number): fc.Arbitrary<bigint> {
  const top = (1n << BigInt(width)) - 1n;
  const neighbours = values.flatMap((value) => [value - 1n, value + 1n]);
  const wrong = neighbours.filter((value) => value >= 0n && value <= top && !values.includes(value));
  const any = unsigned(width).filter((value) => !values.includes(value));
  return wrong.length > 0 ? fc.oneof(any, fc.constantFrom(...wrong)) : any;
}
