import type { Disk } from './disk.ts';

/** One creation option, under the name that `qemu-img` has for it. */
export interface CreationOption {
  readonly type: 'boolean' | 'size' | 'number' | 'string' | 'choice';
  /** Of a `choice`. */
  readonly choices?: readonly string[];
  /** As `-o help` prints it; `undefined` where leaving it out means something of its own. */
  readonly default?: string;
  /** One line for `-o help`. */
  readonly doc: string;
}

/** Values by option name, as the user gave them: checked and typed by the table, defaults not filled in. */
export type OptionValues = Readonly<Record<string, boolean | number | string | undefined>>;

/** What every writer is told besides its own options. */
export interface WriteContext {
  readonly values: OptionValues;
  /** Name of the file to be written, without its folder: extents are named after it. */
  readonly name: string;
  /** Whether the target is a pipe: parts have to come in file order, and nothing is written twice. */
  readonly isPipe: boolean;
  /** Zeros are left out where at least so many bytes of them follow one another; 0: nothing is left out, so that all of the target is written. */
  readonly sparse: number;
  /** Whether data is compressed (`-c`), and how hard; `undefined`: the format's usual level. */
  readonly compress?: { readonly level: number | undefined };
  /** The layer below the new image, as it is to be named in it; `null` for none. */
  readonly backing: {
    readonly name: string;
    readonly format: string | null;
    readonly disk: Disk | null;
  } | null;
  /** The one place that ids, times and CIDs come from, so that output can be reproducible. */
  readonly identity: Identity;
}

/** Gives what makes one image differ from another. */
export interface Identity {
  /** Seconds since 1970. */
  readonly time: number;
  /** `length` random bytes; the same ones each time where a seed was given. The caller owns them. */
  bytes(length: number): Uint8Array;
}

/** One of the files that a plan writes. */
export interface PlannedFile {
  /** Name without folder; that of the first one is the target itself. */
  readonly name: string;
  /** Bytes of the finished file; `null` where only writing tells. */
  readonly size: number | null;
}

/** Bytes of one of the files; what no part covers is zeros. */
export interface Part {
  /** Index in `Plan.files`. */
  readonly file: number;
  /** Byte position in that file. */
  readonly at: number;
  /** Valid until the next part is asked for. */
  readonly bytes: Uint8Array;
}

/** How an image will be written: `convert`, `create`, `measure` and pipes are uses of it. */
export interface Plan {
  readonly files: readonly PlannedFile[];
  /** Whether the parts come in ascending order, so that a pipe can take them. */
  readonly isStreamable: boolean;
  /** The parts, each byte once. Where `isStreamable` they ascend; else at least those of guest data do. */
  parts(signal?: AbortSignal): AsyncIterable<Part>;
}

/** Writes images of one format. */
export interface Writer {
  readonly options: Readonly<Record<string, CreationOption>>;
  /**
   * Plans the image that stores `disk`.
   *
   * @throws UsageError where the options do not fit each other or the disk; the message names the option and what is allowed
   */
  plan(disk: Disk, context: WriteContext): Promise<Plan>;
}
