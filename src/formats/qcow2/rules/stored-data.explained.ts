import type { Explanations } from '../../../model/rule.ts';
import type { storedDataRules } from './stored-data.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const storedDataExplanations: Explanations<typeof storedDataRules> = {
  'qcow2/trailing-data': {
    what: 'The file goes on after the last cluster that is in use, and has data there.',
    why: 'The guest is not concerned. The data may be what is left of clusters that were freed, or something that was appended.',
    how: 'Snapshots that were deleted, a crash while the file grew, or data hidden on purpose.',
    readers: 'No reader looks at them; QEMU uses the space for new clusters.',
    repair: 'The file can be cut off there; converting the image leaves the data out.',
  },
  'qcow2/bitmap-tail-bits': {
    what: 'A bitmap has one bit for each piece of the disk. Behind the last of them its cluster must be zero, and is not.',
    why: 'Nothing is lost; a program that counts bits counts too many.',
    how: 'A writer that sets whole bytes, or a damaged cluster.',
    readers: 'QEMU does not look at these bits.',
    repair: 'The bits can be cleared.',
  },
  'qcow2/data-file-raw-hole': {
    what: 'The image promises that its data file can be used alone, as a raw disk. Where the image reads as zeros the data file has other bytes.',
    why: 'Who uses the data file alone sees another disk than who uses the image.',
    how: 'A data file that was not empty when the image was made, or that was written to by itself.',
    readers: 'QEMU gives the guest zeros by the image, and these bytes by the raw file.',
    repair: 'Somebody has to say which is right.',
  },
};
