/**
 * Interval arithmetic over the integers: what the generator knows of a value before it is there.
 *
 * `null` is "no bound". Every function returns an interval that holds all results for operands inside theirs, so an
 * expression whose interval fits {@link isSafe} can be computed with JavaScript numbers, and is.
 */
export interface Range {
  readonly lo: bigint | null;
  readonly hi: bigint | null;
}

/** Everything. */
export const UNBOUNDED: Range = { lo: null, hi: null };

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** Shifting further than this is taken as unbounded; no sound spec does. */
const MAX_SHIFT = 1024n;

/** The interval from `lo` to `hi`, both included. */
export function range(lo: bigint | number, hi: bigint | number): Range {
  return { lo: BigInt(lo), hi: BigInt(hi) };
}

/** All values of an integer of so many bits. */
export function bitsRange(bits: number, signed: boolean): Range {
  const span = 1n << BigInt(bits);
  return signed ? { lo: -span / 2n, hi: span / 2n - 1n } : { lo: 0n, hi: span - 1n };
}

/** Does every value fit a JavaScript number exactly? */
export function isSafe(a: Range): boolean {
  return isWithin(a, { lo: -MAX_SAFE, hi: MAX_SAFE });
}

/** Is every value of `inner` in `outer`? */
export function isWithin(inner: Range, outer: Range): boolean {
  const aboveLow = outer.lo === null || (inner.lo !== null && inner.lo >= outer.lo);
  const belowHigh = outer.hi === null || (inner.hi !== null && inner.hi <= outer.hi);
  return aboveLow && belowHigh;
}

/** Is the value the only one of its interval? */
export function constantOf({ lo, hi }: Range): bigint | undefined {
  return lo !== null && lo === hi ? lo : undefined;
}

/** The smallest interval that holds both. */
export function union(a: Range, b: Range): Range {
  return {
    lo: a.lo === null || b.lo === null ? null : min(a.lo, b.lo),
    hi: a.hi === null || b.hi === null ? null : max(a.hi, b.hi),
  };
}

/** What is in both; where that is nothing, `b`. */
export function intersection(a: Range, b: Range): Range {
  const lo = a.lo === null ? b.lo : b.lo === null ? a.lo : max(a.lo, b.lo);
  const hi = a.hi === null ? b.hi : b.hi === null ? a.hi : min(a.hi, b.hi);
  return lo !== null && hi !== null && lo > hi ? b : { lo, hi };
}

/** `-a` */
export function negate(a: Range): Range {
  return { lo: a.hi === null ? null : -a.hi, hi: a.lo === null ? null : -a.lo };
}

/** `~a`, which is `-a - 1` */
export function invert(a: Range): Range {
  return { lo: a.hi === null ? null : ~a.hi, hi: a.lo === null ? null : ~a.lo };
}

/** The interval of each operator on two integers; `/` and `%` round down, as Kaitai's do. */
export const OPERATORS = {
  '+': (a: Range, b: Range): Range => ({
    lo: a.lo === null || b.lo === null ? null : a.lo + b.lo,
    hi: a.hi === null || b.hi === null ? null : a.hi + b.hi,
  }),
  '-': (a: Range, b: Range): Range => OPERATORS['+'](a, negate(b)),
  '*': multiply,
  '/': divide,
  '%': modulo,
  '<<': shiftLeft,
  '>>': shiftRight,
  '&': and,
  '|': (a: Range, b: Range): Range =>
    isNatural(a) && isNatural(b) ? orNaturals(a, b) : twosComplement(a, b),
  '^': (a: Range, b: Range): Range =>
    isNatural(a) && isNatural(b) ? { ...orNaturals(a, b), lo: 0n } : twosComplement(a, b),
} as const;

function multiply(a: Range, b: Range): Range {
  const zero = constantOf(a) === 0n || constantOf(b) === 0n;
  if (zero) return range(0, 0);
  if (a.lo === null || a.hi === null || b.lo === null || b.hi === null) {
    return isNatural(a) && isNatural(b) ? { lo: 0n, hi: null } : UNBOUNDED;
  }
  return around([a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]);
}

function divide(a: Range, b: Range): Range {
  if (a.lo === null || a.hi === null) return isNatural(a) && isNatural(b) ? { lo: 0n, hi: null } : UNBOUNDED;
  if (b.lo !== null && b.lo > 0n) {
    const far = (value: bigint): bigint =>
      b.hi === null ? (value < 0n ? -1n : 0n) : floorDivide(value, b.hi);
    const near = (value: bigint): bigint => floorDivide(value, b.lo ?? 1n);
    return { lo: a.lo < 0n ? near(a.lo) : far(a.lo), hi: a.hi < 0n ? far(a.hi) : near(a.hi) };
  }
  const largest = max(abs(a.lo), abs(a.hi));
  return { lo: -largest, hi: largest };
}

function modulo(a: Range, b: Range): Range {
  const top = b.hi === null ? null : max(b.hi - 1n, 0n);
  const bottom = b.lo === null ? null : -max(-b.lo - 1n, 0n);
  if (!isNatural(b)) return { lo: bottom, hi: top };
  const hi = isNatural(a) && a.hi !== null && (top === null || a.hi < top) ? a.hi : top;
  return { lo: 0n, hi };
}

function shiftLeft(a: Range, n: Range): Range {
  if (n.lo === null || n.lo < 0n || n.hi === null || n.hi > MAX_SHIFT || a.lo === null || a.hi === null) {
    return isNatural(a) ? { lo: 0n, hi: null } : UNBOUNDED;
  }
  return { lo: a.lo << (a.lo < 0n ? n.hi : n.lo), hi: a.hi << (a.hi < 0n ? n.lo : n.hi) };
}

function shiftRight(a: Range, n: Range): Range {
  if (n.lo === null || n.lo < 0n) return UNBOUNDED;
  const [least, most] = [n.lo, n.hi === null ? MAX_SHIFT : n.hi];
  return {
    lo: a.lo === null ? null : a.lo >> (a.lo < 0n ? least : most),
    hi: a.hi === null ? null : a.hi >> (a.hi < 0n ? most : least),
  };
}

function and(a: Range, b: Range): Range {
  const limits = [a, b].filter(isNatural).map((natural) => natural.hi);
  if (limits.length === 0) return twosComplement(a, b);
  const known = limits.filter((limit) => limit !== null);
  return { lo: 0n, hi: known.length === 0 ? null : known.reduce(min) };
}

function orNaturals(a: Range, b: Range): Range {
  const lo = max(a.lo ?? 0n, b.lo ?? 0n);
  if (a.hi === null || b.hi === null) return { lo, hi: null };
  return { lo, hi: (1n << BigInt(bitLength(max(a.hi, b.hi)))) - 1n };
}

/** The interval of the narrowest two's complement that holds both operands: the bitwise operators never leave it. */
function twosComplement(a: Range, b: Range): Range {
  if (a.lo === null || a.hi === null || b.lo === null || b.hi === null) return UNBOUNDED;
  const widths = [a.lo, a.hi, b.lo, b.hi].map((value) => bitLength(value < 0n ? ~value : value));
  const span = 1n << BigInt(Math.max(...widths));
  return { lo: -span, hi: span - 1n };
}

function isNatural(a: Range): boolean {
  return a.lo !== null && a.lo >= 0n;
}

function around(values: readonly bigint[]): Range {
  return { lo: values.reduce(min), hi: values.reduce(max) };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function bitLength(natural: bigint): number {
  return natural === 0n ? 0 : natural.toString(2).length;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
