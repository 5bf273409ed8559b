import { UsageError } from '../../../errors.ts';
import type { Identity } from '../../../model/writer.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { NO_PARENT_CID } from '../descriptor/descriptor.ts';
import type { VmdkOptions } from './options.ts';
import type { Parent } from './parent.ts';

/** One extent as the descriptor lists it. */
export interface ListedExtent {
  readonly access: 'RW' | 'RDONLY';
  readonly sectors: number;
  readonly type: 'SPARSE' | 'FLAT' | 'VMFS' | 'VMFSSPARSE' | 'SESPARSE';
  readonly name: string;
}

/** What tells one disk from another. */
export interface ContentIds {
  /** Content id, 8 hex digits. */
  readonly cid: string;
  /** 32 hex digits. */
  readonly long: string;
}

/** `CID` of a disk that was never written; with the one that means no parent it is never given. */
const NEVER_WRITTEN_CID = 0xffff_fffe;

const GIB = 2 ** 30;
/** More are never stated: of IDE disks, and of all others. */
const MOST_CYLINDERS = { ide: 16_383, scsi: 65_535 } as const;
/** Tools that the guest's own system keeps up to date. */
const UNMANAGED_TOOLS = '2147483647';

/** Draws the ids of a new disk. The long one ends in the other, except in streams, where VMware's do not. */
export function drawContentIds(identity: Identity, isStream: boolean): ContentIds {
  let cid = hex(identity.bytes(4));
  if (Number.parseInt(cid, 16) >= NEVER_WRITTEN_CID) cid = '7fffffff';
  return { cid, long: isStream ? hex(identity.bytes(16)) : `${hex(identity.bytes(12))}${cid}` };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a descriptor is made of. */
export interface DescriptorParts {
  readonly options: VmdkOptions;
  readonly ids: ContentIds;
  readonly parent: Parent | null;
  readonly extents: readonly ListedExtent[];
}

/**
 * The text of a descriptor (Virtual Disk Format 5.0, "The Descriptor File").
 *
 * @throws UsageError where a name cannot be written
 */
export function describeDisk({ options, ids, parent, extents }: DescriptorParts): Uint8Array {
  const { subformat } = options;
  // VMware's streams name no encoding, and a blank ends their lines.
  const isStream = subformat === 'streamOptimized';
  const blank = isStream ? ' ' : '';
  const sectors = extents.reduce((sum, extent) => sum + extent.sectors, 0);
  const parentCid = parent?.cid ?? NO_PARENT_CID.toString(16);
  const lines = [
    '# Disk DescriptorFile',
    `version=1${blank}`,
    ...(isStream ? [] : ['encoding="UTF-8"']),
    `CID=${ids.cid}${blank}`,
    `parentCID=${parentCid}${blank}`,
    `createType="${subformat}"${blank}`,
    ...(parent === null ? [] : [`parentFileNameHint=${quote(parent.name)}`]),
    '',
    '# Extent description',
    ...extents.map(
      ({ access, sectors: count, type, name }) =>
        `${access} ${count} ${type} ${quote(name)}${type === 'FLAT' ? ' 0' : ''}`,
    ),
    '',
    `# The Disk Data Base${blank}`,
    '#DDB',
    '',
    ...describeDatabase(options, ids, sectors),
    '',
  ];
  return new TextEncoder().encode(lines.join('\n'));
}

/** The disk database, its keys in alphabetical order. */
function describeDatabase(options: VmdkOptions, ids: ContentIds, sectors: number): readonly string[] {
  const { adapter, hardware, tools, subformat } = options;
  const { cylinders, heads, sectorsPerTrack } = geometryOf(adapter, sectors);
  return [
    `ddb.adapterType = "${adapter}"`,
    `ddb.geometry.cylinders = "${cylinders}"`,
    `ddb.geometry.heads = "${heads}"`,
    `ddb.geometry.sectors = "${sectorsPerTrack}"`,
    ...(subformat === 'seSparse' ? ['ddb.grain = "8"'] : []),
    `ddb.longContentID = "${ids.long}"`,
    ...(tools === UNMANAGED_TOOLS ? ['ddb.toolsInstallType = "4"'] : []),
    ...(tools === null ? [] : [`ddb.toolsVersion = "${tools}"`]),
    `ddb.virtualHWVersion = "${hardware}"`,
  ];
}

interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** The geometry that VMware's products give: of no use but for old guests. */
function geometryOf(adapter: string, sectors: number): Geometry {
  const of = (heads: number, sectorsPerTrack: number, most: number): Geometry => {
    const cylinders = Math.floor(sectors / (heads * sectorsPerTrack));
    return { cylinders: Math.min(Math.max(1, cylinders), most), heads, sectorsPerTrack };
  };
  if (adapter === 'ide') return of(16, 63, MOST_CYLINDERS.ide);
  const bytes = sectors * SECTOR_SIZE;
  if (bytes <= GIB) return of(64, 32, MOST_CYLINDERS.scsi);
  return bytes <= 2 * GIB ? of(128, 32, MOST_CYLINDERS.scsi) : of(255, 63, MOST_CYLINDERS.scsi);
}

/** Values in quotes know no escapes. */
function quote(name: string): string {
  if (/["\n\r\0]/.test(name))
    throw new UsageError(
      `${JSON.stringify(name)} cannot be named in a descriptor: quotes and line ends have no escape`,
    );
  return `"${name}"`;
}
