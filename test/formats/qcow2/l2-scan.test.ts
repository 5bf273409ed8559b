import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressedRange } from '../../../src/formats/qcow2/layout/compressed.ts';
import { makeGeometry } from '../../../src/formats/qcow2/layout/geometry.ts';
import { L2Scanner, type ClusterListener } from '../../../src/formats/qcow2/layout/l2-scan.ts';
import { keepFirst, OffsetCounts } from '../../../src/formats/qcow2/walk/offset-counts.ts';
import { RefcountReader } from '../../../src/formats/qcow2/compare/refcount-blocks.ts';

const geometryOf = (version: 2 | 3, clusterBits = 9) =>
  makeGeometry({
    clusterBits,
    version,
    extendedL2: false,
    refcountOrder: 4,
    size: 2 ** 30,
    fileSize: 2 ** 40,
  });

/** What is said of each guest cluster, as text. */
class Notes implements ClusterListener {
  readonly said: string[] = [];
  readonly #clusterSize: number;
  runs = 0;

  constructor(clusterSize: number) {
    this.#clusterSize = clusterSize;
  }

  stored(index: number, count: number, offset: number, isCopied: boolean, readsAs: string): void {
    this.runs++;
    for (let i = 0; i < count; i++)
      this.said.push(`${index + i} ${readsAs} ${offset + i * this.#clusterSize} ${isCopied}`);
  }

  zero(index: number): void {
    this.said.push(`${index} zero`);
  }

  subclusters(): void {
    throw new Error('no extended entries here');
  }

  compressed(index: number, high: number, low: number): void {
    this.said.push(`${index} compressed ${word(high, low)}`);
  }

  odd(index: number, high: number, low: number): void {
    this.said.push(`${index} odd ${word(high, low)}`);
  }

  oddSubclusters(): void {
    throw new Error('no extended entries here');
  }
}

function scanTable(scanner: L2Scanner, bytes: Uint8Array, index: number): number {
  scanner.load(bytes);
  return scanner.scan(0, bytes.length, index);
}

function word(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** The same by the specification, one entry after the other and without a thought of speed. */
function readPlainly(
  entries: readonly bigint[],
  first: number,
  version: number,
  clusterSize: bigint,
): string[] {
  return entries.flatMap((entry, i) => {
    const index = first + i;
    const offset = entry & 0x00ff_ffff_ffff_fe00n;
    const isCopied = entry >> 63n === 1n;
    const isZero = (entry & 1n) === 1n;
    if (entry === 0n) return [];
    if ((entry >> 62n) & 1n) return [`${index} compressed ${entry}`];
    const hasReserved = ((entry >> 56n) & 0x3fn) !== 0n || (entry & 0x1fen) !== 0n;
    const isOdd =
      hasReserved || offset % clusterSize !== 0n || (isZero && version === 2) || (isCopied && offset === 0n);
    if (isOdd) return [`${index} odd ${entry}`];
    if (offset === 0n) return [`${index} zero`];
    return [`${index} ${isZero ? 'zero' : 'data'} ${offset} ${isCopied}`];
  });
}

function tableOf(entries: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(8 * entries.length);
  const view = new DataView(bytes.buffer);
  entries.forEach((entry, index) => view.setBigUint64(8 * index, entry));
  return bytes;
}

const COPIED = 1n << 63n;

/** Entries as they are in images: runs, zeros, single ones, anything. */
const entryRuns = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constant('zeros'), fc.nat({ max: 20 }), fc.constant(0n)),
      fc.tuple(fc.constant('run'), fc.nat({ max: 12 }), fc.bigInt({ min: 1n, max: 2n ** 40n })),
      fc.tuple(fc.constant('carry'), fc.nat({ max: 12 }), fc.bigInt({ min: 1n, max: 2n ** 15n })),
      fc.tuple(fc.constant('any'), fc.constant(1), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
      fc.tuple(fc.constant('zero flag'), fc.constant(1), fc.bigInt({ min: 0n, max: 2n ** 30n })),
    ),
    { maxLength: 24 },
  )
  .map((parts) =>
    parts.flatMap(([kind, count, value]) =>
      Array.from({ length: count }, (_, i) => {
        const step = BigInt(i);
        if (kind === 'zeros') return 0n;
        if (kind === 'run') return ((value + step) * 512n) | COPIED;
        if (kind === 'carry') return (value << 32n) - 2n * 512n + step * 512n;
        return kind === 'any' ? value : (value * 512n) | 1n;
      }),
    ),
  );

describe('the scan of L2 tables', () => {
  it('says what the specification says, whatever the entries', () => {
    fc.assert(
      fc.property(
        entryRuns,
        fc.constantFrom(2 as const, 3 as const),
        fc.nat({ max: 60 }),
        (entries, version, cut) => {
          const notes = new Notes(512);
          const scanner = new L2Scanner(geometryOf(version), notes, { hasDataFile: false });
          const at = Math.min(cut, entries.length);
          scanTable(scanner, tableOf(entries.slice(0, at)), 7);
          scanTable(scanner, tableOf(entries.slice(at)), 7 + at);
          scanner.finish();
          expect(notes.said).toEqual(readPlainly(entries, 7, version, 512n));
        },
      ),
    );
  });

  it('follows a run over tables that continue one another, and over 4 GiB', () => {
    const notes = new Notes(512);
    const scanner = new L2Scanner(geometryOf(3), notes, { hasDataFile: false });
    const entries = Array.from(
      { length: 128 },
      (_, i) => (2n ** 32n - 64n * 512n + BigInt(i) * 512n) | COPIED,
    );
    scanTable(scanner, tableOf(entries.slice(0, 64)), 0);
    scanTable(scanner, tableOf(entries.slice(64)), 64);
    scanner.finish();
    expect(notes.runs).toBe(1);
    scanTable(scanner, tableOf(entries.slice(0, 64)), 0);
    scanTable(scanner, tableOf(entries.slice(64)), 128);
    scanner.finish();
    expect(notes.runs).toBe(3);
  });

  it('counts the entries in use', () => {
    const scanner = new L2Scanner(geometryOf(3), new Notes(512), { hasDataFile: false });
    expect(scanTable(scanner, tableOf([0n, 0n, 512n, 0n, 1n, 0n]), 0)).toBe(2);
    expect(scanTable(scanner, tableOf(new Array<bigint>(64).fill(0n)), 64)).toBe(0);
  });
});

describe('compressed entries', () => {
  it.each([
    [9, 61, 1],
    [12, 58, 4],
    [14, 56, 6],
    [16, 54, 8],
    [17, 53, 9],
    [20, 50, 12],
    [21, 49, 13],
  ])('of 2^%i bytes have %i bits of position and %i of length', (clusterBits, positionBits, lengthBits) => {
    const position = 0x1_2345_6789n;
    const sectors = 2n ** BigInt(lengthBits) - 1n;
    const entry = (1n << 62n) | (sectors << BigInt(positionBits)) | position;
    const range = compressedRange(
      geometryOf(3, clusterBits),
      Number(entry >> 32n),
      Number(entry & 0xffff_ffffn) | 0,
    );
    expect(range.offset).toBe(Number(position));
    expect(range.length).toBe(Number(sectors + 1n) * 512 - Number(position % 512n));
    expect(range.isTooHigh).toBe(false);
  });
});

describe('reference counts', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('of order %i read as they are written', (order) => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 2n ** (2n ** BigInt(order)) - 1n }), {
          minLength: 64,
          maxLength: 64,
        }),
        (counts) => {
          const reader = new RefcountReader(order);
          reader.load(writeCounts(counts, order));
          for (const [index, count] of counts.entries()) expect(reader.get(index)).toBe(Number(count));
          for (const group of [0, 1]) {
            const part = counts.slice(32 * group, 32 * group + 32);
            expect(reader.isZero(group)).toBe(part.every((count) => count === 0n));
            expect(reader.isOne(group)).toBe(part.every((count) => count === 1n));
            part.forEach((count, bit) => {
              expect((reader.oneBits(group) >>> bit) & 1).toBe(count === 1n ? 1 : 0);
              expect((reader.sharedBits(group) >>> bit) & 1).toBe(count > 1n ? 1 : 0);
            });
          }
        },
      ),
    );
  });

  it('that are all 1 are seen at once in every width', () => {
    for (let order = 0; order <= 6; order++) {
      const reader = new RefcountReader(order);
      reader.load(writeCounts(new Array<bigint>(64).fill(1n), order));
      expect([reader.isOne(0), reader.isOne(1), reader.oneBits(1)]).toEqual([true, true, -1]);
    }
  });
});

/** Counts as bytes: below 8 bits from the lowest bit on, above big-endian. */
function writeCounts(counts: readonly bigint[], order: number): Uint8Array {
  const bits = 2 ** order;
  const bytes = new Uint8Array((counts.length * bits) / 8);
  counts.forEach((count, index) => {
    for (let bit = 0; bit < bits; bit++) {
      if (((count >> BigInt(bit)) & 1n) === 0n) continue;
      const low = index * bits + bit;
      const byte = bits < 8 ? low >>> 3 : (index * bits) / 8 + (bits / 8 - 1 - (bit >>> 3));
      bytes[byte] = (bytes[byte] ?? 0) | (1 << (bits < 8 ? low & 7 : bit & 7));
    }
  });
  return bytes;
}

describe('positions', () => {
  it('are counted whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), (offsets) => {
        const counts = new OffsetCounts(Float64Array.from(offsets));
        for (let offset = 1; offset <= 20; offset++) {
          const expected = offsets.filter((other) => other === offset).length;
          const rank = counts.find(offset);
          expect(rank < 0 ? 0 : counts.count(rank)).toBe(expected);
        }
        expect(counts.find(0)).toBe(-1);
      }),
    );
  });

  it('are kept where they occur first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), (offsets) => {
        const kept = Float64Array.from(offsets);
        keepFirst(kept);
        expect([...kept]).toEqual(
          offsets.map((offset, index) => (offsets.indexOf(offset) === index ? offset : 0)),
        );
      }),
    );
  });
});
