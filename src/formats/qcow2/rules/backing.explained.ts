import type { Explanations } from '../../../model/rule.ts';
import type { backingRules } from './backing.ts';

/** The rules of `backing.ts` explained. */
export const backingExplanations: Explanations<typeof backingRules> = {
  'qcow2/backing-name-bounds': {
    what: 'The name of the backing file is not inside the first cluster after the header, or is longer than 1023 bytes.',
    why: 'The backing file cannot be found, and all unallocated clusters with it.',
    how: 'A damaged header, or an image made to make a reader read out of bounds.',
    readers:
      'Where the name is too long or leaves the first cluster qemu refuses to open the image; a name inside the header or an extension it takes.',
    repair: 'Set the backing file anew (qemu-img rebase -u) if its name is known.',
  },
  'qcow2/backing-name-empty': {
    what: 'There is a position for the name of a backing file, but its length is 0.',
    why: 'Readers take it for no backing file. If there was one, unallocated clusters now read as zeros.',
    how: 'A writer that cleared only one of the two fields, or a damaged length.',
    readers: 'qemu opens the image without a backing file.',
    repair: 'Set the position to 0 too, once it is certain that there is no backing file.',
  },
  'qcow2/backing-name-nul': {
    what: 'The name of the backing file contains a zero byte or another control character.',
    why: 'Programs that end a name at the zero byte open another file than those that do not: what is checked is not what is used.',
    how: 'An image made to mislead a check, or a damaged name.',
    readers: 'qemu cuts the name at the zero byte and opens what is left.',
    repair: 'Set the backing file anew (qemu-img rebase -u).',
  },
  'qcow2/backing-missing': {
    what: 'The backing file that the image names was looked for and does not exist, or is not what the image says.',
    why: 'All clusters that are not allocated in this image are read from it; without it the disk is incomplete.',
    how: 'The image was copied or moved without its backing file, the file was renamed, or the name is a path of another machine.',
    readers: 'qemu refuses to open the image.',
    repair: 'Put the backing file where the image names it, or set the right name (qemu-img rebase -u).',
  },
  'qcow2/backing-not-opened': {
    what: 'The image has a backing file that was not opened, for the reason that the message gives. Nothing is known of it, and nothing is wrong with that.',
    why: 'Clusters that are not allocated in this image are read from it; that part of the disk was not checked.',
    how: 'It is a device, is on another machine, or is outside the folder of the image, where files are opened only with --allow-outside.',
    readers: 'qemu opens backing files wherever they are.',
    repair:
      'Nothing has to be repaired. To have it checked as well, name it to vdcheck, or allow it with --allow-outside.',
  },
  'qcow2/backing-format-missing': {
    what: 'There is a backing file, but no extension with its format.',
    why: 'Readers guess by content. A guest that could once write a raw backing file can put a qcow2 header into it, and so make the host open any file.',
    how: 'Images made by old versions of qemu, or without -F.',
    readers: 'qemu probes the format; libvirt takes it for raw and so reads something else.',
    repair: 'Set the format (qemu-img rebase -u -F).',
  },
  'qcow2/backing-format-mismatch': {
    what: 'The format that the image states for its backing file is not the one that the file shows. (Raw over a file that shows a format is a warning: a guest may have a disk that looks like an image.)',
    why: 'Read in the wrong format the backing file gives wrong data, or none.',
    how: 'The backing file was converted and kept its name, or the format was set wrongly.',
    readers: 'qemu uses the stated format and fails, or shows the tables of the backing file as guest data.',
    repair: 'Set the right format (qemu-img rebase -u -F), after a look at what the file is.',
  },
  'qcow2/backing-format-unknown': {
    what: 'The format stated for the backing file is no name of a format.',
    why: 'The backing file cannot be opened, and all unallocated clusters with it.',
    how: 'A misspelt -F, or a damaged extension.',
    readers: 'qemu refuses to open the image.',
    repair: 'Set the right format (qemu-img rebase -u -F).',
  },
  'qcow2/backing-size-mismatch': {
    what: 'The disk of this image is larger or smaller than that of its backing file.',
    why: 'Nothing is wrong: what the backing file does not have reads as zeros, what it has in excess is not seen.',
    how: 'The image was resized after it was made.',
    readers: 'All readers accept it.',
    repair: 'None is needed.',
  },
  'qcow2/backing-cycle': {
    what: 'The backing file of this image is the image itself, or a layer above it.',
    why: 'Unallocated clusters cannot be read: there is no last layer.',
    how: 'A file of the chain was renamed over another, or the image was made to hang a reader.',
    readers: 'qemu-img hangs or runs out of memory.',
    repair: 'Find the real base and set it (qemu-img rebase -u).',
  },
  'qcow2/backing-depth': {
    what: 'The backing chain has more layers than are followed.',
    why: 'Each layer costs memory and slows down every read; the layers below were not checked.',
    how: 'Snapshots that were taken for years and never merged, or an image made to exhaust a reader.',
    readers: 'qemu opens such chains as long as memory and file handles last.',
    repair: 'Merge layers (qemu-img commit, or rebase).',
  },
  'qcow2/backing-newer': {
    what: 'The time of the last change of the backing file is later than that of the image over it.',
    why: 'A backing file must not change: where it did, clusters from it no longer fit those stored here, and a file system on the disk is inconsistent.',
    how: 'A guest was started from the backing file, or the files were copied, which changes their times and is harmless.',
    readers: 'No reader looks at the times.',
    repair: 'Nothing can be mended; find out what changed the backing file.',
  },
};
