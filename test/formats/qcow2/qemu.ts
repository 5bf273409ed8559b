import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestOffset } from '../../../src/model/offsets.ts';
import type { Image } from '../../../src/model/image.ts';

/** Whether `qemu-img` and `qemu-io` can be run; where they must, their absence is an error. */
export function hasQemu(): boolean {
  const found = ['qemu-img', 'qemu-io'].every((tool) => spawnSync(tool, ['--version']).status === 0);
  if (!found && process.env.REQUIRE_PEERS === '1') throw new Error('qemu-img and qemu-io are required');
  if (!found) console.warn('SKIPPED: qemu-img or qemu-io is not installed, so nothing is compared with them');
  return found;
}

/** A folder for images that is removed at the end. */
export function workFolder(): { readonly path: (name: string) => string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'vdcheck-qcow2-'));
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs `qemu-img`; its output. */
export function qemuImg(...args: readonly string[]): string {
  return execFileSync('qemu-img', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs `qemu-io` commands on an image. */
export function qemuIo(path: string, commands: readonly string[], options: readonly string[] = []): void {
  const wanted = commands.flatMap((command) => ['-c', command]);
  execFileSync('qemu-io', [...options, ...wanted, path], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What `qemu-img check` says. */
export interface QemuCheck {
  readonly exit: number;
  readonly corruptions: number;
  readonly leaks: number;
  readonly text: string;
}

/** Runs `qemu-img check`. */
export function qemuCheck(path: string): QemuCheck {
  const { status, stdout, stderr } = spawnSync('qemu-img', ['check', '-f', 'qcow2', '--output=json', path], {
    encoding: 'utf8',
  });
  const figures = (status === 1 ? {} : JSON.parse(stdout)) as { corruptions?: number; leaks?: number };
  return {
    exit: status ?? -1,
    corruptions: figures.corruptions ?? 0,
    leaks: figures.leaks ?? 0,
    text: stderr,
  };
}

/** A run of the disk as both sides put it; `offset` is null where none is told. */
export interface Run {
  start: number;
  length: number;
  kind: string;
  offset: number | null;
}

interface QemuRun {
  readonly start: number;
  readonly length: number;
  readonly depth: number;
  readonly present: boolean;
  readonly zero: boolean;
  readonly data: boolean;
  readonly compressed?: boolean;
  readonly offset?: number;
}

/** The runs of the topmost layer by `qemu-img map`. */
export function qemuMap(...args: readonly string[]): readonly Run[] {
  const runs = JSON.parse(qemuImg('map', '--output=json', ...args)) as readonly QemuRun[];
  return joinRuns(
    runs.map(({ start, length, depth, present, data, compressed, offset }) => {
      // Version 7.2 says of a compressed cluster only that its data have no offset.
      const isCompressed = compressed ?? (data && offset === undefined);
      const kind =
        !present || depth > 0 ? 'unallocated' : isCompressed ? 'compressed' : data ? 'data' : 'zero';
      return { start, length, kind, offset: kind === 'data' ? (offset ?? null) : null };
    }),
  );
}

/** The runs of an image by its own mappings. */
export async function ownMap(image: Image): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for await (const batch of image.mappings({ start: guestOffset(0), length: image.size }))
    for (const mapping of batch)
      runs.push({
        start: mapping.start,
        length: mapping.length,
        kind: mapping.kind,
        offset: mapping.kind === 'data' ? mapping.at.offset : null,
      });
  return joinRuns(runs);
}

/** Joins runs that continue one another, so that only the disk matters and not how it was cut. */
export function joinRuns(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    if (run.length === 0) continue;
    const last = joined.at(-1);
    const continues =
      last?.kind === run.kind &&
      last.start + last.length === run.start &&
      (last.offset === null ? run.offset === null : last.offset + last.length === run.offset);
    if (continues && last !== undefined) last.length += run.length;
    else joined.push({ ...run });
  }
  return joined;
}
