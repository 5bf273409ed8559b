import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Plan } from '../../../model/writer.ts';
import { fillUnits, wholeUnitDelta } from './delta-views.ts';
import { findDeltaUnits, findStoredUnits } from './stored-units.ts';
import { UnitRuns } from './unit-runs.ts';
import { writeUnits, type FilePart, type UnitLayout, type Units } from './unit-writer.ts';

/** How one file of an image is written. */
export interface FilePlan {
  /** Bytes of the finished file; `null` where only writing tells. */
  readonly size: number | null;
  /** Whether the parts ascend. */
  readonly isStreamable: boolean;
  /** Bytes of the file if everything in the disk were stored; absent where that is unknown. */
  readonly fullSize?: number;
  parts(signal: AbortSignal | undefined): AsyncIterable<FilePart>;
}

/** A file that stores units, with headers and tables. */
export interface UnitFile extends UnitLayout {
  /** What is before the units; it ascends where the file is for pipes. */
  front(units: Units): Iterable<FilePart>;
  /** What is after them. */
  back?(units: Units): Iterable<FilePart>;
  /** Bytes of the whole file. */
  sizeOf(units: Units): number;
}

/** Makes a file for the units that it stores, which become more while they are placed, unless all were planned. */
export type MakeFile = (units: Units) => UnitFile;

/** Plans a file of which it is known what it stores: its parts ascend, and so a pipe takes them. */
export function planKnownUnits(
  disk: Disk,
  makeFile: MakeFile,
  stored: UnitRuns,
  sparse: number,
  zeros: UnitRuns | null = null,
): FilePlan {
  const units = { stored, zeros };
  return {
    size: makeFile(units).sizeOf(units),
    isStreamable: true,
    fullSize: fullSizeOf(disk, makeFile),
    async *parts(signal) {
      const file = makeFile(units);
      yield* file.front(units);
      yield* writeUnits(disk, file, units, { isPlanned: true, sparse, signal });
      yield* file.back?.(units) ?? [];
    },
  };
}

/** What a file whose units are found while it is written stores. */
export interface FoundOptions {
  /** As in `WriteContext`. */
  readonly sparse: number;
  /** Whether the disk is a delta of whole units, of which zeros are a part; default: no. */
  readonly isDelta?: boolean;
  /** Whether the format can say that a unit is zeros; default: no. */
  readonly canSayZero?: boolean;
}

/**
 * Plans a file that stores what is found in the disk: only reading tells. What is before the units is written last.
 */
export function planFoundUnits(
  disk: Disk,
  makeFile: MakeFile,
  { sparse, isDelta = false, canSayZero = false }: FoundOptions,
): FilePlan {
  return {
    size: null,
    isStreamable: false,
    fullSize: fullSizeOf(disk, makeFile),
    async *parts(signal) {
      const units = { stored: new UnitRuns(), zeros: canSayZero ? new UnitRuns() : null };
      const file = makeFile(units);
      const end = yield* writeUnits(disk, file, units, { isPlanned: false, sparse, signal, isDelta });
      let written = end;
      for (const parts of [file.front(units), file.back?.(units) ?? []])
        for (const part of parts) {
          yield part;
          written = Math.max(written, part.at + part.bytes.length);
        }
      // A file whose size is not known before ends where the last write does.
      const size = file.sizeOf(units);
      if (written < size) yield { at: size - 1, bytes: new Uint8Array(1) };
    },
  };
}

function fullSizeOf(disk: Disk, makeFile: MakeFile): number {
  const units = { stored: new UnitRuns(), zeros: null };
  const file = makeFile(units);
  units.stored.add(0, Math.ceil(disk.size / file.unitSize));
  return file.sizeOf(units);
}

/** How units are planned. */
export interface UnitPlanOptions {
  /** As in `WriteContext`. */
  readonly sparse: number;
  /** Whether parts have to ascend: then the map of the disk alone says what is stored, else what is found in it. */
  readonly isPipe: boolean;
  /** Guest bytes of a unit. */
  readonly unitSize: number;
}

/** Plans a file that stores a disk without a layer below. */
export async function planUnits(
  disk: Disk,
  makeFile: MakeFile,
  { sparse, isPipe, unitSize }: UnitPlanOptions,
): Promise<FilePlan> {
  if (!isPipe && sparse > 0) return planFoundUnits(disk, makeFile, { sparse });
  return planKnownUnits(disk, makeFile, await findStoredUnits(disk, unitSize, sparse === 0), sparse);
}

/** Plans a file that stores a delta over `below`; units of which the delta has a part are filled up from there. */
export async function planDeltaUnits(
  delta: Disk,
  below: Disk,
  makeFile: MakeFile,
  { sparse, isPipe, unitSize, canSayZero = false }: UnitPlanOptions & { readonly canSayZero?: boolean },
): Promise<FilePlan> {
  if (!isPipe)
    return planFoundUnits(wholeUnitDelta(delta, below, unitSize), makeFile, {
      sparse,
      isDelta: true,
      canSayZero,
    });
  const { stored, zeros } = await findDeltaUnits(delta, below, unitSize, canSayZero);
  const filled = fillUnits(delta, below, unitSize, stored);
  return planKnownUnits(filled, makeFile, stored, Math.max(sparse, SECTOR_SIZE), canSayZero ? zeros : null);
}

/** The plan of an image that consists of such files, by their names. */
export function joinFiles(files: readonly { readonly name: string; readonly plan: FilePlan }[]): Plan {
  const fullSizes = files.map(({ plan: { size, fullSize } }) => fullSize ?? size);
  const fullSize = fullSizes.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0);
  return {
    files: files.map(({ name, plan: { size } }) => ({ name, size })),
    isStreamable: files.every(({ plan }) => plan.isStreamable),
    ...(fullSize === null ? {} : { fullSize }),
    async *parts(signal) {
      for (const [file, { plan }] of files.entries())
        for await (const { at, bytes } of plan.parts(signal)) yield { file, at, bytes };
    },
  };
}
