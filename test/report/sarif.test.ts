import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageReport } from '../../src/model/report.ts';
import { listRules } from '../../src/ops/rules.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderNdjson } from '../../src/report/ndjson.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { imageReport, problem } from '../support/image-report.ts';
import { runProgram } from '../support/program.ts';

/** The parts of a SARIF log that are looked at here. */
interface Log {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] };
      };
      readonly invocations: readonly [
        { executionSuccessful: boolean; toolExecutionNotifications: readonly unknown[] },
      ];
      readonly results: readonly Result[];
    },
  ];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly [{ physicalLocation: { artifactLocation: { uri: string } } }];
  readonly relatedLocations?: readonly unknown[];
}

/** The schema of the standard; `id` is what the draft of JSON Schema that ajv knows calls `$id`. */
function loadSchema(): object {
  const path = createRequire(import.meta.url).resolve(
    '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
  );
  const {
    id: _id,
    $schema: _draft,
    ...schema
  } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return schema;
}

const ajv = new Ajv({
  unicodeRegExp: false,
  strict: false,
  allErrors: true,
  formats: { uri: isUri, 'uri-reference': isUri, 'date-time': true },
});
const validate = ajv.compile(loadSchema());

function isUri(text: string): boolean {
  return (
    /^([A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-F]{2})*$/.test(text) && !/^[^/?#]*:(?!\/\/)/.test(text)
  );
}

function parse(text: string): Log {
  const log = JSON.parse(text) as Log;
  if (!validate(log)) throw new Error(ajv.errorsText(validate.errors, { separator: '\n' }));
  return log;
}

async function render(...reports: readonly ImageReport[]): Promise<Log> {
  const found = new Set(reports.flatMap(({ problems }) => problems.map(({ rule }) => rule)));
  const rules = (await listRules()).filter(({ id }) => found.has(id));
  return parse(renderSarif(reports, rules, '1.2.3', 0));
}

describe('a SARIF log', () => {
  it('of samples is valid, and every result names a rule with its help', () => {
    const { stdout, code } = runProgram([
      '--output',
      'sarif',
      'samples/damaged/footer-only.vhd',
      'samples/damaged/shared-cluster.qcow2',
      'samples/sound/win8.vhd',
      'none.vhd',
    ]);
    expect(code).toBe(1);
    const [run] = parse(stdout).runs;
    expect(run.results.length).toBeGreaterThan(1);
    const { rules } = run.tool.driver;
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    for (const { help } of rules) expect(help.text.length).toBeGreaterThan(100);
    expect(run.invocations[0].executionSuccessful).toBe(false);
    expect(run.invocations[0].toolExecutionNotifications).toMatchObject([{ descriptor: { id: 'ENOENT' } }]);
  });

  it('of sound images has no result and no rule', async () => {
    const [run] = (await render(imageReport({}))).runs;
    expect(run).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
    expect(run.invocations[0].executionSuccessful).toBe(true);
  });

  it('tells the other places of a problem', async () => {
    const also = [{ file: 'b.vhd', offset: 512, length: 8, field: 'bat[1]' }];
    const found = problem({ offset: 4, length: 4, field: 'bat[0]', also });
    const [run] = (await render(imageReport({ problems: [found] }))).runs;
    expect(run.results).toMatchObject([
      {
        locations: [{ physicalLocation: { region: { byteOffset: 4, byteLength: 4 } } }],
        relatedLocations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'b.vhd' },
              region: { byteOffset: 512, byteLength: 8 },
            },
            logicalLocations: [{ fullyQualifiedName: 'bat[1]' }],
          },
        ],
      },
    ]);
  });

  it('alone tells them: JSON reports are what they were', () => {
    const plain = problem({ field: 'bat[0]' });
    const also = [{ file: 'b.vhd', offset: 512, length: 8, field: 'bat[1]' }];
    const [one, two] = [plain, { ...plain, also }].map((found) => imageReport({ problems: [plain, found] }));
    if (one === undefined || two === undefined) throw new Error('two reports are wanted');
    expect(renderNdjson(two)).toBe(renderNdjson(one));
    expect(renderJson([two], '1', 0)).toBe(renderJson([one], '1', 0));
    expect(two.problems[1]?.also).toEqual(also);
  });

  it.each([
    ['a b%.vhd', 'a%20b%25.vhd'],
    ['dir/c:d#.vhd', 'dir/c%3Ad%23.vhd'],
    ['c:d.vhd', 'c%3Ad.vhd'],
    ['/srv/x?.vhd', 'file:///srv/x%3F.vhd'],
    ['C:\\vm\\x.vhd', 'file:///C:/vm/x.vhd'],
    ['\\\\host\\share\\x.vhd', 'file://host/share/x.vhd'],
    ['https://h/x.vhd?a=...', 'https://h/x.vhd?a=...'],
    ['\ud800.vhd', '%EF%BF%BD.vhd'],
  ])('names the file %s as %s', async (path, uri) => {
    const [run] = (await render(imageReport({ path, problems: [problem({})] }))).runs;
    expect(run.results[0]?.locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });

  it('is valid whatever path and field an image has', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.maxSafeNat(), async (path, field, offset) => {
        await render(imageReport({ path, problems: [problem({ field, offset, message: field })] }));
      }),
      { seed: 5 },
    );
  });
});

describe('a fingerprint', () => {
  const prints = async (...problems: Parameters<typeof problem>[0][]): Promise<string[]> => {
    const [run] = (await render(imageReport({ problems: problems.map(problem) }))).runs;
    return run.results.flatMap(({ partialFingerprints }) => Object.values(partialFingerprints));
  };

  it('stays when figures, wording, order and other problems change', async () => {
    const [a, b] = await prints({ field: 'x', actual: '1', message: 'm' }, { field: 'y' });
    const [c, d, e] = await prints(
      { field: 'z' },
      { field: 'y' },
      { field: 'x', actual: '2', message: 'n', offset: 3 },
    );
    expect([e, d]).toEqual([a, b]);
    expect(new Set([a, b, c]).size).toBe(3);
  });

  it('tells problems of the same place apart', async () => {
    const found = await prints(
      { field: 'x' },
      { field: 'x' },
      { field: 'x', file: 'other' },
      { field: 'x', rule: 'file/other' },
    );
    expect(new Set(found).size).toBe(4);
  });
});
