import type { Explanations } from '../../../model/rule.ts';
import type { descriptorPropertiesRules } from './descriptor-properties.ts';

/** The same explained. */
export const descriptorPropertiesExplanations: Explanations<typeof descriptorPropertiesRules> = {
  'vmdk/cid-malformed': {
    what: 'A content id is a 32-bit number in hex; this one has other characters or more than 8 digits.',
    why: 'Readers make different numbers of it, so a snapshot may be refused or taken for one of another state.',
    how: 'Xen Orchestra writes the number in decimal.',
    readers: 'libvmdk refuses more than 8 digits; QEMU takes what it can.',
    repair: 'Write the number in hex, in this disk and in the parentCID of its snapshots.',
  },
  'vmdk/cid-missing': {
    what: 'There is no line CID=.',
    why: 'Whether a snapshot belongs to this disk, or to an older state of it, cannot be told: their data could be mixed.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU takes the digits of parentCID for it; others refuse the disk.',
    repair: 'A new content id can be written; snapshots of this disk must then be told.',
  },
  'vmdk/cid-not-padded': {
    what: 'The id is written without leading zeros.',
    why: 'It is the same number; only readers that compare text take it for another one.',
    how: 'QEMU writes ids like this.',
    readers: 'All readers accept it.',
    repair: 'Add zeros in front.',
  },
  'vmdk/cid-reserved': {
    what: 'fffffffe is the id of a disk that was never written to; ffffffff must not be used, since it means "no parent".',
    why: 'A snapshot of a disk with ffffffff looks like a disk without parent, and the guest sees zeros.',
    how: 'VMware writes fffffffe into new disks. ffffffff comes from tools that do not know its meaning.',
    readers: 'All readers accept both.',
    repair: 'Write another content id in place of ffffffff.',
  },
  'vmdk/longcid-mismatch': {
    what: 'VMware keeps both ids in step: the last 8 digits of ddb.longContentID are those of CID.',
    why: 'Nothing in the data depends on it. It shows that another program wrote to the disk or edited its descriptor.',
    how: 'Tools that change CID after writing and do not know the long one.',
    readers: 'All readers ignore it.',
    repair: 'Remove the line; VMware makes a new one.',
  },
  'vmdk/parentcid-missing': {
    what: 'There is no line parentCID=, which is ffffffff for a disk without parent.',
    why: 'If the disk is a snapshot, the disk below it is not found, and the guest sees zeros.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU refuses the disk.',
    repair: 'Write ffffffff if the disk has no parent.',
  },
  'vmdk/parent-hint-missing': {
    what: 'parentCID says that the disk is a snapshot of another one, and no line names the file of that one.',
    why: 'Everything that was not written since the snapshot is missing.',
    how: 'A descriptor that was made anew, or a line that was lost.',
    readers: 'QEMU opens it without a parent and shows zeros, silently.',
    repair: 'Find the disk with that content id and name it in parentFileNameHint.',
  },
  'vmdk/parent-hint-orphan': {
    what: 'The descriptor names the file of a parent, and its parentCID is ffffffff, which means that there is none.',
    why: 'One of the two is wrong: either the guest misses what is in the parent, or it would see what it should not.',
    how: 'A snapshot that was merged by hand, or a tool that reset the id only.',
    readers: 'Readers go by parentCID and ignore the name; QEMU opens the named file.',
    repair: "Remove the name if the disk is complete by itself; else write the parent's id.",
  },
  'vmdk/version-missing': {
    what: 'There is no line version=.',
    why: 'Nothing is lost, but most programs do not take the file for a disk.',
    how: 'A descriptor written by hand, or a line that was lost.',
    readers: 'QEMU recognises descriptors by it and takes the file for a raw disk; VirtualBox refuses it.',
    repair: 'Write version=1 as the first statement.',
  },
  'vmdk/version-not-first': {
    what: 'Another statement comes before version=.',
    why: 'A program that recognises descriptors by their first statement shows a raw disk of a few hundred bytes.',
    how: 'A tool that writes encoding= first, or a descriptor edited by hand.',
    readers: 'QEMU probes it as raw; with the format named it opens it.',
    repair: 'Move the line version= to the front.',
  },
  'vmdk/version-unsupported': {
    what: 'The version is none of 1, 2 and 3. (2 and 3 are rare: VirtualBox takes 1 only.)',
    why: 'What the lines mean is not known for another version.',
    how: 'A typing error, or a writer newer than its readers.',
    readers: 'QEMU takes the file for a raw disk; VirtualBox refuses everything but 1.',
    repair: 'Write 1 if nothing newer is used.',
  },
};
