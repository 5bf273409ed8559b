import type { Explanations } from '../../../model/rule.ts';
import type { diskDatabaseRules } from './disk-database.ts';

/** The same explained. */
export const diskDatabaseExplanations: Explanations<typeof diskDatabaseRules> = {
  'vmdk/adapter-unknown': {
    what: 'ddb.adapterType names the controller that the disk was made for; this one is not known.',
    why: 'The data is not concerned. Import tools choose a controller by it.',
    how: 'A newer product, or a line edited by hand.',
    readers: 'QEMU ignores it; VMware takes a default.',
    repair: 'Write lsilogic or ide, whichever the guest has drivers for.',
  },
  'vmdk/geometry-invalid': {
    what: 'Cylinders, heads or sectors are no number, 0, or more than a disk can have (65535, 255, 63).',
    why: 'The data is found without them; a guest that uses the geometry may not boot.',
    how: 'A tool that computed them wrongly, or a line edited by hand.',
    readers: 'VirtualBox sets them anew; QEMU ignores them.',
    repair: 'Write the geometry that the capacity gives.',
  },
  'vmdk/geometry-missing': {
    what: 'The lines that give cylinders, heads and sectors are missing.',
    why: 'The data is found without them; very old systems may see another geometry.',
    how: 'Tools that leave them out.',
    readers: 'Most readers ignore geometry; older products guess one.',
    repair: 'Write the geometry that the capacity gives.',
  },
  'vmdk/geometry-size-mismatch': {
    what: 'Cylinders times heads times sectors is more than a cylinder away from the size of the disk.',
    why: 'The data is found without the geometry; only a guest that uses it sees a difference.',
    how: 'A disk that was resized, or a geometry of another disk.',
    readers: 'Most readers ignore it.',
    repair: 'Write the geometry that the capacity gives.',
  },
  'vmdk/uuid-malformed': {
    what: "ddb.uuid is 16 hex bytes with blanks and a dash, VirtualBox's ddb.uuid.* are uuids in the usual form; this one is neither.",
    why: 'The data is not concerned.',
    how: 'A line edited by hand.',
    readers: 'VirtualBox refuses a disk with a malformed ddb.uuid.image; others ignore it.',
    repair: 'Remove the line; the products make a new one.',
  },
};
