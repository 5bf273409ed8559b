import { expect, test } from 'vitest';
import { computeGeometry, formatGeometry, geometryBytes } from '../../../src/formats/vhd/layout/geometry.ts';

const MIB = 1024 * 1024;

// VHD 1.0, appendix "CHS Calculation": one size for each branch, and both sides of each switch.
test.each([
  [1 * MIB, '30/4/17', 0.996],
  [2 * MIB, '60/4/17', 1.992],
  [8 * MIB, '240/4/17', 7.969],
  [100 * MIB, '1003/12/17', 99.908],
  [504 * MIB, '1024/16/63', 504.0],
  [1024 * MIB, '2080/16/63', 1023.75],
  [8192 * MIB, '16644/16/63', 8191.97],
  [32768 * MIB, '16448/16/255', 32767.5],
  [130559 * MIB, '65535/16/255', 130558.01],
  [2040 * 1024 * MIB, '65535/16/255', 130558.01],
  [65535 * 16 * 63 * 512, '16191/16/255', 32255.5],
  [65535 * 16 * 63 * 512 - 512, '65534/16/63', 32255.0],
  [0, '0/4/17', 0],
])('%i bytes have geometry %s', (size, text, mib) => {
  const geometry = computeGeometry(size);
  expect(formatGeometry(geometry)).toBe(text);
  expect(geometryBytes(geometry) / MIB).toBeCloseTo(mib, 0);
});
