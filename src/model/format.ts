import type { Source } from '../io/source.ts';
import type { FileRole, Image, ImageFile, ParentLink } from './image.ts';
import type { ProblemSink } from './problem.ts';
import type { FileRange } from './owners.ts';
import type { Writer } from './writer.ts';
import type { Disclosure } from './disclosure.ts';
import type { Findings, NamedFindings } from './findings.ts';
import type { FileFindings } from './file-findings.ts';
import type { Depth, Explanation, RuleInfo } from './rule-info.ts';
import type { ReferenceState } from './reference-state.ts';
import type { Explanations, Facts, RuleTable } from './rule.ts';

/** The bytes that probing looks at. */
export interface ProbeSample {
  /** The first bytes, 4096 or the whole file. */
  readonly head: Uint8Array;
  /** The last bytes, 2048 or the whole file. */
  readonly tail: Uint8Array;
  /** Size of the file in bytes. */
  readonly size: number;
}

/**
 * How a format is recognised: `magic` by its first bytes, `end` by its last ones, `trace` by a second mark of an
 * image whose first is damaged. In this order of certainty.
 */
export type Recognition = 'magic' | 'end' | 'trace';

/** A name in an image that means another file. */
export interface Reference {
  /** The name as it is stored in the image. */
  readonly name: string;
  /**
   * Names to try instead, in order, for one reference (a VHD's locators, the base name of a path from another host).
   * `name` itself is only for messages where this is given.
   */
  readonly candidates?: readonly string[];
  /** FormatCode id or alias that the image states for it. */
  readonly formatHint?: string | null;
}

/** A referenced file after the policy was asked. */
export interface OpenedReference {
  readonly file: ImageFile;
  /** `opened`, or why not. */
  readonly state: ReferenceState;
  /** A sentence where it is not open. */
  readonly reason: string | null;
  /** The name under which it was found, where that is not the one that the image gives. */
  readonly foundAs?: string | null;
}

/** What a format is given to open an image. Nothing else lets it reach a file. */
export interface OpenContext {
  readonly file: ImageFile;
  /** `file`'s bytes. */
  readonly source: Source;
  /** What probing saw of them. */
  readonly sample: ProbeSample;
  readonly problems: ProblemSink;
  /** Opens a file that belongs to this layer (an extent, a data file), as far as the caller's policy lets. */
  openFile(reference: Reference, role: FileRole): Promise<OpenedReference>;
  /** Opens the layer below, as far as the caller's policy lets. */
  openParent(reference: Reference): Promise<ParentLink>;
}

/** What is known of a format before its code is loaded: enough to name it and to recognise its files. */
export interface Format {
  /** The name that options and reports use. */
  readonly id: string;
  /** Other names accepted on input (`vpc` for VHD). */
  readonly aliases: readonly string[];
  readonly title: string;
  /** File name endings: lower case, without the dot. */
  readonly extensions: readonly string[];
  readonly probe: (sample: ProbeSample) => Recognition | null;
  /** Loads the format's code; a check of one format never loads another's. */
  readonly load: () => Promise<FormatCode>;
  /**
   * Loads what works out the size of a whole file from its beginning, read forward; absent where the format does
   * not say.
   */
  readonly loadHeadSize?: () => Promise<(source: Source) => Promise<number>>;
  /** Loads the writer; absent where the format cannot be written. */
  readonly loadWriter?: () => Promise<Writer>;
}

/** The code of a disk image format, as everything above the formats sees it. */
export interface FormatCode {
  readonly rules: readonly RuleInfo[];
  /** Loads what `vdcheck rules ID` prints of these rules. */
  explain(): Promise<Readonly<Record<string, Explanation>>>;
  /** Makes the door through which findings by the ids of these rules reach `problems`. */
  findings(problems: ProblemSink): NamedFindings;
  /**
   * Opens an image. Damage goes to `context.problems`; opening falls back where the format has a second copy.
   *
   * @throws UnreadableImageError where nothing can be said of the disk; the problems say why.
   */
  open(context: OpenContext): Promise<Image>;
  /** Runs the rules that look at a whole image, up to `depth`, and tells `problems` what they find. */
  evaluate(image: Image, depth: Depth, facts: Facts, problems: ProblemSink): Promise<void>;
  /** Loads what tells those who take images in what an image is, and asks it. */
  disclose(image: Image): Promise<Disclosure>;
}

/** What a format's own code is given to open an image: findings are told by id. */
export interface FormatContext<M> extends OpenContext {
  readonly findings: Findings<M>;
}

/** The written form of a format: `I` are its images, `M` its findings, `W` what its walk returns. */
export interface FormatParts<I extends Image, M, W> {
  readonly rules: RuleTable<I, M, W>;
  readonly explain: () => Promise<Explanations<M>>;
  /**
   * The families of rules (an id up to its slash) that can find anything in an image of its kind; absent: all of
   * them.
   */
  readonly families?: (image: I) => ReadonlySet<string>;
  /**
   * Bytes that structures leave over in the room that they have, all of which must be zero; asked at depth `data`.
   * Absent where the format has none, or a rule for each.
   */
  readonly padding?: (image: I, facts: Facts<W>) => Iterable<Padding>;
  readonly open: (context: FormatContext<M & FileFindings>) => I | Promise<I>;
  readonly disclose: () => Promise<(image: I) => Disclosure>;
}

/** Bytes of one of an image's files that must be zero. */
export interface Padding {
  readonly file: ImageFile;
  readonly ranges: Iterable<FileRange>;
}
