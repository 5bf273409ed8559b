/** What a qcow2 header says about how its tables count; every figure is checked before one of these is made. */
export interface Geometry {
  /** log2 of the cluster size, 9 to 21. */
  readonly clusterBits: number;
  /** Bytes. */
  readonly clusterSize: number;
  readonly version: 2 | 3;
  /** Entries of 16 bytes, with a bitmap of 32 subclusters each. */
  readonly extendedL2: boolean;
  /** Bytes of one L2 entry: 8, or 16 where extended. */
  readonly l2EntryBytes: number;
  /** Entries in one L2 table, which fills a cluster. */
  readonly l2Entries: number;
  /** log2 of the bits of one refcount, 0 to 6. */
  readonly refcountOrder: number;
  /** Refcounts in one refcount block, which fills a cluster. */
  readonly blockEntries: number;
  /** Bytes of the guest's disk. */
  readonly size: number;
  /** Clusters of the guest's disk, the last of which may be partly past its end. */
  readonly guestClusters: number;
  /** Size of the image file, rounded up to a cluster: the last one may be cut, its missing bytes are zeros. */
  readonly limit: number;
  /** Size of the image file, rounded up to a sector, which is where the last compressed cluster ends at the latest. */
  readonly sectorEnd: number;
}

/** Header figures that a geometry is made of. */
export interface GeometryFields {
  readonly clusterBits: number;
  readonly version: 2 | 3;
  readonly extendedL2: boolean;
  readonly refcountOrder: number;
  /** Bytes of the guest's disk. */
  readonly size: number;
  /** Bytes of the image file. */
  readonly fileSize: number;
}

/** Entries of the largest L1 table that readers take, 32 MiB. */
export const MAX_L1_ENTRIES = 0x40_0000;

/** Subclusters of one cluster with extended L2 entries. */
export const SUBCLUSTERS = 32;

/** Works out the derived figures. */
export function makeGeometry(fields: GeometryFields): Geometry {
  const { clusterBits, version, extendedL2, refcountOrder, size, fileSize } = fields;
  const clusterSize = 2 ** clusterBits;
  const l2EntryBytes = extendedL2 ? 16 : 8;
  return {
    clusterBits,
    clusterSize,
    version,
    extendedL2,
    l2EntryBytes,
    l2Entries: clusterSize / l2EntryBytes,
    refcountOrder,
    blockEntries: (clusterSize * 8) / 2 ** refcountOrder,
    size,
    guestClusters: Math.ceil(size / clusterSize),
    limit: roundUp(fileSize, clusterSize),
    sectorEnd: roundUp(fileSize, 512),
  };
}

/** `value` rounded up to a multiple of `unit`, both below 2^53. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** L1 entries that a disk of `size` bytes needs. */
export function neededL1Entries({ clusterSize, l2Entries }: Geometry, size: number): number {
  return Math.ceil(size / (clusterSize * l2Entries));
}

/** As `neededL1Entries`, exact for sizes of 2^53 bytes and more too. */
export function exactL1Entries({ clusterSize, l2Entries }: Geometry, size: bigint): bigint {
  const span = BigInt(clusterSize * l2Entries);
  return (size + span - 1n) / span;
}

/**
 * A 64-bit position or length as a number: exact below 2^53, rounded above it, which leaves it past the end of
 * every file. It serves to find what is in the file; what is told of a field, and whether it is at the start of a
 * cluster, comes from the field itself.
 */
export function toPosition(value: bigint): number {
  return Number(value);
}

/** Whether a position, with all of its 64 bits, is a multiple of the cluster size. */
export function isClusterStart(position: bigint, clusterSize: number): boolean {
  return (position & BigInt(clusterSize - 1)) === 0n;
}

/** A range as messages name it, exact wherever it is: `bytes 4096 to 8191`. */
export function bytesText(start: bigint, length: bigint): string {
  return length > 1n ? `bytes ${start} to ${start + length - 1n}` : `byte ${start}`;
}

/**
 * The digits of a position in a table entry: its zeros at the end let a number represent all of them, but not
 * print them.
 */
export function positionText(position: number): string {
  return String(BigInt(position));
}

/** The halves of an entry as 16 hex digits, as messages show it. */
export function hex64(high: number, low: number): string {
  return `0x${(high >>> 0).toString(16).padStart(8, '0')}${(low >>> 0).toString(16).padStart(8, '0')}`;
}
