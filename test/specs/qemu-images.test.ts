import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  BitmapDirectoryEntry,
  BitmapsExtension,
  EncryptionExtension,
  FeatureNameEntry,
  Header,
  HeaderExtension,
  HeaderExtensionType,
  SnapshotEntry,
} from '../../generated/qcow2.ts';
import { KeySlotState, Luks1Header } from '../../generated/luks.ts';

const hasQemu = canRun('qemu-img');
if (!hasQemu && process.env['REQUIRE_PEERS'] !== '1')
  console.warn('SKIPPED: the specs on images of qemu-img, which is not there');

/** Structures that no image of the corpus has. */
describe.skipIf(!hasQemu && process.env['REQUIRE_PEERS'] !== '1')('images that qemu-img makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vdcheck-specs-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = (name: string, ...steps: readonly string[][]): Uint8Array => {
    const path = join(folder, name);
    for (const step of steps) runQemu(step.map((argument) => argument.replace('IMAGE', path)));
    return readFileSync(path);
  };

  it('extended L2 entries and zstd', () => {
    const bytes = make('extended', [
      'create',
      '-f',
      'qcow2',
      '-o',
      'extended_l2=on,compression_type=zstd',
      'IMAGE',
      '10M',
    ]);
    const header = Header.from(bytes);
    expect(header).toMatchObject({ version: 3, headerLength: 112, compressionType: 1, clusterBits: 16 });
    expect(header.incompatibleFeatures).toMatchObject({
      extendedL2: true,
      compressionType: true,
      dirty: false,
    });
    const [names] = extensionsOf(bytes);
    expect(names?.type).toBe(HeaderExtensionType.feature_names);
    expect(featureNames(names)).toEqual(
      expect.arrayContaining([
        'incompatible_features 0: dirty bit',
        'incompatible_features 4: extended L2 entries',
        'autoclear_features 0: bitmaps',
      ]),
    );
  });

  it('snapshots and bitmaps', () => {
    const bytes = make(
      'snapshots',
      ['create', '-f', 'qcow2', 'IMAGE', '4M'],
      ['snapshot', '-c', 'first', 'IMAGE'],
      ['snapshot', '-c', 'the second', 'IMAGE'],
      ['bitmap', '--add', '-g', '4096', 'IMAGE', 'daily'],
    );
    const header = Header.from(bytes);
    const first = SnapshotEntry.from(bytes.subarray(Number(header.snapshotsOffset)));
    const second = SnapshotEntry.from(bytes.subarray(Number(header.snapshotsOffset) + sizeOf(first)));
    expect([first, second].map(({ idStr, name, diskSize }) => [text(idStr), text(name), diskSize])).toEqual([
      ['1', 'first', 4194304n],
      ['2', 'the second', 4194304n],
    ]);
    const extension = extensionsOf(bytes).find(({ type }) => type === HeaderExtensionType.bitmaps);
    const bitmaps = BitmapsExtension.from(extension?.data ?? new Uint8Array());
    const entry = BitmapDirectoryEntry.from(bytes.subarray(Number(bitmaps.bitmapDirectoryOffset)));
    expect(bitmaps).toMatchObject({ nbBitmaps: 1, bitmapDirectorySize: BigInt(sizeOf(entry)) });
    expect(entry).toMatchObject({ granularityBits: 12, type: 1, flags: { auto: true, inUse: false } });
    expect(text(entry.name)).toBe('daily');
  });

  it('a LUKS header', () => {
    const secret = 'secret,id=key,data=abc123';
    const options = 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10';
    const bytes = make('luks', ['create', '--object', secret, '-f', 'qcow2', '-o', options, 'IMAGE', '1M']);
    const extension = extensionsOf(bytes).find(({ type }) => type === HeaderExtensionType.encryption);
    const { offset } = EncryptionExtension.from(extension?.data ?? new Uint8Array());
    const luks = Luks1Header.from(bytes.subarray(Number(offset)));
    expect([luks.cipherName, luks.cipherMode, luks.hashSpec].map(text)).toEqual([
      'aes',
      'xts-plain64',
      'sha256',
    ]);
    expect(luks.keySlots.map(({ state }) => state === KeySlotState.active)).toEqual([
      true,
      ...Array<boolean>(7).fill(false),
    ]);
    expect(luks.keySlots.map(({ stripes }) => stripes)).toEqual(Array(8).fill(4000));
  });
});

function extensionsOf(bytes: Uint8Array): HeaderExtension[] {
  const extensions: HeaderExtension[] = [];
  let at = Header.from(bytes).headerLength ?? 72;
  for (;;) {
    const extension = HeaderExtension.from(bytes.subarray(at));
    if (extension.type === HeaderExtensionType.end) return extensions;
    extensions.push(extension);
    at += sizeOf(extension);
  }
}

function featureNames(extension: HeaderExtension | undefined): string[] {
  const { data } = extension ?? { data: new Uint8Array() };
  const sets = ['incompatible_features', 'compatible_features', 'autoclear_features'];
  return Array.from({ length: data.length / 48 }, (_, index) => {
    const { featureType, bitNumber, name } = FeatureNameEntry.from(data.subarray(index * 48));
    return `${sets[featureType] ?? '?'} ${bitNumber}: ${text(name)}`;
  });
}

/** Bytes of a structure of variable size, padding included. */
function sizeOf(structure: HeaderExtension | SnapshotEntry | BitmapDirectoryEntry): number {
  const { offset, size } = structure.at('padding') ?? { offset: 0, size: 0 };
  return offset + size;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\0+$/, '');
}

/** On a busy machine qemu-img often cannot measure how long its key derivation takes, and gives up; it is then asked again. */
function runQemu(args: readonly string[]): void {
  for (let attempt = 1; ; attempt++) {
    const { status, stderr } = spawnSync('qemu-img', args, { encoding: 'utf8' });
    if (status === 0) return;
    if (attempt === 30 || !stderr.includes('accurate CPU usage')) throw new Error(`qemu-img: ${stderr}`);
  }
}

function canRun(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}
