import type { Explanations } from '../../../../../model/rule.ts';
import type { footerRules } from './footer.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const footerExplanations: Explanations<typeof footerRules> = {
  'vmdk4/footer-missing': {
    what: 'The header of this stream leaves the place of the grain directory to a footer in the last sectors of the file, and it is missing.',
    why: 'Without the directory no grain can be found, although the grains may be all there.',
    how: 'An upload, download or export that broke off, or bytes appended past the end of the stream.',
    readers: 'QEMU refuses with "Invalid footer"; libvmdk opens it and has nothing to read.',
    repair:
      'Cut off what was appended, or transfer the file again; from the markers of the grains the tables can be made anew.',
  },
  'vmdk4/footer-magic': {
    what: 'A footer marker announces the footer, and the sector after it does not begin with the four letters KDMV.',
    why: "Readers that mind it find no directory and hence none of the guest's data.",
    how: 'A damaged sector, or a writer that stopped before its end.',
    readers: 'QEMU refuses the file.',
    repair: 'If the rest of the footer agrees with the header the four bytes can be written back.',
  },
  'vmdk4/footer-gd-unresolved': {
    what: 'The header leaves the place of the grain directory to the footer, and there it is 0 or left open again.',
    why: 'No grain can be found, although the grains may be all there.',
    how: 'A writer that copied its header to the end without filling it in.',
    readers: 'QEMU and VirtualBox refuse the file.',
    repair: 'The last marker of type 2 announces the directory; its place can be written into the footer.',
  },
  'vmdk4/footer-marker': {
    what: 'The sector before the footer must be a marker with size 0 and type 3; it is something else.',
    why: 'The directory may well be right, but readers that mind the marker refuse the disk.',
    how: 'A writer that leaves it out, or a damaged sector.',
    readers: 'QEMU refuses the file; libvmdk looks at the footer only.',
    repair: 'Write the marker; nothing else belongs into that sector.',
  },
  'vmdk4/eos-missing': {
    what: 'A stream with a footer ends with a marker that is all zeros; the last sector is something else.',
    why: "The guest's data may be complete, but readers take the file for one that was cut off.",
    how: 'An upload that broke off in its last sector, or something written over it.',
    readers:
      'QEMU refuses files whose directory the footer names, and takes others; stream importers wait for more.',
    repair: 'Write a sector of zeros at the end if everything else is complete.',
  },
  'vmdk4/footer-header-mismatch': {
    what: 'The footer repeats the header; only the places of the directories, and overHead, may differ.',
    why: 'The disk has another size or layout for a reader that goes by the header than for one that goes by the footer.',
    how: 'A file put together from two streams, a damaged header or footer, or an attempt to show two readers two disks.',
    readers: 'QEMU takes everything from the footer and notices nothing; stream importers go by the header.',
    repair: 'Find out which of the two fits the grains, and copy it over the other.',
  },
  'vmdk4/footer-unexpected': {
    what: 'There is a footer at the end of the file, but gdOffset of the header points to a directory by itself.',
    why: 'The guest sees the same disk if both name the same tables.',
    how: 'A stream whose header was filled in afterwards, so that it can be read from the front.',
    readers: 'QEMU goes by the header and does not look at the footer.',
    repair: 'Nothing needs to be done.',
  },
};
