import type { Explanations } from '../../../model/rule.ts';
import type { extensionRules } from './extensions.ts';

/** The rules of `extensions.ts` explained. */
export const extensionExplanations: Explanations<typeof extensionRules> = {
  'qcow2/ext-overrun': {
    what: 'The length of a header extension runs past the room for extensions, which ends at the backing file name or with the first cluster.',
    why: 'This extension and all that follow it are lost: the backing format, the data file, bitmaps or the encryption header may be among them.',
    how: 'A damaged length, or a header length or backing file position that was changed without moving the extensions.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the first cluster from a copy, or rewrite the extensions by hand.',
  },
  'qcow2/ext-no-end': {
    what: 'The list of header extensions ends at the backing file name or at the end of the first cluster, not with an end marker.',
    why: 'A reader that looks for the marker only would take the name for an extension.',
    how: 'A writer that left the marker out, or a position of the backing file name that points into the extensions.',
    readers: 'qemu stops at the name or at the end of the cluster.',
    repair: 'Rewrite the extensions with an end marker.',
  },
  'qcow2/ext-duplicate': {
    what: 'Each type of header extension may be there once.',
    why: 'Readers differ in which of the two they take, so they may open different backing or data files.',
    how: 'A writer that appended an extension instead of replacing it, or an image made to mislead readers.',
    readers: 'qemu takes the last one of most types; vdcheck takes the last as well.',
    repair: 'Find out which of the two is meant and remove the other.',
  },
  'qcow2/ext-unknown': {
    what: 'A header extension has a type that is not known.',
    why: 'Nothing is wrong: what must be understood comes with an incompatible feature bit.',
    how: 'An image of a newer or of another writer.',
    readers: 'All readers skip it; qemu keeps it when it rewrites the header.',
    repair: 'None is needed.',
  },
  'qcow2/ext-padding-nonzero': {
    what: 'The bytes that fill an extension up to a multiple of 8 are not zero.',
    why: 'They have no meaning; they may contain leftovers from the memory of the program that wrote them.',
    how: 'A writer that did not clear its buffer.',
    readers: 'All readers skip them.',
    repair: 'Set them to zero.',
  },
  'qcow2/ext-end-length': {
    what: 'The record that ends the list of header extensions says that data follow it.',
    why: 'The list ends here all the same, but another reader may skip the data and go on after them.',
    how: 'A damaged header, or an extension whose type was overwritten with zeros.',
    readers: 'qemu ends the list without looking at the length.',
    repair: 'Set the length to 0, after a look at whether an extension was lost.',
  },
  'qcow2/feature-table-malformed': {
    what: 'The feature name table consists of 48-byte entries, one for each bit of the three feature sets.',
    why: 'The names serve messages only; guest data do not depend on them.',
    how: 'A damaged header, or a writer that miscounted.',
    readers: 'qemu ignores what does not fit and names unknown features by number.',
    repair: 'Drop the table, or let qemu rewrite it.',
  },
  'qcow2/first-cluster-foreign-data': {
    what: 'Besides the header only its extensions and the backing file name may be in the first cluster; the rest is zero.',
    why: 'Guest data do not depend on these bytes, but nothing accounts for them: they may be remains of an overwritten structure or hidden content.',
    how: 'A writer that did not clear the cluster, a header that was rewritten shorter, or data put there on purpose.',
    readers: 'All readers ignore these bytes; qemu clears them when it rewrites the header.',
    repair: 'Look at the bytes, then set them to zero.',
  },
};
