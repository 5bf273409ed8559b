import { DEFAULT_LIMITS } from '../gate/limits.ts';
import type { Adjust } from '../gate/levels.ts';
import type { Demands, TargetAnswer } from '../model/demands.ts';
import type { Image } from '../model/image.ts';
import type { Allocation } from '../model/report.ts';
import type { Depth } from '../model/rule.ts';
import type { ProblemCollector } from './collector.ts';
import type { OpenedImage, RecognisedImage, ReferenceOutcome } from './open.ts';

/** How far an image is checked, and against what. */
export interface Goal {
  readonly depth: Depth;
  readonly demands: Demands;
  readonly adjust: Adjust | null;
  /** Whether only the first bytes of the file are there. */
  readonly isPartial: boolean;
}

/** What the check of an image's format found out. */
export interface Found {
  /** What became of the files that the image and its layers name. */
  readonly outcomes: readonly ReferenceOutcome[];
  readonly allocation: Allocation | null;
}

/**
 * Checks an image, not the layers below it, against what is demanded besides its format; does nothing, and loads
 * nothing, where nothing is.
 *
 * @returns what each platform makes of it; `null` where nothing is demanded
 */
export async function holdToDemands(
  { file, source }: RecognisedImage,
  { image, format }: OpenedImage,
  { depth, demands, adjust, isPartial }: Goal,
  { outcomes, allocation }: Found,
  problems: ProblemCollector,
): Promise<readonly TargetAnswer[] | null> {
  if (demands.untrusted !== true && (demands.targets ?? []).length === 0) return null;
  const { judgeImage } = await import('../gate/judge.ts');
  const { error, byRule } = problems.counts();
  const subject = {
    ...{ image, file, source, outcomes, allocation, isPartial },
    disclosure: await format.disclose(image),
    fileBytes: image.files.reduce((sum, each) => sum + (each.source?.size ?? 0), 0),
    layers: countLayers(image),
    aliases: countAliases(byRule),
    limits: { ...DEFAULT_LIMITS, ...demands.limits },
  };
  return judgeImage(subject, demands, { depth, adjust, isDamaged: error > 0 }, problems);
}

function countLayers(image: Image): number {
  let layers = 0;
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null) layers++;
  return layers;
}

/** Rules of table entries that point to what another entry points to. */
const ALIASES = /\/(l1-entry|l2-entry|gde|gte|bat-entry|entry)-duplicate$|\/compressed-overlap$/;

/** Findings by these rules: each is one entry too many. */
function countAliases(byRule: Readonly<Record<string, number>>): number {
  let count = 0;
  for (const [rule, found] of Object.entries(byRule)) if (ALIASES.test(rule)) count += found;
  return count;
}
