import { basename } from 'node:path';
import { className } from '../../../tools/generate/naming.ts';
import { evaluate, isSame } from './evaluate.ts';
import type { Assertion, Case, ExpectedError } from './suite.ts';

/** A generated class, as CONTRACT has it. */
export interface GeneratedClass {
  from(bytes: Uint8Array): object;
}

/** Runs a case with the module of its spec; an empty list means that it passed. */
export function runCase(test: Case, module: Readonly<Record<string, unknown>>): string[] {
  const failures: string[] = [];
  const generated = generatedClass(module, test.id);
  const outcome = attempt(() => generated.from(test.data));
  if (test.exception !== undefined) return wrongError(test.exception, outcome);
  if ('error' in outcome) return [`from() threw ${describe(outcome.error)}`];
  for (const assertion of test.assertions) failures.push(...checkAssertion(assertion, outcome.value));
  return failures;
}

/** The class of a spec, found by the id that its file is named after. */
export function generatedClass(module: Readonly<Record<string, unknown>>, id: string): GeneratedClass {
  const name = className(basename(id, '.ksy'));
  const found = module[name];
  if (typeof found !== 'function' || !('from' in found))
    throw new Error(`the module exports no class ${name}`);
  return found as unknown as GeneratedClass;
}

function checkAssertion({ actual, expected, exception }: Assertion, root: unknown): string[] {
  const outcome = attempt(() => evaluate(actual, root));
  if (exception !== undefined) return wrongError(exception, outcome).map((text) => `${actual}: ${text}`);
  if ('error' in outcome) return [`${actual}: threw ${describe(outcome.error)}`];
  const wanted = typeof expected === 'string' ? evaluate(expected, root) : expected;
  return isSame(outcome.value, wanted)
    ? []
    : [`${actual}: expected ${show(wanted)}, got ${show(outcome.value)}`];
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function attempt<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { error };
  }
}

function wrongError(wanted: ExpectedError, outcome: Outcome<unknown>): string[] {
  if (!('error' in outcome)) return [`expected ${wanted.name}, got ${show(outcome.value)}`];
  const { error } = outcome;
  const name = error instanceof Error ? error.name : String(error);
  if (!namesOf(error).includes(wanted.name)) return [`expected ${wanted.name}, got ${describe(error)}`];
  const message = error instanceof Error ? error.message : '';
  if (wanted.message !== undefined && !message.startsWith(wanted.message))
    return [`${name} says '${message}' instead of '${wanted.message}'`];
  return [];
}

/** The names of an error's class and of all classes that it extends. */
function namesOf(error: unknown): string[] {
  const names: string[] = [];
  for (let at: unknown = error; at !== null && typeof at === 'object'; at = Object.getPrototypeOf(at))
    names.push(at.constructor.name);
  return names;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `bytes [${value.join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : String(value);
}
