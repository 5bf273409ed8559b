import type { DumpedStructure, ImageInfo } from '../../model/image.ts';
import { contentId, findProperty, NO_PARENT_CID, type Descriptor } from './descriptor/descriptor.ts';
import { dumpDescriptor } from './descriptor/dump.ts';
import type { Extent } from './extents/index.ts';

/** What is told of an image without looking at its tables. */
interface Described {
  readonly descriptor: Descriptor | null;
  readonly extents: readonly Extent[];
}

/** `createType` as the descriptor spells it; for an extent without one, what its layout is called. */
export function variantOf({ descriptor, extents }: Described): string | null {
  const named = descriptor === null ? undefined : findProperty(descriptor, 'createType')?.value.text;
  if (named !== undefined && named !== '') return named;
  const [extent] = extents;
  if (extent?.kind === 'cowd') return 'vmfsSparse';
  if (extent?.kind === 'sesparse') return 'seSparse';
  return extent !== undefined && isCompressed(extent) ? 'streamOptimized' : null;
}

/** Bytes of a grain of the first extent that has grains; `null` where none has. */
export function grainSizeOf({ extents }: Described): number | null {
  return extents.find(({ grainSize }) => grainSize !== null)?.grainSize ?? null;
}

/** What `info` tells of a VMDK. */
export function describeInfo(image: Described): ImageInfo {
  const { descriptor, extents } = image;
  return {
    clusterSize: grainSizeOf(image),
    formatSpecific: {
      cid: descriptor === null ? null : contentId(descriptor, 'CID'),
      'parent-cid': descriptor === null ? NO_PARENT_CID : contentId(descriptor, 'parentCID'),
      'create-type': variantOf(image),
      extents: extents.map(describeExtent),
    },
  };
}

/** An extent with the keys of `qemu-img info`. */
function describeExtent(extent: Extent): Readonly<Record<string, unknown>> {
  return {
    filename: extent.file?.path ?? extent.line?.file?.text ?? null,
    format: extent.line?.type.text ?? '',
    'virtual-size': extent.size,
    ...(extent.grainSize === null ? {} : { 'cluster-size': extent.grainSize }),
    ...(isCompressed(extent) ? { compressed: true } : {}),
  };
}

function isCompressed(extent: Extent): boolean {
  return extent.kind === 'hosted-sparse' && extent.geometry?.isCompressed === true;
}

/** The headers of the extents, and the text of the descriptor at its place among those of its file. */
export function listStructures(
  descriptor: Descriptor | null,
  extents: Iterable<Extent>,
): readonly DumpedStructure[] {
  const headers = [...extents].flatMap((extent) => extent.structures());
  if (descriptor === null) return headers;
  const text = dumpDescriptor(descriptor);
  const isBefore = ({ file, offset }: DumpedStructure): boolean => file === text.file && offset < text.offset;
  return [...headers.filter(isBefore), text, ...headers.filter((structure) => !isBefore(structure))];
}
