import type { DumpedStructure, Image, ImageFile, ImageInfo, Mapping, ParentLink } from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import type { AnyWalkListeners, FileLayout } from '../../model/owners.ts';
import type { Descriptor } from './descriptor/descriptor.ts';
import type { CowdExtent } from './extents/cowd/extent.ts';
import type { HostedSparseExtent } from './extents/hosted/extent.ts';
import { isSparse, type Extent, type SparseExtent } from './extents/index.ts';
import type { SeSparseExtent } from './extents/sesparse/extent.ts';
import { describeInfo, grainSizeOf, listStructures, variantOf } from './info.ts';
import { mapExtents } from './mappings.ts';

/** What an image is made of. */
export interface VmdkParts {
  /** The file that was opened. */
  readonly file: ImageFile;
  /** `null` for an extent that is opened by itself. */
  readonly descriptor: Descriptor | null;
  /** In guest order, without gaps. */
  readonly extents: readonly Extent[];
  readonly parent: ParentLink | null;
  /** What is wrong with the change tracking file, to end a sentence; `null` where nothing is, or none is named. */
  readonly trackingFlaw: string | null;
  /** Names under which files of extents were found, by the names that the lines have, where the two differ. */
  readonly foundNames: ReadonlyMap<string, string>;
}

/** A VMDK: a list of extents, one after the other, and the descriptor that lists them. */
export class VmdkImage implements Image {
  readonly format = 'vmdk';
  readonly descriptor: Descriptor | null;
  readonly extents: readonly Extent[];
  /** Extents with headers and tables, by their file. One that two lines name is reported, and looked at once. */
  readonly sparseExtents: ReadonlyMap<ImageFile, SparseExtent>;
  readonly hostedExtents: readonly HostedSparseExtent[];
  readonly cowdExtents: readonly CowdExtent[];
  readonly seSparseExtents: readonly SeSparseExtent[];
  readonly parent: ParentLink | null;
  readonly trackingFlaw: string | null;
  readonly foundNames: ReadonlyMap<string, string>;
  readonly files: readonly ImageFile[];
  readonly size: number;

  constructor({ file, descriptor, extents, parent, trackingFlaw, foundNames }: VmdkParts) {
    this.descriptor = descriptor;
    this.extents = extents;
    this.parent = parent;
    this.trackingFlaw = trackingFlaw;
    this.foundNames = foundNames;
    const files = new Set([file]);
    const sparse = new Map<ImageFile, SparseExtent>();
    for (const extent of extents) {
      if (extent.file !== null) files.add(extent.file);
      if (isSparse(extent) && !sparse.has(extent.file)) sparse.set(extent.file, extent);
    }
    this.files = [...files];
    this.sparseExtents = sparse;
    const all = [...sparse.values()];
    this.hostedExtents = all.filter((extent) => extent.kind === 'hosted-sparse');
    this.cowdExtents = all.filter((extent) => extent.kind === 'cowd');
    this.seSparseExtents = all.filter((extent) => extent.kind === 'sesparse');
    this.size = extents.reduce((sum, extent) => sum + extent.size, 0);
  }

  get variant(): string | null {
    return variantOf(this);
  }

  get allocationUnit(): number | null {
    return grainSizeOf(this);
  }

  mappings(range: GuestRange): AsyncIterable<readonly Mapping[]> {
    return mapExtents(this.extents, range);
  }

  otherMappings(range: GuestRange): AsyncIterable<readonly Mapping[]> {
    return mapExtents(this.extents, range, 'second');
  }

  layout(file: ImageFile): FileLayout | null {
    return this.sparseExtents.get(file)?.layout ?? null;
  }

  /** What is returned is what the walk over the extent of this file learned. */
  walk(file: ImageFile, listeners: AnyWalkListeners): Promise<unknown> | undefined {
    return this.sparseExtents.get(file)?.walk(listeners);
  }

  structures(): readonly DumpedStructure[] {
    return listStructures(this.descriptor, this.sparseExtents.values());
  }

  info(): ImageInfo {
    return describeInfo(this);
  }

  async close(): Promise<void> {
    for (const { source } of this.files) await source?.close();
    await this.parent?.image?.close();
  }
}
