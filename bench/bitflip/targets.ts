import { memoryDisk } from '../../fuzz/memory-disk.ts';
import { silentFindings } from '../../src/model/findings.ts';
import type { DumpedStructure, Image } from '../../src/model/image.ts';
import type { Owners, RegionKind } from '../../src/model/owners.ts';
import { openImage } from '../../src/ops/open.ts';
import type { SoundImage } from './images.ts';

/** Bytes whose bits are flipped. */
export interface Target {
  readonly file: string;
  readonly start: number;
  readonly length: number;
  /** `payload`: a compressed unit. */
  readonly kind: 'metadata' | 'payload';
  /** Whether its fields have names. */
  readonly isStructure?: boolean;
  /** Names the field that contains a byte of the file: `name+OFFSET` in a table. */
  name(at: number): string;
}

/** Where the words of 8 bytes are that say something: tables are zeros or ones by and large. */
export function usedWords({ files }: SoundImage, targets: readonly Target[]): readonly Target[] {
  return targets.flatMap((target) => {
    const bytes = files.get(target.file) ?? new Uint8Array(0);
    const words: Target[] = [];
    for (let start = target.start; start < target.start + target.length; start += 8) {
      const length = Math.min(8, target.start + target.length - start);
      if (bytes.subarray(start, start + length).some((byte) => byte !== 0 && byte !== 0xff))
        words.push({ ...target, start, length });
    }
    return words;
  });
}

/** Metadata and compressed units of an image's own layer, those that are inside its files. */
export async function targetsOf({ files, file }: SoundImage): Promise<Target[]> {
  const { image } = await openImage(file, memoryDisk(files));
  const targets = image.structures().map(structureTarget);
  for (const part of image.files) {
    if (part.source === null || image.layout(part) === null) continue;
    await image.walk?.(part, { owners: collect(part.path, targets), findings: silentFindings });
  }
  for (const { path, role, source } of image.files)
    if (role === 'descriptor' && source !== null && !targets.some((target) => target.file === path))
      targets.push({ file: path, start: 0, length: source.size, kind: 'metadata', name: () => 'descriptor' });
  const sizes = new Map(image.files.map(({ path, source }) => [path, source?.size ?? 0]));
  await close(image);
  return targets.filter(
    ({ file: path, start, length }) => length > 0 && start + length <= (sizes.get(path) ?? 0),
  );
}

function close(image: Image): Promise<void> {
  return image.close();
}

function structureTarget({ name, file, offset, size, fields }: DumpedStructure): Target {
  return {
    file: file.path,
    start: offset,
    length: size,
    kind: 'metadata',
    isStructure: true,
    name: (at) => fieldAt(fields, name, at - offset),
  };
}

/** The name by a structure that contains the byte, which tells fields apart; `null` where none does. */
function nameIn(targets: readonly Target[], file: string, at: number): string | null {
  const structure = targets.find(
    (target) =>
      target.isStructure && target.file === file && target.start <= at && at < target.start + target.length,
  );
  return structure?.name(at) ?? null;
}

/** Path of the innermost field that contains byte `at` of its structure. */
function fieldAt(fields: DumpedStructure['fields'], path: string, at: number): string {
  const inner = fields.find(({ offset, size }) => offset <= at && at < offset + size);
  return inner === undefined ? path : fieldAt(inner.fields ?? [], `${path}.${inner.name}`, at);
}

/** Owners that note every region that is no plain guest data. */
function collect(file: string, targets: Target[]): Owners {
  const range = ({ name, role, content }: RegionKind, start: number, length: number): void => {
    const isPayload = role === 'data' && content !== undefined;
    if (role === 'data' && !isPayload) return;
    // A structure names its fields; its region does not.
    const isKnown = targets.some(
      (target) => target.file === file && target.start === start && target.length === length,
    );
    if (!isKnown)
      targets.push({
        file,
        start,
        length,
        kind: isPayload ? 'payload' : 'metadata',
        name: (at) => nameIn(targets, file, at) ?? `${name}+${at - start}`,
      });
  };
  return {
    range,
    run(kind, start, unitLength, count) {
      for (let unit = 0; unit < count; unit++) range(kind, start + unit * unitLength, unitLength);
    },
    allocated: () => undefined,
  };
}
