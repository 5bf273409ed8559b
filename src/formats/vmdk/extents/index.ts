import type { CowdExtent } from './cowd/extent.ts';
import type { HostedSparseExtent } from './hosted/extent.ts';
import type { FlatExtent, UnavailableExtent, ZeroExtent } from './plain.ts';
import type { SeSparseExtent } from './sesparse/extent.ts';

/** An extent with headers and tables. */
export type SparseExtent = HostedSparseExtent | CowdExtent | SeSparseExtent;

/** One part of an image. */
export type Extent = FlatExtent | ZeroExtent | UnavailableExtent | SparseExtent;

/** Whether an extent has headers and tables. */
export function isSparse(extent: Extent): extent is SparseExtent {
  return extent.kind === 'hosted-sparse' || extent.kind === 'cowd' || extent.kind === 'sesparse';
}
