import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { rawWriter } from '../../src/formats/raw/writer.ts';
import type { Disk } from '../../src/model/disk.ts';
import type { ImageReport } from '../../src/model/report.ts';
import type { OptionValues, Plan, WriteContext, Writer } from '../../src/model/writer.ts';
import { nodeCompressor } from '../../src/node/compressor.ts';
import { fileTarget, streamTarget } from '../../src/node/file-target.ts';
import { inflate } from '../../src/node/inflate.ts';
import { checkLocalImage, openLocalImage } from '../../src/node/local.ts';
import { differences } from '../../src/ops/compare.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { writePlan } from '../../src/ops/write.ts';
import { Random } from './layouts/index.ts';

/** What a writer is told, with ids that are the same each time, and others for each name. */
export function contextFor(
  name: string,
  values: OptionValues = {},
  more: Partial<WriteContext> = {},
): WriteContext {
  const random = new Random([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 1));
  return {
    values,
    name,
    isPipe: false,
    sparse: 4096,
    backing: null,
    compressor: nodeCompressor(),
    identity: {
      time: 1_700_000_000,
      bytes: (length) => Uint8Array.from({ length }, () => random.int(0, 255)),
    },
    ...more,
  };
}

/** Writes the files of a plan into `folder`, as `convert` does. */
export async function writeFiles(folder: string, plan: Plan, signal?: AbortSignal): Promise<void> {
  const paths = plan.files.map(({ name }) => join(folder, name));
  const descriptors = paths.map((path) => openSync(path, 'w'));
  try {
    const targets = paths.map((path, index) => fileTarget(path, descriptors[index] ?? -1));
    await writePlan(plan, targets, signal === undefined ? {} : { signal });
  } finally {
    descriptors.forEach((descriptor) => closeSync(descriptor));
  }
}

/** Writes a plan as into a pipe. */
export async function writeStream(plan: Plan): Promise<Uint8Array> {
  expect(plan.isStreamable).toBe(true);
  const pieces: Uint8Array[] = [];
  const target = streamTarget((bytes) => void pieces.push(Uint8Array.from(bytes)));
  await writePlan(plan, [target]);
  return new Uint8Array(Buffer.concat(pieces));
}

/** Fails where the image does not store what `disk` has. */
export async function expectDisk(path: string, disk: Disk, size = roundUp(disk.size, 512)): Promise<void> {
  const { image } = await openLocalImage(path);
  try {
    expect(image.size).toBe(size);
    for await (const range of differences(disk, readDisk(image, { inflate })))
      throw new Error(`${path} differs from byte ${range.start} on, ${range.length} bytes`);
  } finally {
    await image.close();
  }
}

/** Fails where the image lacks something that `disk` has, or has many more bytes than that. */
export async function expectStored(path: string, disk: Disk): Promise<void> {
  const { image } = await openLocalImage(path);
  try {
    expect(image.size).toBe(roundUp(disk.size, 512));
    const copy = readDisk(image, { inflate });
    let stored = 0;
    for await (const chunk of disk.chunks()) {
      if (chunk.kind !== 'data') continue;
      stored += chunk.length + 8192;
      const bytes = new Uint8Array(chunk.length);
      await copy.read(chunk.start, bytes);
      expect(Buffer.compare(bytes, chunk.bytes)).toBe(0);
    }
    const size = image.files.reduce((sum, { source }) => sum + (source?.storedSize ?? Infinity), 0);
    expect(size).toBeLessThanOrEqual(stored + 2 ** 20 + disk.size / 2 ** 18);
  } finally {
    await image.close();
  }
}

/** Checks an image to the last byte, and fails where anything above `info` is found, or one of `warnings` is not. */
export async function expectClean(path: string, warnings: readonly string[] = []): Promise<ImageReport> {
  const report = await checkLocalImage(path, { depth: 'data' });
  const isExpected = (rule: string): boolean => warnings.includes(rule);
  const findings = report.problems.filter(({ severity, rule }) => severity !== 'info' && !isExpected(rule));
  expect(report.problems.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...warnings]));
  expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  expect(report.error).toBeNull();
  return report;
}

/** Whether `qemu-img` is installed; says so once where it is not. */
export const hasQemuImg = hasPeer('qemu-img');

/** Whether a program is installed that images are read with. */
export function hasPeer(tool: string): boolean {
  const isThere = spawnSync(tool, [tool === 'qemu-img' ? '--version' : '-V']).status === 0;
  if (!isThere && process.env['REQUIRE_PEERS'] === '1') throw new Error(`${tool} is required`);
  if (!isThere) console.warn(`SKIPPED: ${tool} is not installed, so it reads nothing that was written`);
  return isThere;
}

/** Fails where `qemu-img` reads something else than `disk`, whose raw copy is put into `folder`. */
export async function expectQemuReads(
  folder: string,
  name: string,
  format: string,
  disk: Disk,
): Promise<void> {
  await writeFiles(folder, await rawWriter.plan(disk, contextFor('truth.raw')));
  execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', format, 'truth.raw', name], {
    cwd: folder,
    stdio: 'pipe',
  });
}

/** Fails where `qemu-img check` has something to say. */
export function expectQemuClean(folder: string, name: string, format: string): void {
  execFileSync('qemu-img', ['check', '-f', format, name], { cwd: folder, stdio: 'pipe' });
}

/** Bytes of the files of a plan, in its order. */
export function readFiles(folder: string, plan: Plan): readonly Uint8Array[] {
  return plan.files.map(({ name }) => new Uint8Array(readFileSync(join(folder, name))));
}

/** What a plan's writer would say of a disk and its options. */
export async function planOf(
  writer: Writer,
  disk: Disk,
  name: string,
  values: OptionValues,
  more: Partial<WriteContext> = {},
): Promise<Plan> {
  return writer.plan(disk, contextFor(name, values, more));
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
