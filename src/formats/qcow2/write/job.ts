import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import type { WriteContext } from '../../../model/writer.ts';
import { MAX_L1_ENTRIES, roundUp } from '../layout/geometry.ts';
import { readClusters, type ClusterRun, type ClusterShape } from './clusters.ts';
import { encodeHeader, type BackingText, type TablePlaces } from './header.ts';
import { refcountShapeWithin } from './refcounts.ts';
import { settingsOf, type Qcow2Settings } from './settings.ts';
import { tableShapeOf, type TableShape } from './tables.ts';
import { packedUnits, unitsOf, type Unit } from './units.ts';

const SECTOR = 512;
const NO_BYTES = new Uint8Array(0);

/** An image that is to be written. */
export class Job {
  readonly settings: Qcow2Settings;
  readonly shape: TableShape;
  /** Bytes of the guest's disk, whole sectors. */
  readonly size: number;
  readonly #disk: Disk;
  readonly #context: WriteContext;
  readonly #clusters: ClusterShape;

  /** @throws UsageError where the options do not fit each other or the disk */
  constructor(disk: Disk, context: WriteContext) {
    const settings = settingsOf(context);
    const { backing, sparse } = context;
    this.settings = settings;
    this.size = roundUp(disk.size, SECTOR);
    this.shape = tableShapeOf(settings, this.size);
    if (this.shape.l1Entries > MAX_L1_ENTRIES)
      throw new UsageError(
        `with clusters of ${settings.clusterSize} bytes a disk of ${disk.size} bytes is too large; a larger cluster_size helps`,
      );
    if (backing !== null && backing.disk === null && disk.size > 0)
      throw new UsageError(
        `the backing file ${backing.name} is not open: clusters cannot be completed from it`,
      );
    const isFull = sparse === 0 || settings.preallocation === 'full';
    this.#disk = disk;
    this.#context = context;
    this.#clusters = {
      clusterSize: settings.clusterSize,
      // A compressed cluster has no subclusters: all of it is in its stream.
      isExtended: settings.isExtended && !settings.isCompressed,
      hasZeroFlag: settings.version === 3,
      isFull,
      reserves: settings.preallocation !== 'off' || settings.isDataFileRaw,
      below: backing?.disk ?? null,
    };
    // What does not fit into the header is told before anything is written.
    this.header({ l1Offset: 0, refcountTableOffset: 1, refcountTableClusters: 1 });
  }

  /** Whether the image has a place for every cluster, so that nothing has to be read to know its size. */
  get #isWhole(): boolean {
    const { isFull, reserves, below } = this.#clusters;
    return (isFull || reserves) && below === null && !this.settings.isCompressed;
  }

  /**
   * Bytes of all files if every guest cluster were stored; `undefined` where readers take no image of that size.
   */
  get fullSize(): number | undefined {
    const { l1Clusters, l1Entries } = this.shape;
    const { clusterSize, dataFile } = this.settings;
    const guest = Math.ceil(this.size / clusterSize);
    const inside = dataFile === null ? guest : 0;
    const refcounts = refcountShapeWithin(this.settings, 1 + l1Clusters + l1Entries + inside);
    return refcounts === null ? undefined : (refcounts.clusters + guest - inside) * clusterSize;
  }

  /** What is to be stored, in ascending order. */
  units(signal?: AbortSignal): AsyncIterable<Unit> {
    const { settings } = this;
    const runs = readClusters(this.#disk, this.#clusters, signal);
    const units = unitsOf(runs, this.shape.l2Entries, settings.clusterSize);
    const { compress, compressor, isPipe, isAnyOrder = false } = this.#context;
    if (compress === undefined) return units;
    // A pipe has two passes, which have to give the same.
    const packing = { compressor, level: compress.level, isAnyOrder: isAnyOrder && !isPipe };
    return packedUnits(units, settings, packing);
  }

  /** The same for those who need no bytes of what is not packed: no disk is read where all is known. */
  surveyUnits(): AsyncIterable<Unit> {
    if (!this.#isWhole) return this.units();
    const count = Math.ceil(this.size / this.settings.clusterSize);
    return unitsOf(oneRun(count), this.shape.l2Entries, this.settings.clusterSize);
  }

  /** The first cluster. */
  header(places: Omit<TablePlaces, 'size' | 'l1Entries'>): Uint8Array {
    const { size, shape, settings } = this;
    return encodeHeader(settings, { ...places, size, l1Entries: shape.l1Entries }, this.#backingText());
  }

  #backingText(): BackingText | null {
    const { backing } = this.#context;
    if (backing === null) return null;
    const format = backing.format ?? backing.image?.format ?? null;
    return { name: backing.name, format: format === null ? null : (DRIVERS[format] ?? format) };
  }
}

/** Names that QEMU has for formats that have another one here. */
const DRIVERS: Readonly<Partial<Record<string, string>>> = { vhd: 'vpc' };

async function* oneRun(count: number): AsyncGenerator<ClusterRun> {
  if (count > 0) yield { index: 0, count, kind: 'data', bytes: NO_BYTES, allocated: 0xffff_ffff, zeros: 0 };
}
