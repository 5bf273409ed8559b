import { fileOffset, readAvailable, type Source } from '../../io/source.ts';
import type { OpenedReference } from '../../model/format.ts';
import type { ImageFile } from '../../model/image.ts';
import { SECTOR_SIZE } from '../../model/offsets.ts';
import { parseSectors, type Descriptor } from './descriptor/descriptor.ts';
import { EXTENT_TYPES, type ExtentLine } from './descriptor/statements.ts';
import type { ExtentPlace } from './extents/extent.ts';
import type { Extent } from './extents/index.ts';
import { LatestRead } from './extents/latest-read.ts';
import { createFlatExtent, createUnavailableExtent, createZeroExtent } from './extents/plain.ts';
import type { VmdkContext } from './findings.ts';
import { findMarks, type Carrier } from './marks.ts';
import { readSparse, type CreateExtent, type SparseKind } from './open-sparse.ts';
import { referenceCandidates } from './reference-names.ts';

/** Guest bytes that all extents together may have: what is larger cannot be addressed exactly. */
const MAX_DISK_BYTES = Number.MAX_SAFE_INTEGER;

/** A file that lines name as a sparse extent. */
interface SparseFile {
  /** What it is by its marks. */
  readonly carrier: Carrier | null;
  /** Its directory, once for all lines that name it. */
  readonly directory: LatestRead;
  /** Makes extents of its headers, once these are read. */
  create: CreateExtent | null;
}

/** Opens the extents that a descriptor lists. */
export class ExtentOpener {
  readonly #context: VmdkContext;
  readonly #descriptorFile: ImageFile;
  /** Where the descriptor's text ends in its file. */
  #textEnd = 0;
  readonly #byName = new Map<string, OpenedReference>();
  readonly #byIdentity = new Map<string, ImageFile>();
  readonly #sparse = new Map<ImageFile, SparseFile>();
  /** Names under which files were found, by the names that the lines have, where the two differ. */
  readonly foundNames = new Map<string, string>();

  constructor(context: VmdkContext, descriptorFile: ImageFile) {
    this.#context = context;
    this.#descriptorFile = descriptorFile;
    this.#byIdentity.set(context.source.identity, descriptorFile);
  }

  /**
   * Opens all extents, in the order of their lines. A line without a usable count of sectors is left out, since it is
   * unknown where the next one would begin.
   */
  async openAll(descriptor: Descriptor): Promise<readonly Extent[]> {
    const extents: Extent[] = [];
    let guestStart = 0;
    this.#textEnd = descriptor.place.offset + descriptor.textLength;
    for (const line of descriptor.extents) {
      const sectors = parseSectors(line.sectors.text);
      const size = (sectors ?? 0) * SECTOR_SIZE;
      if (size === 0 || guestStart + size > MAX_DISK_BYTES) continue;
      extents.push(await this.#open({ guestStart, size, line }, line));
      guestStart += size;
    }
    return extents;
  }

  async #open(place: ExtentPlace, line: ExtentLine): Promise<Extent> {
    const type = line.type.text.toUpperCase();
    const kind = Object.hasOwn(EXTENT_TYPES, type) ? EXTENT_TYPES[type] : undefined;
    if (kind === 'zero') return createZeroExtent(place);
    const device = kind === 'device' ? DEVICES[type] : undefined;
    if (device !== undefined) {
      const name = JSON.stringify(line.file?.text ?? type);
      return createUnavailableExtent(place, null, device.state, `${name} was not opened: ${device.reason}`);
    }
    if (kind === undefined || kind === 'device' || line.file === null || line.file.text === '')
      return createUnavailableExtent(place, null, 'line', 'its line does not say what to open');
    const opened = await this.#openFile(line.file.text);
    const { file, state, reason } = opened;
    if (state !== 'opened' || file.source === null)
      return createUnavailableExtent(
        place,
        file,
        state === 'opened' || state === 'none' ? 'unreadable' : state,
        reason ?? '',
      );
    if (file === this.#descriptorFile && (kind !== 'flat' || flatStart(line) < this.#textEnd))
      return createUnavailableExtent(place, null, 'self', 'it names the descriptor itself');
    if (kind === 'flat') return createFlatExtent(place, file, flatStart(line));
    return this.#openSparse(place, kind, file, file.source);
  }

  async #openSparse(place: ExtentPlace, kind: SparseKind, file: ImageFile, source: Source): Promise<Extent> {
    const sparse = await this.#recognise(file, source);
    if (sparse.carrier !== kind) {
      const what = sparse.carrier === null ? 'nothing that is known' : CARRIERS[sparse.carrier];
      return createUnavailableExtent(place, file, 'wrong-type', `the file is ${what}, not ${CARRIERS[kind]}`);
    }
    sparse.create ??= await readSparse(kind, file, source, this.#context);
    return (
      sparse.create({ ...place, latest: sparse.directory }) ??
      createUnavailableExtent(place, file, 'header', 'its header is cut off')
    );
  }

  async #recognise(file: ImageFile, source: Source): Promise<SparseFile> {
    const known = this.#sparse.get(file);
    if (known !== undefined) return known;
    const found: SparseFile = {
      carrier: await recogniseExtent(source),
      directory: new LatestRead(),
      create: null,
    };
    this.#sparse.set(file, found);
    return found;
  }

  /** Opens each file once, however many lines name it and under whatever names. */
  async #openFile(name: string): Promise<OpenedReference> {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const opened = await this.#context.openFile({ name, candidates: referenceCandidates(name) }, 'extent');
    const shared = await this.#share(opened);
    this.#byName.set(name, shared);
    if (opened.foundAs != null) this.foundNames.set(name, opened.foundAs);
    return shared;
  }

  async #share(opened: OpenedReference): Promise<OpenedReference> {
    const { source } = opened.file;
    if (source === null) return opened;
    const earlier = this.#byIdentity.get(source.identity);
    if (earlier === undefined) {
      this.#byIdentity.set(source.identity, opened.file);
      return opened;
    }
    await source.close();
    return { ...opened, file: earlier };
  }
}

/** Extent types of what is no file. */
const DEVICES: Readonly<
  Record<string, { readonly state: 'rdm' | 'device' | 'datastore-object'; readonly reason: string }>
> = {
  VMFSRDM: { state: 'rdm', reason: 'it is a raw device mapping, a disk of its own (VMFSRDM)' },
  VMFSRAW: { state: 'device', reason: 'it is a raw device (VMFSRAW)' },
  VSANSPARSE: { state: 'datastore-object', reason: 'it is an object of a vSAN datastore (VSANSPARSE)' },
};

const CARRIERS: Readonly<Record<Carrier, string>> = {
  descriptor: 'descriptor text',
  'hosted-sparse': 'a hosted sparse extent (KDMV)',
  cowd: 'a COWD extent',
  sesparse: 'a seSparse extent',
};

/** What a file is by its marks, damaged ones among them. */
async function recogniseExtent(source: Source): Promise<Carrier | null> {
  const head = await readAvailable(source, fileOffset(0), 4 * SECTOR_SIZE);
  const tail = await readAvailable(
    source,
    fileOffset(Math.max(0, source.size - 4 * SECTOR_SIZE)),
    4 * SECTOR_SIZE,
  );
  return findMarks({ head, tail, size: source.size })?.carrier ?? null;
}

/** Byte of the file where a flat extent begins; 0 where the line does not say, as VMFS lines do not. */
function flatStart({ offset }: ExtentLine): number {
  return offset === null ? 0 : (parseSectors(offset.text) ?? 0) * SECTOR_SIZE;
}
