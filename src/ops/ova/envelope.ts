/** What an OVF descriptor says of an appliance with one disk. */
export interface Appliance {
  readonly name: string;
  readonly diskName: string;
  /** Bytes of the disk's file. */
  readonly diskFileSize: number;
  /** Bytes of the guest's disk. */
  readonly capacity: number;
  readonly cpus: number;
  /** MiB. */
  readonly memory: number;
  /** `ide`, or the subtype of a SCSI controller. */
  readonly adapter: string;
  /** Of the virtual hardware: `8` for `vmx-08`. */
  readonly hardware: string;
}

/**
 * Digits of the largest file size: what is shorter is padded, so that the descriptor is as long whatever the size
 * turns out to be.
 */
const SIZE_DIGITS = 16;

const OVF = 'http://schemas.dmtf.org/ovf/envelope/1';
const CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2';
const DISK_FORMAT = 'http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized';

/**
 * The descriptor (DMTF DSP0243, Open Virtualization Format 1.1). It has the same length for every `diskFileSize`.
 */
export function describeAppliance(appliance: Appliance): string {
  const { name, diskName, diskFileSize, capacity, cpus, memory, adapter, hardware } = appliance;
  const size = String(diskFileSize);
  const label = escapeXml(name);
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="${OVF}" xmlns:ovf="${OVF}" xmlns:rasd="${CIM}/CIM_ResourceAllocationSettingData" xmlns:vssd="${CIM}/CIM_VirtualSystemSettingData">
  <References>
    <File ovf:id="file1" ovf:href="${escapeXml(diskName)}" ovf:size="${size}"${' '.repeat(SIZE_DIGITS - size.length)}/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="${capacity}" ovf:capacityAllocationUnits="byte" ovf:format="${DISK_FORMAT}"/>
  </DiskSection>
  <VirtualSystem ovf:id="${label}">
    <Info>A virtual machine</Info>
    <Name>${label}</Name>
    <OperatingSystemSection ovf:id="1">
      <Info>The kind of installed guest operating system</Info>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${label}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-${hardware.padStart(2, '0')}</vssd:VirtualSystemType>
      </System>
${item([
  ['AllocationUnits', 'hertz * 10^6'],
  ['ElementName', `${cpus} virtual CPU(s)`],
  ['InstanceID', '1'],
  ['ResourceType', '3'],
  ['VirtualQuantity', String(cpus)],
])}
${item([
  ['AllocationUnits', 'byte * 2^20'],
  ['ElementName', `${memory} MB of memory`],
  ['InstanceID', '2'],
  ['ResourceType', '4'],
  ['VirtualQuantity', String(memory)],
])}
${controller(adapter)}
${item([
  ['AddressOnParent', '0'],
  ['ElementName', 'Hard disk 1'],
  ['HostResource', 'ovf:/disk/disk1'],
  ['InstanceID', '4'],
  ['Parent', '3'],
  ['ResourceType', '17'],
])}
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}

/** The manifest, in the form that importers take: no blank after the algorithm. */
export function describeDigests(digests: readonly (readonly [name: string, sha256: Uint8Array])[]): string {
  const hex = (bytes: Uint8Array): string =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digests.map(([name, digest]) => `SHA256(${name})= ${hex(digest)}\n`).join('');
}

function controller(adapter: string): string {
  const kind: readonly (readonly [string, string])[] =
    adapter === 'ide'
      ? [
          ['InstanceID', '3'],
          ['ResourceType', '5'],
        ]
      : [
          ['InstanceID', '3'],
          ['ResourceSubType', SUBTYPES[adapter] ?? adapter],
          ['ResourceType', '6'],
        ];
  const name = adapter === 'ide' ? 'IDE controller 0' : 'SCSI controller 0';
  return item([['Address', '0'], ['ElementName', name], ...kind]);
}

const SUBTYPES: Readonly<Partial<Record<string, string>>> = { pvscsi: 'VirtualSCSI' };

/** Elements in the order of the alphabet, as the schema wants them. */
function item(elements: readonly (readonly [name: string, text: string])[]): string {
  const lines = elements.map(([name, text]) => `        <rasd:${name}>${text}</rasd:${name}>`);
  return ['      <Item>', ...lines, '      </Item>'].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Partial<Record<string, string>>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
