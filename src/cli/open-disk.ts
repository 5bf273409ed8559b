import type { Disk, Loss } from '../model/disk.ts';
import type { Image } from '../model/image.ts';
import type { GuestRange } from '../model/offsets.ts';
import { inflate } from '../node/inflate.ts';
import { readDisk } from '../ops/disk.ts';
import { escapeText } from '../report/escape.ts';
import type { Invocation } from './command.ts';
import { openForReading, warnOfMissingParent } from './read-image.ts';
import type { Terminal } from './terminal.ts';

/** A disk that is open, and what could not be read of it so far. */
export interface OpenedDisk {
  readonly image: Image;
  readonly disk: Disk;
  readonly losses: LossLog;
  close(): Promise<void>;
}

/**
 * Opens an image to read its guest's bytes, as the options of the command line ask; the caller closes it. `chain`
 * says whether parents are opened, whatever the options say.
 */
export async function openDisk(
  invocation: Invocation,
  terminal: Terminal,
  path: string,
  format: string | undefined,
  { chain = !invocation.isSet('no-chain') }: { readonly chain?: boolean } = {},
): Promise<OpenedDisk> {
  const isDelta = !chain;
  const image = await openForReading(invocation, terminal, path, format, !isDelta);
  try {
    if (!isDelta) warnOfMissingParent(image, terminal);
    const losses = new LossLog(terminal);
    const log = {
      onLoss: (loss: Loss) => losses.add(loss),
      onRescue: (range: GuestRange) => losses.rescue(range),
    };
    const disk = readDisk(image, { inflate, isDelta, ...(invocation.isSet('recover') ? log : {}) });
    return { image, disk, losses, close: () => image.close() };
  } catch (error) {
    await image.close();
    throw error;
  }
}

/** Neighbours of which the same is told. */
interface LogLine {
  start: number;
  length: number;
  readonly what: 'lost' | 'rescued';
  readonly reason: string;
}

/** Tells on standard error of what could not be read, neighbours in one line. */
export class LossLog {
  readonly #terminal: Terminal;
  #open: LogLine | null = null;
  #bytes = 0;
  /** Guest bytes after the last that was told, by what was told: a second pass over the disk tells nothing new. */
  readonly #ends = { lost: 0, rescued: 0 };

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Bytes that were lost. */
  get bytes(): number {
    return this.#bytes;
  }

  add(loss: Loss): void {
    if (loss.start < this.#ends.lost) return;
    this.#bytes += loss.length;
    this.#note({ ...loss, what: 'lost', reason: loss.reason });
  }

  /** What could be read all the same. */
  rescue({ start, length }: GuestRange): void {
    if (start < this.#ends.rescued) return;
    this.#note({ start, length, what: 'rescued', reason: 'read by the second copy of their table' });
  }

  #note(line: LogLine): void {
    const { start, length, what, reason } = line;
    this.#ends[what] = start + length;
    const open = this.#open;
    if (open !== null && open.start + open.length === start && open.reason === reason && open.what === what)
      open.length += length;
    else {
      this.#tell();
      this.#open = { start, length, what, reason };
    }
  }

  /** Tells the last line, and the sum where anything was lost. */
  end(): void {
    this.#tell();
    if (this.#bytes > 0)
      this.#terminal.stderr.write(`vdcheck: ${this.#bytes} bytes of the disk cannot be read\n`);
  }

  #tell(): void {
    if (this.#open === null) return;
    const { start, length, what, reason } = this.#open;
    this.#open = null;
    const text = `vdcheck: ${what}: guest bytes ${start} to ${start + length - 1}: ${reason}`;
    this.#terminal.stderr.write(`${escapeText(text)}\n`);
  }
}
