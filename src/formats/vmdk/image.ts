import type { DumpedStructure, Image, ImageFile, ImageInfo, Mapping, ParentLink } from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import type { FileLayout, Owners, WalkListeners } from '../../model/owners.ts';
import type { Descriptor } from './descriptor/descriptor.ts';
import type { HostedSparseExtent } from './extents/hosted-sparse.ts';
import type { Extent } from './extents/index.ts';
import type { AllVmdkFindings } from './findings.ts';
import { describeInfo, grainSizeOf, listStructures, variantOf } from './info.ts';
import { mapExtents } from './mappings.ts';

/** The two ways in which an extent is walked, while extents move from the second to the first. */
interface WalkedExtent {
  readonly walk?: unknown;
  readonly claim?: (owners: Owners) => void | Promise<void>;
}

/** What an image is made of. */
export interface VmdkParts {
  /** The file that was opened. */
  readonly file: ImageFile;
  /** `null` for an extent that is opened by itself. */
  readonly descriptor: Descriptor | null;
  /** In guest order, without gaps. */
  readonly extents: readonly Extent[];
  readonly parent: ParentLink | null;
  /** What is wrong with the change tracking file, as the end of a sentence; `null` where nothing is, or none is named. */
  readonly trackingFlaw: string | null;
}

/** A VMDK: a list of extents, one behind the other, and the descriptor that lists them. */
export class VmdkImage implements Image {
  readonly format = 'vmdk';
  readonly descriptor: Descriptor | null;
  readonly extents: readonly Extent[];
  /** Those of `extents` with headers and tables of the hosted products. */
  readonly hostedExtents: readonly HostedSparseExtent[];
  readonly parent: ParentLink | null;
  readonly trackingFlaw: string | null;
  readonly files: readonly ImageFile[];
  readonly size: number;
  /** Extents with tables by their file. One that two lines name is reported, and walked once. */
  readonly #structured: ReadonlyMap<ImageFile, Extent>;

  constructor({ file, descriptor, extents, parent, trackingFlaw }: VmdkParts) {
    this.descriptor = descriptor;
    this.extents = extents;
    this.hostedExtents = extents.filter((extent) => extent.kind === 'hosted-sparse');
    this.parent = parent;
    this.trackingFlaw = trackingFlaw;
    const files = new Set([file]);
    const structured = new Map<ImageFile, Extent>();
    for (const extent of extents) {
      if (extent.file === null) continue;
      files.add(extent.file);
      if (extent.layout !== null && !structured.has(extent.file)) structured.set(extent.file, extent);
    }
    this.files = [...files];
    this.#structured = structured;
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

  layout(file: ImageFile): FileLayout | null {
    return this.#structured.get(file)?.layout ?? null;
  }

  async walk(file: ImageFile, listeners: WalkListeners<AllVmdkFindings>): Promise<unknown> {
    const extent: WalkedExtent | undefined = this.#structured.get(file);
    if (extent === undefined) return undefined;
    return typeof extent.walk === 'function' ? extent.walk(listeners) : extent.claim?.(listeners.owners);
  }

  structures(): readonly DumpedStructure[] {
    return listStructures(this);
  }

  info(): ImageInfo {
    return describeInfo(this);
  }

  async close(): Promise<void> {
    for (const { source } of this.files) await source?.close();
    await this.parent?.image?.close();
  }
}
