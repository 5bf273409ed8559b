import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toDisplayValue, toJsonValue } from '../../src/report/field-value.ts';
import { renderHuman } from '../../src/report/human.ts';
import { plainStyle } from '../../src/report/style.ts';
import { imageReport, problem } from '../support/image-report.ts';
import { ROOT } from '../support/program.ts';

/** More than any call takes as arguments. */
const MANY = 500_000;

describe('a value of an image that is very long', () => {
  it.each([
    ['text', 'a'.repeat(MANY)],
    ['bytes that are text', new Uint8Array(MANY).fill(0x41)],
    ['bytes', new Uint8Array(MANY).fill(0xc3)],
    ['a list', Array.from({ length: MANY }, () => 7)],
  ])('%s: is cut for people, with the number of what is left out, and whole for programs', (_, value) => {
    const shown = toDisplayValue(value);
    expect(shown.length).toBeLessThan(400);
    expect(shown).toMatch(/ \.\.\. (4999\d\d|499744) more\]?$/);
    expect(JSON.stringify(toJsonValue(value)).length).toBeGreaterThanOrEqual(MANY);
  });

  it('of the usual length is shown whole', () => {
    expect(toDisplayValue('a'.repeat(256))).toBe(`"${'a'.repeat(256)}"`);
    expect(toDisplayValue([1, 2])).toBe('[1, 2]');
  });
});

it('a report of very many problems is printed', () => {
  const problems = Array.from({ length: MANY }, () => problem({ severity: 'info' }));
  const context = { style: plainStyle, width: 80, explain: () => undefined };
  const text = renderHuman(imageReport({ problems }), context);
  expect(text.length).toBeGreaterThan(MANY * 20);
});

it('nothing that grows with an image is handed over as arguments of a call', () => {
  const found = ['report', 'cli', 'fast'].flatMap((folder) =>
    readdirSync(join(ROOT, 'src', folder))
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => {
        const text = readFileSync(join(ROOT, 'src', folder, name), 'utf8');
        return [...text.matchAll(/[\w\])]\((?:[^(){}[\]]*,\s*)?\.\.\.[^;]{0,40}/g)]
          .filter(({ index }) => !/function \w+$/.test(text.slice(0, index + 1)))
          .map(([call]) => `${folder}/${name}: ${call}`);
      }),
  );
  expect(found).toEqual([]);
});
