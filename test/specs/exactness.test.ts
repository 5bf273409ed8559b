import { describe, expect, it } from 'vitest';
import { Header, L2CompressedEntry, L2StandardEntry } from '../../generated/qcow2.ts';
import { GrainTableEntry } from '../../generated/sesparse.ts';
import { Footer } from '../../generated/vhd.ts';
import { SparseExtentHeader } from '../../generated/vmdk4.ts';

const edges = [0xffff_ffff_ffff_ffffn, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n];

describe.each(edges.map((value) => [`0x${value.toString(16)}`, value] as const))('%s', (_, value) => {
  it('is read, told and written exactly, highest byte first', () => {
    const bytes = new Uint8Array(512);
    new DataView(bytes.buffer).setBigUint64(16, value);
    const footer = Footer.decode(bytes, () => undefined);
    expect(footer?.dataOffset).toBe(value);
    expect(footer?.toJSON()).toMatchObject({ data_offset: value.toString() });
    expect(footer?.patch('data_offset', value)).toEqual({ offset: 16, bytes: bytes.slice(16, 24) });
    expect(footer?.toBytes()).toEqual(bytes);
  });

  it('is read, told and written exactly, lowest byte first and not aligned', () => {
    const bytes = new Uint8Array(512);
    new DataView(bytes.buffer).setBigUint64(12, value, true);
    const header = SparseExtentHeader.decode(bytes, () => undefined);
    expect(header?.capacity).toBe(value);
    expect(header?.toJSON()).toMatchObject({ capacity: value.toString() });
    expect(header?.patch('capacity', value)).toEqual({ offset: 12, bytes: bytes.slice(12, 20) });
    expect(header?.toBytes()).toEqual(bytes);
  });

  it('is told exactly where it breaks a rule', () => {
    const bytes = new Uint8Array(72);
    new DataView(bytes.buffer).setBigUint64(24, value);
    const told: string[] = [];
    Header.decode(bytes, ({ field, actual }) => field === 'size' && told.push(actual));
    expect(told.map(BigInt)).toEqual(value > 2n ** 61n ? [value] : []);
  });
});

describe('entries with their highest bits set', () => {
  it('bits 62 and 63 of an L2 entry', () => {
    const bytes = Uint8Array.of(0xc0, 0x20, 0, 0, 0, 0, 0, 1);
    const entry = L2CompressedEntry.decode(bytes, () => undefined);
    expect(entry).toMatchObject({ copied: true, compressed: true, descriptor: 2n ** 53n + 1n });
    expect(entry?.toJSON()).toMatchObject({ descriptor: '9007199254740993' });
    expect(entry?.toBytes()).toEqual(bytes);
  });

  it('an offset of 47 bits', () => {
    const bytes = Uint8Array.of(0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x01);
    const entry = L2StandardEntry.from(bytes);
    expect(entry).toMatchObject({ copied: true, offsetSectors: 2n ** 47n - 1n, zero: true });
    expect(entry.toBytes()).toEqual(bytes);
  });

  it('a grain slot in its rotated form', () => {
    const bytes = Uint8Array.of(1, 0, 0, 0, 0, 0, 0x34, 0x32);
    const { type, indexHigh, indexLow } = GrainTableEntry.from(bytes);
    expect({ type, slot: indexHigh * 4096n + BigInt(indexLow) }).toEqual({ type: 3, slot: 0x1234n });
  });
});
