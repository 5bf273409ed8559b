import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { listRules } from '../../src/ops/rules.ts';
import { withFolder } from '../support/program.ts';
import type { RuleCase } from '../support/rule-case.ts';
import { ruleCases as qcow2 } from './qcow2/rule-cases.ts';
import { ruleCases as vdi } from './vdi/rule-cases.ts';
import { ruleCases as vhd } from './vhd/rule-cases.ts';
import { ruleCases as vmdk } from './vmdk/rule-cases.ts';

const hasQemu = spawnSync('qemu-img', ['--version']).status === 0;
if (!hasQemu && process.env['REQUIRE_PEERS'] === '1') throw new Error('qemu-img is required');
if (!hasQemu) console.warn('SKIPPED: qemu-img is not installed, so what the texts say of it is not tried');

const CASES: Readonly<Record<string, readonly RuleCase[]>> = { qcow2, vdi, vpc: vhd, vmdk };
const rules = await listRules();

/** What a text says of QEMU before anything else, and whether the image is opened then. */
const SENTENCES: readonly (readonly [says: RegExp, opens: boolean])[] = [
  [/^qemu(?: \d[\d.]*)? refuses (?:to open )?(?:the image|the file|the disk|it)\b/i, false],
  [/^qemu (?:opens it|ignores it|does not (?:notice|look|check it)|pays no attention)\b/i, true],
];

/** Sentences that are about something else than the image of the test, and what they are held by. */
/** Rules with such a sentence and the images of their tests. */
const TRIED = Object.entries(CASES).flatMap(([format, cases]) =>
  cases.flatMap((one) => {
    const readers = rules.find(({ id }) => id === one.rule)?.explanation.readers ?? '';
    const sentence = SENTENCES.find(([says]) => says.test(readers));
    if (sentence === undefined) return [];
    return [[one.rule, format, sentence[1] ? 'opens' : 'refuses', one] as const];
  }),
);

test('there are such sentences', () => expect(TRIED.length).toBeGreaterThan(60));

test.skipIf(!hasQemu).each(TRIED)('of %s (%s): QEMU %s it', async (_, format, verb, one) => {
  await withFolder((folder) => {
    const files = one.damaged();
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    const [name = ''] = Object.keys(files);
    const options = { cwd: folder, encoding: 'utf8', timeout: 10_000 } as const;
    const { status, stdout, stderr } = spawnSync(
      'qemu-img',
      ['map', '-f', format, '--output=json', name],
      options,
    );
    expect(status === 0 ? 'opens' : 'refuses', stdout.slice(0, 300) + stderr.slice(0, 300)).toBe(verb);
  });
});
