const BLOCK = 512;
/** The largest size in octal digits. */
const MAX_OCTAL = 8 ** 11 - 1;
const NAME_BYTES = 100;

/** Bytes of zeros after `size` bytes of a member. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/**
 * The header of a regular file: ustar, with sizes from 8 GiB on as GNU has them (POSIX.1-2017, pax, "ustar
 * Interchange Format"; GNU tar manual, "Extensions").
 *
 * @param time seconds since 1970
 * @throws RangeError where the name has more than 100 bytes
 */
export function encodeTarHeader(name: string, size: number, time: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const encoder = new TextEncoder();
  const put = (at: number, text: string): void => header.set(encoder.encode(text), at);
  if (encoder.encode(name).length > NAME_BYTES) throw new RangeError(`${name} is too long for a tar header`);
  put(0, name);
  put(100, octal(0o644, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  if (size > MAX_OCTAL) {
    const view = new DataView(header.buffer);
    header[124] = 0x80;
    view.setUint32(128, Math.floor(size / 2 ** 32));
    view.setUint32(132, size % 2 ** 32);
  } else put(124, octal(size, 12));
  put(136, octal(time, 12));
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\0' + '00');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** A number of `width - 1` octal digits, and a NUL. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
