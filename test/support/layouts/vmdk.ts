import { buildCowd, buildHosted, buildSeSparse, buildStream, descriptorFile, slotEntry } from '../vmdk.ts';
import { inherit, put, type BuiltLayer } from './layer.ts';
import type { Random } from './random.ts';

const SECTOR = 512;
const PARENT = { cid: '11111111', parentCid: '22222222' };

/** A VMDK of one random kind; only kinds with a descriptor can have a parent. */
export function randomVmdk(
  random: Random,
  name: string,
  size: number,
  parent: BuiltLayer | null,
): BuiltLayer {
  const kinds = [hosted, split, ...(parent === null ? [stream, cowd] : [])];
  return random.pick(kinds)(random, name, size, parent);
}

type Kind = (random: Random, name: string, size: number, parent: BuiltLayer | null) => BuiltLayer;

function linkTo(parent: BuiltLayer | null): { hint?: string; parentCid?: string } {
  return parent === null ? {} : { hint: parent.name, parentCid: PARENT.cid };
}

/** Some of `count` grains in any order, and some others that are zeros. */
function chooseGrains(random: Random, count: number): { grains: number[]; zero: number[] } {
  const all = random.shuffle([...Array(count).keys()]).filter(() => random.chance(0.6));
  const cut = random.int(0, all.length);
  return { grains: all.slice(0, cut), zero: all.slice(cut) };
}

const hosted: Kind = (random, name, size, parent) => {
  const { bytes, guest } = sparseExtent(random, name, size, inherit(parent, size), {
    createType: 'monolithicSparse',
    cid: PARENT.cid,
    ...linkTo(parent),
  });
  return { name, format: 'vmdk', files: { [name]: bytes, ...parent?.files }, guest };
};

function sparseExtent(
  random: Random,
  name: string,
  size: number,
  guest: Uint8Array,
  descriptor: Parameters<typeof buildHosted>[0] extends { descriptor?: infer D } | undefined ? D : never,
): { bytes: Uint8Array; guest: Uint8Array } {
  const grainSize = random.pick([8, 16, 64, 128]);
  const grainBytes = grainSize * SECTOR;
  const { grains, zero } = chooseGrains(random, Math.ceil(size / grainBytes));
  const file = buildHosted({
    ...{ name, capacity: size / SECTOR, grainSize, grains, zero },
    ...{ redundant: random.chance(0.5), descriptor: descriptor ?? null },
  });
  for (const [place, grain] of grains.entries()) {
    const bytes = random.bytes(grainBytes);
    file.put(file.at.grains + place * grainBytes, bytes);
    put(guest, grain * grainBytes, bytes);
  }
  for (const grain of zero) put(guest, grain * grainBytes, new Uint8Array(grainBytes));
  return { bytes: file.bytes, guest };
}

const stream: Kind = (random, name, size) => {
  const grainSize = random.pick([16, 64, 128]);
  const grainBytes = grainSize * SECTOR;
  const count = Math.min(512, Math.ceil(size / grainBytes));
  const guest = new Uint8Array(size);
  const contents = new Map<number, Uint8Array>();
  const isTailOnly = random.chance(0.5);
  for (let grain = 0; grain < count; grain++) {
    if (random.chance(0.4)) continue;
    // The last grain may be stored as far as the disk goes only.
    const length = isTailOnly ? Math.min(grainBytes, size - grain * grainBytes) : grainBytes;
    const bytes = random.bytes(length);
    contents.set(grain, bytes);
    put(guest, grain * grainBytes, bytes);
  }
  const file = buildStream({
    ...{ name, capacity: size / SECTOR, grainSize, grains: [...contents.keys()] },
    ...{ directory: random.pick(['end', 'front'] as const) },
    content: (grain) => contents.get(grain) ?? new Uint8Array(0),
  });
  return { name, format: 'vmdk', files: { [name]: file.bytes }, guest };
};

const cowd: Kind = (random, name, size) => {
  const grainSize = random.pick([1, 2, 16]);
  const { bytes, guest } = cowdExtent(random, size, grainSize, new Uint8Array(size));
  return { name, format: 'vmdk', files: { [name]: bytes }, guest };
};

function cowdExtent(
  random: Random,
  size: number,
  grainSize: number,
  guest: Uint8Array,
): { bytes: Uint8Array; guest: Uint8Array } {
  const grainBytes = grainSize * SECTOR;
  const count = Math.min(4096, Math.ceil(size / grainBytes));
  const grains = random.shuffle([...Array(count).keys()]).filter(() => random.chance(0.3));
  const file = buildCowd({ sectors: size / SECTOR, grainSize, grains });
  for (const [place, grain] of grains.entries()) {
    const bytes = random.bytes(grainBytes);
    file.put(file.at.grains + place * grainBytes, bytes);
    put(guest, grain * grainBytes, bytes);
  }
  return { bytes: file.bytes, guest };
}

/** Several extents of any kind behind one descriptor. */
const split: Kind = (random, name, size, parent) => {
  const guest = inherit(parent, size);
  const files: Record<string, Uint8Array> = {};
  const lines: string[] = [];
  for (let start = 0; start < size;) {
    const length = Math.min(size - start, random.int(1, 400) * SECTOR);
    const sectors = length / SECTOR;
    const extent = `${name}-${lines.length}.vmdk`;
    const access = random.pick(['RW', 'RDONLY']);
    const part = guest.subarray(start, start + length);
    const kind = random.pick(['flat', 'zero', 'sparse', 'sesparse', 'cowd'] as const);
    if (kind === 'zero') {
      lines.push(`${access} ${sectors} ZERO`);
      part.fill(0);
    } else if (kind === 'flat') {
      const offset = random.int(0, 5);
      const bytes = random.bytes(length + offset * SECTOR);
      files[extent] = bytes;
      lines.push(`${access} ${sectors} FLAT "${extent}" ${offset}`);
      part.set(bytes.subarray(offset * SECTOR));
    } else if (kind === 'sparse') {
      files[extent] = sparseExtent(random, extent, length, part, null).bytes;
      lines.push(`${access} ${sectors} SPARSE "${extent}"`);
    } else if (kind === 'cowd') {
      files[extent] = cowdExtent(random, length, 1, part).bytes;
      lines.push(`${access} ${sectors} VMFSSPARSE "${extent}"`);
    } else {
      files[extent] = seSparseExtent(random, length, part);
      lines.push(`${access} ${sectors} SESPARSE "${extent}"`);
    }
    start += length;
  }
  const text = descriptorFile({
    ...{ createType: 'custom', cid: PARENT.cid, extents: lines },
    ...linkTo(parent),
  });
  return { name, format: 'vmdk', files: { [name]: text, ...files, ...parent?.files }, guest };
};

/** Grains of 4 KiB in slots of any order: stored, zeros, given up, or the parent's. */
function seSparseExtent(random: Random, size: number, guest: Uint8Array): Uint8Array {
  const grainBytes = 4096;
  const entries: Record<number, bigint> = {};
  const stored: number[] = [];
  for (let grain = 0; grain < Math.min(4096, Math.ceil(size / grainBytes)); grain++) {
    const kind = random.pick(['stored', 'zero', 'unmapped', 'none'] as const);
    if (kind === 'stored') stored.push(grain);
    else if (kind !== 'none') {
      entries[grain] = slotEntry(kind === 'zero' ? 2 : 1);
      put(guest, grain * grainBytes, new Uint8Array(grainBytes));
    }
  }
  const slots = random.shuffle([...stored.keys()]);
  for (const [index, grain] of stored.entries()) entries[grain] = slotEntry(3, slots[index] ?? 0);
  const file = buildSeSparse({ capacity: size / SECTOR, entries, slots: Math.max(1, stored.length) });
  for (const [index, grain] of stored.entries()) {
    const bytes = random.bytes(grainBytes);
    file.put(file.at.grains + (slots[index] ?? 0) * grainBytes, bytes);
    put(guest, grain * grainBytes, bytes);
  }
  return file.bytes;
}
