import type { Disk } from '../../../model/disk.ts';
import type { Plan } from '../../../model/writer.ts';
import { UnitRuns } from './unit-runs.ts';
import { writeUnits, type FilePart, type UnitLayout } from './unit-writer.ts';

/** How one file of an image is written. */
export interface FilePlan {
  /** Bytes of the finished file; `null` where only writing tells. */
  readonly size: number | null;
  /** Whether the parts ascend. */
  readonly isStreamable: boolean;
  parts(signal: AbortSignal | undefined): AsyncIterable<FilePart>;
}

/** A file that stores units, with headers and tables. */
export interface UnitFile extends UnitLayout {
  /** What is in front of the units, ascending. */
  front(stored: UnitRuns): Iterable<FilePart>;
  /** What is behind them. */
  back?(stored: UnitRuns): Iterable<FilePart>;
  /** Bytes of the whole file. */
  sizeOf(stored: UnitRuns): number;
}

/** Plans a file of which it is known what it stores: its parts ascend, and so a pipe takes them. */
export function planKnownUnits(disk: Disk, file: UnitFile, stored: UnitRuns, sparse: number): FilePlan {
  return {
    size: file.sizeOf(stored),
    isStreamable: true,
    async *parts(signal) {
      yield* file.front(stored);
      yield* writeUnits(disk, file, { stored, isPlanned: true, sparse, signal });
      yield* file.back?.(stored) ?? [];
    },
  };
}

/**
 * Plans a file that leaves out units of zeros: only reading tells which. What is in front of the units is written last.
 *
 * @param makeFile makes the file anew for each time that it is written
 */
export function planFoundUnits(disk: Disk, makeFile: () => UnitFile, sparse: number): FilePlan {
  return {
    size: null,
    isStreamable: false,
    async *parts(signal) {
      const file = makeFile();
      const stored = new UnitRuns();
      const end = yield* writeUnits(disk, file, { stored, isPlanned: false, sparse, signal });
      let written = end;
      for (const parts of [file.front(stored), file.back?.(stored) ?? []])
        for (const part of parts) {
          yield part;
          written = Math.max(written, part.at + part.bytes.length);
        }
      // A file whose size is not known before ends where the last write does.
      const size = file.sizeOf(stored);
      if (written < size) yield { at: size - 1, bytes: new Uint8Array(1) };
    },
  };
}

/** The plan of an image that consists of such files, by their names. */
export function joinFiles(files: readonly { readonly name: string; readonly plan: FilePlan }[]): Plan {
  return {
    files: files.map(({ name, plan: { size } }) => ({ name, size })),
    isStreamable: files.every(({ plan }) => plan.isStreamable),
    async *parts(signal) {
      for (const [file, { plan }] of files.entries())
        for await (const { at, bytes } of plan.parts(signal)) yield { file, at, bytes };
    },
  };
}
