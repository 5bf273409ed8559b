import { expect, test } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import type { Source } from '../../src/io/source.ts';
import { checkImage } from '../../src/ops/check.ts';
import { isFailureOnly } from '../../src/ops/failures.ts';
import { buildQcow2 } from '../support/qcow2.ts';

const failWith = (code: string) => (path: string) => {
  throw new SourceError(code, `${path}: ${code}`, { source: path, offset: 4096, length: 512 });
};
const bytesOf = (bytes: Uint8Array) => (path: string) => memorySource(bytes, path);

test.each([
  ['an empty file', bytesOf(new Uint8Array(0)), 'file/empty'],
  ['bytes without marks', bytesOf(new Uint8Array(4096).fill(1)), 'file/unknown-format'],
  ['a folder', failWith('EISDIR'), 'file/not-regular'],
  ['a device', failWith('not-regular'), 'file/not-regular'],
  ['a failing disk', failWith('EIO'), 'file/read-error'],
  ['no such file', failWith('ENOENT'), null],
  ['no permission', failWith('EACCES'), null],
])('%s is unchecked, and a finding where the file is to blame', async (_, openSource, rule) => {
  const report = await checkImage('image', { openSource });
  expect(report.verdict).toBe('unchecked');
  expect(report.problems.map((problem) => problem.rule)).toEqual(rule === null ? [] : [rule]);
  expect(isFailureOnly(report)).toBe(true);
});

test('a read that fails on the way has its place, beside what was found before', async () => {
  const { bytes, positions } = buildQcow2({ clusters: { 0: 'data' } }).header('incompatible', 2);
  const whole = memorySource(bytes, 'image');
  const openSource = (path: string): Source => ({
    ...whole,
    size: whole.size,
    read: (offset, length) =>
      offset === positions.l1
        ? Promise.reject(new SourceError('EIO', 'input/output error', { source: path, offset, length }))
        : whole.read(offset, length),
    isUnchanged: () => true,
    close: () => undefined,
  });
  const report = await checkImage('image', { openSource });
  expect(report.verdict).toBe('unchecked');
  expect(report.problems.map(({ rule }) => rule).sort()).toEqual(['file/read-error', 'qcow2/corrupt']);
  expect(report.problems.find(({ rule }) => rule === 'file/read-error')).toMatchObject({
    file: 'image',
    offset: positions.l1,
  });
  expect(isFailureOnly(report)).toBe(false);
});
