import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { isTarget } from '../gate/targets/index.ts';
import { TARGETS, type Limits, type RuleLevel, type TargetName } from '../model/demands.ts';
import { CONFIG_NAME } from './config-name.ts';
import { LEVELS, limitNames, parseLimit } from './limits.ts';
import { findNearest } from './suggest.ts';

/** What a configuration file says; the shape of `config.schema.json`. */
export interface Config {
  readonly policy?: 'untrusted';
  readonly for?: readonly TargetName[];
  readonly rules?: Readonly<Record<string, RuleLevel>>;
  readonly limits?: Partial<Limits>;
}

const KEYS = ['$schema', 'policy', 'for', 'rules', 'limits'] as const;

/**
 * Reads a configuration file: the one that is named, else the one in the working directory, if there is one.
 *
 * @throws UsageError in one line that names the file and what is wrong in it
 */
export function readConfig(named: string | null): Config {
  const path = named ?? CONFIG_NAME;
  if (named === null && !existsSync(path)) return {};
  return parseConfig(readText(path), path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}: the configuration cannot be read: ${reason}`, { cause: error });
  }
}

/**
 * Parses the text of a configuration file.
 *
 * @param path how messages call it
 * @throws UsageError as `readConfig`
 */
export function parseConfig(text: string, path: string): Config {
  const value = objectOf(parseJson(text, path), path, 'the configuration');
  demandKeys(value, KEYS, path);
  if (value['$schema'] !== undefined) textOf(value['$schema'], `${path}: $schema`);
  return {
    ...(value['policy'] === undefined ? {} : { policy: policyOf(value['policy'], path) }),
    ...(value['for'] === undefined ? {} : { for: targetsOf(value['for'], path) }),
    ...(value['rules'] === undefined ? {} : { rules: rulesOf(value['rules'], path) }),
    ...(value['limits'] === undefined ? {} : { limits: limitsOf(value['limits'], path) }),
  };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}: not JSON: ${reason}`, { cause: error });
  }
}

function policyOf(value: unknown, path: string): 'untrusted' {
  if (value === 'untrusted') return value;
  throw new UsageError(`${path}: policy: there is no policy ${JSON.stringify(value)}; there is untrusted`);
}

function targetsOf(value: unknown, path: string): readonly TargetName[] {
  if (!Array.isArray(value)) throw new UsageError(`${path}: for: must be a list of platforms`);
  return value.map((each: unknown) => {
    const name = textOf(each, `${path}: for`);
    if (isTarget(name)) return name;
    throw new UsageError(
      `${path}: for: there is no platform '${name}'; did you mean '${nearest(name, TARGETS)}'?`,
    );
  });
}

function rulesOf(value: unknown, path: string): Readonly<Record<string, RuleLevel>> {
  const rules = Object.entries(objectOf(value, path, 'rules'));
  return Object.fromEntries(
    rules.map(([id, word]) => {
      const text = textOf(word, `${path}: rules: ${id}`);
      const level = LEVELS.find((known) => known === text);
      if (level !== undefined) return [id, level];
      const message = `there is no level '${text}'; did you mean '${nearest(text, LEVELS)}'?`;
      throw new UsageError(`${path}: rules: ${id}: ${message}`);
    }),
  );
}

function limitsOf(value: unknown, path: string): Partial<Limits> {
  const names = new Map(limitNames());
  const given = objectOf(value, path, 'limits');
  demandKeys(given, [...names.keys()], `${path}: limits`);
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const [option, amount] of Object.entries(given)) {
    const key = names.get(option);
    if (key === undefined) continue;
    if (typeof amount !== 'string' && !Number.isSafeInteger(amount))
      throw new UsageError(`${path}: limits: ${option}: must be a whole number or a size such as "64T"`);
    limits[key] = parseLimit(option, String(amount));
  }
  return limits;
}

function objectOf(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new UsageError(`${path}: ${what} must be an object`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new UsageError(`${what}: must be a text`);
}

function demandKeys(value: Readonly<Record<string, unknown>>, known: readonly string[], where: string): void {
  for (const key of Object.keys(value))
    if (!known.includes(key))
      throw new UsageError(`${where}: there is no key '${key}'; did you mean '${nearest(key, known)}'?`);
}

function nearest(word: string, known: readonly string[]): string {
  return findNearest(word, known) ?? '';
}
