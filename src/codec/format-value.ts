/** Bytes shown of a long byte array before the rest is only counted. */
const BYTES_SHOWN = 32;

/** Elements shown of a long array before the rest is only counted. */
const ELEMENTS_SHOWN = 16;

/** `0x`-prefixed lower-case hex, padded to `size` bytes where given; a negative keeps its sign in front. */
export function formatHex(value: number | bigint, size = 0): string {
  const digits = (value < 0 ? -value : value).toString(16).padStart(size * 2, '0');
  return `${value < 0 ? '-' : ''}0x${digits}`;
}

/** Bytes as spaced hex pairs, `63 6f 6e`; past 32 bytes the rest is counted, not shown. */
export function formatBytes(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, BYTES_SHOWN), (byte) => byte.toString(16).padStart(2, '0'));
  const rest = bytes.length - shown.length;
  return rest > 0 ? `${shown.join(' ')} ... (${rest} more)` : shown.join(' ');
}

/**
 * Any field value as one line of text: integers exact (hex of `size` bytes when `hex` is set), strings quoted,
 * bytes as hex pairs, arrays in brackets, structures as JSON.
 */
export function formatValue(value: unknown, hex = false, size = 0): string {
  if (typeof value === 'bigint') return hex ? formatHex(value, size) : value.toString();
  if (typeof value === 'number')
    return hex && Number.isInteger(value) ? formatHex(value, size) : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return formatBytes(value);
  if (Array.isArray(value)) return formatElements(value, hex, size);
  // Structures have an exact toJSON.
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function formatElements(values: readonly unknown[], hex: boolean, size: number): string {
  const shown = values.slice(0, ELEMENTS_SHOWN).map((value) => formatValue(value, hex, size));
  const rest = values.length - shown.length;
  return `[${shown.join(', ')}${rest > 0 ? `, ... (${rest} more)` : ''}]`;
}
