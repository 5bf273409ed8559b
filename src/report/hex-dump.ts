/**
 * Bytes as people read them: position in the file, sixteen bytes, and what of them is text. Lines end with a line
 * feed.
 */
export function renderHex(bytes: Uint8Array, start: number): string {
  const digits = Math.max(8, (start + bytes.length).toString(16).length);
  const lines: string[] = [];
  let isRepeated = false;
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const isLast = at + 16 >= bytes.length;
    if (at > 0 && !isLast && isSame(row, bytes.subarray(at - 16, at))) {
      if (!isRepeated) lines.push('*');
      isRepeated = true;
      continue;
    }
    isRepeated = false;
    const hex = Array.from(
      row,
      (byte, index) => (index === 8 ? ' ' : '') + byte.toString(16).padStart(2, '0'),
    );
    lines.push(
      `${(start + at).toString(16).padStart(digits, '0')}  ${hex.join(' ').padEnd(48)}  |${toText(row)}|`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function toText(row: Uint8Array): string {
  return Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}
