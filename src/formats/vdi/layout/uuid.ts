/**
 * The order in which the bytes of a UUID are written: the first three parts are stored with their lowest byte
 * first.
 */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** A UUID as VirtualBox writes it: `{5e8fd7a1-0f3c-4d0b-9a52-3c1c6a0f7e11}`. */
export function formatUuid(bytes: Uint8Array): string {
  const hex = ORDER.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, '0')).join('');
  return `{${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}}`;
}

/** Whether no UUID is given. */
export function isNullUuid(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
