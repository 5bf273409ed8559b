import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';
import {
  Invocation,
  type CommandSpec,
  type CommandTable,
  type OptionSpec,
  type OptionValue,
} from './command.ts';
import { commandTable } from './commands.ts';
import { findNearest } from './suggest.ts';
import { DEFAULT_COMMAND, formatUsage } from './usage.ts';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'run'; readonly command: CommandSpec; readonly invocation: Invocation }
  /** Help for a command, or for the program where it is `null`. */
  | { readonly kind: 'help'; readonly command: CommandSpec | null }
  | { readonly kind: 'version' }
  /** No argument at all. */
  | { readonly kind: 'nothing' };

/** One option as it is written on the command line. */
interface GivenOption {
  readonly name: string;
  /** With its dashes, as it was given. */
  readonly rawName: string;
  readonly value: string | undefined;
}

/**
 * Parses the arguments after the program's name.
 *
 * @throws UsageError in one line that names what does not exist and the nearest that does
 */
export function parseCommandLine(args: readonly string[], table: CommandTable = commandTable): Request {
  if (args.length === 0) return { kind: 'nothing' };
  const { given, words } = splitWords(args, table);
  const named = findCommand(words[0], table);
  if (given.some(({ name }) => name === 'help')) return { kind: 'help', command: named ?? null };
  if (given.some(({ name }) => name === 'version')) return { kind: 'version' };
  const command = named ?? findCommand(DEFAULT_COMMAND, table);
  if (command === undefined) throw new Error(`no command ${DEFAULT_COMMAND}`);
  // What follows an option that no command has may have been meant as its value, not as a command.
  const stranger = given.find(({ name }) => commandsWith(name, table).length === 0 && !isCommon(name, table));
  if (stranger !== undefined) throw unknownOption(stranger.rawName, command, table);
  if (words[0] !== undefined && named === undefined) refuseMistypedCommand(words[0], table);
  const values = new Map<string, string[]>();
  for (const option of given) {
    const known = values.get(option.name) ?? [];
    values.set(option.name, [...known, ...readOption(option, command, table)]);
  }
  const operands = named === undefined ? words : words.slice(1);
  countOperands(operands, command);
  return { kind: 'run', command, invocation: new Invocation(operands, values) };
}

function findCommand(name: string | undefined, { commands }: CommandTable): CommandSpec | undefined {
  return commands.find((command) => command.name === name);
}

/**
 * Tells options from other words; an option name means the same in every command, so the command need not be known
 * for it.
 */
function splitWords(
  args: readonly string[],
  { commands, commonOptions }: CommandTable,
): { given: GivenOption[]; words: string[] } {
  const options = [...commonOptions, ...commands.flatMap((command) => command.options)];
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(options.map(toNodeOption)),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: GivenOption[] = [];
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option') given.push({ name: token.name, rawName: token.rawName, value: token.value });
    else if (token.kind === 'positional') words.push(token.value);
  }
  return { given, words };
}

function toNodeOption({ name, short, value }: OptionSpec) {
  const type: 'boolean' | 'string' = value === undefined ? 'boolean' : 'string';
  return [name, short === undefined ? { type } : { type, short }] as const;
}

function isCommon(name: string, { commonOptions }: CommandTable): boolean {
  return commonOptions.some((option) => option.name === name);
}

/** The names of the commands that take an option. */
function commandsWith(name: string, { commands }: CommandTable): string[] {
  return commands.filter(({ options }) => options.some((option) => option.name === name)).map((c) => c.name);
}

/** A first word that looks like a command and is no file is taken for a mistyped command. */
function refuseMistypedCommand(word: string, { commands }: CommandTable): void {
  if (!/^[a-z][a-z-]*$/.test(word) || existsSync(word)) return;
  const names = commands.map(({ name }) => name);
  throw new UsageError(
    `there is no command '${word}' and no such file; did you mean ${quote(findNearest(word, names))}?`,
  );
}

/** The option's value, or none of a switch. */
function readOption(
  { name, rawName, value }: GivenOption,
  command: CommandSpec,
  table: CommandTable,
): string[] {
  const option = command.options.find((candidate) => candidate.name === name);
  if (option === undefined) throw unknownOption(rawName, command, table, commandsWith(name, table));
  if (option.value !== undefined) return [readValue(option.value, rawName, value)];
  if (value !== undefined) throw new UsageError(`option '${rawName}' takes no value`);
  return [];
}

/** @param others the commands that do have the option */
function unknownOption(
  rawName: string,
  command: CommandSpec,
  { commonOptions }: CommandTable,
  others: readonly string[] = [],
): UsageError {
  const shown = rawName.startsWith('--')
    ? (option: OptionSpec) => [`--${option.name}`]
    : ({ short }: OptionSpec) => (short === undefined ? [] : [`-${short}`]);
  const nearest = findNearest(rawName, [...command.options, ...commonOptions].flatMap(shown));
  const where =
    others.length === 0 ? '' : ` (${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} it)`;
  return new UsageError(
    `${command.name} has no option '${rawName}'${where}; did you mean ${quote(nearest)}?`,
  );
}

function readValue(expected: OptionValue, rawName: string, value: string | undefined): string {
  const isMissing = value === undefined || value === '' || (value.startsWith('-') && value !== '-');
  if (expected.kind === 'number') {
    if (!isMissing && isNumber(value, expected)) return value;
    const what = expected.takesFractions === true ? 'a number' : 'a whole number';
    const given = value === undefined ? '' : `, not '${value}'`;
    throw new UsageError(`option '${rawName}' takes ${what} of at least ${expected.minimum}${given}`);
  }
  if (expected.kind === 'text') {
    if (isMissing) throw new UsageError(`option '${rawName}' needs a value: ${expected.name}`);
    return value;
  }
  if (isMissing) throw new UsageError(`option '${rawName}' needs a value: ${expected.choices.join(', ')}`);
  if (expected.choices.includes(value)) return value;
  const nearest = quote(findNearest(value, expected.choices));
  throw new UsageError(
    `option '${rawName}' has no value '${value}'; did you mean ${nearest}? (${expected.choices.join(', ')})`,
  );
}

function isNumber(
  value: string,
  { minimum, takesFractions = false }: Extract<OptionValue, { kind: 'number' }>,
): boolean {
  const form = takesFractions ? /^\d{1,9}(\.\d{1,6})?$/ : /^\d{1,15}$/;
  return form.test(value) && Number(value) >= minimum;
}

function countOperands(operands: readonly string[], command: CommandSpec): void {
  const missing = command.arguments.filter(({ isOptional }) => isOptional !== true)[operands.length];
  if (missing !== undefined)
    throw new UsageError(`${command.name} needs ${missing.name}: ${formatUsage(command)}`);
  const surplus = operands[command.arguments.length];
  if (surplus !== undefined && command.arguments.at(-1)?.isRepeated !== true)
    throw new UsageError(`${command.name} has no use for '${surplus}': ${formatUsage(command)}`);
}

function quote(name: string | undefined): string {
  return `'${name ?? ''}'`;
}
