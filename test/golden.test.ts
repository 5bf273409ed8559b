import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runProgram } from './support/program.ts';
import { assertImageSchema, assertSchema } from './support/schemas.ts';

/** What is run on every sample image; `npm run test:update` renews what they are expected to print. */
const COMMANDS: readonly (readonly [file: string, args: readonly string[]])[] = [
  ['check.txt', ['check']],
  ['check.json', ['check', '--output', 'json']],
  ['info.txt', ['info', '--backing-chain']],
  ['info.json', ['info', '--backing-chain', '--output', 'json']],
  ['dump.txt', ['dump']],
  ['map.txt', ['map']],
  ['map.json', ['map', '--output', 'json']],
];

const samples = ['sound', 'damaged'].flatMap((kind) =>
  readdirSync(join(ROOT, 'samples', kind))
    .filter((name) => !/-[fs]\d{3}\.vmdk$/.test(name))
    .map((name) => [kind, name] as const),
);

describe.each(samples)('%s/%s', (kind, name) => {
  const path = `samples/${kind}/${name}`;

  it.each(COMMANDS)('%s', async (file, args) => {
    const { stdout, stderr, code } = runProgram([...args, path]);
    if (file.endsWith('.json') && stdout !== '')
      assertSchema(args[0] === 'check' ? 'report' : (args[0] ?? ''), JSON.parse(stdout));
    // The size on this machine depends on its file system, the version on the release.
    const stable = stdout
      .replace(/("actual-size": )\d+/g, '$10')
      .replace(/^(disk size: ).*$/gm, '$1-')
      .replace(/("version": )"[^"]+"/, '$1"-"');
    const told = stderr === '' ? '' : `--- standard error\n${stderr}`;
    const transcript = file.endsWith('.json') && code === 0 ? stable : `${stable}${told}--- exit ${code}\n`;
    await expect(transcript).toMatchFileSnapshot(`golden/${name}/${file}`);
  });

  it('one line of ndjson is the image of the JSON document', () => {
    const line: unknown = JSON.parse(runProgram(['--output', 'ndjson', path]).stdout);
    assertImageSchema(line);
    const document = JSON.parse(runProgram(['--output', 'json', path]).stdout) as {
      images: unknown[];
      exitCode: number;
    };
    expect(document.images).toEqual([line]);
    const { code } = runProgram([path]);
    expect(document.exitCode).toBe(code);
    expect(code === 0).toBe(kind === 'sound');
  });

  it('dump as JSON fits its schema, and every field lies in its structure', () => {
    const { stdout, code } = runProgram(['dump', '--output', 'json', path]);
    if (code !== 0) return;
    const dump = JSON.parse(stdout) as { structures: Field[] };
    assertSchema('dump', dump);
    for (const structure of dump.structures)
      for (const field of structure.fields ?? []) assertInside(field, structure);
  });
});

/** What structures and fields have in common. */
interface Field {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly fields?: readonly Field[];
}

function assertInside(inner: Field, outer: Field): void {
  expect(inner.offset, inner.name).toBeGreaterThanOrEqual(outer.offset);
  expect(inner.offset + inner.size, inner.name).toBeLessThanOrEqual(outer.offset + outer.size);
  for (const field of inner.fields ?? []) assertInside(field, inner);
}
