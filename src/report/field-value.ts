/** A field's value as JSON holds it without loss: 64-bit values as decimal strings, bytes as a hex string, nothing as `null`. */
export function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJsonValue);
  return value === undefined || (typeof value === 'object' && value !== null) ? null : value;
}

/** Lower case, two digits a byte, nothing between them. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A field's value for people in one line: integers in hex with the decimal behind, strings and bytes that are text quoted, long bytes cut. */
export function toDisplayValue(value: unknown): string {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)))
    return value >= 0 && value < 10 ? String(value) : `${toHexNumber(value)} (${value})`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return displayBytes(value);
  if (Array.isArray(value)) return `[${value.map(toDisplayValue).join(', ')}]`;
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

function toHexNumber(value: number | bigint): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Bytes of a value that are shown before the rest is counted. */
const BYTES_SHOWN = 16;

function displayBytes(bytes: Uint8Array): string {
  if (bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f))
    return JSON.stringify(String.fromCharCode(...bytes));
  if (bytes.length > BYTES_SHOWN && bytes.every((byte) => byte === 0)) return `${bytes.length} zero bytes`;
  const shown = toHex(bytes.subarray(0, BYTES_SHOWN)).replace(/..(?=.)/g, '$& ');
  const rest = bytes.length - BYTES_SHOWN;
  return rest > 0 ? `${shown} ... ${rest} more` : shown;
}
