import { UsageError } from '../errors.ts';
import { demandsOf, isTarget } from '../gate/targets/index.ts';
import type { TargetName } from '../model/demands.ts';
import type { OptionValues } from '../model/writer.ts';
import type { Invocation } from './command.ts';

/**
 * Creation options as the platforms of `--for` demand them; without it as they were given.
 *
 * @param format id of the output format
 * @throws UsageError where a platform does not take the format, or an option contradicts it
 */
export function optionsForTarget(invocation: Invocation, format: string, values: OptionValues): OptionValues {
  return invocation
    .texts('for')
    .filter(isTarget)
    .reduce((taken, target) => demand(target, format, taken), values);
}

function demand(target: TargetName, format: string, values: OptionValues): OptionValues {
  const { title, formats, advice, options } = demandsOf(target);
  if (!formats.includes(format))
    throw new UsageError(`--for ${target}: ${title} does not take ${format}; write ${advice}`);
  const usual: Record<string, string | undefined> = {};
  for (const [name, allowed] of Object.entries(options[format] ?? {})) {
    const given = values[name];
    if (given !== undefined && !allowed.includes(String(given)))
      throw new UsageError(`--for ${target}: ${title} needs ${name}=${allowed[0]}, not ${String(given)}`);
    usual[name] = allowed[0];
  }
  return { ...usual, ...values };
}
