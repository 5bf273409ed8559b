import type { ExplainedRule, Repair, RuleInfo } from '../model/rule-info.ts';
import type { Style } from './style.ts';
import { widest, wrapText } from './wrap.ts';

/** How rules are laid out. */
export interface RulesLayout {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
}

/** `rules`: a line each, families apart. Ends with a line feed. */
export function renderRuleList(rules: readonly RuleInfo[], { style }: RulesLayout): string {
  const column = widest(rules.map(({ id }) => id)) + 2;
  const lines = rules.flatMap(({ id, severity, title }, index) => {
    const line = `${id.padEnd(column)}${paint(severity, style)(severity.padEnd(9))}${title}`;
    return index > 0 && familyOf(id) !== familyOf(rules[index - 1]?.id ?? '') ? ['', line] : [line];
  });
  return `${lines.join('\n')}\n`;
}

/** `rules ID`: all that is known of one rule. Ends with a line feed. */
export function renderRule(rule: ExplainedRule, { style, width }: RulesLayout): string {
  const { what, why, how, readers, repair } = rule.explanation;
  const part = (title: string, text: string): string =>
    `${style.heading(title)}\n${wrapText(text, width, '  ')}\n`;
  return [
    `${paint(rule.severity, style)(`${rule.severity}[${rule.id}]`)}: ${style.heading(rule.title)}\n`,
    part('What is wrong', what),
    part('What it means for the data', why),
    part('How it arises', how),
    part('What programs do with it', readers),
    part('What can be done', `${repair} ${REPAIRS[rule.repair]}`),
    part('Where it is written', rule.spec),
    part('Found at', `depth ${rule.depth}`),
  ].join('\n');
}

/** How a mend of each sort works. */
const REPAIRS: Readonly<Record<Repair, string>> = {
  safe: 'Mending it cannot change what the guest reads.',
  lossy: 'Mending it gives something up.',
  decision: 'Somebody must choose.',
  none: 'It cannot be mended from the image alone.',
};

function familyOf(id: string): string {
  return id.split('/')[0] ?? '';
}

function paint(severity: RuleInfo['severity'], style: Style): (text: string) => string {
  return severity === 'info' ? style.quiet : style[severity];
}
