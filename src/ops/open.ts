import {
  SourceError,
  UnreadableImageError,
  UnsupportedFeatureError,
  UsageError,
  VdcheckError,
} from '../errors.ts';
import { findFormat, formats, recognise, type Recognised } from '../formats/index.ts';
import { fileFindings } from '../formats/shared/file-rules.ts';
import { ISO_MARK, recogniseOther, type OtherKind } from '../formats/shared/other-kinds.ts';
import { latin1 } from '../io/latin1.ts';
import { fileOffset, readAvailable, type Source } from '../io/source.ts';
import type {
  Format,
  FormatCode,
  OpenContext,
  OpenedReference,
  ProbeSample,
  Reference,
} from '../model/format.ts';
import type { FileRole, Image, ImageFile, ParentLink } from '../model/image.ts';
import type { ProblemSink } from '../model/problem.ts';
import { stateOfError, type ReferenceState } from '../model/reference-state.ts';
import { followNothing, type ReferencePolicy } from './reference-policy.ts';

/** Makes a path (or a URL, or whatever names bytes) a source; throws a SourceError where that fails. */
export type OpenSource = (path: string) => Source | Promise<Source>;

/** How an image is opened. */
export interface OpenOptions {
  readonly openSource: OpenSource;
  /** FormatCode id or alias to take the file as; without it the file's marks decide. */
  readonly format?: string;
  /** Whether parents are opened; default true. */
  readonly chain?: boolean;
  /** Decides which files named inside images are opened; the default opens none. */
  readonly policy?: ReferencePolicy;
  /** Takes the damage found on the way; the default throws on the first error. */
  readonly problems?: ProblemSink;
  /** Is told what became of each file that an image names. */
  readonly onReference?: (outcome: ReferenceOutcome) => void;
  /** Whether bytes without any format's marks are taken as a raw disk; default false. */
  readonly rawFallback?: boolean;
}

/** What became of a file that an image names. */
export interface ReferenceOutcome {
  /** As the image gives it. */
  readonly name: string;
  readonly role: FileRole;
  readonly state: ReferenceState;
  /** A sentence where it is not open. */
  readonly reason: string | null;
}

/** An opened image; the caller closes `image`. */
export interface OpenedImage {
  readonly image: Image;
  readonly format: FormatCode;
}

/** Layers that a chain may have; VMware supports 32, so longer ones are not real. */
const MAX_LAYERS = 256;

const HEAD_BYTES = 4096;
const TAIL_BYTES = 2048;

/** The file bears no format's marks. */
export class NotAnImageError extends VdcheckError {
  /** Bytes of the file. */
  readonly size: number;

  constructor(path: string, size: number, kind: OtherKind | null = null) {
    super('not-an-image', `${path}: ${describeKind(kind)}`);
    this.size = size;
  }
}

/** Advice is given for bytes of which nothing is known, or that a disk begins with. */
function describeKind(kind: OtherKind | null): string {
  if (kind === null) return 'no mark of a disk image format is found; if it is a plain disk, say -f raw';
  if (kind.certainty === 'plain-disk') return `is ${kind.name}; say -f raw to take it as one`;
  return `is ${kind.name}, not a disk image${kind.isDisk ? ' of a format that is supported' : ''}`;
}

/** A file that stores the sectors of a disk whose descriptor is beside it. */
export class ExtentDataError extends VdcheckError {
  constructor(path: string, descriptor: string) {
    super(
      'extent-data',
      `${path}: stores the sectors of a disk and has no structure of its own; its descriptor is ${descriptor}`,
    );
  }
}

/** A file whose format is known, before anything of it is decoded. */
export interface RecognisedImage {
  readonly file: ImageFile;
  readonly source: Source;
  readonly sample: ProbeSample;
  readonly entry: Format;
}

/** What every layer of a chain shares. */
interface Chain {
  readonly options: OpenOptions;
  readonly problems: ProblemSink;
  readonly policy: ReferencePolicy;
}

/** The sources above a layer, by which cycles are found. */
type Ancestors = readonly string[];

/** What a layer opened, for the case that its format fails. Closing twice does nothing. */
interface Closable {
  close(): void | Promise<void>;
}

/**
 * Opens an image and, as far as the policy lets, the files and parents that it names.
 *
 * @throws SourceError when the file itself cannot be opened; NotAnImageError; UnreadableImageError when it is too
 *   damaged; UsageError for an unknown format
 */
export async function openImage(path: string, options: OpenOptions): Promise<OpenedImage> {
  return openRecognised(await recogniseImage(path, options), options);
}

/**
 * The first half of `openImage`: finds out what a file is. The caller closes the source or goes on to
 * `openRecognised`.
 */
export async function recogniseImage(path: string, options: OpenOptions): Promise<RecognisedImage> {
  const forced = options.format === undefined ? undefined : requireFormat(options.format);
  const source = await options.openSource(path);
  // The source knows what of its name may be shown.
  return recogniseSource(toChain(options), { path: source.name, role: 'image', source }, source, forced, []);
}

/** The second half of `openImage`. */
export function openRecognised(recognised: RecognisedImage, options: OpenOptions): Promise<OpenedImage> {
  return openLayer(toChain(options), recognised, []);
}

function toChain(options: OpenOptions): Chain {
  return { options, problems: options.problems ?? throwingSink, policy: options.policy ?? followNothing };
}

/** The sink of strict callers. */
export const throwingSink: ProblemSink = {
  add(report) {
    if (report.severity !== 'error') return;
    const { rule } = report;
    const [path, message] =
      'settle' in report
        ? [report.file.path, rule.title]
        : [report.at?.file.path ?? 'image', report.message()];
    throw new UnreadableImageError(`${path}: ${message} (${rule.id})`);
  },
};

function requireFormat(name: string): Format {
  const entry = findFormat(name);
  if (entry === undefined)
    throw new UsageError(
      `unknown format ${JSON.stringify(name)}; known are ${formats.map(({ id }) => id).join(', ')}`,
    );
  return entry;
}

async function recogniseSource(
  chain: Chain,
  file: ImageFile,
  source: Source,
  forced: Format | undefined,
  ancestors: Ancestors,
): Promise<RecognisedImage> {
  try {
    const sample = await readSample(source);
    const kind = await otherKind(source, sample);
    const marks = recognise(sample).filter((mark) => !isOverruled(mark, kind));
    const entry =
      forced?.id === 'raw' || (forced !== undefined && !isCertain(kind, marks))
        ? forced
        : (marks[0]?.entry ?? (await fallback(chain, { file, source, kind }, ancestors)));
    reportMarks(chain.problems, { file, sample, entry, marks, isForced: forced !== undefined });
    return { file, source, sample, entry };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What a file is besides; an ISO has its mark far after its beginning. */
async function otherKind(source: Source, sample: ProbeSample): Promise<OtherKind | null> {
  const kind = recogniseOther(sample);
  const { offset, bytes, name } = ISO_MARK;
  if (kind?.certainty === 'other' || source.size < offset + bytes.length) return kind;
  if (recognise(sample).length > 0) return kind;
  const found = latin1(await source.read(fileOffset(offset), bytes.length));
  return found === bytes ? { name, certainty: 'other', isDisk: false } : kind;
}

/**
 * Whether a file is so certainly of another kind that what is left of a format of ours in it is not its own. The
 * beginning of a fixed VHD is the guest's.
 */
function isOverruled({ entry, recognition }: Recognised, kind: OtherKind | null): boolean {
  if (recognition !== 'trace' || kind === null) return false;
  return kind.certainty === 'other' || (kind.certainty === 'plain-disk' && entry.id !== 'vhd');
}

/**
 * Whether a file is of another kind and shows no certain mark of ours, so that it is not taken for what it is said
 * to be.
 */
function isCertain(kind: OtherKind | null, marks: readonly Recognised[]): boolean {
  return kind?.certainty === 'other' && marks.length === 0;
}

/** Of several marks that of `entry`, else the most certain one that is no mere trace. */
function certainMark(marks: readonly Recognised[], entry: Format): string | null {
  const own = marks.find((mark) => mark.entry === entry);
  return (own ?? marks.find(({ recognition }) => recognition !== 'trace'))?.entry.id ?? null;
}

async function openLayer(
  chain: Chain,
  recognised: RecognisedImage,
  ancestors: Ancestors,
): Promise<OpenedImage> {
  const opened: Closable[] = [recognised.source];
  try {
    const format = await recognised.entry.load();
    const image = await format.open(createContext(chain, recognised, ancestors, opened));
    return { image, format };
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

/** Bytes without marks: a parent is a raw disk then, as is any image for commands that only read. */
async function fallback(
  chain: Chain,
  { file, source, kind }: { file: ImageFile; source: Source; kind: OtherKind | null },
  ancestors: Ancestors,
): Promise<Format> {
  if (ancestors.length > 0 && kind?.isDisk === true)
    throw new UnsupportedFeatureError(`${file.path} is ${kind.name}, which is not supported`);
  const isReadable = chain.options.rawFallback === true || ancestors.length > 0;
  const raw = findFormat('raw');
  if (isReadable && raw !== undefined) return raw;
  const descriptor = kind?.certainty === 'other' ? null : await findDescriptor(chain, file.path);
  if (descriptor !== null) throw new ExtentDataError(file.path, descriptor);
  throw new NotAnImageError(file.path, source.size, kind);
}

/** Names that VMware gives to files of sectors alone, after the name of the disk. */
const SECTOR_FILE = /-(?:flat|f\d{3}|rdmp?|pt)\.vmdk$/i;
/** Bytes of a descriptor that are looked at for a name. */
const TEXT_BYTES = 64 * 1024;

/** The descriptor beside a file of sectors that names it; `null` where there is none. */
async function findDescriptor({ options }: Chain, path: string): Promise<string | null> {
  const beside = path.replace(SECTOR_FILE, '.vmdk');
  if (beside === path) return null;
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  try {
    const source = await options.openSource(beside);
    try {
      const text = new TextDecoder().decode(await readAvailable(source, fileOffset(0), TEXT_BYTES));
      return text.includes(`"${name}"`) ? beside : null;
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof VdcheckError) return null;
    throw error;
  }
}

async function readSample(source: Source): Promise<ProbeSample> {
  const head = await readAvailable(source, fileOffset(0), HEAD_BYTES);
  const tail = await readAvailable(source, fileOffset(Math.max(0, source.size - TAIL_BYTES)), TAIL_BYTES);
  return { head, tail, size: source.size };
}

/** Reports what the file's marks and its name say against each other. */
function reportMarks(
  problems: ProblemSink,
  {
    file,
    sample,
    entry,
    marks,
    isForced,
  }: {
    file: ImageFile;
    sample: ProbeSample;
    entry: Format;
    marks: readonly Recognised[];
    isForced: boolean;
  },
): void {
  const at = { file, offset: null, length: null, field: null };
  if (entry.id === 'raw') return;
  const findings = fileFindings(problems);
  if (sample.size === 0)
    findings.tell('file/empty', { at, data: { size: 0, format: entry.id, smallest: null } });
  const others = marks.filter((mark) => mark.recognition !== 'trace' && mark.entry !== entry);
  if (others.length > 0 && !isForced)
    findings.tell('file/polyglot-magic', {
      at,
      data: { format: entry.id, others: others.map((mark) => mark.entry.id) },
    });
  const extension = extensionOf(file.path);
  const named = formats.find(({ id, extensions }) => id !== 'raw' && extensions.includes(extension));
  // A format that is only said to be that of the file tells nothing of its content.
  const isFound = marks.some((mark) => mark.entry === entry);
  if (named !== undefined && named !== entry && isFound)
    findings.tell('file/extension-mismatch', { at, data: { extension, format: entry.id } });
}

/** Lower case, without the dot; empty where the name has none. */
function extensionOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

function createContext(
  chain: Chain,
  { file, source, sample }: RecognisedImage,
  ancestors: Ancestors,
  opened: Closable[],
): OpenContext {
  return {
    file,
    source,
    sample,
    problems: chain.problems,
    async openFile(reference, role) {
      const found = await openFile(chain, file, reference, role);
      if (found.file.source !== null) opened.push(found.file.source);
      return found;
    },
    async openParent(reference) {
      const link = await openParent(chain, file, reference, [...ancestors, source.identity]);
      if (link.image !== null) opened.push(link.image);
      return link;
    },
  };
}

async function openFile(
  chain: Chain,
  from: ImageFile,
  reference: Reference,
  role: FileRole,
): Promise<OpenedReference> {
  const { state, path, source, reason, foundAs } = await chain.policy(reference, from.path);
  chain.options.onReference?.({ name: reference.name, role, state, reason });
  return { file: { path, role, source }, state, reason, foundAs: foundAs ?? null };
}

async function openParent(
  chain: Chain,
  from: ImageFile,
  reference: Reference,
  ancestors: Ancestors,
): Promise<ParentLink> {
  const formatHint = reference.formatHint ?? null;
  const closed = (
    state: ParentLink['state'],
    path: string | null,
    reason: string,
    recognised: string | null = null,
  ): ParentLink => ({ name: reference.name, formatHint, recognised, state, path, image: null, reason });
  if (chain.options.chain === false)
    return closed(
      'not-followed',
      null,
      `${JSON.stringify(reference.name)} was not opened: the chain is not followed`,
    );
  const { state, path, source, reason, foundAs } = await chain.policy(reference, from.path);
  chain.options.onReference?.({ name: reference.name, role: 'parent', state, reason });
  if (source === null) return closed(state, path, reason ?? '');
  const refusal = refuseLayer(source, ancestors);
  if (refusal !== null) {
    await source.close();
    return closed(refusal.state, path, refusal.reason);
  }
  const forced = formatHint === null ? undefined : findFormat(formatHint);
  if (formatHint !== null && forced === undefined && DISK_FORMATS.has(formatHint)) {
    await source.close();
    const reason = `${JSON.stringify(reference.name)} was not opened: the format ${formatHint} is not supported`;
    return closed('unsupported', path, reason);
  }
  let recognised: string | null = null;
  try {
    const file: ImageFile = { path, role: 'parent', source };
    const parent = await recogniseSource(chain, file, source, forced, ancestors);
    recognised = certainMark(recognise(parent.sample), parent.entry);
    if (recognised !== parent.entry.id && parent.entry.id !== 'raw') {
      await source.close();
      const marks = recognised === null ? "no format's marks" : `the marks of ${recognised}`;
      const reason = `${path} is said to be ${parent.entry.id}, but bears ${marks}`;
      return closed('unreadable', path, reason, recognised ?? 'raw');
    }
    const { image } = await openLayer(chain, parent, ancestors);
    const name = foundAs === undefined ? {} : { foundAs };
    return {
      ...{ name: reference.name, formatHint, recognised, ...name },
      ...{ state: 'opened', path, image, reason: null },
    };
  } catch (error) {
    if (!(error instanceof VdcheckError)) throw error;
    const failure = failedLayer(error);
    const reason =
      failure === 'unreadable'
        ? error.message
        : `${JSON.stringify(reference.name)} was not opened: ${error.message}`;
    if (failure !== 'unreadable')
      chain.options.onReference?.({ name: reference.name, role: 'parent', state: failure, reason });
    return closed(failure, path, reason, recognised);
  }
}

/**
 * What became of a layer that could be opened as a file, but not as an image: what failed to be read is not damaged
 * by that.
 */
function failedLayer(error: VdcheckError): ReferenceState {
  if (error instanceof SourceError) return stateOfError(error.code);
  return error instanceof UnsupportedFeatureError ? 'unsupported' : 'unreadable';
}

/** Formats of layers that exist and are not read here; an unknown word is told by a rule, and the marks decide. */
const DISK_FORMATS: ReadonlySet<string> = new Set([
  ...['vhdx', 'qed', 'qcow', 'parallels', 'luks', 'dmg', 'cloop', 'bochs'],
]);

function refuseLayer(
  source: Source,
  ancestors: Ancestors,
): { state: ParentLink['state']; reason: string } | null {
  if (ancestors.includes(source.identity))
    return { state: 'cycle', reason: `${source.name} is already a layer of this chain` };
  if (ancestors.length >= MAX_LAYERS)
    return { state: 'too-deep', reason: `the chain has more than ${MAX_LAYERS} layers` };
  return null;
}
