import type { Explanations } from '../../../model/rule.ts';
import type { parentRules } from './parent.ts';

export const parentExplanations: Explanations<typeof parentRules> = {
  'vhd/parent-id-null': {
    what: 'The disk type is 4, but the parent unique id is all zeros.',
    why: 'Whether a file is the right parent cannot be told; with a wrong one the data of two disks are mixed.',
    how: 'A dynamic disk with a wrong type, or a tool that cleared the ids. In XenServer it means a raw parent.',
    readers: 'QEMU ignores parents altogether and shows zeros; blktap takes the parent as raw.',
    repair: 'If the parent is known its unique id is written here; if there is none the type must be 3.',
  },
  'vhd/parent-id-mismatch': {
    what: 'The file that the locators point to is a VHD, but not the one whose id the child has stored.',
    why: 'Everything that the child does not store itself is read from a disk that it does not belong to.',
    how: 'A parent that was replaced or restored, or two disks of the same name.',
    readers:
      'vhd-util and Hyper-V refuse the chain; QEMU does not look at parents; Xen Orchestra does not compare ids.',
    repair:
      'Find the right parent. To overwrite the id is right only where the parent is known to be the same disk.',
  },
  'vhd/parent-timestamp-mismatch': {
    what: 'The time stamp of the parent that the child has stored is neither the one in the footer of the parent nor the time when its file was last changed.',
    why: 'If the parent was written to after the child was made, the child shows a mixture of both states.',
    how: 'A parent that was started by mistake. Most writers store the time of change of the file, which copying alters too.',
    readers: 'vhd-util and Hyper-V complain; the others do not look.',
    repair: 'If the parent is known to be unchanged, its time stamp is written into the child.',
  },
  'vhd/parent-missing': {
    what: 'Neither the locators nor the name of the parent point to a file that can be opened.',
    why: 'All guest data that the child does not store itself are missing.',
    how: 'A child that was copied without its parent, or a parent that was moved or renamed.',
    readers:
      'QEMU opens the child alone and shows zeros in the place of the data of the parent, without a warning; the others refuse it.',
    repair: 'Put the parent beside the child under the name in the header, or correct the locators.',
  },
  'vhd/parent-not-opened': {
    what: 'The disk has a parent that was not opened, for the reason that the message gives. Nothing is known of it, and nothing is wrong with that.',
    why: 'Guest data that the child does not store itself come from the parent; that part of the disk was not checked.',
    how: 'The locators and the name point to a device, to another machine, or outside the folder of the child, where files are opened only with --allow-outside.',
    readers: 'Hyper-V and VirtualBox open parents wherever they are.',
    repair: 'Nothing has to be repaired. To have it checked as well, allow it with --allow-outside.',
  },
  'vhd/parent-size-mismatch': {
    what: 'The current size of a differencing disk is not that of its parent.',
    why: 'A child that is smaller hides the end of the disk; one that is larger reads zeros past the end of its parent.',
    how: 'One of the two was resized.',
    readers: 'blktap does not accept a child that is smaller than its parent; it makes larger ones itself.',
    repair: 'Undo the resize, or merge the chain before the size is changed.',
  },
  'vhd/parent-block-size-mismatch': {
    what: 'The block sizes of a differencing disk and its parent are not the same.',
    why: 'Reading works; tools that merge child and parent block by block would put data in wrong places.',
    how: 'Child and parent were made by different tools.',
    readers: 'Merge tools assume equal blocks; some do not check.',
    repair: 'Convert one of the two before they are merged.',
  },
  'vhd/parent-cycle': {
    what: 'A disk is its own ancestor, by its file or by its unique id.',
    why: 'The chain has no end: readers that follow it never finish.',
    how: 'A copy of a disk put in the place of its parent, or locators changed to point back.',
    readers: 'Readers that do not watch for it hang.',
    repair: 'Find the real parent and correct the locators.',
  },
  'vhd/parent-type': {
    what: 'The file that name and locators point to is not a VHD.',
    why: 'It cannot be the disk that the child was made of, so everything that the child does not store itself is wrong.',
    how: 'A parent that was converted, or another file of the same name. XenServer has raw parents, and says so by a null id.',
    readers: 'All readers that follow parents refuse the chain.',
    repair: 'Find the right parent.',
  },
  'vhd/parent-chain-depth': {
    what: 'More disks are stacked on one another than XenServer accepts.',
    why: 'Data are not affected. Every read may have to look into all layers, and the loss of one loses the disk.',
    how: 'Snapshots or incremental backups that are never merged.',
    readers: 'XenServer stops at 30 layers; others have other limits or none.',
    repair: 'Merge some of the layers.',
  },
  'vhd/parent-name-malformed': {
    what: 'The name of the parent, which is UTF-16 with the high byte first and padded with zeros, is empty, has other bytes past its end, lone surrogates, or its bytes swapped.',
    why: 'A parent that is not found by a locator is not found by its name either.',
    how: 'A writer that took the little-endian order of the locators for the name too, or did not clear its buffer.',
    readers: 'vhd-util refuses the file; others go by the locators.',
    repair: 'Write the file name of the parent anew.',
  },
};
