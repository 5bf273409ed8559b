import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';
import { Invocation, type CommandSpec, type OptionSpec } from './command.ts';
import { commands, commonOptions, findCommand } from './commands.ts';
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

/** One option as it stands on the command line. */
interface GivenOption {
  readonly name: string;
  /** With its dashes, as it was given. */
  readonly rawName: string;
  readonly value: string | undefined;
}

/**
 * Parses the arguments behind the program's name.
 *
 * @throws UsageError in one line that names what does not exist and the nearest that does
 */
export function parseCommandLine(args: readonly string[]): Request {
  if (args.length === 0) return { kind: 'nothing' };
  const { given, words } = splitWords(args);
  const isNamed = words[0] !== undefined && findCommand(words[0]) !== undefined;
  const isAsked = given.some(({ name }) => name === 'help');
  if (isAsked) return { kind: 'help', command: findCommand(words[0] ?? '') ?? null };
  if (given.some(({ name }) => name === 'version')) return { kind: 'version' };
  const command = findCommand((isNamed ? words[0] : undefined) ?? DEFAULT_COMMAND);
  if (command === undefined) throw new Error(`no command ${DEFAULT_COMMAND}`);
  // What follows an option that no command has may have been meant as its value, not as a command.
  const stranger = given.find(({ name }) => ![...allOptions()].some((option) => option.name === name));
  if (stranger !== undefined) throw unknownOption(stranger.rawName, command);
  if (words[0] !== undefined && !isNamed) refuseMistypedCommand(words[0]);
  const values = new Map(given.map((option) => readOption(option, command)));
  const operands = isNamed ? words.slice(1) : words;
  countOperands(operands, command);
  return { kind: 'run', command, invocation: new Invocation(operands, values) };
}

/** Tells options from other words; an option name means the same in every command, so the command need not be known for it. */
function splitWords(args: readonly string[]): { given: GivenOption[]; words: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([...allOptions()].map(toNodeOption)),
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

function* allOptions(): Iterable<OptionSpec> {
  yield* commonOptions;
  for (const command of commands) yield* command.options;
}

function toNodeOption({ name, short, value }: OptionSpec) {
  const type: 'boolean' | 'string' = value === undefined ? 'boolean' : 'string';
  return [name, short === undefined ? { type } : { type, short }] as const;
}

/** A first word that looks like a command and is no file is taken for a mistyped command. */
function refuseMistypedCommand(word: string): void {
  if (!/^[a-z][a-z-]*$/.test(word) || existsSync(word)) return;
  const names = commands.map(({ name }) => name);
  throw new UsageError(
    `there is no command '${word}' and no such file; did you mean ${quote(findNearest(word, names))}?`,
  );
}

function readOption({ name, rawName, value }: GivenOption, command: CommandSpec): [string, string | true] {
  const option = command.options.find((candidate) => candidate.name === name);
  if (option === undefined) throw unknownOption(rawName, command);
  const isSwitch = option.value === undefined;
  if (isSwitch && value !== undefined) throw new UsageError(`option '${rawName}' takes no value`);
  return [name, isSwitch ? true : readValue(option, rawName, value)];
}

function unknownOption(rawName: string, command: CommandSpec): UsageError {
  const options = [...command.options, ...commonOptions];
  const isLong = rawName.startsWith('--');
  const nearest = isLong
    ? findNearest(
        rawName,
        options.map(({ name }) => `--${name}`),
      )
    : findNearest(
        rawName,
        options.flatMap(({ short }) => (short === undefined ? [] : [`-${short}`])),
      );
  return new UsageError(`${command.name} has no option '${rawName}'; did you mean ${quote(nearest)}?`);
}

function readValue(option: OptionSpec, rawName: string, value: string | undefined): string {
  const expected = option.value;
  if (expected === undefined) throw new Error(`${option.name} takes no value`);
  const isMissing = value === undefined || value === '' || (value.startsWith('-') && value !== '-');
  if (expected.kind === 'count') {
    if (!isMissing && /^\d{1,15}$/.test(value) && Number(value) >= expected.minimum) return value;
    const given = value === undefined ? '' : `, not '${value}'`;
    throw new UsageError(`option '${rawName}' takes a whole number of at least ${expected.minimum}${given}`);
  }
  if (isMissing) throw new UsageError(`option '${rawName}' needs a value: ${expected.choices.join(', ')}`);
  if (expected.choices.includes(value)) return value;
  const nearest = quote(findNearest(value, expected.choices));
  throw new UsageError(
    `option '${rawName}' has no value '${value}'; did you mean ${nearest}? (${expected.choices.join(', ')})`,
  );
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
