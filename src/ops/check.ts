import { UnreadableImageError, VdcheckError } from '../errors.ts';
import { fileFindings } from '../formats/shared/file-rules.ts';
import { redactUrl } from '../io/http/url.ts';
import { adjustmentsOf, earlyAdjustments } from '../gate/levels.ts';
import type { Demands, TargetAnswer } from '../model/demands.ts';
import { silentFindings } from '../model/findings.ts';
import type { Unpack } from '../model/content.ts';
import type { FormatCode } from '../model/format.ts';
import type { Image, ImageFile } from '../model/image.ts';
import type { Ownership } from '../model/owners.ts';
import type {
  Allocation,
  CheckFailure,
  FileReport,
  ImageReport,
  ProblemCounts,
  Verdict,
} from '../model/report.ts';
import { UNREACHABLE } from '../model/reference-state.ts';
import type { Depth, Facts } from '../model/rule.ts';
import { findFormat } from '../formats/index.ts';
import type { ProblemSink } from '../model/problem.ts';
import { ProblemCollector } from './collector.ts';
import { checkContent } from './content/check-content.ts';
import { holdToDemands, type Goal } from './demands.ts';
import { reportFailure } from './failures.ts';
import { openRecognised, recogniseImage, type OpenOptions, type ReferenceOutcome } from './open.ts';
import { CountingOwners, type AllocationCounts } from './ownership/counter.ts';
import { NamingOwners } from './ownership/names.ts';

/** How an image is checked. */
export interface CheckOptions extends Omit<OpenOptions, 'problems' | 'rawFallback'> {
  /** Default `metadata`. */
  readonly depth?: Depth;
  /** Unpacks what is stored compressed, for depth `data`; without it no check gets deeper than `metadata`. */
  readonly unpack?: Unpack;
  /**
   * Is told at depth `data` how many compressed units are unpacked, of how many in the layer that is being looked
   * at.
   */
  readonly onUnits?: (done: number, total: number) => void;
  /** Looks at what is around an image once it was looked at itself: the archive that it is in. */
  readonly around?: (checked: CheckedImage) => Promise<void>;
  /** Problems listed per rule, default 100; counts are exact whatever it is. */
  readonly maxProblems?: number;
  /** Whether warnings count as corruption; default false. */
  readonly strict?: boolean;
  /** What the image is checked against besides its format; default nothing. */
  readonly demands?: Demands;
  /**
   * Whether only the first bytes of the image are there: what is told then are refusals that no further byte can
   * take back. Default false.
   */
  readonly isPartial?: boolean;
}

/** An image that was looked at, and where more may be told of it. */
export interface CheckedImage {
  /** Closed; `null` where it could not be opened. */
  readonly image: Image | null;
  readonly depth: Depth;
  readonly problems: ProblemSink;
}

type ContentOptions = Pick<CheckOptions, 'unpack' | 'onUnits'>;

/**
 * Checks one image and the layers below it. Never throws for what the image contains: damage is problems, and what
 * cannot be looked at is `unchecked` with the reason.
 */
export async function checkImage(path: string, options: CheckOptions): Promise<ImageReport> {
  const depth = options.depth ?? 'metadata';
  const name = redactUrl(path);
  const demands = options.demands ?? {};
  const isPartial = options.isPartial === true;
  const adjust = isPartial ? earlyAdjustments(demands) : adjustmentsOf(demands);
  const problems = new ProblemCollector(options.maxProblems ?? 100, adjust);
  const seen: Seen = {
    ...{ format: null, files: [], image: null, allocation: null, failure: null },
    ...{ outcomes: [], targets: null },
    isWhole: depth !== 'data' || options.unpack !== undefined,
  };
  try {
    const onReference = (outcome: ReferenceOutcome): void => noteReference(outcome, seen);
    const goal: Goal = { depth, demands, adjust, isPartial };
    await checkOpened(path, { ...options, problems, onReference }, goal, problems, seen);
  } catch (error) {
    if (error instanceof UnreadableImageError) reportUnreadable(error, problems, seen);
    else {
      seen.failure = toFailure(error);
      reportFailure(error, name, problems);
    }
  }
  if (options.around !== undefined) await lookAround(options.around, depth, problems, seen);
  const reached = depth === 'data' && (!seen.isWhole || seen.failure !== null) ? 'metadata' : depth;
  return assemble(name, reached, problems, seen, { isStrict: options.strict === true, isPartial });
}

/** What is around an image may say more of it, even where it could not be opened: that it should be there. */
async function lookAround(
  around: NonNullable<CheckOptions['around']>,
  depth: Depth,
  problems: ProblemCollector,
  seen: Seen,
): Promise<void> {
  try {
    await around({ image: seen.image, depth, problems });
  } catch (error) {
    seen.failure ??= toFailure(error);
  }
  const isMissing = seen.failure?.code === 'ENOENT' && seen.image === null;
  if (isMissing && problems.counts().byRule['archive/member-missing'] !== undefined) seen.failure = null;
}

/** What was learned before the check stopped. */
interface Seen {
  format: string | null;
  files: readonly ImageFile[];
  image: Image | null;
  allocation: Allocation | null;
  failure: CheckFailure | null;
  /** Whether all of the stored data were looked at that depth `data` looks at. */
  isWhole: boolean;
  /** What became of the files that the image and its layers name. */
  readonly outcomes: ReferenceOutcome[];
  targets: readonly TargetAnswer[] | null;
}

/** A file that this machine did not let us read: what it has is unknown, so the image is not checked. */
function noteReference(outcome: ReferenceOutcome, seen: Seen): void {
  const { state, reason } = outcome;
  seen.outcomes.push(outcome);
  const code = UNREACHABLE[state];
  if (code !== undefined) seen.failure ??= { code, message: reason ?? '' };
}

async function checkOpened(
  path: string,
  options: OpenOptions & ContentOptions,
  goal: Goal,
  problems: ProblemCollector,
  seen: Seen,
): Promise<void> {
  const { depth } = goal;
  const recognised = await recogniseImage(path, options);
  seen.format = recognised.entry.id;
  seen.files = [recognised.file];
  const { image, format } = await openRecognised(recognised, options);
  seen.image = image;
  seen.files = [...allFiles(image)];
  try {
    for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null) {
      const layerFormat = layer === image ? format : await loadFormat(layer.format);
      const counts = await checkLayer(layer, layerFormat, depth, problems, seen);
      if (layer === image) seen.allocation = toAllocation(image, counts);
      if (depth === 'data')
        await unpackLayer(layer, layerFormat, counts?.compressed ?? 0, problems, options, seen);
    }
    const found = { outcomes: seen.outcomes, allocation: seen.allocation };
    seen.targets = await holdToDemands(recognised, { image, format }, goal, found, problems);
    await reportChanges(image, problems);
  } finally {
    await problems.settle();
    await image.close();
  }
}

async function loadFormat(id: string): Promise<FormatCode> {
  const entry = findFormat(id);
  if (entry === undefined) throw new Error(`no format ${id}`);
  return entry.load();
}

/** Runs everything there is for one layer; returns its allocation, `null` at depth `header`. */
async function checkLayer(
  image: Image,
  format: FormatCode,
  depth: Depth,
  problems: ProblemCollector,
  seen: Seen,
): Promise<AllocationCounts | null> {
  const ownerships = new Map<ImageFile, Ownership>();
  const walks = new Map<ImageFile, unknown>();
  const total: AllocationCounts = { data: 0, zero: 0, compressed: 0 };
  if (depth !== 'header') {
    for (const file of image.files) {
      const ownership = await countOwners(image, format, file, problems, walks);
      if (ownership === null) continue;
      ownerships.set(file, ownership);
      total.data += ownership.allocation.data;
      total.zero += ownership.allocation.zero;
      total.compressed += ownership.allocation.compressed;
    }
  }
  const facts: Facts = {
    ownership: (file) => ownerships.get(file),
    walk: (file) => walks.get(file),
    leaveOut: () => void (seen.isWhole = false),
  };
  await format.evaluate(image, depth, facts, problems);
  return depth === 'header' ? null : total;
}

/** Unpacks what the files of one layer store compressed. */
async function unpackLayer(
  image: Image,
  format: FormatCode,
  total: number,
  problems: ProblemCollector,
  { unpack, onUnits }: ContentOptions,
  seen: Seen,
): Promise<void> {
  if (unpack === undefined) return;
  const findings = format.findings(problems);
  let done = 0;
  const count = (units: number): void => onUnits?.((done += units), total);
  for (const file of image.files)
    if (!(await checkContent(image, file, { unpack, findings, onUnits: count }))) seen.isWhole = false;
}

/** Walks a file's regions once to count, and once more for names where regions overlap. */
async function countOwners(
  image: Image,
  format: FormatCode,
  file: ImageFile,
  problems: ProblemCollector,
  walks: Map<ImageFile, unknown>,
): Promise<CountingOwners | null> {
  const layout = image.layout(file);
  if (layout === null || file.source === null) return null;
  const sinks = { file, findings: format.findings(problems) };
  const counter = new CountingOwners(layout, sinks);
  walks.set(file, await image.walk?.(file, { owners: counter, findings: sinks.findings }));
  const collisions = counter.collisions();
  if (collisions.length > 0) {
    const namer = new NamingOwners(collisions, layout.limit, sinks);
    await image.walk?.(file, { owners: namer, findings: silentFindings });
  }
  return counter;
}

function toAllocation(image: Image, counts: AllocationCounts | null): Allocation | null {
  const unit = image.allocationUnit;
  if (unit === null || counts === null) return null;
  return { unit, total: Math.ceil(image.size / unit), ...counts };
}

/** All files of an image and the layers below it, in order. */
function* allFiles(image: Image | null): Iterable<ImageFile> {
  for (let layer = image; layer !== null; layer = layer.parent?.image ?? null) yield* layer.files;
}

async function reportChanges(image: Image, problems: ProblemCollector): Promise<void> {
  for (const file of allFiles(image)) {
    if (file.source === null || (await file.source.isUnchanged())) continue;
    const at = { file, offset: null, length: null, field: null };
    fileFindings(problems).tell('file/changed-during-check', { at, data: null });
  }
}

/**
 * An image that is too damaged was checked, and its problems tell; one error at least, so that it never passes for
 * sound.
 */
function reportUnreadable(error: UnreadableImageError, problems: ProblemCollector, { files }: Seen): void {
  const [file] = files;
  if (problems.counts().error > 0) return;
  const at = file === undefined ? null : { file, offset: null, length: null, field: null };
  fileFindings(problems).tell('file/unreadable', { at, data: { reason: error.message } });
}

/** What kept the check from being done. */
function toFailure(error: unknown): CheckFailure {
  if (!(error instanceof VdcheckError)) throw error;
  return { code: error.code, message: error.message };
}

function assemble(
  path: string,
  depth: Depth,
  problems: ProblemCollector,
  { format, files, image, allocation, failure, targets }: Seen,
  { isStrict, isPartial }: { readonly isStrict: boolean; readonly isPartial: boolean },
): ImageReport {
  const counts = problems.counts();
  const adjusted = problems.adjustments();
  return {
    path,
    format,
    variant: image?.variant ?? null,
    virtualSize: image?.size ?? null,
    files: files.map(toFileReport),
    depth,
    verdict: judge(counts, failure, isStrict),
    counts,
    problems: problems.problems(),
    allocation,
    error: failure,
    ...(targets === null || targets.length === 0 ? {} : { targets }),
    ...(adjusted.length === 0 || isPartial ? {} : { adjusted }),
  };
}

function toFileReport({ path, role, source }: ImageFile): FileReport {
  return { path, role, size: source?.size ?? null };
}

/** The worst of the problems. */
function judge(counts: ProblemCounts, failure: CheckFailure | null, isStrict: boolean): Verdict {
  if (failure !== null) return 'unchecked';
  if (counts.error > 0 || (isStrict && counts.warning > 0)) return 'corrupt';
  if (counts.leak > 0) return 'leak';
  return counts.warning > 0 ? 'warning' : 'ok';
}
