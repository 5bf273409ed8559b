import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFUSED_FROM_STRANGERS } from '../../src/gate/levels.ts';
import { policyRuleIndex } from '../../src/gate/policy/index.ts';
import { demandsOf, rulesOfTarget } from '../../src/gate/targets/index.ts';
import { TARGETS } from '../../src/model/demands.ts';
import { listRules } from '../../src/ops/rules.ts';
import { loadWriter, writableFormats } from '../../src/ops/writers.ts';
import { ROOT } from '../support/program.ts';

const page = (name: string): string => readFileSync(join(ROOT, 'docs', `${name}.md`), 'utf8');

/** The cells of the rows of a page that begin with the id of a rule. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\| `([a-z0-9]+\/[a-z0-9-]+)` +\|(.*)\|$/gm)].map(([, id = '', rest = '']) => [
    id,
    ...rest.split(/(?<!\\)\|/).map((cell) => cell.trim()),
  ]);

describe('docs/targets.md', () => {
  it('has every rule of every platform, with its severity and source', () => {
    const rules = TARGETS.flatMap((target) => [...rulesOfTarget(target).values()]);
    expect(rowsOf(page('targets'))).toEqual(
      rules.map(({ id, severity, title, spec }) => [id, severity, title, spec]),
    );
  });

  it.each(TARGETS)('says of %s what can be written', async (target) => {
    const { formats, options } = demandsOf(target);
    expect(formats.filter((format) => !writableFormats().includes(format))).toEqual([]);
    for (const [format, demanded] of Object.entries(options)) {
      const { writer } = await loadWriter(format);
      for (const [name, values] of Object.entries(demanded))
        for (const value of values) expect(writer.options[name]?.choices).toContain(value);
    }
    expect(page('targets')).toContain(`--for ${target} SRC DST`);
  });
});

describe('docs/images-from-strangers.md', () => {
  const text = page('images-from-strangers');

  it('has every rule of the policy, with its severity', () => {
    const rows = rowsOf(text);
    expect(new Set(rows.map(([id]) => id))).toEqual(new Set(policyRuleIndex.keys()));
    for (const [id = '', severity = ''] of rows)
      expect(severity).toContain(policyRuleIndex.get(id)?.severity);
  });

  it('names the warnings that count as errors, all of which exist', async () => {
    const rules = new Map((await listRules()).map((rule) => [rule.id, rule]));
    for (const id of REFUSED_FROM_STRANGERS) {
      expect(text).toContain(`\`${id}\``);
      expect(rules.has(id), id).toBe(true);
    }
  });
});
