import type { CowdExtent } from './cowd.ts';
import type { HostedSparseExtent } from './hosted-sparse.ts';
import type { FlatExtent, UnavailableExtent, ZeroExtent } from './plain.ts';
import type { SeSparseExtent } from './sesparse.ts';

/** One part of an image. */
export type Extent =
  FlatExtent | ZeroExtent | UnavailableExtent | HostedSparseExtent | CowdExtent | SeSparseExtent;
