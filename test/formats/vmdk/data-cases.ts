import { deflateRawSync, deflateSync } from 'node:zlib';
import type { RuleCase } from '../../support/rule-case.ts';
import type { VmdkFile } from '../../support/vmdk.ts';
import { cowd, stream } from './cases.ts';

const SECTOR = 512;
const GRAIN = 65536;
/** Bytes that do not compress, so that a stream of them has several sectors. */
const noise = (seed: number, length = GRAIN): Uint8Array => {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
};
const text = (grain: number): Uint8Array => new Uint8Array(GRAIN).fill(grain + 1);

/** A stream whose second grain is stored as `packed`, which must not be longer than what noise takes. */
const withPacked = (packed: Uint8Array, size = packed.length) =>
  stream(
    (file) => {
      const start = secondGrain(file);
      file.bytes.fill(0, start + 12, start + 12 + file.view.getUint32(start + 8, true));
      file.u32(start + 8, size).put(start + 12, packed);
    },
    { content: noise },
  );

/** Where the second grain's marker is. */
function secondGrain(file: VmdkFile<'gt' | 'gd' | 'gtMarker' | 'gdMarker' | 'grains' | 'footer'>): number {
  return file.view.getUint32(file.at.gt + 4, true) * SECTOR;
}

/** A sound stream of `length` bytes of noise. */
const packed = (length: number) => deflateSync(noise(1, length));

/** A stream with as many bytes as one of a whole grain has, so that nothing is left between it and the next grain. */
const filled = (bytes: Uint8Array) => {
  const all = new Uint8Array(packed(GRAIN).length);
  all.set(bytes);
  return all;
};

export const dataCases: readonly RuleCase[] = [
  {
    rule: 'vmdk4/grain-not-zlib',
    damaged: () => withPacked(filled(deflateRawSync(noise(1)))),
    near: () => withPacked(packed(GRAIN)),
    also: [],
    count: 1,
    field: 'gt[0][1]',
  },
  {
    rule: 'vmdk4/grain-not-zlib',
    damaged: () => stream((file) => file.put(secondGrain(file) + 12, Uint8Array.of(0, 0))),
    near: () => stream(),
    also: [],
  },
  {
    rule: 'vmdk4/grain-corrupt',
    damaged: () => stream((file) => file.put(secondGrain(file) + 20, noise(7, 30)), { content: noise }),
    near: () => stream(undefined, { content: noise }),
    also: [],
    count: 1,
  },
  {
    // Only the checksum at the end of the stream is wrong.
    rule: 'vmdk4/grain-corrupt',
    damaged: () =>
      stream((file) => {
        const start = secondGrain(file);
        const last = start + 12 + file.view.getUint32(start + 8, true) - 1;
        return file.u8(last, (file.bytes[last] ?? 0) ^ 1);
      }),
    near: () => stream(),
    also: [],
  },
  {
    // The stream is cut: its marker gives fewer bytes.
    rule: 'vmdk4/grain-corrupt',
    damaged: () =>
      stream((file) => {
        const start = secondGrain(file);
        return file.u32(start + 8, file.view.getUint32(start + 8, true) - 3);
      }),
    near: () => stream(),
    also: [],
  },
  {
    rule: 'vmdk4/grain-inflates-short',
    damaged: () => withPacked(filled(packed(GRAIN - 1))),
    near: () =>
      stream(undefined, {
        capacity: 129,
        grains: [0, 1],
        content: (grain) => text(grain).subarray(0, grain === 1 ? 512 : GRAIN),
      }),
    also: [],
  },
  {
    // The last grain may end with the disk, but not before.
    rule: 'vmdk4/grain-inflates-short',
    damaged: () =>
      stream(undefined, {
        capacity: 130,
        grains: [0, 1],
        content: (grain) => text(grain).subarray(0, grain === 1 ? 512 : GRAIN),
      }),
    near: () =>
      stream(undefined, {
        capacity: 130,
        grains: [0, 1],
        content: (grain) => text(grain).subarray(0, grain === 1 ? 1024 : GRAIN),
      }),
  },
  {
    rule: 'vmdk4/grain-inflates-long',
    damaged: () =>
      stream(undefined, {
        content: (grain) => (grain === 1 ? new Uint8Array(GRAIN + 1).fill(1) : text(grain)),
      }),
    near: () =>
      stream(undefined, { content: (grain) => (grain === 1 ? new Uint8Array(GRAIN).fill(1) : text(grain)) }),
    also: [],
  },
  {
    rule: 'vmdk4/grain-trailing-bytes',
    damaged: () =>
      stream((file) => {
        const start = secondGrain(file);
        return file.u32(start + 8, file.view.getUint32(start + 8, true) + 1);
      }),
    near: () => stream(),
    also: [],
    count: 1,
  },
  {
    rule: 'vmdk4/grain-padding-nonzero',
    damaged: () =>
      stream((file) => {
        const start = secondGrain(file);
        return file.u8(start + 12 + file.view.getUint32(start + 8, true), 1);
      }),
    near: () => stream(),
    also: [],
    count: 1,
  },
  {
    rule: 'vmdk4/grain-all-zero',
    damaged: () =>
      stream(undefined, { content: (grain) => (grain === 1 ? new Uint8Array(GRAIN) : text(grain)) }),
    near: () =>
      stream(undefined, {
        content: (grain) => {
          const bytes = grain === 1 ? new Uint8Array(GRAIN) : text(grain);
          bytes[GRAIN - 1] = 1;
          return bytes;
        },
      }),
    also: [],
    count: 1,
  },
  {
    // The table has lost an entry.
    rule: 'vmdk4/stream-gap-nonzero',
    damaged: () => stream((file) => file.u32(file.at.gt + 4, 0)),
    near: () => stream(),
    also: [],
    count: 1,
  },
  {
    rule: 'vmdk4/stream-gap-nonzero',
    damaged: () => gap((file, start) => file.u8(start + 700, 1)),
    near: () => lastGap(),
    also: ['vmdk4/eos-early'],
    count: 1,
  },
  {
    rule: 'vmdk4/grain-lba-duplicate',
    damaged: () =>
      stream((file) => {
        const start = secondGrain(file);
        return file.u32(file.at.gt + 4, 0).u64(start, 0);
      }),
    near: () => stream(),
    also: [],
    count: 1,
  },
  {
    rule: 'vmdk4/eos-early',
    damaged: () => gap(() => undefined),
    near: () => lastGap(),
    also: [],
    count: 1,
  },
  {
    rule: 'vmdk4/marker-type-unknown',
    damaged: () => gap((file, start, sectors) => file.u64(start, sectors - 1).u32(start + 12, 5)),
    near: () => stream(),
    also: [],
    count: 1,
  },
  {
    rule: 'vmdk3/trailing-data',
    damaged: () => {
      const files = cowd((file) => file.append(1024));
      files['disk-delta.vmdk']?.fill(1, -3);
      return files;
    },
    near: () => cowd((file) => file.append(1024)),
    also: [],
  },
];

type Stream = Parameters<NonNullable<Parameters<typeof stream>[0]>>[0];

/** A stream with zeros in place of its second grain, to which nothing points. */
function gap(change: (file: Stream, start: number, sectors: number) => unknown) {
  return stream(
    (file) => {
      const start = secondGrain(file);
      const end = file.view.getUint32(file.at.gt + 20, true) * SECTOR;
      file.u32(file.at.gt + 4, 0).bytes.fill(0, start, end);
      change(file, start, (end - start) / SECTOR);
    },
    { content: noise },
  );
}

/** The same with the last grain: only tables follow. */
function lastGap() {
  return stream((file) => {
    const start = file.view.getUint32(file.at.gt + 20, true) * SECTOR;
    file.u32(file.at.gt + 20, 0).bytes.fill(0, start, file.at.gtMarker);
  });
}
