import { ConversionError } from './errors.ts';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Text backwards, by code point, so that characters outside the BMP stay whole. */
export function reverseString(text: string): string {
  return Array.from(text).reverse().join('');
}

/**
 * `to_i`: text as an integer below 2^53. Strict: an optional sign, then only digits of the radix (2 to 36).
 *
 * @throws ConversionError for anything else: empty text, spaces, trailing characters, too large a number.
 */
export function parseInteger(text: string, radix = 10): number {
  const value = parseBigInteger(text, radix);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new ConversionError(`integer ${value} does not fit 2^53`);
  return number;
}

/** As `parseInteger`, of any size. */
export function parseBigInteger(text: string, radix = 10): bigint {
  const digits = text.replace(/^[+-]/, '').toLowerCase();
  if (digits === '' || radix < 2 || radix > 36) throw notAnInteger(text, radix);
  const base = BigInt(radix);
  let value = 0n;
  for (const digit of digits) {
    const weight = DIGITS.indexOf(digit);
    if (weight < 0 || weight >= radix) throw notAnInteger(text, radix);
    value = value * base + BigInt(weight);
  }
  return text.startsWith('-') ? -value : value;
}

function notAnInteger(text: string, radix: number): ConversionError {
  return new ConversionError(`${JSON.stringify(text)} is not an integer of radix ${radix}`);
}
