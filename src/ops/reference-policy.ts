import type { MaybePromise, Source } from '../io/source.ts';
import type { Reference } from '../model/format.ts';
import type { ReferenceState } from '../model/reference-state.ts';

/** What became of a name that an image gives. */
export interface ResolvedReference {
  readonly state: ReferenceState;
  /** What was opened, or what was tried first, as messages call it: a path, a URL. */
  readonly path: string;
  /** Present where `state` is `opened`; the caller closes it. */
  readonly source: Source | null;
  /** A sentence where it is not open. */
  readonly reason: string | null;
  /**
   * The name under which it was found, where that is not the one that the image gives: readers that take names by
   * their letters do not find it.
   */
  readonly foundAs?: string;
}

/**
 * Decides which of the files that an image names are opened, and opens them. Nothing here knows what names mean: a
 * policy for the files of a machine, for URLs or for the members of an archive comes from outside.
 *
 * @param from the file with the name, as it was given or as a policy called it
 */
export type ReferencePolicy = (reference: Reference, from: string) => MaybePromise<ResolvedReference>;

/** Opens nothing: what a library caller gets who did not choose. */
export const followNothing: ReferencePolicy = ({ name }) => ({
  state: 'not-followed',
  path: name,
  source: null,
  reason: `${JSON.stringify(name)} was not opened: other files are not followed`,
});
