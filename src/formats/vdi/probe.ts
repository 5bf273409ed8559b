import { latin1 } from '../../io/latin1.ts';
import type { ProbeSample, Recognition } from '../../model/format.ts';

/** Where the signature is (VirtualBox 7.0, VDICore.h, VDIPREHEADER). */
const SIGNATURE_OFFSET = 64;
const SIGNATURE = Uint8Array.of(0x7f, 0x10, 0xda, 0xbe);

/** What the text before it ends with, whichever program wrote it, up to the zeros that pad it. */
const INFO_TEXT = /^<<< [ -~]{0,40}Disk Image >>>\n\0/;

/** Recognises a VDI by its signature, or by the text before one that is damaged. */
export function probe({ head }: ProbeSample): Recognition | null {
  if (SIGNATURE.every((byte, index) => head[SIGNATURE_OFFSET + index] === byte)) return 'magic';
  const text = latin1(head.subarray(0, SIGNATURE_OFFSET));
  return INFO_TEXT.test(text) ? 'trace' : null;
}
