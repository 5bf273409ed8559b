import type { CommandSpec, OptionSpec, RunCommand } from './command.ts';
import { UsageError } from '../errors.ts';
import { commands, commonOptions } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { findNearest } from './suggest.ts';
import { DEFAULT_COMMAND } from './usage.ts';

/** What each shell's script is made by. */
const SCRIPTS: Readonly<Record<string, () => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `vdcheck completion`. */
export const runCompletion: RunCommand = async (invocation, terminal) => {
  const shell = invocation.operand(0);
  const script = SCRIPTS[shell];
  if (script === undefined) {
    const nearest = findNearest(shell, Object.keys(SCRIPTS));
    throw new UsageError(`there is no script for '${shell}'; did you mean '${nearest ?? ''}'?`);
  }
  terminal.stdout.write(script());
  return EXIT.ok;
};

function optionsOf(command: CommandSpec): readonly OptionSpec[] {
  return [...command.options, ...commonOptions];
}

/** The option's words with their dashes: `-f --format`. */
function wordsOf({ name, short }: OptionSpec): string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

/** Options that take one of several values, each once, whatever commands have it; the widest choice wins. */
function choiceOptions(): readonly (OptionSpec & { readonly choices: readonly string[] })[] {
  const found = new Map<string, OptionSpec & { readonly choices: readonly string[] }>();
  for (const option of commands.flatMap((command) => command.options)) {
    if (option.value?.kind !== 'choice') continue;
    const { choices } = option.value;
    if (choices.length > (found.get(option.name)?.choices.length ?? 0))
      found.set(option.name, { ...option, choices });
  }
  return [...found.values()];
}

function bashScript(): string {
  const names = commands.map(({ name }) => name);
  const values = choiceOptions().map(
    (option) =>
      `    ${wordsOf(option).join('|')}) COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$cur")); return ;;`,
  );
  const options = commands.map(
    (command) => `    ${command.name}) words='${optionsOf(command).flatMap(wordsOf).join(' ')}' ;;`,
  );
  const fixed = commands.flatMap(({ name, arguments: operands }) =>
    operands.flatMap(({ completes }) =>
      Array.isArray(completes)
        ? [
            `  [ "$command" = ${name} ] && COMPREPLY+=($(compgen -W '${completes.join(' ')}' -- "$cur")) && return`,
          ]
        : [],
    ),
  );
  return `# bash completion for vdcheck
_vdcheck() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command=${DEFAULT_COMMAND} words word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${names.join('|')}) command="$word"; break ;; esac
  done
  case "$prev" in
${values.join('\n')}
  esac
  case "$command" in
${options.join('\n')}
  esac
  if [ "\${cur#-}" != "$cur" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W '${names.join(' ')}' -- "$cur"))
${fixed.join('\n')}
  COMPREPLY+=($(compgen -f -- "$cur"))
}
complete -o filenames -F _vdcheck vdcheck
`;
}

function zshScript(): string {
  const listed = commands.map(({ name, summary }) => `    '${name}:${zshQuote(summary)}'`);
  const cases = commands.map((command) => {
    const specs = [...optionsOf(command).flatMap(zshOption), ...zshOperands(command)];
    return `    ${command.name}) _arguments -s ${specs.map((spec) => `\\\n      '${spec}'`).join(' ')} ;;`;
  });
  return `#compdef vdcheck
_vdcheck() {
  local -a commands=(
${listed.join('\n')}
  )
  local command=${DEFAULT_COMMAND}
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; _files; return; fi
  if (( $+commands[(r)$words[2]:*] )); then command=$words[2]; shift words; (( CURRENT-- )); fi
  case $command in
${cases.join('\n')}
  esac
}
compdef _vdcheck vdcheck
`;
}

function zshOption(option: OptionSpec): string[] {
  const { value, doc, isRepeated } = option;
  const again = isRepeated === true ? '*' : '';
  const choices = value?.kind === 'choice' ? `(${value.choices.join(' ')})` : ' ';
  const argument = value === undefined ? '' : `:${value.name}:${choices}`;
  return wordsOf(option).map((word) => `${again}${word}[${zshQuote(doc)}]${argument}`);
}

function zshOperands({ arguments: operands }: CommandSpec): string[] {
  return operands.map(({ name, isOptional, isRepeated, completes }) => {
    const position = isRepeated === true ? '*' : isOptional === true ? ':' : '';
    const action =
      completes === 'file' ? '_files' : completes === undefined ? ' ' : `(${completes.join(' ')})`;
    return `${position}:${name}:${action}`;
  });
}

function zshQuote(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
}

function fishScript(): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap((command) => {
    const isThis =
      command.name === DEFAULT_COMMAND
        ? `"__fish_seen_subcommand_from ${command.name}; or not __fish_seen_subcommand_from ${names}"`
        : `"__fish_seen_subcommand_from ${command.name}"`;
    return [
      `complete -c vdcheck -n __fish_use_subcommand -a ${command.name} -d '${fishQuote(command.summary)}'`,
      ...optionsOf(command).map((option) => `complete -c vdcheck -n ${isThis} ${fishOption(option)}`),
      ...command.arguments.flatMap(({ completes }) =>
        Array.isArray(completes) ? [`complete -c vdcheck -f -n ${isThis} -a '${completes.join(' ')}'`] : [],
      ),
    ];
  });
  return `# fish completion for vdcheck\n${lines.join('\n')}\n`;
}

function fishOption({ name, short, value, doc }: OptionSpec): string {
  const letter = short === undefined ? '' : `-s ${short} `;
  const argument =
    value === undefined ? '' : value.kind === 'choice' ? ` -x -a '${value.choices.join(' ')}'` : ' -x';
  return `${letter}-l ${name}${argument} -d '${fishQuote(doc)}'`;
}

function fishQuote(text: string): string {
  return text.replace(/[\\']/g, '\\$&');
}
