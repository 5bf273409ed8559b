import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { archiveRules } from '../../src/appliance/rules.ts';
import type { ImageReport } from '../../src/model/report.ts';
import type { Depth } from '../../src/model/rule.ts';
import { checkLocalImage, expandPath } from '../../src/node/local.ts';
import { runProgram, withFolder } from '../support/program.ts';
import { buildTar, type TarEntry } from '../support/tar.ts';
import { buildStream } from '../support/vmdk.ts';

const disk = buildStream().bytes;
const other = buildStream({ grains: [2, 3] }).bytes;
const CAPACITY = 65536 * 512;
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** What an appliance is like; everything has a sound default. */
interface Plan {
  readonly size?: number;
  readonly capacity?: number | string;
  readonly unit?: string;
  readonly change?: (entries: TarEntry[]) => void;
  readonly cut?: number;
  readonly chunked?: string;
}

const digestLine = (name: string, bytes: Uint8Array, algorithm = 'sha256'): string =>
  `${algorithm.toUpperCase()}(${name})= ${createHash(algorithm).update(bytes).digest('hex')}\n`;

/** An OVA with two disks, a file of settings and a manifest of all. */
function appliance({
  size = disk.length,
  capacity = CAPACITY,
  unit = 'byte',
  change,
  cut = 0,
}: Plan = {}): Uint8Array {
  const ovf = text(`<?xml version="1.0"?><Envelope><References>
    <File ovf:href="one.vmdk" ovf:id="f1" ovf:size="${size}"/><File ovf:href="two.vmdk" ovf:id="f2"/>
    <File ovf:href="vm.nvram" ovf:id="f3" ovf:size="4"/><File ovf:href="https://example.org/x.iso" ovf:id="f4"/></References>
    <DiskSection><Disk ovf:capacity="${capacity}" ovf:capacityAllocationUnits="${unit}" ovf:diskId="d1" ovf:fileRef="f1"/>
    <Disk ovf:capacity="${CAPACITY}" ovf:diskId="d2" ovf:fileRef="f2"/><Disk ovf:capacity="9" ovf:diskId="d3"/></DiskSection></Envelope>`);
  const nvram = text('data');
  const manifest = text(
    digestLine('vm.ovf', ovf) +
      digestLine('one.vmdk', disk, 'sha1') +
      digestLine('two.vmdk', other, 'sha512') +
      digestLine('vm.nvram', nvram),
  );
  const entries: TarEntry[] = [
    { name: 'vm.ovf', bytes: ovf },
    { name: 'vm.mf', bytes: manifest },
    { name: 'one.vmdk', bytes: disk },
    { name: 'two.vmdk', bytes: other },
    { name: 'vm.nvram', bytes: nvram },
  ];
  change?.(entries);
  const bytes = buildTar(entries);
  return bytes.subarray(0, bytes.length - cut);
}

/** Replaces a member, or takes it out. */
const replace =
  (name: string, bytes: Uint8Array | null) =>
  (entries: TarEntry[]): void => {
    const index = entries.findIndex((entry) => entry.name === name);
    entries.splice(index, 1, ...(bytes === null ? [] : [{ name, bytes }]));
  };

async function check(plan: Plan, depth: Depth = 'data'): Promise<ReadonlyMap<string, ImageReport>> {
  return withFolder(async (folder) => {
    const path = join(folder, 'x.ova');
    writeFileSync(path, appliance(plan));
    const reports = new Map<string, ImageReport>();
    for (const member of await expandPath(path))
      reports.set(member.slice(path.length + 1), await checkLocalImage(member, { depth }));
    return reports;
  });
}

/** The archive's rules that found something, with the member in whose report they are. */
function found(reports: ReadonlyMap<string, ImageReport>): readonly string[] {
  return [...reports].flatMap(([member, { counts }]) =>
    Object.keys(counts.byRule)
      .filter((rule) => rule.startsWith('archive/'))
      .map((rule) => `${member}: ${rule}`),
  );
}

const swapped = other.slice(0, disk.length);
const changed = disk.slice();
changed[600] = (changed[600] ?? 0) ^ 1;

/** Plan, what is found at depth data, and whether at depth header too. */
const CASES: readonly (readonly [string, Plan, readonly string[], boolean])[] = [
  ['a sound one', {}, [], true],
  ['a changed disk', { change: replace('one.vmdk', changed) }, ['one.vmdk: archive/digest-mismatch'], false],
  [
    'a changed file of settings',
    { change: replace('vm.nvram', text('date')) },
    ['one.vmdk: archive/digest-mismatch'],
    false,
  ],
  ['a disk of another size', { size: disk.length + 1 }, ['one.vmdk: archive/ovf-size-mismatch'], true],
  ['a capacity of another size', { capacity: CAPACITY + 512 }, ['one.vmdk: archive/ovf-size-mismatch'], true],
  ['a capacity in mebibytes', { capacity: CAPACITY / 2 ** 20, unit: 'byte * 2^20' }, [], true],
  ['a capacity in gibibytes, rounded', { capacity: 1, unit: 'byte * 2^30' }, [], true],
  ['a capacity by a property', { capacity: '${disk}' }, [], true],
  ['a missing disk', { change: replace('two.vmdk', null) }, ['two.vmdk: archive/member-missing'], true],
  [
    'a missing file of settings',
    { change: replace('vm.nvram', null) },
    ['one.vmdk: archive/member-missing'],
    true,
  ],
  [
    'a disk in front',
    { change: (entries) => void entries.unshift(...entries.splice(2, 1)) },
    ['one.vmdk: archive/ovf-not-first'],
    true,
  ],
  ['a manifest behind', { change: (entries) => void entries.push(...entries.splice(1, 1)) }, [], true],
  [
    'a cut in the second disk',
    { change: (entries) => void entries.splice(4, 1), cut: 2048 },
    ['one.vmdk: archive/cut', 'two.vmdk: archive/cut'],
    true,
  ],
  ['no blocks at the end', { cut: 1024 }, [], true],
];

describe('what an archive says of its members', () => {
  test.each(CASES)('%s', async (_, plan, expected, isShallow) => {
    expect(found(await check(plan))).toEqual(expected);
    expect(found(await check(plan, 'header'))).toEqual(isShallow ? expected : []);
  });

  test('each rule has a case', () => {
    const tried = new Set(CASES.flatMap(([, , expected]) => expected.map((line) => line.split(': ')[1])));
    expect(archiveRules.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
  });

  test('a missing disk is an object of its own, and an error', async () => {
    const reports = await check({ change: replace('two.vmdk', null) });
    expect(reports.get('two.vmdk')).toMatchObject({ verdict: 'corrupt', error: null, format: null });
    expect(reports.get('one.vmdk')).toMatchObject({ verdict: 'ok' });
  });

  test('the program says so too', () =>
    withFolder((folder) => {
      const path = join(folder, 'x.ova');
      writeFileSync(
        path,
        appliance({ change: replace('one.vmdk', swapped.length === disk.length ? swapped : changed) }),
      );
      const run = runProgram(['--depth', 'data', '--output', 'json', path]);
      const { images } = JSON.parse(run.stdout) as { images: readonly ImageReport[] };
      expect(images.map(({ path: shown }) => shown)).toEqual([`${path}!one.vmdk`, `${path}!two.vmdk`]);
      expect(images[0]?.problems.map(({ rule }) => rule)).toContain('archive/digest-mismatch');
      expect(images[1]).toMatchObject({ verdict: 'ok', depth: 'data' });
      expect(run.code).toBe(2);
    }));
});
