import type { Explanations } from '../../../model/rule.ts';
import type { locatorRules } from './locators.ts';

export const locatorExplanations: Explanations<typeof locatorRules> = {
  'vhd/locator-code': {
    what: 'The platform code of a parent locator is none of Wi2r, Wi2k, W2ru, W2ku, Mac and MacX.',
    why: 'The parent cannot be found by this entry. If it is the only one, everything that the disk does not store itself is lost.',
    how: 'A damaged header, or a writer that gives it a meaning of its own.',
    readers: 'vhd-util refuses the file; others leave the entry out.',
    repair: 'The entry is cleared and the checksum put right, if another one points to the parent.',
  },
  'vhd/locator-none-nonzero': {
    what: 'The platform code says that the entry is not used, but other fields of it are filled in.',
    why: 'Nothing is lost; possibly an entry was meant to be there.',
    how: 'A tool that removed a locator by clearing its code only.',
    readers: 'vhd-util refuses the file; others leave the entry out.',
    repair: 'The entry is cleared and the checksum put right.',
  },
  'vhd/locator-length-odd': {
    what: 'The path of a W2ru or W2ku locator is UTF-16, but its length is odd or 0.',
    why: 'The path is cut, so the parent may not be found by it.',
    how: 'A writer that counted a terminating byte, or a damaged header.',
    readers: 'Readers drop the odd byte, or leave the entry out.',
    repair: 'Write the locator anew with the path of the parent.',
  },
  'vhd/locator-bounds': {
    what: 'The data of a parent locator begins at 0 or inside a sector, are outside the file, or overlap another structure.',
    why: 'The path of the parent cannot be read, or a write to the other structure destroys it.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'vhd-util refuses the file; others leave the entry out or fail to find the parent.',
    repair: 'Write the locator anew with the path of the parent.',
  },
  'vhd/locator-space': {
    what: 'The data space of a locator is 0, less than the length of its data, or neither sectors nor bytes. The specification counts sectors, nearly all writers count bytes; below 512 it can only be sectors.',
    why: 'A tool that rewrites the path may write over what follows it.',
    how: 'Different readings of the specification, or a path that grew.',
    readers: 'vhd-util refuses some of these; others do not look.',
    repair: 'The field is set to what the layout of the file allows.',
  },
  'vhd/locator-encoding': {
    what: 'The path of a W2ru or W2ku locator reads as text only with its bytes swapped, or that of a MacX locator is no file URL in UTF-8.',
    why: 'The parent is not found by this locator.',
    how: 'A writer that took the big-endian order of the headers for the paths too.',
    readers: 'Readers that demand the right order do not find the parent; some try both.',
    repair: 'The path is written again in the right encoding.',
  },
  'vhd/locator-duplicate': {
    what: 'A platform code is used by more than one parent locator.',
    why: 'If the paths differ, readers may take different parents.',
    how: 'A tool that added a locator instead of changing the one that was there.',
    readers: 'vhd-util refuses the file; others take the first or the last.',
    repair: 'Decide which path is right and clear the other entry.',
  },
  'vhd/locator-missing': {
    what: 'A differencing disk has no locator of a kind that is in use today.',
    why: 'The parent can only be looked for by its name in the folder of the child.',
    how: 'A writer that fills in the name only.',
    readers: 'Hyper-V wants a W2ku or W2ru locator; others go by the name.',
    repair: 'Add a locator with the path of the parent.',
  },
  'vhd/locator-name-mismatch': {
    what: 'The file name at the end of a locator is not the one in the parent name of the header.',
    why: 'Which of them is the parent depends on the reader; with the wrong one the data of two disks are mixed.',
    how: 'A parent that was renamed, after which only some of the fields were changed.',
    readers: 'vhd-util refuses the file; others go by one of the two.',
    repair: 'Decide which is right (the unique id of the parent tells) and correct the others.',
  },
  'vhd/locator-disagree': {
    what: 'The paths of two locators belong to two files that both exist and are not the same.',
    why: 'Which of them is the parent depends on the reader; with the wrong one the data of two disks are mixed.',
    how: 'A child that was copied to another folder where a parent of the same name is, or a path that was changed in one locator only.',
    readers: 'Hyper-V tries the relative path first, others the absolute one.',
    repair: 'Decide which file is the parent (its unique id tells) and correct the other locator.',
  },
};
