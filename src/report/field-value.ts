/**
 * A field's value as JSON contains it without loss: 64-bit values as decimal strings, bytes as a hex string,
 * nothing as `null`.
 */
export function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJsonValue);
  return value === undefined || (typeof value === 'object' && value !== null) ? null : value;
}

/** Lower case, two digits a byte, nothing between them. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}

/**
 * A field's value for people in one line: integers in hex with the decimal after, strings and bytes that are text
 * quoted; what is long is cut.
 */
export function toDisplayValue(value: unknown): string {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)))
    return value >= 0 && value < 10 ? String(value) : `${toHexNumber(value)} (${value})`;
  if (typeof value === 'string') return displayText(value);
  if (value instanceof Uint8Array) return displayBytes(value);
  if (Array.isArray(value)) return displayList(value);
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

function toHexNumber(value: number | bigint): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** What is shown of a value before the rest is counted: bytes, characters of text, elements. */
const BYTES_SHOWN = 16;
const TEXT_SHOWN = 256;
const ELEMENTS_SHOWN = 32;

function displayBytes(bytes: Uint8Array): string {
  if (bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) {
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, TEXT_SHOWN));
    return JSON.stringify(text) + countRest(bytes.length - TEXT_SHOWN);
  }
  if (bytes.length > BYTES_SHOWN && bytes.every((byte) => byte === 0)) return `${bytes.length} zero bytes`;
  const shown = toHex(bytes.subarray(0, BYTES_SHOWN)).replace(/..(?=.)/g, '$& ');
  return shown + countRest(bytes.length - BYTES_SHOWN);
}

function displayText(text: string): string {
  return JSON.stringify(text.slice(0, TEXT_SHOWN)) + countRest(text.length - TEXT_SHOWN);
}

function displayList(values: readonly unknown[]): string {
  const shown = values.slice(0, ELEMENTS_SHOWN).map(toDisplayValue).join(', ');
  return `[${shown}${countRest(values.length - ELEMENTS_SHOWN)}]`;
}

function countRest(count: number): string {
  return count > 0 ? ` ... ${count} more` : '';
}
