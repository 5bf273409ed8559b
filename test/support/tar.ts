import { spawnSync } from 'node:child_process';

/** A member of a tar, and whatever is odd about its header. */
export interface TarEntry {
  readonly name?: string;
  readonly bytes?: Uint8Array;
  /** What the header says; default the length of `bytes`. */
  readonly size?: number;
  readonly type?: string;
  readonly prefix?: string;
  /** Writes the size as GNU does for 8 GiB and more. */
  readonly isBase256?: boolean;
  /** Changes the header before its checksum is made. */
  readonly change?: (header: Buffer) => void;
  /** Changes it afterwards. */
  readonly damage?: (header: Buffer) => void;
}

/** A tar of these members, with the two blocks of zeros at its end unless it is to have none. */
export function buildTar(entries: readonly TarEntry[], end = 2): Buffer {
  const blocks = entries.flatMap((entry) => {
    const bytes = entry.bytes ?? new Uint8Array(0);
    return [header(entry), bytes, new Uint8Array((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, new Uint8Array(512 * end)]);
}

function header({
  name = 'x',
  bytes,
  size = bytes?.length ?? 0,
  type = '0',
  prefix = '',
  isBase256 = false,
  change,
  damage,
}: TarEntry): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  if (isBase256) {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  } else block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345, 155);
  change?.(block);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  damage?.(block);
  return block;
}

/** A pax record, its own length counted. */
export function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length++;
  return Buffer.from(`${length}${rest}`);
}

/** Whether GNU tar is there to compare with. */
export const HAS_TAR = /GNU tar/.test(spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout ?? '');
