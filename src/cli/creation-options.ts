import { UsageError } from '../errors.ts';
import type { CreationOption, OptionValues, Writer } from '../model/writer.ts';
import { parseSize } from './sizes.ts';
import { findNearest } from './suggest.ts';

/** Whether the options are asked for with `-o help`. */
export function wantsHelp(texts: readonly string[]): boolean {
  return texts.some((text) => text === 'help' || text === '?');
}

/** The list of `-o help`. */
export function describeOptions(format: string, { options }: Writer): string {
  const lines = Object.entries(options).map(([name, option]) => {
    const value = option.type === 'choice' ? (option.choices ?? []).join('|') : option.type;
    const preset = option.default === undefined ? '' : ` (default: ${option.default})`;
    return `  ${`${name}=<${value}>`.padEnd(30)} ${option.doc}${preset}\n`;
  });
  return lines.length === 0 ? `${format} has no options\n` : `Options of ${format}:\n${lines.join('')}`;
}

/**
 * Reads `-o k=v,k=v`, any number of times; a comma in a value is doubled, as `qemu-img` has it.
 *
 * @throws UsageError that names what the format does not have and the nearest that it has
 */
export function parseCreationOptions(
  texts: readonly string[],
  format: string,
  { options, refused = {} }: Writer,
): OptionValues {
  const values: Record<string, boolean | number | string> = Object.create(null) as Record<string, never>;
  for (const part of texts.flatMap(splitOptions)) {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (Object.hasOwn(refused, name)) throw new UsageError(`option '${name}': ${refused[name]}`);
    if (option === undefined) throw unknownOption(name, format, Object.keys(options));
    values[name] = readValue(name, at < 0 ? 'on' : part.slice(at + 1), option);
  }
  return values;
}

function splitOptions(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const isComma = text[at] === ',';
    if (isComma && text[at + 1] !== ',') {
      parts.push(part);
      part = '';
      continue;
    }
    if (isComma) at++;
    part += text[at] ?? '';
  }
  return [...parts, part].filter((found) => found !== '');
}

function unknownOption(name: string, format: string, names: readonly string[]): UsageError {
  const nearest = findNearest(name, names);
  const hint = nearest === undefined ? 'it has none' : `did you mean '${nearest}'?`;
  return new UsageError(`${format} has no creation option '${name}'; ${hint}`);
}

function readValue(name: string, text: string, option: CreationOption): boolean | number | string {
  switch (option.type) {
    case 'boolean':
      if (['on', 'yes', 'true', 'y'].includes(text)) return true;
      if (['off', 'no', 'false', 'n'].includes(text)) return false;
      throw new UsageError(`option '${name}' is on or off, not '${text}'`);
    case 'size':
      return parseSize(text, `option '${name}'`);
    case 'number':
      if (!/^\d{1,15}$/.test(text))
        throw new UsageError(`option '${name}' takes a whole number, not '${text}'`);
      return Number(text);
    case 'choice': {
      const choices = option.choices ?? [];
      if (choices.includes(text)) return text;
      throw new UsageError(
        `option '${name}' has no value '${text}'; did you mean '${findNearest(text, choices) ?? ''}'? (${choices.join(', ')})`,
      );
    }
    case 'string':
      return text;
  }
}
