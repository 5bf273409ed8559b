import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import type { ImageReport } from '../../src/model/report.ts';
import { ROOT, runProgram, withFolder } from '../support/program.ts';
import { buildQcow2 } from '../support/qcow2.ts';
import { assertSchema } from '../support/schemas.ts';
import { buildVhd } from '../support/vhd.ts';
import { descriptorFile } from '../support/vmdk.ts';

/** The schema that the package ships, as a function. */
const bySchema = new Ajv2020({ strict: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(join(ROOT, 'src/cli/config.schema.json'), 'utf8')) as object,
);

const isTaken = (value: unknown): boolean => {
  try {
    parseConfig(JSON.stringify(value), 'x.json');
    return true;
  } catch {
    return false;
  }
};

describe('a configuration file', () => {
  it.each([
    {},
    { $schema: './node_modules/vdcheck/dist/config.schema.json' },
    { policy: 'untrusted' },
    { for: ['azure', 'aws', 'esx', 'hyperv', 'virtualbox', 'xen', 'glance'] },
    { rules: { 'vhd/creator-unknown': 'off', 'file/polyglot-magic': 'error' } },
    { limits: { 'max-virtual-size': '64T', 'max-table-memory': 1048576, 'max-chain': 3 } },
    { limits: { 'max-inflation': 10, 'max-aliases': 0 } },
  ])('%j is taken, by the program and by the schema', (value) => {
    expect([isTaken(value), bySchema(value)]).toEqual([true, true]);
  });

  it.each([
    [],
    null,
    'untrusted',
    { $schema: 1 },
    { polcy: 'untrusted' },
    { policy: 'trusted' },
    { for: 'azure' },
    { for: ['azur'] },
    { for: [1] },
    { rules: [] },
    { rules: { 'vhd/creator-unknown': 'of' } },
    { rules: { 'vhd/creator-unknown': 0 } },
    { limits: { 'max-virtual': 1 } },
    { limits: { 'max-virtual-size': '64 TB' } },
    { limits: { 'max-virtual-size': -1 } },
    { limits: { 'max-virtual-size': 1.5 } },
    { limits: { 'max-chain': '3k' } },
    { limits: { 'max-chain': null } },
  ])('%j is refused, by the program and by the schema', (value) => {
    expect([isTaken(value), bySchema(value)]).toEqual([false, false]);
  });

  it.each([
    [{ polcy: 'untrusted' }, "there is no key 'polcy'; did you mean 'policy'?"],
    [{ for: ['azur'] }, "there is no platform 'azur'; did you mean 'azure'?"],
    [{ rules: { 'a/b': 'of' } }, "there is no level 'of'; did you mean 'off'?"],
    [{ limits: { 'max-chian': 1 } }, "there is no key 'max-chian'; did you mean 'max-chain'?"],
  ])('%j is answered with the nearest name', (value, message) => {
    expect(() => parseConfig(JSON.stringify(value), 'x.json')).toThrow(message);
  });
});

/** What `check --output json` says of one image. */
function check(args: readonly string[], cwd: string): ImageReport {
  const { stdout, stderr } = runProgram(['check', '--output', 'json', ...args], { cwd });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as { images: readonly ImageReport[] };
  assertSchema('report', report);
  const [image] = report.images;
  if (image === undefined) throw new Error('no image');
  return image;
}

describe('the program', () => {
  const config = (folder: string, value: unknown, name = 'vdcheck.config.json'): void =>
    writeFileSync(join(folder, name), JSON.stringify(value));
  const stranger = buildQcow2({ backing: 'base.raw', backingFormat: 'raw' }).bytes;

  it('reads the file in the working directory, or the one that is named, or none', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'a.vhd'), buildVhd({ creator: 'abcd' }).bytes);
      config(folder, { rules: { 'vhd/creator-unknown': 'error' }, for: ['azure'] });
      config(folder, { rules: { 'vhd/creator-unknown': 'off' } }, 'other.json');
      const found = check(['a.vhd'], folder);
      expect(found.adjusted).toMatchObject([{ rule: 'vhd/creator-unknown', level: 'error', by: 'user' }]);
      expect(found.targets?.map(({ target }) => target)).toEqual(['azure']);
      const named = check(['--config', 'other.json', 'a.vhd'], folder);
      expect(named.adjusted).toMatchObject([{ level: 'off', count: 1 }]);
      expect(named).not.toHaveProperty('targets');
      expect(check(['--no-config', 'a.vhd'], folder)).not.toHaveProperty('adjusted');
      // The command line has the last word.
      const both = check(['--rule', 'vhd/creator-unknown=warning', '--for', 'xen', 'a.vhd'], folder);
      expect(both.adjusted).toMatchObject([{ level: 'warning' }]);
      expect(both.targets?.map(({ target }) => target)).toEqual(['xen']);
    }));

  it('does not let a file that is only found weaken the policy', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'a.qcow2'), stranger);
      config(folder, { rules: { 'policy/backing-present': 'off' } });
      expect(
        check(['--policy', 'untrusted', 'a.qcow2'], folder).counts.byRule['policy/backing-present'],
      ).toBe(1);
      const named = check(['--policy', 'untrusted', '--config', 'vdcheck.config.json', 'a.qcow2'], folder);
      expect(named.adjusted).toMatchObject([{ rule: 'policy/backing-present', level: 'off' }]);
    }));

  it('holds to the limits of options and file', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'a.qcow2'), buildQcow2({ size: 2 ** 21 }).bytes);
      config(folder, { policy: 'untrusted', limits: { 'max-virtual-size': '1M' } });
      expect(check(['a.qcow2'], folder).counts.byRule['policy/virtual-size']).toBe(1);
      expect(check(['--max-virtual-size', '2M', 'a.qcow2'], folder).verdict).toBe('ok');
    }));

  it('holds images in processes of their own to the same', () =>
    withFolder((folder) => {
      for (const name of ['a.qcow2', 'b.qcow2']) writeFileSync(join(folder, name), stranger);
      const { stdout, code } = runProgram(
        ['--policy', 'untrusted', '--for', 'glance', '--output', 'ndjson', 'a.qcow2', 'b.qcow2'],
        { cwd: folder },
      );
      const reports = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ImageReport);
      expect(reports.map(({ verdict, targets }) => [verdict, targets?.[0]?.answer])).toEqual([
        ['corrupt', 'refuses'],
        ['corrupt', 'refuses'],
      ]);
      expect(code).toBe(2);
    }));

  it('says what was switched off, and that an image was refused and not that it is corrupt', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'a.vhd'), buildVhd({ creator: 'abcd' }).bytes);
      const args = ['--for', 'azure', '--for', 'hyperv', '--rule', 'vhd/creator-unknown=off', 'a.vhd'];
      const { stdout, code } = runProgram(args, { cwd: folder });
      expect(stdout).toContain('vhd/creator-unknown is off: 1 finding not shown\n');
      expect(stdout).toContain('azure: refuses, because Azure takes fixed VHDs only');
      expect(stdout).toContain('hyperv: takes it\n');
      expect(stdout).toMatch(/^a\.vhd: refused: /m);
      expect(code).toBe(2);
    }));

  it('tells of a link to outside the folder', () =>
    withFolder((folder) => {
      mkdirSync(join(folder, 'in'));
      writeFileSync(join(folder, 'secret.raw'), new Uint8Array(64 * 512));
      symlinkSync(join(folder, 'secret.raw'), join(folder, 'in', 'link.raw'));
      writeFileSync(join(folder, 'in', 'plain.raw'), new Uint8Array(64 * 512));
      for (const name of ['link', 'plain'])
        writeFileSync(
          join(folder, 'in', `${name}.vmdk`),
          descriptorFile({ extents: [`RW 64 FLAT "${name}.raw" 0`] }),
        );
      const rule = 'policy/path-symlink';
      expect(check(['--policy', 'untrusted', 'in/link.vmdk'], folder).counts.byRule[rule]).toBe(1);
      expect(check(['--policy', 'untrusted', 'in/plain.vmdk'], folder).counts.byRule[rule]).toBeUndefined();
    }));
});
