import type { FilePart } from '../../shared/writing/unit-writer.ts';

/** How one file with guest bytes is written. */
export interface ExtentPlan {
  /** Bytes of the finished file; `null` where only writing tells. */
  readonly size: number | null;
  /** Whether the parts ascend. */
  readonly isStreamable: boolean;
  parts(signal: AbortSignal | undefined): AsyncIterable<FilePart>;
}

/** Sectors that hold so many bytes. */
export function sectorsOf(bytes: number): number {
  return Math.ceil(bytes / 512);
}
