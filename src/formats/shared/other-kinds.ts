import { parseTarHeader, TAR_BLOCK } from '../../io/archive/tar-header.ts';
import { latin1 } from '../../io/latin1.ts';
import type { ProbeSample } from '../../model/format.ts';

/** A kind of file that is no disk image of ours, told by its first or last bytes. */
export interface OtherKind {
  /** As messages name it, with its article: `a gzip file`. */
  readonly name: string;
  /**
   * `other`: it is certainly that. `plain-disk`: what a plain disk begins with, so that a mark of ours further in
   * is the guest's. `text`: no more than that is known.
   */
  readonly certainty: 'other' | 'plain-disk' | 'text';
  /** Whether it is a disk image too, of a format that is not read here. */
  readonly isDisk: boolean;
}

/** Bytes that a file of a kind has at a place. */
interface Mark {
  readonly name: string;
  readonly at: number;
  /** One character for each byte. */
  readonly bytes: string;
  readonly isDisk?: boolean;
}

/** Marks at the beginning of a file, each long enough that nothing else has it there by chance. */
const MARKS: readonly Mark[] = [
  { name: 'a VHDX image (or a VHD set)', at: 0, bytes: 'vhdxfile', isDisk: true },
  { name: 'a QED image', at: 0, bytes: 'QED\0', isDisk: true },
  { name: 'a Parallels image', at: 0, bytes: 'WithoutFreeSpace', isDisk: true },
  { name: 'a Parallels image', at: 0, bytes: 'WithouFreSpacExt', isDisk: true },
  { name: 'a Bochs image', at: 0, bytes: 'Bochs Virtual HD Image', isDisk: true },
  { name: 'a cloop image', at: 0, bytes: '#!/bin/sh\n#V2.0 Format', isDisk: true },
  { name: 'a LUKS volume', at: 0, bytes: 'LUKS\xba\xbe', isDisk: true },
  { name: 'a zip archive', at: 0, bytes: 'PK\x03\x04' },
  { name: 'a zip archive', at: 0, bytes: 'PK\x05\x06' },
  { name: 'a gzip file', at: 0, bytes: '\x1f\x8b\x08' },
  { name: 'a bzip2 file', at: 4, bytes: '1AY&SY' },
  { name: 'an xz file', at: 0, bytes: '\xfd7zXZ\0' },
  { name: 'a Zstandard file', at: 0, bytes: '\x28\xb5\x2f\xfd' },
  { name: 'an LZ4 file', at: 0, bytes: '\x04\x22\x4d\x18' },
  { name: 'a 7z archive', at: 0, bytes: "7z\xbc\xaf'\x1c" },
  { name: 'a RAR archive', at: 0, bytes: 'Rar!\x1a\x07' },
  {
    name: 'a changed block tracking file of VMware (a -ctk file), which has no disk in it',
    at: 0,
    bytes: '\xa2\x72\x19\xf6',
  },
];

/** What a plain disk begins with. */
const PLAIN: readonly Mark[] = [
  { name: 'a plain disk with a GUID partition table', at: 512, bytes: 'EFI PART' },
  { name: 'a plain volume with NTFS', at: 3, bytes: 'NTFS    ' },
  { name: 'a plain volume with XFS', at: 0, bytes: 'XFSB' },
  { name: 'a plain volume of LVM', at: 536, bytes: 'LVM2 001' },
  { name: 'a plain volume with ext2, ext3 or ext4', at: 1080, bytes: '\x53\xef\x01\0' },
  { name: 'a plain volume with ext2, ext3 or ext4', at: 1080, bytes: '\x53\xef\x02\0' },
  { name: 'a plain disk with a partition table (MBR)', at: 510, bytes: '\x55\xaa' },
];

/** Finds out what a file is that is no disk image of ours; `null` where nothing is known of it. */
export function recogniseOther({ head, tail, size }: ProbeSample): OtherKind | null {
  const certain = MARKS.find((mark) => hasMark(head, mark));
  if (certain !== undefined) return other(certain.name, certain.isDisk === true);
  const tar = nameTar(head);
  if (tar !== null) return other(tar);
  if (size >= 512 && hasMark(tail, { name: '', at: tail.length - 512, bytes: 'koly' }))
    return other('an Apple disk image (DMG)', true);
  const plain = PLAIN.find((mark) => hasMark(head, mark));
  if (plain !== undefined) return { name: plain.name, certainty: 'plain-disk', isDisk: false };
  return isText(head) ? { name: nameText(head), certainty: 'text', isDisk: false } : null;
}

/** Where an ISO 9660 volume has its mark, after all that probing looks at. */
export const ISO_MARK = { offset: 32_769, bytes: 'CD001', name: 'an ISO 9660 image (a CD or DVD)' };

function other(name: string, isDisk = false): OtherKind {
  return { name, certainty: 'other', isDisk };
}

function hasMark(bytes: Uint8Array, { at, bytes: mark }: Mark): boolean {
  if (at < 0 || at + mark.length > bytes.length) return false;
  for (let index = 0; index < mark.length; index++)
    if (bytes[at + index] !== mark.charCodeAt(index)) return false;
  return true;
}

/** A tar is told by its magic and by the checksum of its first header. */
function nameTar(head: Uint8Array): string | null {
  if (!hasMark(head, { name: '', at: 257, bytes: 'ustar' })) return null;
  const header = parseTarHeader(head.subarray(0, TAR_BLOCK));
  if (header === null) return null;
  return header.name.toLowerCase().endsWith('.ovf') ? 'an OVA appliance (a tar archive)' : 'a tar archive';
}

/** Whether all bytes are those of text in ASCII or an encoding that contains it. */
function isText(head: Uint8Array): boolean {
  return (
    head.length > 0 && head.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13)) && hasLetters(head)
  );
}

/** Line ends and blanks alone are what a guest may have written. */
function hasLetters(head: Uint8Array): boolean {
  let letters = 0;
  for (const byte of head) if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) letters++;
  return letters * 10 >= head.length;
}

function nameText(head: Uint8Array): string {
  const text = latin1(head);
  if (/^\.?(?:config\.version|encoding|virtualHW\.version) *= *"/m.test(text))
    return 'the configuration of a virtual machine (a .vmx file)';
  if (text.startsWith('<?xml') && text.includes('<Envelope')) return 'an OVF description';
  return 'a text file';
}
