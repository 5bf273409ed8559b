import type { Image } from '../model/image.ts';
import { ProblemCollector } from '../ops/collector.ts';
import { openLocalImage } from '../node/local.ts';
import { escapeText } from '../report/escape.ts';
import { accessOptions } from './access.ts';
import type { Invocation } from './command.ts';
import type { Terminal } from './terminal.ts';

/**
 * Opens the image that a command reads, hands it to `read` and closes it again. What is damaged or not open is told
 * on standard error; bytes without any format's marks are a raw disk.
 */
export async function readImage(
  invocation: Invocation,
  terminal: Terminal,
  chain: boolean,
  read: (image: Image) => void | Promise<void>,
): Promise<void> {
  const image = await openForReading(
    invocation,
    terminal,
    invocation.operand(0),
    invocation.text('format'),
    chain,
  );
  try {
    await read(image);
  } finally {
    await image.close();
  }
}

/** Opens an image for a command that reads it; the caller closes it. */
export async function openForReading(
  invocation: Invocation,
  terminal: Terminal,
  path: string,
  format: string | undefined,
  chain: boolean,
): Promise<Image> {
  const problems = new ProblemCollector(1);
  const { image } = await openLocalImage(path, {
    ...(format === undefined ? {} : { format }),
    chain,
    ...accessOptions(invocation),
    rawFallback: true,
    problems,
  });
  warnOfDamage(image.files[0]?.path ?? path, problems.counts().error, terminal);
  return image;
}

function warnOfDamage(path: string, errors: number, { stderr }: Terminal): void {
  if (errors === 0) return;
  const count = errors === 1 ? 'an error' : `${errors} errors`;
  stderr.write(escapeText(`vdcheck: ${path} has ${count}: 'vdcheck check' tells more`) + '\n');
}

/** Says on standard error which parent is not open, and why. */
export function warnOfMissingParent(image: Image, { stderr }: Terminal): void {
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null) {
    const reason = layer.parent?.reason ?? null;
    if (reason !== null) stderr.write(`vdcheck: ${escapeText(reason)}\n`);
  }
}
