/** UTF-8 text up to its first zero; `null` where it is not UTF-8. */
export function zeroTerminated(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(0);
  try {
    const text = end < 0 ? bytes : bytes.subarray(0, end);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return null;
  }
}
