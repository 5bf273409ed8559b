import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileSource } from '../../../src/io/file-source.ts';
import type { ImageReport } from '../../../src/model/report.ts';
import { checkImage } from '../../../src/ops/check.ts';
import { followFiles } from '../../../src/node/reference-policy.ts';
import { checkMemory } from '../../support/open.ts';
import { buildQcow2 } from '../../support/qcow2.ts';
import { chainOf } from './rule-cases.ts';

describe('qcow2/backing-depth', () => {
  it('fires at the last layer that is followed', async () => {
    const report = await checkMemory(chainOf(258), { format: 'qcow2' });
    expect(report.counts.byRule).toEqual({ 'qcow2/backing-depth': 1 });
    const [problem] = report.problems;
    expect(problem).toMatchObject({
      severity: 'warning',
      file: '255.qcow2',
      field: 'header.backing_file_offset',
      actual: '256.qcow2',
    });
    expect(problem?.message).toContain('256 layers');
  });

  it('does not fire on the longest chain that is followed', async () => {
    const report = await checkMemory(chainOf(256), { format: 'qcow2' });
    expect(report.problems).toEqual([]);
  });
});

describe('qcow2/backing-newer', () => {
  const IMAGE_TIME = 1_600_000_000;
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vdcheck-chain-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, bytes: Uint8Array, seconds: number): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    utimesSync(path, seconds, seconds);
    return path;
  }

  function check(baseTime: number): Promise<ImageReport> {
    const overlay = buildQcow2({ backing: 'base.qcow2', backingFormat: 'qcow2' });
    write('base.qcow2', buildQcow2({ clusters: { 0: 'data' } }).bytes, baseTime);
    const path = write('image.qcow2', overlay.bytes, IMAGE_TIME);
    return checkImage(path, { openSource: openFileSource, policy: followFiles({ outside: false }) });
  }

  it('fires on a backing file that was modified a second later', async () => {
    const report = await check(IMAGE_TIME + 1);
    expect(report.counts.byRule).toEqual({ 'qcow2/backing-newer': 1 });
    expect(report.problems[0]).toMatchObject({
      severity: 'info',
      file: join(folder, 'image.qcow2'),
      field: 'header.backing_file_offset',
      actual: 'base.qcow2',
    });
    expect(report.verdict).toBe('ok');
  });

  it.each([0, -1])('does not fire on one that was modified %i seconds later', async (seconds) => {
    expect((await check(IMAGE_TIME + seconds)).problems).toEqual([]);
  });
});
