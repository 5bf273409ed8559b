import type { DumpedStructure, Image, ImageFile, ImageInfo, Mapping, ParentLink } from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import type { FileLayout, Owners, WalkListeners } from '../../model/owners.ts';
import { contentId, findProperty, NO_PARENT_CID, type Descriptor } from './descriptor/descriptor.ts';
import { dumpDescriptor } from './descriptor/dump.ts';
import type { AllVmdkFindings } from './findings.ts';
import type { CowdExtent } from './extents/cowd.ts';
import type { HostedSparseExtent } from './extents/hosted-sparse.ts';
import type { FlatExtent, UnavailableExtent, ZeroExtent } from './extents/plain.ts';
import type { SeSparseExtent } from './extents/sesparse.ts';
import { MappingRuns } from '../shared/mapping-runs.ts';

/** One part of an image. */
export type Extent =
  FlatExtent | ZeroExtent | UnavailableExtent | HostedSparseExtent | CowdExtent | SeSparseExtent;

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

  constructor({ file, descriptor, extents, parent, trackingFlaw }: VmdkParts) {
    this.descriptor = descriptor;
    this.extents = extents;
    this.hostedExtents = extents.filter((extent) => extent.kind === 'hosted-sparse');
    this.parent = parent;
    this.trackingFlaw = trackingFlaw;
    const named = extents.flatMap((extent) => (extent.file === null ? [] : [extent.file]));
    this.files = [...new Set([file, ...named])];
    this.size = extents.reduce((sum, extent) => sum + extent.size, 0);
  }

  /** `createType` as the descriptor spells it; for an extent without one, what its layout is called. */
  get variant(): string | null {
    const named =
      this.descriptor === null ? undefined : findProperty(this.descriptor, 'createType')?.value.text;
    if (named !== undefined && named !== '') return named;
    const [extent] = this.extents;
    if (extent?.kind === 'cowd') return 'vmfsSparse';
    if (extent?.kind === 'sesparse') return 'seSparse';
    return extent?.kind === 'hosted-sparse' && extent.geometry?.isCompressed === true
      ? 'streamOptimized'
      : null;
  }

  get allocationUnit(): number | null {
    return this.extents.find(({ grainSize }) => grainSize !== null)?.grainSize ?? null;
  }

  async *mappings({ start, length }: GuestRange): AsyncIterable<readonly Mapping[]> {
    const runs = new MappingRuns();
    const end = Math.min(start + length, this.size);
    for (const extent of this.extents) {
      const from = Math.max(start, extent.guestStart);
      const to = Math.min(end, extent.guestStart + extent.size);
      if (from >= to) continue;
      for await (const _ of extent.resolve(runs, from, to)) if (runs.isFull) yield runs.take();
    }
    const rest = runs.finish();
    if (rest.length > 0) yield rest;
  }

  layout(file: ImageFile): FileLayout | null {
    return this.#structured(file)?.layout ?? null;
  }

  async walk(file: ImageFile, listeners: WalkListeners<AllVmdkFindings>): Promise<unknown> {
    const extent: WalkedExtent | undefined = this.#structured(file);
    if (extent === undefined) return undefined;
    return typeof extent.walk === 'function' ? extent.walk(listeners) : extent.claim?.(listeners.owners);
  }

  structures(): readonly DumpedStructure[] {
    const headers = this.extents.flatMap((extent) => extent.structures());
    const { descriptor } = this;
    if (descriptor === null) return headers;
    const text = dumpDescriptor(descriptor);
    const before = headers.filter(({ file, offset }) => file === text.file && offset < text.offset);
    return [...before, text, ...headers.filter((structure) => !before.includes(structure))];
  }

  info(): ImageInfo {
    return {
      clusterSize: this.allocationUnit,
      formatSpecific: {
        cid: this.descriptor === null ? null : contentId(this.descriptor, 'CID'),
        'parent-cid': this.descriptor === null ? NO_PARENT_CID : contentId(this.descriptor, 'parentCID'),
        'create-type': this.variant,
        extents: this.extents.map(describeExtent),
      },
    };
  }

  async close(): Promise<void> {
    for (const { source } of this.files) await source?.close();
    await this.parent?.image?.close();
  }

  /** A sparse extent that two lines name is reported, and walked once. */
  #structured(file: ImageFile): Extent | undefined {
    return this.extents.find((extent) => extent.file === file && extent.layout !== null);
  }
}

/** An extent with the keys of `qemu-img info`. */
function describeExtent(extent: Extent): Readonly<Record<string, unknown>> {
  const isCompressed = extent.kind === 'hosted-sparse' && extent.geometry?.isCompressed === true;
  return {
    filename: extent.file?.path ?? extent.line?.file?.text ?? null,
    format: extent.line?.type.text ?? '',
    'virtual-size': extent.size,
    ...(extent.grainSize === null ? {} : { 'cluster-size': extent.grainSize }),
    ...(isCompressed ? { compressed: true } : {}),
  };
}
