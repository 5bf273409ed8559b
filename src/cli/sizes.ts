import { UsageError } from '../errors.ts';

const UNITS = 'kmgtpe';

/**
 * Reads a size as `qemu-img` takes it: bytes, or a number with one of the letters k, M, G, T, P, E for powers of
 * 1024, which may have a fraction.
 *
 * @throws UsageError that names `what`
 */
export function parseSize(text: string, what: string): number {
  const match = /^(\d{1,19})(?:\.(\d{1,9}))?([bkmgtpe])?$/i.exec(text);
  const wrong = (): UsageError =>
    new UsageError(`${what} takes a size such as 4096, 64k or 1.5G, not '${text}'`);
  if (match === null) throw wrong();
  const [, whole = '', fraction = '', letter = 'b'] = match;
  const unit = 1024n ** BigInt(UNITS.indexOf(letter.toLowerCase()) + 1);
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * unit;
  if (scaled % scale !== 0n && letter.toLowerCase() === 'b') throw wrong();
  const bytes = scaled / scale;
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER))
    throw new UsageError(`${what}: ${text} is more than 2^53 bytes`);
  return Number(bytes);
}

/** Bytes for people: `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const names = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < names.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toPrecision(value >= 1000 ? 4 : 3)} ${names[unit] ?? ''}`;
}
