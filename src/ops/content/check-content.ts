import { readRanges } from '../../io/read-ranges.ts';
import { joinParts } from '../../io/planned-reads.ts';
import { fileOffset, readAvailable, type Source } from '../../io/source.ts';
import { silentFindings, type NamedFindings } from '../../model/findings.ts';
import type { Unpack, Unpacked } from '../../model/content.ts';
import type { Image, ImageFile } from '../../model/image.ts';
import { canBeStream, judgeContent, type ContentFinding } from './judge.ts';
import { PackedRegions, type PackedRegion } from './queue.ts';
import { reportContent } from './report.ts';
import { SeenStarts } from './seen.ts';

/** Streams that are unpacked at once at most. */
const LANES = 32;
/** Bytes that come out at once at most, one stream aside. */
const OUTPUT = 32 * 1024 * 1024;
/**
 * Bytes that streams may have besides those of the file: in a sound image no two have bytes in common, and none is
 * unpacked twice.
 */
const SPARE = 1024 * 1024;

/** What unpacking the contents of an image's files needs. */
export interface ContentOptions {
  readonly unpack: Unpack;
  readonly findings: NamedFindings;
  /** Is told how many units are done. */
  readonly onUnits?: (count: number) => void;
}

/**
 * Unpacks everything that a file stores packed, and tells what cannot be.
 *
 * @returns whether all of it was looked at
 * @throws SourceError where bytes cannot be read
 */
export async function checkContent(image: Image, file: ImageFile, options: ContentOptions): Promise<boolean> {
  const { source } = file;
  if (source === null || image.layout(file) === null || image.walk === undefined) return true;
  const pass = new ContentPass(file, source, options);
  const regions = new PackedRegions((batch) => pass.unpackAll(batch));
  await image.walk(file, { owners: regions, findings: silentFindings });
  await regions.settle();
  return pass.isWhole;
}

/** One pass over what a file stores. */
class ContentPass {
  readonly #file: ImageFile;
  readonly #source: Source;
  readonly #options: ContentOptions;
  readonly #seen = new SeenStarts();
  /** Bytes that streams may still have: what many entries point to is not unpacked for each of them without end. */
  #left: number;

  constructor(file: ImageFile, source: Source, options: ContentOptions) {
    this.#file = file;
    this.#source = source;
    this.#options = options;
    this.#left = source.size + SPARE;
  }

  /** Whether nothing was left out. */
  get isWhole(): boolean {
    return this.#left >= 0;
  }

  /**
   * Reads the regions, near ones together, and unpacks several at once; findings are told in the order of the
   * regions.
   */
  async unpackAll(batch: readonly PackedRegion[]): Promise<void> {
    if (this.#left < 0) return;
    const regions = batch.filter((region) => this.#isWanted(region));
    const pending: Pending[] = [];
    try {
      for await (const { region, stored } of readRegions(this.#source, regions)) {
        pending.push({ region, inspected: this.#inspect(region, stored) });
        const lanes = Math.max(1, Math.min(LANES, Math.floor(OUTPUT / region.content.size)));
        while (pending.length >= lanes) await this.#tell(pending.shift());
        if (this.#left < 0) break;
      }
      while (pending.length > 0) await this.#tell(pending.shift());
    } finally {
      await Promise.allSettled(pending.map(({ inspected }) => inspected));
    }
  }

  /** Regions outside the file were told; those that were looked at before need no second look. */
  #isWanted({ start, length, content }: PackedRegion): boolean {
    if (start >= this.#source.size || length === 0) return false;
    return !(content.isShared && this.#seen.add(start));
  }

  async #tell(pending: Pending | undefined): Promise<void> {
    if (pending === undefined) return;
    const { findings, onUnits } = this.#options;
    const { found, bytes } = await pending.inspected;
    for (const finding of found) reportContent({ file: this.#file, findings }, pending.region, finding);
    this.#left -= bytes;
    onUnits?.(1);
  }

  async #inspect(region: PackedRegion, stored: Uint8Array): Promise<Inspected> {
    const { content, index, start } = region;
    const stream =
      content.stream === undefined ? { from: 0, length: stored.length } : content.stream(stored, index);
    if (stream === null) return { found: [], bytes: 0 };
    const bytes = stored.subarray(stream.from, stream.from + stream.length);
    const { method, size } = content;
    if (!canBeStream(method, bytes)) {
      const raw = await this.#options.unpack('deflate', bytes, size);
      const reason =
        raw.kind === 'whole' && raw.length >= content.least(index)
          ? 'a raw deflate stream, without the header and the checksum of zlib'
          : null;
      return {
        found: [{ fault: 'notStream', stream, used: null, unpacked: null, reason }],
        bytes: stream.length,
      };
    }
    const unpacked = await this.#options.unpack(method, bytes, size);
    if (unpacked.kind === 'cut' && content.rules.needsMore !== undefined) {
      const more = await this.#unpackLonger(start + stream.from, region);
      if (more.kind === 'whole')
        return {
          found: [{ fault: 'needsMore', stream, used: more.used, unpacked: more.length, reason: null }],
          bytes: more.used,
        };
    }
    const used = unpacked.kind === 'whole' ? unpacked.used : stream.length;
    return { found: [...judgeContent(region, stored, stream, unpacked)], bytes: used };
  }

  /** The stream at byte `start` with as many bytes as a stream of a unit can take. */
  async #unpackLonger(start: number, { content, length }: PackedRegion): Promise<Unpacked> {
    const most = Math.max(length, content.size) + content.size;
    const bytes = await readAvailable(this.#source, fileOffset(start), most);
    return this.#options.unpack(content.method, bytes, content.size);
  }
}

/** A region that is being unpacked. */
interface Pending {
  readonly region: PackedRegion;
  readonly inspected: Promise<Inspected>;
}

/** What was found in a region, and the bytes that its stream has. */
interface Inspected {
  readonly found: readonly ContentFinding[];
  readonly bytes: number;
}

/** The bytes of regions, as far as they are inside the file, in order. */
async function* readRegions(
  source: Source,
  regions: readonly PackedRegion[],
): AsyncGenerator<{ readonly region: PackedRegion; readonly stored: Uint8Array }, void, undefined> {
  const ranges = regions.map(({ start, length }) => ({
    offset: fileOffset(start),
    length: Math.min(length, source.size - start),
  }));
  let parts: Uint8Array[] = [];
  for await (const { index, from, bytes } of readRanges(source, ranges)) {
    const region = regions[index];
    if (region === undefined) continue;
    parts.push(bytes);
    if (from + bytes.length < (ranges[index]?.length ?? 0)) continue;
    yield { region, stored: joinParts(parts) };
    parts = [];
  }
}
