import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildVhd } from '../support/vhd.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const COPIED = ['src', 'specs', 'generated', 'tools', 'package.json', 'tsconfig.json', '.prettierrc.json'];

let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'vdcheck-spec-edit-'));
  for (const name of COPIED) cpSync(join(PROJECT, name), join(copy, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'image.vhd'), buildVhd().bytes);
});

afterAll(() => rmSync(copy, { recursive: true }));

/** Checks the image with the program as the copy's sources make it. */
function check(): { exitCode: number | null; rules: readonly string[] } {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'src/cli.ts', 'check', '--output', 'json', 'image.vhd'],
    { cwd: copy, encoding: 'utf8' },
  );
  const { images } = JSON.parse(stdout) as { images: { counts: { byRule: Record<string, number> } }[] };
  return { exitCode: status, rules: Object.keys(images[0]?.counts.byRule ?? {}) };
}

test('editing an allowed value in a spec and regenerating changes the verdict, with no other edit', () => {
  expect(check().exitCode).toBe(0);
  const spec = join(copy, 'specs/vhd.ksy');
  const text = readFileSync(spec, 'utf8');
  const edited = text.replace(/(id: file_format_version[^]*?valid: )0x0+10000\n/i, '$10x00020000\n');
  expect(edited).not.toBe(text);
  writeFileSync(spec, edited);
  const generate = spawnSync(process.execPath, ['tools/generate.mjs'], { cwd: copy, encoding: 'utf8' });
  expect(generate.stderr).toBe('');
  expect(generate.status).toBe(0);
  const { exitCode, rules } = check();
  expect(exitCode).toBe(2);
  expect(rules).toContain('vhd/format-version');
});
