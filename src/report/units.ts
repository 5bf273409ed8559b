const SIZE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** A size for people, three significant digits in binary units as `qemu-img` prints them: `1.03 MiB`, `10 GiB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toPrecision(3))} ${bytes === 1 ? 'byte' : SIZE_UNITS[unit]}`;
}

/** A size for people with the exact bytes after it: `1.03 MiB (1079296 bytes)`. */
export function formatExactSize(bytes: number): string {
  return bytes < 1000 ? formatSize(bytes) : `${formatSize(bytes)} (${bytes} bytes)`;
}

/** A byte position, hex as hex dumps show it and decimal as tools take it: `0x400 (1024)`. */
export function formatPosition(offset: number): string {
  return offset < 10 ? `0x${offset}` : `0x${offset.toString(16)} (${offset})`;
}

/** A count with its noun, thousands in groups: `1 error`, `1,412 errors`. */
export function formatCount(count: number, noun: string): string {
  return `${groupDigits(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Thousands in groups of three: `163,840`. */
export function groupDigits(count: number): string {
  let head = String(count);
  let grouped = '';
  while (head.length > 3) {
    grouped = `,${head.slice(-3)}${grouped}`;
    head = head.slice(0, -3);
  }
  return head + grouped;
}

/** A share of a whole for people; never `0 %` or `100 %` unless it is just that. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part === whole) return '100 %';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return 'under 0.1 %';
  return percent > 99.9 ? 'over 99.9 %' : `${Number(percent.toFixed(1))} %`;
}
