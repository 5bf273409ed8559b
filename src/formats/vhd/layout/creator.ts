import { trimEndOf } from '../../shared/plain-text.ts';
import type { Footer } from '../../../../generated/vhd.ts';
import { formatHex } from '../../../codec/index.ts';
import { isSameGeometry, MAX_GEOMETRY } from './geometry.ts';

/** Four letters as they are stored in the file, or hex where they are not printable. */
export function formatCode(code: number): string {
  const letters = String.fromCharCode(code >>> 24, (code >>> 16) & 0xff, (code >>> 8) & 0xff, code & 0xff);
  return /^[\x20-\x7e]+\0*$/.test(letters) ? trimEndOf(letters, '\0') : formatHex(code, 4);
}

/** The number of four letters as the format writes them. */
function codeOf(letters: string): number {
  return [...letters].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0);
}

const BLKTAP = codeOf('tap\0');

/**
 * Creators for which QEMU takes the size field and not the geometry (block/vpc.c), Azure's among them since version
 * 9.
 */
const EXACT_SIZE_CREATORS: readonly number[] = ['win ', 'qem2', 'd2v ', 'tap\0', 'wa\0\0'].map(codeOf);

/** Whether blktap (XenServer) made the disk, so that its own structures and exceptions apply. */
export function isBlktap({ creatorApplication }: Pick<Footer, 'creatorApplication'>): boolean {
  return creatorApplication === BLKTAP;
}

/**
 * Whether all readers take the size field: QEMU does for some creators and for the largest geometry, for others it
 * takes the geometry.
 */
export function isSizeExact({ creatorApplication, diskGeometry }: Footer): boolean {
  return EXACT_SIZE_CREATORS.includes(creatorApplication) || isSameGeometry(diskGeometry, MAX_GEOMETRY);
}
