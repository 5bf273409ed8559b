import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatExactSize,
  formatPosition,
  formatShare,
  formatSize,
} from '../../src/report/units.ts';

describe('formatSize', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '0.977 KiB'],
    [65536, '64 KiB'],
    [1079296, '1.03 MiB'],
    [10737418240, '10 GiB'],
    [2 ** 53 - 1, '8 PiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

it('gives the exact bytes where rounding hides them', () => {
  expect(formatExactSize(1079296)).toBe('1.03 MiB (1079296 bytes)');
  expect(formatExactSize(512)).toBe('512 bytes');
});

it('gives positions in hex and decimal', () => {
  expect(formatPosition(0x400)).toBe('0x400 (1024)');
  expect(formatPosition(2 ** 53 - 1)).toBe('0x1fffffffffffff (9007199254740991)');
  expect(formatPosition(7)).toBe('0x7');
});

it('groups digits and counts in the plural', () => {
  expect(formatCount(1, 'error')).toBe('1 error');
  expect(formatCount(1412, 'error')).toBe('1,412 errors');
  expect(formatCount(1234567, 'leak')).toBe('1,234,567 leaks');
});

it('never rounds a share to none or all', () => {
  expect(formatShare(0, 10)).toBe('0 %');
  expect(formatShare(10, 10)).toBe('100 %');
  expect(formatShare(1, 1_000_000)).toBe('under 0.1 %');
  expect(formatShare(999_999, 1_000_000)).toBe('over 99.9 %');
  expect(formatShare(3, 8)).toBe('37.5 %');
  expect(formatShare(0, 0)).toBe('0 %');
});
