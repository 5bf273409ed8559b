import { afterEach, describe, expect, it } from 'vitest';
import { checkStream } from '../../src/node/check-stream.ts';
import { buildQcow2, type Qcow2Plan } from '../support/qcow2.ts';
import { buildHosted, buildStream } from '../support/vmdk.ts';
import { buildVhd, uuid } from '../support/vhd.ts';

const untrusted = { demands: { untrusted: true } };

/** What was asked of the stream of a test. */
let asked = { bytes: 0, isLeft: false };
afterEach(() => void (asked = { bytes: 0, isLeft: false }));

/** A stream of pieces; what it is asked for is counted. */
async function* streamOf(bytes: Uint8Array, piece = 16 * 1024): AsyncGenerator<Uint8Array> {
  try {
    for (let at = 0; at < bytes.length; at += piece) {
      asked.bytes = Math.min(bytes.length, at + piece);
      yield bytes.subarray(at, at + piece);
    }
  } finally {
    asked.isLeft = true;
  }
}

/** An image of some MiB. */
const large = (plan: Qcow2Plan): Uint8Array => {
  const clusters = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [index, 'data' as const]));
  return buildQcow2({ clusterBits: 16, size: 64 * 2 ** 16, clusters, ...plan }).bytes;
};

describe('a stream from a stranger', () => {
  it.each([
    [
      'a backing file',
      () => large({ backing: '/etc/passwd', backingFormat: 'raw' }),
      'policy/backing-present',
    ],
    ['a data file', () => large({ dataFile: 'x.raw' }), 'policy/data-file-present'],
    [
      'an unknown feature',
      () =>
        buildQcow2({ clusterBits: 16, clusters: { 0: 'data', 1: 'data' } }).header('incompatible', 32).bytes,
      'qcow2/incompatible-unknown',
    ],
    [
      'extents elsewhere',
      () =>
        buildHosted({
          name: 'x',
          grains: Array.from({ length: 64 }, (_, index) => index),
          descriptor: { createType: 'monolithicSparse', extents: ['RW 131072 FLAT "/etc/passwd" 0'] },
        }).bytes,
      'policy/path-absolute',
    ],
    [
      'a parent',
      () =>
        buildVhd({ type: 'differencing', blocks: [[0]], parent: { uniqueId: uuid(1), name: 'a.vhd' } }).bytes,
      'policy/backing-present',
    ],
  ])('that has %s is refused before it has arrived', async (_, build, rule) => {
    const bytes = build();
    const report = await checkStream(streamOf(bytes), untrusted);
    expect(report).toMatchObject({ path: '-', verdict: 'corrupt', depth: 'header', error: null });
    expect(report.counts.byRule[rule]).toBe(1);
    expect(report.files.map(({ size }) => size)).toEqual(report.files.map(() => null));
    expect(asked).toEqual({ bytes: 64 * 1024, isLeft: true });
    expect(asked.bytes).toBeLessThan(bytes.length);
    // What is not there yet is not told as damage.
    expect(
      Object.keys(report.counts.byRule).filter((id) => !id.startsWith('policy/') && id !== rule),
    ).toEqual([]);
  });

  it.each([
    ['qcow2', () => large({})],
    ['monolithicSparse', () => buildHosted({ name: '-' }).bytes],
    ['streamOptimized', () => buildStream({ name: '-', grains: [0, 1, 5, 200] }).bytes],
    ['dynamic VHD', () => buildVhd({ blocks: [[0], [2]] }).bytes],
    ['fixed VHD', () => buildVhd({ type: 'fixed' }).bytes],
  ])('that is a sound %s passes, in pieces of any size', async (_, build) => {
    for (const piece of [1000, 16 * 1024, 2 ** 20, 2 ** 24]) {
      const report = await checkStream(streamOf(build(), piece), untrusted);
      expect({
        verdict: report.verdict,
        problems: report.problems.filter((p) => p.severity === 'error'),
      }).toEqual({
        verdict: 'ok',
        problems: [],
      });
      expect(report.depth).toBe('metadata');
    }
  });

  it('that is damaged behind its start is read to its end', async () => {
    const image = buildQcow2({ clusterBits: 16, size: 2 ** 22, clusters: { 0: 'data', 63: 'data' } });
    const bytes = image.entry(63, (entry) => entry | 2n).bytes;
    const report = await checkStream(streamOf(bytes), untrusted);
    expect(report).toMatchObject({ verdict: 'corrupt', depth: 'metadata' });
    expect(asked).toEqual({ bytes: bytes.length, isLeft: true });
  });

  it('is told as it is where it fails', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw Object.assign(new Error('reset'), { code: 'EIO' });
    };
    const report = await checkStream(failing(), untrusted);
    expect(report.verdict).toBe('unchecked');
    expect(report.error?.message).toContain('input/output error');
  });
});

it('a stream of whom one trusts is read to its end', async () => {
  const bytes = large({ backing: 'base.qcow2', backingFormat: 'qcow2' });
  const report = await checkStream(streamOf(bytes), { name: 'upload' });
  expect(report).toMatchObject({ path: 'upload', verdict: 'ok' });
  expect(asked.bytes).toBe(bytes.length);
});
