import type { Explanations } from '../../../model/rule.ts';
import type { refcountRules } from './refcounts.ts';

/** The rules of `refcounts.ts` explained. */
export const refcountExplanations: Explanations<typeof refcountRules> = {
  'qcow2/reftable-entry-reserved': {
    what: 'Bits 0 to 8 of a refcount table entry are set; they are reserved and zero.',
    why: 'The entry was not written like this, so the position of the refcount block cannot be trusted either.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu ignores the bits when it looks up a count; qemu-img check counts an error.',
    repair: 'Clear the bits, or rebuild the reference counts.',
  },
  'qcow2/reftable-entry-unaligned': {
    what: 'A refcount table entry points into the middle of a cluster.',
    why: 'The counts of that range are lost: a writer could give out clusters that are in use. Guest data can be read.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu marks the image corrupt when it needs the block; qemu-img check counts an error.',
    repair: 'Rebuild the reference counts from the tables.',
  },
  'qcow2/reftable-entry-out-of-file': {
    what: 'A refcount table entry points at or past the end of the file.',
    why: 'The counts of that range are lost: a writer would take its clusters for free ones. Guest data can be read.',
    how: 'A file that was cut off by a broken copy or download, or a damaged entry.',
    readers: 'qemu reads the counts as zero; qemu-img check counts an error.',
    repair: 'Rebuild the reference counts from the tables, after a look at whether the file is complete.',
  },
  'qcow2/reftable-entry-duplicate': {
    what: 'The same refcount block is in two entries of the refcount table.',
    why: 'Two ranges of the file share their counts, so that a cluster freed in one looks free in the other.',
    how: 'A damaged refcount table.',
    readers: 'qemu uses the block for both ranges; qemu-img check counts an error.',
    repair: 'Rebuild the reference counts from the tables.',
  },
  'qcow2/refcount-too-low': {
    what: 'More entries refer to a cluster than its reference count says; or the refcount block that should count clusters in use does not exist.',
    why: 'Nothing is lost yet. A writer that frees one of the references, or looks for a free cluster, will overwrite data that are in use.',
    how: 'A crash before the count was written (lazy refcounts), two programs writing at once, or a damaged refcount block.',
    readers:
      'Readers do not look at counts; qemu trusts them when it writes; qemu-img check counts an error.',
    repair:
      'Raise the count to the number of references (qemu-img check -r all) before the image is written again.',
  },
  'qcow2/refcount-leak': {
    what: 'The reference count of a cluster is higher than the number of entries that refer to it.',
    why: 'No data are lost; the cluster is never given out again, so the space is wasted.',
    how: 'A program was killed between allocating a cluster and entering it in a table, or while it deleted a snapshot or a bitmap.',
    readers: 'All readers ignore it; qemu-img check counts a leaked cluster.',
    repair: 'Lower the count to the number of references (qemu-img check -r leaks).',
  },
  'qcow2/refcount-past-eof': {
    what: 'A cluster that begins past the end of the file has a reference count, and nothing refers to it.',
    why: 'No data are lost; when the file grows these clusters are not used.',
    how: 'A writer allocated clusters and was killed before it wrote them, or the file was cut off after its data.',
    readers: 'All readers ignore it; qemu-img check does not look there.',
    repair: 'Set the count to 0.',
  },
  'qcow2/refcount-overflow': {
    what: 'The width of reference counts is too small for the number of entries that refer to a cluster.',
    why: 'No count can be right: as references are dropped the cluster will be freed while it is still in use.',
    how: 'Tables that point at the same cluster by damage, or a width that was changed without a look at the counts.',
    readers: 'qemu refuses operations that would overflow a count; qemu-img check reports some of the cases.',
    repair:
      'Find out which of the references are wrong; if none is, convert the image with a larger refcount_bits.',
  },
  'qcow2/refcount-self': {
    what: 'A cluster of the refcount table, or a refcount block, has the count 0.',
    why: 'A writer takes the cluster for free, and overwrites the reference counts with guest data.',
    how: 'A writer that allocates blocks wrongly, or a damaged refcount block.',
    readers: 'Readers do not look at counts; qemu-img check counts an error.',
    repair: 'Set the count to 1, or rebuild the reference counts, before the image is written again.',
  },
};
