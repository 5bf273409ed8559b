import { describe, expect, test } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import type { Source } from '../../src/io/source.ts';
import { judgeReference, UNREACHABLE, type ReferenceState } from '../../src/model/reference-state.ts';
import { checkImage } from '../../src/ops/check.ts';
import type { ReferencePolicy } from '../../src/ops/reference-policy.ts';
import { buildQcow2 } from '../support/qcow2.ts';
import { buildVhd } from '../support/vhd.ts';
import { descriptorFile } from '../support/vmdk.ts';

const BASE = { extents: ['RW 4032 FLAT "x-flat.vmdk" 0'] };
const child = { cid: '11111111', parentCid: 'aaaaaaaa', hint: 'base.vmdk', extents: ['RW 4032 ZERO'] };

/** Images that name another file, and the name of the rules on it. */
const IMAGES: Readonly<Record<string, readonly [bytes: Uint8Array, rule: string]>> = {
  'an extent': [descriptorFile(BASE), 'vmdk/extent'],
  'a parent of a VMDK': [descriptorFile(child), 'vmdk/parent'],
  'a backing file': [
    buildQcow2({ clusters: { 0: 'data' }, backing: 'base.qcow2', backingFormat: 'qcow2' }).bytes,
    'qcow2/backing',
  ],
  'a data file': [buildQcow2({ clusters: { 0: 'data' }, dataFile: 'data.raw' }).bytes, 'qcow2/data-file'],
  'a parent of a VHD': [
    buildVhd({ type: 'differencing', blocks: [[0]], parent: { uniqueId: new Uint8Array(16).fill(7) } }).bytes,
    'vhd/parent',
  ],
};

/** Every state that a file may be in and that is not open. */
const STATES: readonly ReferenceState[] = [
  ...(['missing', 'outside', 'refused', 'device', 'rdm', 'datastore-object', 'protocol'] as const),
  ...(['forbidden', 'too-many-files', 'read-error', 'unsupported', 'unreadable'] as const),
];

const REASON = '"x" was not opened: for this reason';

describe.each(Object.entries(IMAGES))('%s', (_, [bytes, rule]) => {
  test.each(STATES)('that is %s is told by what is known of it', async (state) => {
    const policy: ReferencePolicy = ({ name }) => ({ state, path: name, source: null, reason: REASON });
    const openSource = (path: string): Source => memorySource(bytes, path);
    const report = await checkImage('image', { openSource, policy, strict: true });
    const sound = await checkImage('image', { openSource, policy });
    const told = report.problems.filter((problem) => problem.rule.startsWith(rule));
    const isMissing = judgeReference(state)?.finding === 'missing';
    const id = told.find(({ rule: found }) => found.endsWith(isMissing ? '-missing' : '-not-opened'));
    expect(id?.message).toContain('for this reason');
    expect(told.some(({ rule: found }) => found.endsWith(isMissing ? '-not-opened' : '-missing'))).toBe(
      false,
    );
    expect(report.counts.error > 0).toBe(isMissing);
    if (UNREACHABLE[state] !== undefined) {
      expect(report.verdict).toBe('unchecked');
      expect(report.error?.code).toBe(UNREACHABLE[state]);
    } else if (!isMissing && state !== 'refused') expect(id?.severity).toBe('info');
    if (!isMissing) expect(sound.verdict).not.toBe('corrupt');
  });
});

/** A source whose reads fail from byte `from` on. */
function failing(bytes: Uint8Array, path: string, from: number): Source {
  const whole = memorySource(bytes, path);
  return {
    ...whole,
    size: whole.size,
    read(offset, length, into) {
      if (offset + length <= from) return whole.read(offset, length, into);
      return Promise.reject(new SourceError('EIO', `${path}: input/output error`, { source: path }));
    },
    isUnchanged: () => true,
    close: () => undefined,
  };
}

describe('a failing disk', () => {
  const parent = buildVhd({ blocks: [[0]] }).bytes;
  test.each([0, 512, 1024, 2048])('under a parent is no damage (from byte %i)', async (from) => {
    const [bytes] = IMAGES['a parent of a VHD'] ?? [new Uint8Array()];
    const policy: ReferencePolicy = ({ name }) => ({
      ...{ state: 'opened', path: name, reason: null },
      source: failing(parent, 'parent.vhd', from),
    });
    const report = await checkImage('child.vhd', { openSource: (path) => memorySource(bytes, path), policy });
    expect(report.verdict).toBe('unchecked');
    expect(report.error?.code).toBe('EIO');
    expect(report.problems.map(({ rule }) => rule)).not.toContain('vhd/parent-missing');
  });

  test('under an extent is no damage', async () => {
    const policy: ReferencePolicy = ({ name }) => ({
      ...{ state: 'opened', path: name, reason: null },
      source: failing(new Uint8Array(1 << 20), 'x-flat.vmdk', 0),
    });
    const bytes = descriptorFile({ extents: ['RW 2048 SPARSE "x-flat.vmdk"'] });
    const report = await checkImage('disk.vmdk', { openSource: (path) => memorySource(bytes, path), policy });
    expect(report.verdict).toBe('unchecked');
    expect(report.problems.filter(({ rule }) => rule.endsWith('-missing'))).toEqual([]);
  });
});

test('what a layer opened is closed where its format gives up', async () => {
  const closed: string[] = [];
  const tracked = (bytes: Uint8Array, path: string): Source => ({
    ...memorySource(bytes, path),
    size: bytes.length,
    close: () => void closed.push(path),
  });
  const lines = ['RW 4032 FLAT "a.vmdk" 0', 'RW 4032 SPARSE "b.vmdk"'];
  const policy: ReferencePolicy = ({ name }) => ({
    ...{ state: 'opened', path: name, reason: null },
    source:
      name === 'a.vmdk'
        ? tracked(new Uint8Array(4032 * 512), name)
        : { ...failing(new Uint8Array(4096), name, 0), close: () => void closed.push(name) },
  });
  const openSource = (path: string): Source => tracked(descriptorFile({ extents: lines }), path);
  const report = await checkImage('disk.vmdk', { openSource, policy });
  expect(report.verdict).toBe('unchecked');
  expect(closed.sort()).toEqual(['a.vmdk', 'b.vmdk', 'disk.vmdk']);
});
