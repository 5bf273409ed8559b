import type { Explanations } from '../model/rule.ts';
import type { ArchiveFindings } from './rules.ts';

/** What `vdcheck rules ID` prints of the rules of family `archive`. */
export const archiveExplanations: Explanations<ArchiveFindings> = {
  'archive/digest-mismatch': {
    what: 'The manifest of an appliance has a digest of each file. The file in the archive has another one.',
    why: 'The file is not the one that was exported: bits changed on the way, or it was edited.',
    how: 'A download that was broken off or damaged, a file that was edited afterwards, or a manifest of another export.',
    readers: 'ovftool, vSphere and Workstation refuse the appliance; VirtualBox does so too.',
    repair: 'Get the archive again. If the file was changed on purpose, the manifest has to be made again.',
  },
  'archive/member-missing': {
    what: 'The OVF descriptor or the manifest names a file that the archive does not have.',
    why: 'The appliance cannot be imported as a whole.',
    how: 'An export that was broken off, or an archive that was packed by hand.',
    readers: 'All importers refuse it.',
    repair: 'Export the appliance again, or add the file.',
  },
  'archive/ovf-size-mismatch': {
    what: 'The OVF says how large each file and each disk is. One of them is larger or smaller.',
    why: 'Importers reserve space and count progress by these figures; some stop when they are reached.',
    how: 'A disk that was exchanged or converted after the OVF was written.',
    readers: 'ovftool warns or refuses, others import the file as it is.',
    repair: 'Write the right figures into the OVF; the digest of the OVF in the manifest changes then.',
  },
  'archive/ovf-not-first': {
    what: 'In an appliance that is one file, the OVF descriptor is the first member. Here another one is.',
    why: 'Importers that read the archive as a stream do not know what the first files are.',
    how: 'An archive that was packed by hand, in the order of the alphabet.',
    readers: 'Workstation and ovftool refuse it, VirtualBox takes it.',
    repair: 'Pack the archive again with the descriptor first.',
  },
  'archive/cut': {
    what: 'The archive ends inside a member, or what follows a member is no header of the next one.',
    why: 'The rest of the appliance is lost.',
    how: 'A download or copy that was broken off.',
    readers: 'tar and all importers stop there.',
    repair: 'Get the archive again.',
  },
};
