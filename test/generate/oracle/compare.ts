import { EndOfStreamError } from '../../../src/codec/index.ts';
import { isList } from '../conformance/evaluate.ts';

/** Objects compared before a tree counts as compared: some specs parse without end on demand. */
const MOST_OBJECTS = 2000;

/** Levels of objects that are compared: some instances lead to the same type again. */
const MOST_LEVELS = 12;

/**
 * Where our object and the reference parser's differ, as paths with both values. Integers that JavaScript's numbers
 * cannot hold, which the reference rounds, are compared only as far as it kept them.
 */
export function compareObjects(ours: unknown, theirs: unknown): string[] {
  const comparison = new Comparison();
  comparison.values(ours, theirs, 'root', 0);
  return comparison.differences;
}

class Comparison {
  readonly differences: string[] = [];
  readonly #seen = new Set<object>();

  values(ours: unknown, theirs: unknown, path: string, level: number): void {
    if (isNumeric(theirs)) this.#check(isNumeric(ours) && sameNumber(ours, theirs), ours, theirs, path);
    else if (isList(theirs)) this.#lists(ours, theirs, path, level);
    else if (typeof theirs === 'object' && theirs !== null) this.#objects(ours, theirs, path, level);
    else this.#check((ours ?? null) === (theirs ?? null), ours, theirs, path);
  }

  #lists(ours: unknown, theirs: ArrayLike<unknown>, path: string, level: number): void {
    if (!isList(ours) || ours.length !== theirs.length) return this.#check(false, ours, theirs, path);
    for (let index = 0; index < theirs.length; index += 1)
      this.values(ours[index], theirs[index], `${path}[${index}]`, level);
  }

  #objects(ours: unknown, theirs: object, path: string, level: number): void {
    if (theirs.constructor.name === 'KaitaiStream') return;
    if (typeof ours !== 'object' || ours === null) return this.#check(false, ours, theirs, path);
    if (this.#seen.has(theirs) || this.#seen.size > MOST_OBJECTS || level > MOST_LEVELS) return;
    this.#seen.add(theirs);
    for (const name of propertiesOf(theirs)) this.#property(ours, theirs, name, `${path}.${name}`, level + 1);
  }

  #property(ours: object, theirs: object, name: string, path: string, level: number): void {
    const reference = outcome(() => Reflect.get(theirs, name) as unknown);
    const own = outcome(() => Reflect.get(ours, name) as unknown);
    if (isStricter(own.error)) return;
    if (reference.error === undefined && own.error === undefined)
      this.values(own.value, reference.value, path, level);
    else
      this.#check(
        errorsAgree(own.error, reference.error),
        own.error ?? own.value,
        reference.error ?? reference.value,
        path,
      );
  }

  #check(same: boolean, ours: unknown, theirs: unknown, path: string): void {
    if (!same) this.differences.push(`${path}: ${show(ours)} instead of ${show(theirs)}`);
  }
}

/** Does our parser refuse what the reference goes on with, as `undefined`, `NaN` or an object of another class? */
export function isStricter(error: Error | undefined): boolean {
  return ['ConversionError', 'IndexOutOfRangeError', 'DivisionByZeroError'].includes(error?.name ?? '');
}

/** Either a value or what was thrown. */
export interface Outcome<T> {
  readonly value?: T;
  readonly error?: Error;
}

/** Runs an action and keeps what it throws. */
export function outcome<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Do both fail, and where the reference has a name for the error, by the same one? */
export function errorsAgree(ours: Error | undefined, theirs: Error | undefined): boolean {
  if (ours === undefined || theirs === undefined) return ours === theirs;
  if (theirs.name === 'EOFError') return ours instanceof EndOfStreamError;
  return theirs.name.startsWith('Validation') || ours.name.startsWith('Validation')
    ? ours.name === theirs.name
    : true;
}

function propertiesOf(object: object): string[] {
  const accessors = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)));
  const names = accessors.filter(([, { get }]) => get !== undefined).map(([name]) => name);
  return [...Object.keys(object), ...names].filter((name) => !name.startsWith('_'));
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function sameNumber(ours: number | bigint, theirs: number | bigint): boolean {
  return Object.is(Number(ours) + 0, Number(theirs) + 0);
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name} (${value.message})`;
  if (isList(value)) return `[${Array.from(value).slice(0, 20).join(', ')}]`;
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : String(value);
}
