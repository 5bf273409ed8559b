import { latin1 } from '../io/latin1.ts';
import { fileOffset, readAvailable, type Source } from '../io/source.ts';
import type { ImageFile } from '../model/image-file.ts';
import type { Place } from '../model/problem.ts';
import type { Subject } from './subject.ts';

/** A mark of some format in a file. */
export interface Mark {
  /** As messages name it. */
  readonly format: string;
  readonly at: Place;
}

interface Magic {
  readonly format: string;
  readonly offset: number;
  readonly magic: string;
}

/** Marks of disk images, which a program that looks at the first bytes takes for the format of the file. */
const IMAGES: readonly Magic[] = [
  { format: 'qcow2', offset: 0, magic: 'QFI\u00fb' },
  { format: 'vmdk', offset: 0, magic: 'KDMV' },
  { format: 'vmdk', offset: 0, magic: 'COWD' },
  { format: 'vmdk', offset: 0, magic: '# Disk DescriptorFile' },
  { format: 'vmdk', offset: 0, magic: '\u00be\u00ba\u00fe\u00ca\0\0\0\0' },
  { format: 'vhdx', offset: 0, magic: 'vhdxfile' },
  { format: 'vhd', offset: 0, magic: 'conectix' },
  { format: 'qed', offset: 0, magic: 'QED\0' },
  { format: 'vdi', offset: 64, magic: '\u007f\u0010\u00da\u00be' },
  { format: 'parallels', offset: 0, magic: 'WithoutFreeSpace' },
  { format: 'parallels', offset: 0, magic: 'WithouFreSpacExt' },
  { format: 'luks', offset: 0, magic: 'LUKS\u00ba\u00be' },
  { format: 'bochs', offset: 0, magic: 'Bochs Virtual HD Image' },
  { format: 'cloop', offset: 0, magic: '#!/bin/sh\n#V2.0 Format' },
];

/**
 * Marks of disks themselves, media and archives: right at the start of a guest's disk, and never in a file that is
 * another format.
 */
const MEDIA: readonly Magic[] = [
  { format: 'a master boot record', offset: 510, magic: '\u0055\u00aa' },
  { format: 'a GUID partition table', offset: 512, magic: 'EFI PART' },
  { format: 'a GUID partition table', offset: 4096, magic: 'EFI PART' },
  { format: 'iso9660', offset: 32769, magic: 'CD001' },
  { format: 'udf', offset: 32769, magic: 'BEA01' },
  { format: 'udf', offset: 32769, magic: 'NSR02' },
  { format: 'udf', offset: 32769, magic: 'NSR03' },
  { format: 'tar', offset: 257, magic: 'ustar' },
];

/** Bytes at the start of a file that have all marks in them. */
const HEAD_BYTES = 32768 + 2048;
const FOOTER_BYTES = 512;

/** The marks of disk images at the start of a run of guest bytes; `null` where there is none. */
export async function findImageMark(file: ImageFile, source: Source, offset: number): Promise<Mark | null> {
  const head = await readAvailable(source, fileOffset(offset), 512);
  const text = latin1(head);
  const found = IMAGES.find((magic) => text.startsWith(magic.magic, magic.offset));
  return found === undefined ? null : markAt(file, offset + found.offset, found);
}

/**
 * Marks in the file that was opened which are not those of its own format: of another image format, of a partition
 * table, of media.
 */
export async function findForeignMarks({
  image: { format },
  file,
  source,
  disclosure: { plain },
  isPartial,
}: Subject): Promise<readonly Mark[]> {
  const marks: Mark[] = [];
  // Where the file begins with the guest's own bytes, media are what they should be, and other formats a matter of
  // probing.
  if (!plain.some((located) => located.file === file && located.offset === 0)) {
    const head = latin1(await readAvailable(source, fileOffset(0), HEAD_BYTES));
    for (const magic of [...IMAGES, ...MEDIA])
      if (magic.format !== format && head.startsWith(magic.magic, magic.offset))
        marks.push(markAt(file, magic.offset, magic));
  }
  const footer = format === 'vhd' || isPartial ? null : await findFooter(file, source);
  return footer === null ? marks : [...marks, footer];
}

/** The footer of a VHD is what makes the whole file one. */
async function findFooter(file: ImageFile, source: Source): Promise<Mark | null> {
  const offset = source.size - FOOTER_BYTES;
  if (offset <= 0) return null;
  const magic = 'conectix';
  const tail = latin1(await readAvailable(source, fileOffset(offset), FOOTER_BYTES));
  // One that lacks its last byte, as Virtual PC wrote it, begins a byte later.
  const at = [0, 1].find((skipped) => tail.startsWith(magic, skipped));
  return at === undefined ? null : markAt(file, offset + at, { format: 'vhd', magic });
}

function markAt(file: ImageFile, offset: number, { format, magic }: Pick<Magic, 'format' | 'magic'>): Mark {
  return { format, at: { file, offset, length: magic.length, field: null } };
}
