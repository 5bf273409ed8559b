import type { Source } from '../io/source.ts';
import type { Limits } from '../model/demands.ts';
import type { Disclosure } from '../model/disclosure.ts';
import type { Image, ImageFile } from '../model/image.ts';
import type { AllocationState } from '../model/owners.ts';
import type { ReferenceState } from '../model/reference-state.ts';

/** What became of a file that the image names. */
export interface NamedOutcome {
  readonly name: string;
  readonly state: ReferenceState;
}

/** An image as the gate sees it, after everything else of it was checked. */
export interface Subject {
  readonly image: Image;
  /** The file that was opened. */
  readonly file: ImageFile;
  readonly source: Source;
  readonly disclosure: Disclosure;
  /** Bytes of all files of the layer; those that are not open count as nothing. */
  readonly fileBytes: number;
  /** Layers of the chain that are open, the image itself among them. */
  readonly layers: number;
  readonly outcomes: readonly NamedOutcome[];
  /** Units of guest data by what they are; `null` where no table was read. */
  readonly allocation: Readonly<Record<AllocationState, number>> | null;
  /** Table entries that were found to point to what another one points to. */
  readonly aliases: number;
  readonly limits: Limits;
  /** Whether only the start of the file is there yet, so that its size says nothing. */
  readonly isPartial: boolean;
}
