import type { CommandSpec } from './command.ts';
import { commands, commonOptions } from './commands.ts';
import { EXIT_MEANINGS } from './exit-codes.ts';
import { formats } from '../formats/index.ts';
import { DEFAULT_COMMAND, formatOption, formatUsage } from './usage.ts';
import { widest, wrapText } from '../report/wrap.ts';
import type { Style } from '../report/style.ts';

/** What the program is, in one sentence. */
export const SUMMARY = `vdcheck checks, explains and maps virtual disk images: ${formats.map(({ id }) => id).join(', ')}.`;

/** How help is laid out. */
export interface HelpLayout {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
}

/** `vdcheck --help`: what there is. Ends with a line feed. */
export function renderProgramHelp(layout: HelpLayout): string {
  const check = commands.find(({ name }) => name === DEFAULT_COMMAND);
  return sections([
    SUMMARY,
    list('Usage', commands.map(formatUsage), layout),
    table(
      'Commands',
      commands.map(({ name, summary }) => [
        name,
        name === DEFAULT_COMMAND ? `${summary} (the default)` : summary,
      ]),
      layout,
    ),
    examples(check?.examples ?? [], layout),
    exitStatus(layout),
    "'vdcheck COMMAND --help' tells more about a command, 'vdcheck rules ID' about a problem.",
  ]);
}

/** `vdcheck COMMAND --help`. Ends with a line feed. */
export function renderCommandHelp(command: CommandSpec, layout: HelpLayout): string {
  const options = [...command.options, ...commonOptions];
  return sections([
    `${layout.style.heading(`vdcheck ${command.name}`)}: ${command.summary}`,
    list('Usage', [formatUsage(command)], layout),
    command.description.map((paragraph) => wrapText(paragraph, layout.width)).join('\n\n'),
    table(
      'Arguments',
      command.arguments.map(({ name, doc }) => [name, doc]),
      layout,
    ),
    table(
      'Options',
      options.map((option) => [formatOption(option), option.doc]),
      layout,
    ),
    examples(command.examples, layout),
    exitStatus(layout),
  ]);
}

function sections(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function list(title: string, lines: readonly string[], { style }: HelpLayout): string {
  return [style.heading(`${title}:`), ...lines.map((line) => `  ${line}`)].join('\n');
}

function table(
  title: string,
  rows: readonly (readonly [string, string])[],
  { style, width }: HelpLayout,
): string {
  if (rows.length === 0) return '';
  const column = widest(rows.map(([name]) => name)) + 4;
  const lines = rows.map(([name, doc]) => wrapText(doc, width, `  ${name}`.padEnd(column)));
  return [style.heading(`${title}:`), ...lines].join('\n');
}

function examples(shown: CommandSpec['examples'], layout: HelpLayout): string {
  return table(
    'Examples',
    shown.map(({ line, doc }) => [line, doc]),
    layout,
  );
}

function exitStatus(layout: HelpLayout): string {
  return table(
    'Exit status',
    EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
    layout,
  );
}
