import { describe, expect, it } from 'vitest';
import { DiskGeometry } from '../../generated/vhd.ts';
import { EndOfStreamError, KaitaiStream } from '../../src/codec/index.ts';

describe('the stream of Kaitai', () => {
  const bytes = Uint8Array.from({ length: 12 }, (_, index) => index);

  it('is made of buffers and views, without a copy', () => {
    expect(new KaitaiStream(bytes.buffer, 4).readU1()).toBe(4);
    const view = new DataView(bytes.buffer, 2, 4);
    const io = new KaitaiStream(view, 1);
    expect([io.size, io.pos, io.readU2be(), io.isEof(), io.readU1(), io.isEof()]).toEqual([
      3,
      0,
      0x0304,
      false,
      5,
      true,
    ]);
  });

  it('has the methods that code for Kaitai calls', () => {
    const io = new KaitaiStream(bytes);
    io.seek(1);
    expect(io.readBitsInt(4)).toBe(0);
    expect(io.ensureFixedContents([2, 3])).toEqual(Uint8Array.of(2, 3));
    expect(() => io.ensureFixedContents([9])).toThrow('unexpected fixed contents');
    expect(() => io.ensureBytesLeft(99)).toThrow(EndOfStreamError);
    expect(KaitaiStream.bytesToStr(Uint8Array.of(0x61), 'ASCII')).toBe('a');
    expect(KaitaiStream.mod(-1, 4)).toBe(3);
  });

  it('is read by generated classes as by those of Kaitai', () => {
    const bytes = DiskGeometry.of({ cylinders: 1, heads: 16, sectorsPerTrack: 17 }).toBytes();
    expect(new DiskGeometry(new KaitaiStream(bytes)).heads).toBe(16);
  });
});
