import { UsageError } from '../errors.ts';
import { DEFAULT_LIMITS } from '../gate/limits.ts';
import type { Limits, RuleLevel } from '../model/demands.ts';
import type { OptionSpec } from './command.ts';
import { formatBytes, parseSize } from './sizes.ts';

/** What a rule can be set to. */
export const LEVELS: readonly RuleLevel[] = ['off', 'info', 'warning', 'error'];

/** One limit of the policy: an option, and a key of the configuration file with the same name. */
interface LimitSpec {
  readonly option: string;
  readonly key: keyof Limits;
  readonly isSize: boolean;
  /** As the doc of the option begins. */
  readonly doc: string;
}

const LIMITS: readonly LimitSpec[] = [
  { option: 'max-virtual-size', key: 'virtualSize', isSize: true, doc: 'refuse disks larger than SIZE' },
  {
    option: 'max-table-memory',
    key: 'tableMemory',
    isSize: true,
    doc: 'refuse images whose tables take more memory than SIZE',
  },
  { option: 'max-chain', key: 'chain', isSize: false, doc: 'warn of more than N layers' },
  {
    option: 'max-inflation',
    key: 'inflation',
    isSize: false,
    doc: 'refuse images that inflate to more than N times their file',
  },
  {
    option: 'max-aliases',
    key: 'aliases',
    isSize: false,
    doc: 'warn of more than N table entries that point to what another one points to',
  },
];

/** The options, which have a use with `--policy untrusted` only. */
export const limitOptions: readonly OptionSpec[] = LIMITS.map(({ option, key, isSize, doc }) => ({
  name: option,
  value: isSize ? { kind: 'text', name: 'SIZE' } : { kind: 'number', name: 'N', minimum: 0 },
  doc: `with --policy untrusted: ${doc} (default ${isSize ? formatBytes(DEFAULT_LIMITS[key]) : DEFAULT_LIMITS[key]})`,
}));

/** Options and the limits that they set. */
export function limitNames(): readonly (readonly [option: string, key: keyof Limits])[] {
  return LIMITS.map(({ option, key }) => [option, key] as const);
}

/**
 * Reads the value of a limit, a size or a count.
 *
 * @throws UsageError that names the option
 */
export function parseLimit(option: string, text: string): number {
  if (LIMITS.find((limit) => limit.option === option)?.isSize === true) return parseSize(text, `--${option}`);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a whole number, not '${text}'`);
}
