import { dirname, isAbsolute, join } from 'node:path';
import { SourceError, UsageError } from '../errors.ts';
import type { Image } from '../model/image.ts';
import type { Backing, OptionValues } from '../model/writer.ts';
import type { Invocation } from './command.ts';
import { openDisk, type OpenedDisk } from './open-disk.ts';
import type { Terminal } from './terminal.ts';

/** The layer below a new image, opened; the caller closes it. */
export interface OpenedBacking {
  readonly backing: Backing;
  /** `null` where it is not open. */
  readonly opened: OpenedDisk | null;
  close(): Promise<void>;
}

/** How the layer below was asked for. */
interface BackingRequest {
  readonly name: string;
  readonly format: string | undefined;
}

/**
 * Opens the layer below the image `target`. A name is looked up as readers of the new image will: from its folder.
 *
 * @param option the option that names it: `backing` (-B) or `new-backing` (-b)
 * @param isOptional whether the image can be written without it: where only a layer's own data is copied
 */
export async function openBacking(
  invocation: Invocation,
  terminal: Terminal,
  request: BackingRequest | null,
  target: string,
  isOptional: boolean,
): Promise<OpenedBacking | null> {
  if (request === null) return null;
  const { name, format } = request;
  const path = isAbsolute(name) ? name : join(dirname(target), name);
  let opened: OpenedDisk | null = null;
  try {
    opened = await openDisk(invocation, terminal, path, format, { chain: true });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (!isOptional || error.code !== 'ENOENT')
      throw path === name
        ? error
        : new UsageError(`${error.message}; the name is looked up from the folder of the new image`);
  }
  return {
    backing: { name, format: format ?? null, image: opened?.image ?? null, disk: opened?.disk ?? null },
    opened,
    close: async () => opened?.close(),
  };
}

/** What `-B` or `-b` with `-F`, or the creation options `backing_file` and `backing_fmt`, ask for. */
export function backingRequestOf(
  invocation: Invocation,
  values: OptionValues,
  option: 'backing' | 'new-backing',
): BackingRequest | null {
  const letter = option === 'backing' ? '-B' : '-b';
  const format = invocation.text('second-format') ?? textOf(values, 'backing_fmt');
  const name = invocation.text(option) ?? textOf(values, 'backing_file');
  if (name !== undefined) return { name, format };
  if (format !== undefined) throw new UsageError(`-F says what the parent is, and needs ${letter}`);
  return null;
}

function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The layer of `image`, counted from 0, that is the same file as `other`; `Infinity` where none is. */
export function sharedLayer(image: Image, other: Image | null): number {
  const identity = other?.files[0]?.source?.identity;
  let number = 0;
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null) {
    if (identity !== undefined && layer.files[0]?.source?.identity === identity) return number;
    number++;
  }
  return Infinity;
}
