import type { ImageFile, Located } from './image-file.ts';
import type { Place } from './problem.ts';

/** What an image means another file to be. */
export type NameKind = 'backing file' | 'parent' | 'data file' | 'extent' | 'change tracking file';

/** A name in an image that means another file, whether readers use it or not. */
export interface NamedFile {
  readonly kind: NameKind;
  /** As it is stored in the image. */
  readonly name: string;
  readonly at: Place;
  /**
   * The one extent of an embedded descriptor, which is the file that contains it; what matters is that it is a
   * plain name.
   */
  readonly isOwn?: boolean;
}

/** Part of an image that is no file: a raw device mapping, an object of a datastore. */
export interface NamedDevice {
  /** As the image says it: `VMFSRDM`. */
  readonly what: string;
  readonly at: Place;
}

/** A table that readers keep in memory while an image is open. */
export interface DeclaredTable {
  readonly name: string;
  /** Bytes as the header declares them; more than the file has is possible. */
  readonly bytes: number;
  readonly at: Place;
}

/** Text that the maker of the image left in it. */
export interface LeftText {
  readonly text: string;
  readonly at: Place;
}

/** A size of the disk that some readers see. */
export interface SeenSize {
  /** As messages name them: `QEMU below 10`. */
  readonly readers: string;
  /** The platforms among them, by the names of `--for`. */
  readonly platforms: readonly string[];
  readonly bytes: number;
}

/**
 * What those who take images in ask of one format only, by the format's id. Each format that has such traits adds them
 * here from its own folder (`traits.ts`); most need none.
 */
// oxlint-disable-next-line typescript/no-empty-object-type
export interface TraitsByFormat {}

/**
 * What an image says about itself to those who take it in: a gate for images from strangers, a platform. Plain
 * facts; nothing here is judged.
 */
export interface Disclosure {
  /** Those of the image's own format; empty where it has none. */
  readonly traits: Partial<TraitsByFormat>;
  /** Names of other files, in file order. */
  readonly names: readonly NamedFile[];
  readonly devices: readonly NamedDevice[];
  /**
   * Why this layer is not a whole disk by itself although it names nothing: it is an extent of a set, or a child of
   * a parent that it has an id of.
   */
  readonly needs: readonly {
    readonly what: 'parent' | 'other files';
    readonly reason: string;
    readonly at: Place;
  }[];
  /** Files whose bytes from `offset` on are the guest's own, from the start of its disk or of an extent. */
  readonly plain: readonly Located[];
  readonly encryption: { readonly method: string; readonly at: Place } | null;
  readonly tables: readonly DeclaredTable[];
  readonly texts: readonly LeftText[];
  /** Where readers disagree, what each sees; else empty. */
  readonly sizes: readonly SeenSize[];
}

/** The place of a whole file. */
export function wholeFile(file: ImageFile): Place {
  return { file, offset: null, length: null, field: null };
}

/** What an image says that is whole in one file and has nothing to tell about itself. */
export const DISCLOSES_NOTHING: Disclosure = {
  traits: {},
  names: [],
  devices: [],
  needs: [],
  plain: [],
  encryption: null,
  tables: [],
  texts: [],
  sizes: [],
};
