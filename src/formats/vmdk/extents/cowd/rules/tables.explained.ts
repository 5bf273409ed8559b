import type { Explanations } from '../../../../../model/rule.ts';
import type { tableRules } from './tables.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const tableExplanations: Explanations<typeof tableRules> = {
  'vmdk3/gde-out-of-file': {
    what: 'An entry of the grain directory points to a table of 16384 bytes that is not, or not wholly, inside the file.',
    why: 'What the guest wrote to this part of the disk since the snapshot cannot be found.',
    how: 'A file that was cut off, or a damaged directory.',
    readers: 'QEMU reads zeros and reports no error.',
    repair: 'There is no second copy; restore the file from its source.',
  },
  'vmdk3/gde-in-metadata': {
    what: 'An entry of the grain directory points into the header or into the directory itself.',
    why: 'What is read as a table are other numbers: the guest sees random parts of the file.',
    how: 'A damaged directory.',
    readers: 'QEMU follows such an entry without a check.',
    repair: 'There is no second copy; restore the file from its source.',
  },
  'vmdk3/gde-duplicate': {
    what: 'Two entries of the grain directory point to one table, or to tables that share sectors.',
    why: "Two regions of the guest's disk are one: what is written to one appears in the other.",
    how: 'A damaged directory.',
    readers: 'QEMU does not notice.',
    repair: 'The image does not say which region owns the table.',
  },
  'vmdk3/gte-out-of-file': {
    what: 'An entry of a grain table points to a grain that is not, or not wholly, inside the file.',
    why: 'What the guest wrote there is lost.',
    how: 'A file that was cut off, or a damaged table.',
    readers: 'QEMU reports those that begin past the end, and reads zeros for them.',
    repair: 'Restore the file from its source, or unallocate the grain and lose it.',
  },
  'vmdk3/gte-in-metadata': {
    what: 'An entry of a grain table points to sectors of the header, the directory or a table.',
    why: 'The guest reads tables as its data, and when it writes there it destroys the disk.',
    how: 'A damaged table.',
    readers: 'QEMU serves such grains without a check.',
    repair: 'The grain must be unallocated, and its data is lost.',
  },
  'vmdk3/gte-duplicate': {
    what: 'Two entries of grain tables point to one grain, or to grains that share sectors.',
    why: 'At least one of them shows data that belongs to the other.',
    how: 'A crash at the wrong moment, or two hosts that had the disk open at once.',
    readers: 'No check of QEMU finds it.',
    repair: "The image does not say which entry is right; look at the guest's file system.",
  },
  'vmdk3/gte-beyond-capacity': {
    what: 'The last grain table has more entries than the disk has grains; those must be 0, and this one is not.',
    why: 'The guest cannot reach it; the grain only takes space.',
    how: 'A damaged table, or a disk that was made smaller.',
    readers: 'All readers ignore it.',
    repair: 'Write 0.',
  },
  'vmdk3/free-sector-invalid': {
    what: 'freeSector is where the next table or grain will be put. It is inside what is in use, or past the end of the file.',
    why: 'If sectors in use are handed out again, the next write of the guest destroys older data.',
    how: 'A host that crashed before it wrote the header, or a file that was cut off.',
    readers: 'QEMU does not use the field; ESX allocates by it.',
    repair: 'Write the sector after the last table or grain.',
  },
  'vmdk3/grain-unreferenced': {
    what: 'Below freeSector everything is handed out, but no table points to these sectors.',
    why: 'The guest loses nothing by it now. If entries were lost, this is where their data is.',
    how: 'A crash after a grain was written and before its table was.',
    readers: 'Readers ignore such space.',
    repair: 'It cannot be given back in place; merging the snapshot drops it.',
  },
  'vmdk3/trailing-data': {
    what: 'The header says from which sector on the file is free. After it are bytes that are not zero.',
    why: 'Nothing is lost; the next grains are written over them. They may be anything.',
    how: 'Space that was allocated in advance and had been used before, or something that was appended.',
    readers: 'No reader looks at them.',
    repair: 'The file can be cut off there.',
  },
};
