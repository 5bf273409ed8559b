import type { Explanations } from '../../../model/rule.ts';
import type { blockDataRules } from './block-data.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const blockDataExplanations: Explanations<typeof blockDataRules> = {
  'vhd/bitmap-data-mismatch': {
    what: 'Each block has a bitmap with a bit for each of its sectors. A bit that is 0 says that the sector was never written, but data are there.',
    why: "Readers that look at the bitmap give the guest zeros, or the parent's bytes; those that do not give it these data.",
    how: 'A writer that does not keep the bitmap, a bitmap that was overwritten, or data hidden on purpose. Writers that reuse a block without clearing it leave old data there.',
    readers: 'QEMU ignores bitmaps and serves the data; Windows and blktap go by the bitmap.',
    repair:
      'A person has to decide which is right: setting the bits shows the data, clearing the sectors loses them.',
  },
  'vhd/last-block-tail': {
    what: 'The disk ends inside its last block. Behind that end the block has data.',
    why: 'The guest cannot reach them; they show up if the disk is made larger.',
    how: 'A disk that was made smaller, or a writer that does not clear its memory.',
    readers: 'No reader looks at them.',
    repair: 'Clearing them changes nothing that the guest sees.',
  },
};
