import type { MaybePromise } from '../io/source.ts';
import type { Disk } from './disk.ts';
import type { CompressionMethod, Image } from './image.ts';

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
  /**
   * Zeros are left out where at least so many bytes of them follow one another; 0: nothing is left out, so that all
   * of the target is written.
   */
  readonly sparse: number;
  /** Whether data is compressed (`-c`), and how hard; `undefined`: the format's usual level. */
  readonly compress?: { readonly level: number | undefined };
  /**
   * Whether compressed units may be stored in the order in which they get ready (`-W`), where the format lets;
   * default: no.
   */
  readonly isAnyOrder?: boolean;
  /** Packs units for formats that compress. */
  readonly compressor: Compressor;
  /** Begins a digest. Given by the platform; absent: formats with digests cannot be written. */
  readonly sha256?: () => Sha256;
  /** The layer below the new image; `null` for none. */
  readonly backing: Backing | null;
  /** Whether the user asked for what is not proven in the field (`--experimental`); default: no. */
  readonly experimental?: boolean;
  /** The platform that the image is meant for (`--for`), where one is named. */
  readonly platform?: string;
  /** The one place that ids, times and CIDs come from, so that output can be reproducible. */
  readonly identity: Identity;
}

/**
 * The layer below a new image. With one, the disk that is written is a delta: what it has as `unallocated` is the
 * layer's, everything else is stored, zeros too. Where a unit of the new format is covered in part, the rest of it
 * is read from the layer's disk.
 */
export interface Backing {
  /** The name as it is to be written into the image: relative to its folder, or absolute. */
  readonly name: string;
  /** Format id as the user gave it, to be written where a format has room for it; `null`: not given. */
  readonly format: string | null;
  /**
   * The opened layer: a format finds in its own images the ids that a child repeats. `null` where the user wants it
   * not opened.
   */
  readonly image: Image | null;
  /** Its disk; `null` where it is not open: formats that need to read it refuse then. */
  readonly disk: Disk | null;
}

/** Packs compressed units. Given by the platform. */
export interface Compressor {
  /** Units that are worth having in work at once, at least 1. */
  readonly lanes: number;
  /**
   * Packs all of `bytes` into one stream. `deflate` uses a window of 4 KiB, all that readers of qcow2 have.
   *
   * @param bytes not to be changed until the promise settles
   * @param level of the method; `undefined`: its usual one
   * @returns a stream that the caller owns
   * @throws UnsupportedFeatureError where this platform lacks the method
   */
  compress(method: CompressionMethod, bytes: Uint8Array, level: number | undefined): MaybePromise<Uint8Array>;
}

/** A SHA-256 digest in the making. */
export interface Sha256 {
  /** Adds bytes, which are the caller's again at once. */
  update(bytes: Uint8Array): void;
  /** The 32 bytes; nothing can be added any more. */
  digest(): Uint8Array;
}

/** Gives what makes one image differ from another. */
export interface Identity {
  /** Seconds since 1970. */
  readonly time: number;
  /**
   * `length` random bytes, which the caller owns. Where a seed was given they are the same each time, and others for
   * an image with a layer below: a child must never get the ids of its parent.
   */
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
  /** Bytes of all files if everything in the disk were stored; default: those of the disk. */
  readonly fullSize?: number;
  /** The parts, each byte once. Where `isStreamable` they ascend; else at least those of guest data do. */
  parts(signal?: AbortSignal): AsyncIterable<Part>;
}

/** Writes images of one format. */
export interface Writer {
  readonly options: Readonly<Record<string, CreationOption>>;
  /** Names of options that others have for the format and that are refused, each with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /**
   * Plans the image that stores `disk`.
   *
   * @throws UsageError where the options do not fit each other or the disk; the message names the option and what
   *   is allowed
   */
  plan(disk: Disk, context: WriteContext): Promise<Plan>;
}
