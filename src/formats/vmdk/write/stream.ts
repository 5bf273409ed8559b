import {
  CompressAlgorithm,
  GrainMarker,
  MarkerType,
  MetadataMarker,
  SparseExtentFlags,
  SparseExtentHeader,
} from '../../../../generated/vmdk4.ts';
import { UnsupportedFeatureError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { workInOrder } from '../../shared/writing/in-order.ts';
import type { FilePart } from '../../shared/writing/unit-writer.ts';
import { wholeUnits } from '../../shared/writing/whole-units.ts';
import { GD_AT_END } from '../extents/hosted/layout/hosted-headers.ts';
import type { FilePlan } from '../../shared/writing/file-plan.ts';
import { sectorsOf } from './sectors.ts';

const GRAIN_SECTORS = 128;
const GRAIN_SIZE = GRAIN_SECTORS * SECTOR_SIZE;
const TABLE_ENTRIES = 512;
const TABLE_SIZE = TABLE_ENTRIES * 4;
/** Where grains begin: everything in front is the header, the descriptor and zeros. */
const OVERHEAD = 128;
/** Bytes of a grain marker before the stream. */
const MARKER_SIZE = 12;
/** Sectors that tables can point to. */
const MOST_SECTORS = 2 ** 32;

/**
 * Plans a streamOptimized extent in the layout of VMware's own exports: version 3, each grain table after its
 * grains, no table where it would be empty, the directory and a footer at the end, and nothing past the
 * end-of-stream marker, so that importers that stop there have read all.
 */
export function planStream(disk: Disk, descriptor: Uint8Array, context: WriteContext): FilePlan {
  return {
    size: null,
    isStreamable: true,
    parts: (signal) => writeStream(disk, descriptor, context, signal),
  };
}

async function* writeStream(
  disk: Disk,
  descriptor: Uint8Array,
  context: WriteContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<FilePart, void, undefined> {
  const stream = new StreamLayout(disk.size, sectorsOf(descriptor.length));
  yield { at: 0, bytes: stream.header(GD_AT_END) };
  yield { at: SECTOR_SIZE, bytes: padded(descriptor, (OVERHEAD - 1) * SECTOR_SIZE) };
  const grains = wholeUnits(disk, GRAIN_SIZE, { sparse: context.sparse, signal });
  const packed = workInOrder(grains, context.compressor.lanes, async ({ unit, bytes }) => ({
    unit,
    stream: await context.compressor.compress('zlib', bytes, context.compress?.level),
  }));
  for await (const grain of packed) {
    yield* stream.tableBefore(grain.unit);
    yield stream.grain(grain.unit, grain.stream);
  }
  yield* stream.tableBefore(Infinity);
  yield* stream.end();
}

/** Places what a stream consists of, one after the other. */
class StreamLayout {
  readonly #capacity: bigint;
  readonly #descriptorSectors: number;
  readonly #directory: Uint8Array;
  /** Next free sector. */
  #sector = OVERHEAD;
  /** The table of the grains that were written last, and its number. */
  #table: Uint8Array | null = null;
  #tableIndex = 0;

  constructor(size: number, descriptorSectors: number) {
    const capacity = sectorsOf(size);
    this.#capacity = BigInt(capacity);
    this.#descriptorSectors = descriptorSectors;
    this.#directory = new Uint8Array(
      roundUp(Math.ceil(capacity / (GRAIN_SECTORS * TABLE_ENTRIES)) * 4, SECTOR_SIZE),
    );
  }

  /** The header, or with the directory's place the footer, which is the same otherwise. */
  header(gdOffset: bigint): Uint8Array {
    return SparseExtentHeader.of({
      version: 3,
      flags: SparseExtentFlags.of({ validNewlineDetector: true, compressed: true, markers: true }),
      capacity: this.#capacity,
      grainSize: BigInt(GRAIN_SECTORS),
      descriptorOffset: 1n,
      descriptorSize: BigInt(this.#descriptorSectors),
      numGtesPerGt: TABLE_ENTRIES,
      gdOffset,
      overhead: BigInt(OVERHEAD),
      newlineDetector: Uint8Array.of(0x0a, 0x20, 0x0d, 0x0a),
      compressAlgorithm: CompressAlgorithm.deflate,
    }).toBytes();
  }

  grain(unit: number, stream: Uint8Array): FilePart {
    const marker = GrainMarker.of({ lba: BigInt(unit) * BigInt(GRAIN_SECTORS), cmpSize: stream.length });
    const bytes = new Uint8Array(roundUp(MARKER_SIZE + stream.length, SECTOR_SIZE));
    bytes.set(marker.toBytes());
    bytes.set(stream, MARKER_SIZE);
    this.#table ??= new Uint8Array(TABLE_SIZE);
    this.#tableIndex = Math.floor(unit / TABLE_ENTRIES);
    viewOf(this.#table).setUint32((unit % TABLE_ENTRIES) * 4, this.#sector, true);
    return this.#place(bytes);
  }

  /** The table of the grains so far, where `unit` belongs to another one. */
  *tableBefore(unit: number): Iterable<FilePart> {
    if (this.#table === null || Math.floor(unit / TABLE_ENTRIES) === this.#tableIndex) return;
    yield this.#place(announce(MarkerType.grain_table, sectorsOf(TABLE_SIZE)));
    viewOf(this.#directory).setUint32(this.#tableIndex * 4, this.#sector, true);
    yield this.#place(this.#table);
    this.#table = null;
  }

  *end(): Iterable<FilePart> {
    yield this.#place(announce(MarkerType.grain_directory, sectorsOf(this.#directory.length)));
    const gdOffset = BigInt(this.#sector);
    yield this.#place(this.#directory);
    yield this.#place(announce(MarkerType.footer, 1));
    yield this.#place(this.header(gdOffset));
    yield this.#place(announce(MarkerType.end_of_stream, 0));
  }

  #place(bytes: Uint8Array): FilePart {
    const at = this.#sector * SECTOR_SIZE;
    this.#sector += bytes.length / SECTOR_SIZE;
    if (this.#sector > MOST_SECTORS)
      throw new UnsupportedFeatureError('a streamOptimized VMDK cannot be larger than 2 TiB');
    return { at, bytes };
  }
}

function announce(type: MetadataMarker['type'], sectors: number): Uint8Array {
  return MetadataMarker.of({ numSectors: BigInt(sectors), type }).toBytes();
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
