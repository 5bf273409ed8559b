import type { Explanations } from '../../../../../model/rule.ts';
import type { markerRules } from './markers.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const markerExplanations: Explanations<typeof markerRules> = {
  'vmdk4/marker-missing': {
    what: 'In a stream a marker precedes the grain directory and each run of grain tables; here the sector before them is no marker of the right type.',
    why: 'Readers that use the directory show the guest its data. Readers that go through the file from the front lose their way.',
    how: 'A writer that leaves the markers out, a damaged sector, or a directory entry that points to a wrong place.',
    readers: 'QEMU does not need them; importers of vSphere and open-vmdk do.',
    repair: 'Convert the image with a writer that sets markers.',
  },
  'vmdk4/marker-type-unknown': {
    what: 'A metadata marker in a stream has a type that no document and no known writer has.',
    why: 'Readers that use the directory show the guest its data. Readers that go through the file from the front stop here.',
    how: 'A damaged marker, or a writer newer than its readers.',
    readers: 'QEMU does not look at markers of tables; importers of vSphere and open-vmdk stop.',
    repair: 'Write the type of what follows the marker: 1 for grain tables, 2 for the grain directory.',
  },
  'vmdk4/marker-length': {
    what: 'A metadata marker gives the number of sectors that follow it, and another number does.',
    why: 'The guest sees nothing of it. A reader that goes through the file from the front would skip too much or too little.',
    how: 'Xen Orchestra writes 0, which is passed over here; other numbers come from a faulty writer.',
    readers: 'Readers that use the directory ignore it.',
    repair: 'Write the right number.',
  },
  'vmdk4/marker-pad-nonzero': {
    what: 'The bytes of a metadata marker after its type are zeros by the documents; some are not.',
    why: 'The guest never sees them. They may be left-over memory of the writer.',
    how: 'A writer that did not clear its buffer.',
    readers: 'All readers ignore them.',
    repair: 'Write zeros.',
  },
  'vmdk4/grain-order': {
    what: 'The compressed grains are not in the file in ascending order of their guest addresses.',
    why: 'The guest sees the same disk. An importer that writes the disk while it receives the stream cannot go back.',
    how: 'A writer that stores grains as the guest writes them.',
    readers: 'QEMU does not mind; vSphere wants ascending order, and open-vmdk can put grains into it.',
    repair: 'Convert the image to a new stream.',
  },
};
