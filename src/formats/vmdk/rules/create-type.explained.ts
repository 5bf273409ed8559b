import type { Explanations } from '../../../model/rule.ts';
import type { createTypeRules } from './create-type.ts';

/** The same explained. */
export const createTypeExplanations: Explanations<typeof createTypeRules> = {
  'vmdk/create-type-embedded-mismatch': {
    what: 'The descriptor inside an extent says streamOptimized and the header says that nothing is compressed, or the other way round.',
    why: 'The header decides how data is read; importers that go by the text refuse the disk or read it wrongly.',
    how: 'A tool that converted the extent and kept the text.',
    readers: 'QEMU goes by the header; VMware importers look at both.',
    repair: 'Write the type that belongs to the header.',
  },
  'vmdk/create-type-extent-mismatch': {
    what: 'Each createType goes with certain extents, one or several; those of this disk are others.',
    why: 'The extents decide what the guest sees. A program that goes by the type refuses the disk or opens it wrongly.',
    how: 'A descriptor put together by hand, or a text descriptor split from a disk that is one file.',
    readers:
      'QEMU ignores most of this, but takes monolithicSparse only inside the extent; VMware refuses it.',
    repair: 'Write the type that belongs to the extents.',
  },
  'vmdk/create-type-missing': {
    what: 'There is no line createType=, which says what kind of disk this is.',
    why: 'The extents tell how the data is stored, but most programs do not open the disk.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU and VirtualBox refuse it.',
    repair: 'Write the type that belongs to the extents.',
  },
  'vmdk/create-type-unknown': {
    what: 'createType has a value that is in no list, or is there with other capital letters (custom and vsanSparse are known, but hardly anybody reads them).',
    why: 'The extents tell how the data is stored, but most programs do not open the disk.',
    how: 'A typing error, or a product without documentation.',
    readers: 'QEMU refuses all but its own list, and minds capital letters.',
    repair: 'Write the type that belongs to the extents.',
  },
};
