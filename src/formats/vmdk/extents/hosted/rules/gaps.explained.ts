import type { Explanations } from '../../../../../model/rule.ts';
import type { gapRules } from './gaps.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const gapExplanations: Explanations<typeof gapRules> = {
  'vmdk4/stream-gap-nonzero': {
    what: 'Between the grains, tables and markers of a stream are sectors that none of them owns, and they are not zero.',
    why: 'They may be grains that lost their entry in a table, which the guest then misses, or hidden data.',
    how: 'A damaged table, a writer that leaves out entries, or a file that was changed in place.',
    readers:
      'Readers that use the tables do not see them; those that read forward may stop, or take them for grains.',
    repair:
      'Where grains are among them, tables can be made again from the markers; else converting the image leaves them out.',
  },
  'vmdk4/grain-lba-duplicate': {
    what: 'Each grain says in its marker where on the disk it belongs. Two say the same, and a table points to one of them at most.',
    why: 'Readers that use the tables and those that read forward give the guest different bytes.',
    how: 'An export that began anew in the middle of the file, or a file that was put together from two.',
    readers: 'QEMU takes the grain of the table, open-vmdk and importers that read forward the last one.',
    repair: 'Somebody has to say which of the two is right; converting the image keeps the one of the table.',
  },
  'vmdk4/eos-early': {
    what: 'A sector of zeros is the marker that ends a stream. Here grains follow one.',
    why: 'Readers that go forward lose the grains after it.',
    how: 'A writer that leaves room between grains, or a piece of the file that was overwritten with zeros.',
    readers: 'Importers that read forward stop there; readers that use the tables do not notice.',
    repair: 'Converting the image writes the grains one after the other.',
  },
};
