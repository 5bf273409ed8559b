import type { Explanation } from '../../model/rule-info.ts';
import type { Explanations } from '../../model/rule.ts';
import type { targetRules } from './index.ts';

/** What the rules of one platform have in common. */
type Shared = Pick<Explanation, 'why' | 'readers'>;

const HOW = 'The image was made for another platform.';

const azure: Shared = {
  why: 'An upload to Azure, or a machine that is made of it, fails.',
  readers: 'Azure, and tools that upload to it, check this before or after the upload.',
};
const aws: Shared = {
  why: 'The import task fails, often with a message that does not say why.',
  readers: 'AWS VM Import/Export checks this after the upload.',
};
const esx: Shared = {
  why: 'The import or the start of a machine fails.',
  readers: 'ESXi and vCenter say so when a disk is imported or a machine is started.',
};
const hyperv: Shared = {
  why: 'Hyper-V does not attach the disk, or sees another one.',
  readers: 'Hyper-V says so when the disk is attached.',
};
const virtualbox: Shared = {
  why: 'VirtualBox does not open the image, or does not write to it.',
  readers: 'VirtualBox says so when the medium is added or the machine is started.',
};
const xen: Shared = {
  why: 'The import fails, or storage of XenServer and XCP-ng sees another disk.',
  readers: 'XenServer and XCP-ng say so when a disk is imported or a repository is scanned.',
};
const glance: Shared = {
  why: 'The upload is refused, or a machine cannot be made of the image.',
  readers: 'Glance, Nova and Cinder inspect the image when it is uploaded and before it is used.',
};

function explain(shared: Shared, what: string, repair: string): Explanation {
  return { what, ...shared, how: HOW, repair };
}

/** The rules of platforms explained. They apply with `--for` only. */
export const targetExplanations: Explanations<typeof targetRules> = {
  'target/azure-format': explain(
    azure,
    'The image is no VHD.',
    'Convert it: `vdcheck convert -O vhd -o subformat=fixed`.',
  ),
  'vhd/azure-not-fixed': explain(
    azure,
    'The VHD is dynamic or differencing, and Azure has fixed ones only.',
    'Convert it: `vdcheck convert -O vhd -o subformat=fixed`. Add-AzVhd converts while it uploads.',
  ),
  'vhd/azure-size-alignment': explain(
    azure,
    'The current size is no multiple of 1048576 bytes.',
    'Grow the disk to whole MiB, and write it again as a fixed VHD.',
  ),
  'target/azure-file-size': explain(
    azure,
    'A fixed VHD is the disk and 512 bytes of footer, and this file has another size.',
    'Copy the file again from its source, or convert it.',
  ),
  'target/azure-size-limits': explain(
    azure,
    'A disk that is uploaded has 20 MiB at least and 32 TiB at most.',
    'Grow or split the disk.',
  ),
  'target/azure-creator-os': explain(
    azure,
    'The footer does not say that Windows made the disk.',
    'Convert it with the creator of a tool that is made for Azure, such as qemu-img with force_size.',
  ),
  'target/azure-size-seen': explain(
    azure,
    'Azure takes the current size of the footer; other readers take another one.',
    'Convert the image with a creator for which all readers agree.',
  ),
  'target/aws-format': explain(
    aws,
    'The image is none of the formats that VM Import/Export reads.',
    'Convert it: `vdcheck convert -O raw`, or to a streamOptimized VMDK.',
  ),
  'target/aws-vmdk-type': explain(
    aws,
    'The VMDK is not streamOptimized.',
    'Convert it: `vdcheck convert -O vmdk -o subformat=streamOptimized`.',
  ),
  'target/aws-parent': explain(
    aws,
    'The image is a child, and its parent would be needed.',
    'Merge the chain: `vdcheck convert` reads all layers.',
  ),
  'target/aws-size-limit': explain(aws, 'The disk does not fit into a volume.', 'Split the disk.'),
  'target/aws-encrypted': explain(
    aws,
    'The guest data are encrypted, so that AWS cannot read them.',
    'Convert the image without encryption, and let AWS encrypt the volume.',
  ),
  'target/aws-size-seen': explain(
    aws,
    'AWS takes the current size of the footer; other readers take another one.',
    'Convert the image with a creator for which all readers agree.',
  ),
  'target/esx-format': explain(
    esx,
    'The image is no VMDK.',
    'Convert it: `vdcheck convert -O vmdk -o subformat=streamOptimized`, and import it in an OVA.',
  ),
  'target/esx-hosted-sparse': explain(
    esx,
    'Sparse extents of Workstation, Fusion and QEMU are not what VMFS has.',
    'Import it on the host: `vmkfstools -i disk.vmdk new.vmdk -d thin`, or convert it to a stream.',
  ),
  'target/esx-hosted-flat': explain(
    esx,
    'The extents are of type FLAT, and the host writes VMFS.',
    'Import it on the host: `vmkfstools -i`.',
  ),
  'target/esx-stream-version': explain(
    esx,
    'The header of the stream has version 1 or 2.',
    'Write the stream again with version 3: `vdcheck convert -O vmdk -o subformat=streamOptimized`.',
  ),
  'target/esx-stream-import': explain(
    esx,
    'A stream is a form for transport, not for running.',
    'Import it with OVF Tool, govc import.vmdk, or as an OVA.',
  ),
  'target/esx-stream-directory': explain(
    esx,
    'Streams of VMware have their directory after the data and name it in a footer; this one has it before them.',
    "Write the stream again: `vdcheck convert -O vmdk -o subformat=streamOptimized` writes VMware's layout.",
  ),
  'target/esx-size-limit': explain(esx, 'No disk of ESXi has more than 62 TiB.', 'Split the disk.'),
  'target/esx-adapter': explain(
    esx,
    'The descriptor asks for an IDE adapter.',
    'Write it again with adapter_type=lsilogic.',
  ),
  'target/esx-size-seen': explain(
    esx,
    'Some readers leave out extents that ESXi counts.',
    'Convert the image into one extent.',
  ),
  'target/hyperv-format': explain(
    hyperv,
    'The image is neither VHD nor VHDX.',
    'Convert it: `vdcheck convert -O vhd`.',
  ),
  'target/hyperv-size-limit': explain(hyperv, 'A VHD has 2040 GiB at most.', 'Use VHDX for larger disks.'),
  'target/hyperv-generation': explain(
    hyperv,
    'Only VHDX starts machines of generation 2.',
    'Use it in a machine of generation 1, or convert it to VHDX on the host with Convert-VHD.',
  ),
  'target/hyperv-size-seen': explain(
    hyperv,
    'Hyper-V takes the current size of the footer; other readers take another one.',
    'Convert the image with a creator for which all readers agree.',
  ),
  'target/virtualbox-format': explain(
    virtualbox,
    'The image is of a format that VirtualBox has no backend for.',
    'Convert it: `vdcheck convert -O vdi`.',
  ),
  'target/virtualbox-qcow2': explain(
    virtualbox,
    'The backend for qcow2 knows version 2 only, and only to read.',
    'Convert it: `vdcheck convert -O vdi`.',
  ),
  'target/virtualbox-sesparse': explain(
    virtualbox,
    'The extents are those of snapshots on ESXi.',
    'Convert it: `vdcheck convert -O vdi`, where the parent is beside it.',
  ),
  'target/virtualbox-vmdk-version': explain(
    virtualbox,
    'The header of a sparse extent has version 2, which is for zeroed grains.',
    'Convert it: `vdcheck convert -O vdi`.',
  ),
  'target/virtualbox-stream-read-only': explain(
    virtualbox,
    'Grains of a stream cannot be written in place.',
    'Import it as an appliance, or convert it: `vdcheck convert -O vdi`.',
  ),
  'target/virtualbox-descriptor': explain(
    virtualbox,
    'The descriptor is of another version than 1, or has lines that are no comment, property or extent.',
    'Remove the lines, or convert the image.',
  ),
  'target/virtualbox-size-seen': explain(
    virtualbox,
    'Readers disagree about the size of the disk.',
    'Convert the image: `vdcheck convert -O vdi`.',
  ),
  'target/xen-format': explain(
    xen,
    'The image is none of the formats that XenServer stores.',
    'Convert it: `vdcheck convert -O vhd`.',
  ),
  'target/xen-qcow2': explain(
    xen,
    'qcow2 is new in storage of XCP-ng.',
    'Convert it: `vdcheck convert -O vhd`, for disks below 2040 GiB.',
  ),
  'target/xen-block-size': explain(
    xen,
    'The blocks are not of 2 MiB.',
    'Convert it: `vdcheck convert -O vhd` writes blocks of 2 MiB.',
  ),
  'target/xen-size-limit': explain(
    xen,
    'A VHD has 2040 GiB at most.',
    'Use qcow2 on a repository that has it.',
  ),
  'target/xen-size-unaligned': explain(
    xen,
    'The last block of the disk is not whole.',
    'Grow the disk to a multiple of 2 MiB.',
  ),
  'target/xen-size-seen': explain(
    xen,
    'XenServer takes the current size of the footer; other readers take another one.',
    'Convert the image with a creator for which all readers agree.',
  ),
  'target/glance-format': explain(
    glance,
    'The image is of a format that Glance does not list.',
    'Convert it: `vdcheck convert -O qcow2`.',
  ),
  'target/glance-backing-file': explain(
    glance,
    'The header has a position for the name of a backing file.',
    'Merge the chain: `vdcheck convert -O qcow2`.',
  ),
  'target/glance-data-file': explain(
    glance,
    'The header says that guest data are in another file.',
    'Convert it into one file: `vdcheck convert -O qcow2`.',
  ),
  'target/glance-features': explain(
    glance,
    'The inspector knows the incompatible features up to bit 3.',
    'Write the image without extended L2 entries: `vdcheck convert -O qcow2`.',
  ),
  'target/glance-vmdk-type': explain(
    glance,
    'The type of the VMDK is none of those two.',
    'Convert it: `vdcheck convert -O vmdk -o subformat=streamOptimized`.',
  ),
  'target/glance-descriptor': explain(
    glance,
    'The inspector wants an embedded descriptor at byte 512, in ASCII, of lines that it knows.',
    'Convert it: `vdcheck convert -O vmdk` writes such a descriptor.',
  ),
  'target/glance-footer': explain(
    glance,
    'The directory is after the data, as in all streams of VMware.',
    'Convert it to qcow2, or to a monolithicSparse VMDK, for old releases.',
  ),
  'target/glance-two-formats': explain(
    glance,
    'The inspector finds the marks of another format.',
    'Convert it once under the right format.',
  ),
  'target/glance-fixed-vhd': explain(
    glance,
    'A fixed VHD has its mark at the end only, where the inspector does not look.',
    'Convert it to a dynamic VHD, to raw or to qcow2.',
  ),
  'target/glance-size-seen': explain(
    glance,
    'OpenStack reads the image with QEMU, which sees another size.',
    'Convert the image: `vdcheck convert -O qcow2`.',
  ),
};
