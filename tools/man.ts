import type { CommandSpec } from '../src/cli/command.ts';
import { commands, commonOptions } from '../src/cli/commands.ts';
import { EXIT_MEANINGS } from '../src/cli/exit-codes.ts';
import { SUMMARY } from '../src/cli/help.ts';
import { formatOption, formatUsage } from '../src/cli/usage.ts';
import { VERSION } from '../src/cli/version.ts';

/** The manual page `vdcheck(1)` as roff, from the table that the program runs on. */
export function renderManual(): string {
  return [
    `.TH VDCHECK 1 "" "vdcheck ${VERSION}" "User Commands"`,
    ...section('NAME', [`vdcheck \\- ${escapeRoff(SUMMARY.replace(/^vdcheck |\.$/g, ''))}`]),
    ...section(
      'SYNOPSIS',
      commands.flatMap((command) => [`.B ${escapeRoff(formatUsage(command))}`, '.br']),
    ),
    ...section('COMMANDS', commands.flatMap(renderCommand)),
    ...section(
      'COMMON OPTIONS',
      commonOptions.flatMap((option) => entry(formatOption(option), option.doc)),
    ),
    ...section(
      'EXIT STATUS',
      EXIT_MEANINGS.flatMap(([code, meaning]) => entry(String(code), meaning)),
    ),
    ...section('ENVIRONMENT', entry('NO_COLOR', 'set to anything: no colour on terminals, either')),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

function renderCommand(command: CommandSpec): string[] {
  return [
    `.SS ${escapeRoff(command.name)}`,
    ...command.description.flatMap((paragraph) => [escapeRoff(paragraph), '.PP']),
    ...command.arguments.flatMap(({ name, doc }) => entry(name, doc)),
    ...command.options.flatMap((option) => entry(formatOption(option), option.doc)),
    ...command.examples.flatMap(({ line, doc }) => [
      '.PP',
      `${escapeRoff(doc)}:`,
      '.br',
      `.B ${escapeRoff(line)}`,
    ]),
  ];
}

function entry(term: string, text: string): string[] {
  return ['.TP', `.B ${escapeRoff(term)}`, escapeRoff(text)];
}

/** Backslashes and dashes are literal, and no text begins a request. */
function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
