import type { Source } from '../io/source.ts';
import type { FileRole, Image, ImageFile, ParentLink } from './image.ts';
import type { Finding, ProblemSink } from './problem.ts';
import type { Depth, Facts, Rule, RuleInfo } from './rule.ts';

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
 * How a format is recognised: `magic` by its first bytes, `end` by its last ones, `trace` by a second mark of an image whose
 * first is damaged. In this order of certainty.
 */
export type Recognition = 'magic' | 'end' | 'trace';

/** A name in an image that means another file. */
export interface Reference {
  /** The name as it stands in the image. */
  readonly name: string;
  /**
   * Names to try instead, in order, for one reference (a VHD's locators, the base name of a path from another host).
   * `name` itself is only for messages where this is given.
   */
  readonly candidates?: readonly string[];
  /** Format id or alias that the image states for it. */
  readonly formatHint?: string | null;
}

/** A referenced file after the policy was asked. */
export interface OpenedReference {
  readonly file: ImageFile;
  /** `opened`, or why not. */
  readonly state: ParentLink['state'];
  /** A sentence where it is not open. */
  readonly reason: string | null;
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

/** A disk image format, as everything above the formats sees it. */
export interface Format {
  readonly id: string;
  /** Other names accepted on input (`vpc` for VHD). */
  readonly aliases: readonly string[];
  readonly title: string;
  /** File name endings without the dot. */
  readonly extensions: readonly string[];
  readonly rules: readonly RuleInfo[];
  probe(sample: ProbeSample): Recognition | null;
  /**
   * Opens an image. Damage goes to `context.problems`; opening falls back where the format has a second copy.
   *
   * @throws UnreadableImageError where nothing can be said of the disk; the problems say why.
   */
  open(context: OpenContext): Promise<Image>;
  /** Runs the rules that look at a whole image, up to `depth`, and tells `problems` what they find. */
  evaluate(image: Image, depth: Depth, facts: Facts, problems: ProblemSink): Promise<void>;
}

/** The written form of a format. */
export interface FormatDeclaration<I extends Image> {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly extensions: readonly string[];
  readonly rules: readonly Rule<I>[];
  /** The families of rules (an id up to its slash) that can find anything in an image of its kind; absent: all of them. */
  readonly families?: (image: I) => ReadonlySet<string>;
  readonly probe: (sample: ProbeSample) => Recognition | null;
  readonly open: (context: OpenContext) => Promise<I>;
}

const RANKS: Readonly<Record<Depth, number>> = { header: 0, metadata: 1, data: 2 };

/** Declares a format; the type of its images stays inside. */
export function defineFormat<I extends Image>({ families, ...declaration }: FormatDeclaration<I>): Format {
  const groups = groupByFamily(declaration.rules);
  return {
    ...declaration,
    aliases: declaration.aliases ?? [],
    async evaluate(image, depth, facts, problems) {
      const applying = families?.(image as I) ?? groups;
      for (const [family, rules] of groups)
        if (applying.has(family)) await evaluateRules(rules, image as I, depth, facts, problems);
    },
  };
}

/** The rules that look at a whole image, by the family that their id names; both in the order of the list. */
function groupByFamily<I>(rules: readonly Rule<I>[]): ReadonlyMap<string, readonly Rule<I>[]> {
  const groups = new Map<string, Rule<I>[]>();
  for (const rule of rules) {
    if (rule.check === undefined) continue;
    const family = rule.id.slice(0, rule.id.indexOf('/'));
    const group = groups.get(family);
    if (group === undefined) groups.set(family, [rule]);
    else group.push(rule);
  }
  return groups;
}

async function evaluateRules<I>(
  rules: readonly Rule<I>[],
  image: I,
  depth: Depth,
  facts: Facts,
  problems: ProblemSink,
): Promise<void> {
  const reached = RANKS[depth];
  let current: Rule<I> | undefined;
  // One for all rules, which look one after another: what a rule tells is what its own report is made of.
  const tell = (finding: Finding<unknown>): void => {
    if (current !== undefined) problems.add(current.report(finding as Finding<never>));
  };
  for (const rule of rules) {
    if (rule.check === undefined || RANKS[rule.depth] > reached) continue;
    current = rule;
    const finished = rule.check(image, tell, facts, problems);
    if (finished !== undefined) await finished;
  }
}
