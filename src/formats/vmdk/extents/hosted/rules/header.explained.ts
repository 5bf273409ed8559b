import type { Explanations } from '../../../../../model/rule.ts';
import type { headerRules } from './header.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const headerExplanations: Explanations<typeof headerRules> = {
  'vmdk4/magic': {
    what: 'A hosted sparse extent begins with the four letters KDMV; this one does not, though other marks of it are there.',
    why: 'Readers do not recognise the disk, or take the file for a raw one, so that the guest sees a header where its boot sector should be.',
    how: 'The first sector was overwritten, or the writer stopped before its end: open-vmdk writes kdmv first and corrects it last.',
    readers: 'All readers refuse it, or probe it as raw.',
    repair:
      'If the rest of the header is sound the four bytes can be written back; an unfinished file should be made again.',
  },
  'vmdk4/header-truncated': {
    what: 'The header of a hosted sparse extent has 512 bytes, and the file ends before them.',
    why: 'Neither the size of the disk nor the place of its tables is known: nothing of it can be read.',
    how: 'A copy or download that broke off at once, or a file system that lost the file after a crash.',
    readers: 'No reader opens it.',
    repair: 'Restore the file from its source.',
  },
  'vmdk4/version-unsupported': {
    what: 'The version is not one of 1, 2 and 3, the only ones that exist.',
    why: 'What the fields and the table entries mean is not known for such an extent; reading it is a guess.',
    how: 'A damaged header, or a file made to confuse readers.',
    readers: 'QEMU refuses versions above 3 and takes 0; VirtualBox and Xen Orchestra refuse 2 as well.',
    repair: 'Restore the header from a copy; the footer of a streamOptimized extent is one.',
  },
  'vmdk4/version-flag-mismatch': {
    what: 'Zeroed grains came with version 2, compressed streams and changed block tracking with version 3; the version field does not fit what the extent uses.',
    why: 'A reader that goes by the version ignores the feature, and may then show the guest other bytes than one that goes by the flags.',
    how: 'A tool that set a flag without raising the version, or a header edited by hand.',
    readers: 'QEMU goes by the flags; VirtualBox goes by the version and refuses what it does not expect.',
    repair: 'Write the version that belongs to the flags; no data is touched.',
  },
  'vmdk4/flags-unknown-incompatible': {
    what: 'A bit in the upper half of the flags is set that no document defines. That half is for features without which an extent cannot be read.',
    why: 'The grains may be stored in a way that is not known here; what is read may be wrong.',
    how: 'A damaged header or a writer newer than its readers.',
    readers: 'open-vmdk refuses such an extent, QEMU reads on without a word.',
    repair: 'Find out which program wrote it and convert it there.',
  },
  'vmdk4/flags-unknown-compatible': {
    what: 'A bit among 3 to 15 of the flags is set; no document gives it a meaning.',
    why: 'By the rule for that half readers may ignore it, so the guest sees the same disk everywhere.',
    how: 'A newer writer, or a bit that flipped.',
    readers: 'All readers ignore these bits.',
    repair: 'Nothing needs to be done.',
  },
  'vmdk4/markers-without-compression': {
    what: 'Bit 17 (each compressed grain begins with its address) is set and bit 16 (grains are compressed) is not.',
    why: "No reader can know whether the twelve bytes before each grain are a marker or the guest's data.",
    how: 'A flag word that was damaged or put together wrongly.',
    readers: 'open-vmdk refuses it; QEMU looks at neither bit and serves grains as they are.',
    repair: 'Look at one grain: if it begins with a marker, set bit 16, else clear bit 17.',
  },
  'vmdk4/compressed-without-markers': {
    what: 'Bit 16 of the flags is set and bit 17 is not: compressed grains that do not begin with their own address.',
    why: 'Whether a length precedes each stream is not documented, so one reader inflates what another takes for garbage.',
    how: 'No writer is known to do this; a damaged flag word is likely.',
    readers: 'open-vmdk and dissect expect a length of four bytes, QEMU expects the stream at once.',
    repair: 'Look at the grains; if they have markers, set bit 17.',
  },
  'vmdk4/compression-flag-mismatch': {
    what: 'Bit 16 of the flags and the field compressAlgorithm say different things about compression.',
    why: 'Depending on which of the two a reader asks, the guest gets its data or the bytes of a compressed stream.',
    how: 'A damaged header, or a tool that changed one of the two.',
    readers: 'QEMU obeys compressAlgorithm and ignores the flag, the others obey the flag.',
    repair: 'Look at a grain: a marker and a zlib stream mean compression. Then correct the other field.',
  },
  'vmdk4/compression-unknown': {
    what: 'compressAlgorithm is neither 0 (none) nor 1 (deflate), the only values that exist.',
    why: 'If grains are compressed by it, they cannot be inflated.',
    how: 'A damaged header.',
    readers: 'libvmdk refuses it; QEMU takes everything but 1 for uncompressed.',
    repair: 'Look at a grain to see how it is stored, and write the right value.',
  },
  'vmdk4/newline-damage': {
    what: 'Four bytes of the header are line ends on purpose. They are not what they were: something rewrote line ends in this file.',
    why: "The same happened all over the file wherever a byte looked like a line end, in tables and in the guest's data, and positions have shifted.",
    how: 'FTP in ASCII mode, a mail gateway, or a version control system that normalises line ends.',
    readers: 'libvmdk, VirtualBox and open-vmdk refuse it; QEMU does not look.',
    repair:
      'Transfer the file again from its source in binary mode. What was changed cannot be told from what was not.',
  },
  'vmdk4/newline-flag-unset': {
    what: 'Bit 0 of the flags says that the newline detector bytes are valid, and it is clear.',
    why: 'The guest sees nothing of it. Only a transfer that rewrites line ends would go unnoticed.',
    how: 'A writer that does not care for the detector.',
    readers: 'All readers accept it.',
    repair: 'Set the bit and write the four bytes.',
  },
  'vmdk4/pad-nonzero': {
    what: 'The bytes after the last field of the header are reserved as zeros, and some are not zero.',
    why: 'The guest never sees them. They may be left-over memory of a writer or something that was hidden.',
    how: 'A writer that did not clear its buffer, or a newer one with fields that are not documented.',
    readers: 'All readers ignore them.',
    repair: 'They can be cleared; keep a copy, since their meaning is not known.',
  },
  'vmdk4/unclean-shutdown': {
    what: 'The header says that the extent is open for writing, or it was when its user died.',
    why: 'Tables may be after the data: grains written last may be missing, or be in one copy of the tables only.',
    how: 'A host or a virtual machine that crashed, or a copy made while the machine was running.',
    readers: 'QEMU pays no attention to it; VMware checks the tables when it opens the disk.',
    repair: 'Make sure that no program uses the disk, check tables and their copies, and clear the byte.',
  },
};
