import type { Explanations } from '../../model/rule.ts';
import type { policyRules } from './index.ts';

const SELF_CONTAINED =
  'Have the image made again as one file that names no other: `qemu-img convert` or `vdcheck convert`, where the names are trusted.';
const REFUSE = 'Refuse the image, or have its author send one without it.';
const LIMIT = 'Refuse the image, or raise the limit if such images are expected.';

/** The rules for images from strangers explained. They apply with `--policy untrusted` only. */
export const policyExplanations: Explanations<typeof policyRules> = {
  'policy/path-absolute': {
    what: 'A file is named by a path that begins at the root, on a drive, on another machine or in a datastore.',
    why: 'Whoever opens the image opens that file of his own machine, and its bytes become the disk of a stranger.',
    how: 'An attack, or an image that was made to be used on one machine only.',
    readers:
      'QEMU opens /etc/passwd as an extent or backing file without a word; upload services refuse such images.',
    repair: SELF_CONTAINED,
  },
  'policy/path-traversal': {
    what: 'A relative name leads above the folder of the image, with slashes or backslashes.',
    why: 'It reaches files of the host that the author of the image has no business with.',
    how: 'An attack, or an image of a tree of folders that was sent without the tree.',
    readers: 'QEMU and VMware follow such names; vdcheck does not open them unless --allow-outside is given.',
    repair: SELF_CONTAINED,
  },
  'policy/path-symlink': {
    what: 'The name is a plain one, but what the folder has under it is a link to somewhere else.',
    why: 'In an unpacked archive of a stranger a link is as good as an absolute path.',
    how: 'An archive that has links in it, or a local arrangement of disks.',
    readers: 'QEMU and VMware follow links; vdcheck does not open what is outside the folder.',
    repair: 'Remove the link, or put the file that it means in its place.',
  },
  'policy/path-protocol': {
    what: 'The name begins with a scheme: json:, nbd:, http:, ssh:, fat:, vsan: and the like.',
    why: "It makes the reader connect to a machine of the author's choice, or put block drivers together as he likes.",
    how: 'An attack, or an image that was made on top of network storage.',
    readers:
      'QEMU follows protocols and json: names in backing files and data files; VMware follows those of datastores.',
    repair: SELF_CONTAINED,
  },
  'policy/path-device': {
    what: 'A device is named: /dev, \\\\.\\PhysicalDrive, a raw device mapping, a type of disk that is a device.',
    why: 'The guest reads, and may write, a disk of the host.',
    how: 'An attack, or a disk of a machine that had a device for itself.',
    readers: 'QEMU opens devices by their paths where it has the right to; VMware opens mappings.',
    repair: 'Copy the contents of the device into an image of its own.',
  },
  'policy/path-control-chars': {
    what: 'A name contains control characters, marks that turn or hide text, or more than 1023 bytes.',
    why: 'It may be cut where a NUL is, take over a terminal or a log, or look like another name.',
    how: 'An attack, or damage.',
    readers: 'Programs in C stop at a NUL; terminals obey escape sequences; vdcheck prints them escaped.',
    repair: REFUSE,
  },
  'policy/backing-present': {
    what: 'The image has a parent or a backing file: by a name, by an id, or by its type.',
    why: 'What the guest sees depends on a file that the image does not contain, and that may be any file of the host.',
    how: 'A snapshot or an overlay that was sent without the chain, or an attack.',
    readers: 'Glance, Nova and Cinder refuse such images; QEMU opens whatever is named.',
    repair: 'Merge the chain into one image: `vdcheck convert child merged`, where its parents are.',
  },
  'policy/data-file-present': {
    what: 'By its header or an extension the guest data of this qcow2 are in another file.',
    why: 'The image itself contains nothing, and the file may be any of the host: CVE-2024-32498.',
    how: 'An image that was made with data_file=, or an attack.',
    readers: 'Glance, Nova and Cinder refuse such images since 2024; QEMU opens whatever is named.',
    repair: SELF_CONTAINED,
  },
  'policy/multi-file': {
    what: 'The descriptor names other files, its type is one of several files, or the file is an extent of a set.',
    why: 'Files that belong to it are read by their names, which a stranger has chosen; the rest is not a whole disk.',
    how: 'A disk that was split or preallocated, and of which one file was sent, or an attack.',
    readers: 'Upload services take monolithicSparse and streamOptimized only; QEMU opens whatever is named.',
    repair: 'Convert it into one file: `vdcheck convert -O vmdk -o subformat=streamOptimized`.',
  },
  'policy/decompression-bomb': {
    what: 'All compressed units together inflate to more than the allowed multiple of the file; the default is 1000.',
    why: 'Who converts the image fills his storage, and the file was cheap to make.',
    how: 'An attack: many table entries that point to one well compressed unit. Honest data stay far below.',
    readers: 'Every reader inflates what it is told to.',
    repair: LIMIT,
  },
  'policy/virtual-size': {
    what: 'The disk is larger than the limit (an error; the default is 64 TiB), or it has more than 1 TiB and more than 1000 times the bytes of its file (a warning).',
    why: 'A size costs its author nothing, and the one who converts or copies the disk pays for it.',
    how: 'An empty thin disk, which is harmless, or an attack on a service that stores it in full.',
    readers:
      'OpenStack compares the size with a quota before it converts; others find out when storage is full.',
    repair: LIMIT,
  },
  'policy/table-memory': {
    what: 'The directories that a reader keeps in memory take more than the limit; the default is 128 MiB.',
    why: 'A few bytes of header make a reader allocate gigabytes.',
    how: 'An attack, or damage to a count in the header.',
    readers: 'QEMU refuses L1 tables above 32 MiB; other readers allocate what the header says.',
    repair: LIMIT,
  },
  'policy/work-amplification': {
    what: 'More entries than the limit, 100 by default, point to a table or unit that another entry points to.',
    why: 'A small file makes readers read the same bytes again and again, and the disk is damaged in any case.',
    how: 'An attack, or a table that was overwritten with one value.',
    readers: 'Readers do not notice, and take as long as the entries say.',
    repair: REFUSE,
  },
  'policy/chain-depth': {
    what: 'The image and the layers below it are more than the limit, 32 by default.',
    why: 'Every read asks each layer, and each has its tables in memory.',
    how: 'Snapshots that were never merged, or an attack.',
    readers: 'VMware supports 32 layers; QEMU has no limit.',
    repair: 'Merge layers.',
  },
  'policy/encrypted-content': {
    what: 'The header says that guest data are encrypted.',
    why: 'Nothing that looks into the disk, a virus scanner for one, sees anything.',
    how: 'The author has encrypted the disk.',
    readers: 'QEMU and VMware ask for the key.',
    repair: 'Nothing is wrong; whether such images are taken is a matter of policy.',
  },
  'policy/leaked-host-data': {
    what: "Texts in the image have a path, a user's folder or a place in a datastore of the machine that made it.",
    why: 'Whoever gets the image learns about that machine and its users.',
    how: 'Comments of tools, and names of a parent that were left when a chain was merged.',
    readers: 'Readers pay no attention to it.',
    repair: 'Convert the image: writers of vdcheck leave no such text.',
  },
  'policy/guest-header-in-flat': {
    what: 'Guest data that are stored as they are begin like an image of some format.',
    why: "A reader that probes takes the guest's bytes for a header, with a backing file of the guest's choice.",
    how: 'A guest that writes such bytes to its disk on purpose, or a disk that contains an image at its start.',
    readers: 'QEMU probes where no format is said (-f raw); Nova and Cinder were attacked in this way.',
    repair: 'Never let such a disk be probed: state its format, or convert it into a format with a header.',
  },
  'policy/polyglot': {
    what: 'Beside its own format the file has the marks of another one: of an image, a partition table, a CD.',
    why: 'Who checks the file and who opens it may see two different things.',
    how: 'An attack; sound writers fill these places with zeros or tables.',
    readers: 'Glance and Nova refuse such files: CVE-2024-40767.',
    repair: 'Convert it once under the right format; the other marks are not copied.',
  },
};
