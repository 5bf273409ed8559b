import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts';

/** The command that runs where none is named. */
export const DEFAULT_COMMAND = 'check';

/** `vdcheck dump [options] IMAGE [STRUCTURE]`. */
export function formatUsage({ name, options, arguments: operands }: CommandSpec): string {
  const command = name === DEFAULT_COMMAND ? `[${name}]` : name;
  const optional = options.length > 0 ? ['[options]'] : [];
  return ['vdcheck', command, ...optional, ...operands.map(formatArgument)].join(' ');
}

function formatArgument({ name, isOptional, isRepeated }: ArgumentSpec): string {
  const repeated = isRepeated === true ? `${name}...` : name;
  return isOptional === true ? `[${repeated}]` : repeated;
}

/** `-f FMT, --format FMT`. */
export function formatOption({ name, short, value }: OptionSpec): string {
  const argument = value === undefined ? '' : ` ${value.name}`;
  return short === undefined ? `--${name}${argument}` : `-${short}${argument}, --${name}${argument}`;
}
