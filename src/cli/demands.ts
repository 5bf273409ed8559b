import { UsageError } from '../errors.ts';
import { UNALTERABLE } from '../gate/levels.ts';
import { isTarget } from '../gate/targets/index.ts';
import type { Demands, Limits, RuleLevel, TargetName } from '../model/demands.ts';
import type { Invocation } from './command.ts';
import { readConfig, type Config } from './config.ts';
import { LEVELS, limitNames, parseLimit } from './limits.ts';
import { findNearest } from './suggest.ts';

/**
 * What images are checked against besides their format: by the options, and by the configuration file where the
 * options say nothing.
 *
 * @throws UsageError for a rule, level or limit that does not exist, and for options that have no effect
 */
export async function readDemands(invocation: Invocation): Promise<Demands> {
  const config = configOf(invocation);
  const untrusted = (invocation.text('policy') ?? config.policy) === 'untrusted';
  const targets = targetsOf(invocation, config);
  const limits = { ...config.limits, ...limitsOf(invocation, untrusted) };
  const levels = { ...config.rules, ...levelsOf(invocation) };
  await demandRules(Object.keys(levels));
  return {
    ...(untrusted ? { untrusted, limits } : {}),
    ...(targets.length === 0 ? {} : { targets }),
    ...(Object.keys(levels).length === 0 ? {} : { levels }),
  };
}

/**
 * The configuration. With `--policy untrusted` one that is only found, and not named, is left alone: the folder may
 * be where strangers' files are, and a file in it must not switch off what keeps them out.
 */
function configOf(invocation: Invocation): Config {
  const path = invocation.text('config');
  const isOff = invocation.isSet('no-config');
  if (isOff && path !== undefined)
    throw new UsageError("options '--config' and '--no-config' exclude each other");
  if (isOff || (path === undefined && invocation.text('policy') !== undefined)) return {};
  return readConfig(path ?? null);
}

function targetsOf(invocation: Invocation, config: Config): readonly TargetName[] {
  const given = invocation.texts('for').filter(isTarget);
  return given.length > 0 ? given : (config.for ?? []);
}

/** Limits belong to the policy: without it they are of no use. */
function limitsOf(invocation: Invocation, isUntrusted: boolean): Partial<Limits> {
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const [option, key] of limitNames()) {
    const text = invocation.text(option);
    if (text === undefined) continue;
    if (!isUntrusted) throw new UsageError(`option '--${option}' has no use without --policy untrusted`);
    limits[key] = parseLimit(option, text);
  }
  return limits;
}

function levelsOf(invocation: Invocation): Readonly<Record<string, RuleLevel>> {
  return Object.fromEntries(invocation.texts('rule').map(parseLevel));
}

function parseLevel(text: string): readonly [rule: string, level: RuleLevel] {
  const at = text.lastIndexOf('=');
  const word = text.slice(at + 1);
  const level = LEVELS.find((known) => known === word);
  if (at <= 0) throw new UsageError(`option '--rule' takes ID=${LEVELS.join('|')}, not '${text}'`);
  if (level === undefined) {
    const nearest = findNearest(word, LEVELS) ?? '';
    throw new UsageError(
      `option '--rule' has no level '${word}'; did you mean '${nearest}'? (${LEVELS.join(', ')})`,
    );
  }
  return [text.slice(0, at), level];
}

/** Rules that are set must exist: a typing error would leave on what was meant to be off. */
async function demandRules(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  if (ids.includes(UNALTERABLE))
    throw new UsageError(
      `rule '${UNALTERABLE}' cannot be set: it says that an image could not be looked into`,
    );
  const { listRules } = await import('../ops/rules.ts');
  const known = (await listRules()).map(({ id }) => id);
  const stranger = ids.find((id) => !known.includes(id));
  if (stranger === undefined) return;
  const nearest = findNearest(stranger, known) ?? '';
  throw new UsageError(`there is no rule '${stranger}'; did you mean '${nearest}'?`);
}
