import type { Explanations } from '../../../model/rule.ts';
import type { descriptorTextRules } from './descriptor-text.ts';

/** The same explained. */
export const descriptorTextExplanations: Explanations<typeof descriptorTextRules> = {
  'vmdk/descriptor-bom': {
    what: 'An editor put a byte order mark before the text.',
    why: 'The first line is no longer what readers look for, so the descriptor may be taken for a raw disk of a few hundred bytes.',
    how: 'The descriptor was edited and saved as "UTF-8 with BOM" or "Unicode".',
    readers: 'QEMU probes it as raw; libvmdk refuses it.',
    repair: 'Save the text as UTF-8 without a mark.',
  },
  'vmdk/descriptor-hidden-tail': {
    what: 'The text ends at its first zero byte; after it, in the area of the descriptor, there are other bytes.',
    why: 'No reader shows them, but a reader that does not stop there sees another disk. It is also a place to hide something.',
    how: 'A shorter text written over a longer one, or bytes put there on purpose.',
    readers: 'All readers that treat the text as a C string ignore it.',
    repair: 'Look at the bytes, then overwrite them with zeros.',
  },
  'vmdk/descriptor-line-endings': {
    what: 'A line ends with a carriage return that no line feed follows, or lines end in different ways.',
    why: 'Some readers take two lines for one and miss a value.',
    how: 'An editor of an old system, or a transfer in text mode.',
    readers: 'VirtualBox refuses a lone carriage return; QEMU splits at line feeds only.',
    repair: 'Save the text with line feeds.',
  },
  'vmdk/descriptor-missing': {
    what: 'A descriptor lists the extents of a disk and gives it its identity. This file has none inside, and was not reached through one.',
    why: 'Taken alone the extent is not a disk: its parent, and what comes before and after it, are unknown.',
    how: 'One file of a split disk or of a snapshot was given instead of the descriptor; or the embedded descriptor was lost.',
    readers:
      'Most of these files are refused by QEMU ("Invalid argument") and by libvmdk; vdcheck reads them as they are.',
    repair:
      'Give the descriptor file instead. If it is lost, a new one can be made from the headers of all extents.',
  },
  'vmdk/descriptor-not-text': {
    what: 'Before the first zero byte there are control characters other than tab, carriage return and line feed.',
    why: 'The text was damaged or overwritten: identity, extents and parent may be wrong.',
    how: 'Something else was written over the descriptor, or another file was taken for one.',
    readers: 'QEMU looks for what it knows and ignores the rest; others refuse it.',
    repair: 'Make a new descriptor from the header, or restore the file.',
  },
  'vmdk/descriptor-overflow': {
    what: 'The text fills its area to the last byte and breaks off, or the area reaches into the tables or grains.',
    why: 'The end of the text is lost, or a longer text will overwrite tables.',
    how: 'A tool that added lines without making room, or a damaged descriptorSize.',
    readers: 'Readers take what is there; the last value may be cut short.',
    repair: 'Shorten the text, for one its comments, and end it with a zero byte.',
  },
  'vmdk/descriptor-signature': {
    what: 'Descriptors begin with a comment that says what they are, in one of four spellings; this one does not.',
    why: 'Nothing in the disk depends on it, but some programs recognise descriptors by nothing else.',
    how: 'A descriptor written by hand or by a simple tool.',
    readers: 'libvmdk and VirtualBox refuse it; QEMU looks for version= instead.',
    repair: 'Put the line "# Disk DescriptorFile" in front.',
  },
  'vmdk/descriptor-too-large': {
    what: 'The text is longer than readers are prepared for. A descriptor has some twenty lines and one for each extent.',
    why: 'A reader that stops early misses extents, and shows a smaller disk.',
    how: 'A file that is no descriptor, or one made to exhaust its readers.',
    readers: 'QEMU cuts it off without a word, VirtualBox refuses it.',
    repair: 'Remove what does not belong there; use larger extents.',
  },
};
