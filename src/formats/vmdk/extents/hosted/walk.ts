import { CompressAlgorithm } from '../../../../../generated/vmdk4.ts';
import { fileOffset } from '../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { Owners, WalkListeners } from '../../../../model/owners.ts';
import { walkTables } from '../directory-walk.ts';
import { walkGrains } from '../grain-walk.ts';
import type { HostedFindings } from './findings.ts';
import { createHostedKinds, type HostedKinds } from './kinds.ts';
import type { DirectoryPlace, HostedGeometry } from './layout/geometry.ts';
import type { HostedDirectories, HostedLayout } from './layout/hosted-layout.ts';
import { inspectStreamMarkers, type AnnouncedMetadata } from './layout/stream-markers.ts';
import { isAmongGrains } from './layout/table-places.ts';
import { MirrorCheck } from './mirror.ts';
import { OddEntries } from './odd-entries.ts';
import { createHostedPlaces } from './places.ts';
import { FOOTER_AREA, walkStream } from './stream-walk.ts';

/** What a walk over tables finds out on its way. */
export interface HostedWalk {
  /** Whether all tables are certain to be equal to their redundant copies. */
  readonly hasEqualMirror: boolean;
  /** Whether compressed grains are certain to be in the file in the order of the disk. */
  readonly isInOrder: boolean;
  /** The sector of the last compressed grain in the file; 0 where there is none. */
  readonly lastGrain: number;
  /** The directory and tables after the grains of a stream, with what announces them. */
  readonly announced: readonly AnnouncedMetadata[];
}

/** Tells every range of the file that a hosted sparse extent uses. */
export async function walkHosted(
  extent: HostedLayout,
  { owners, findings }: WalkListeners<HostedFindings>,
): Promise<HostedWalk> {
  const nothing = { hasEqualMirror: false, isInOrder: false, lastGrain: 0, announced: [] };
  const { geometry } = extent;
  if (geometry === null) return nothing;
  const directories = await extent.directories();
  const places = createHostedPlaces(extent, geometry, directories);
  const kinds = createHostedKinds(extent, places);
  const odd = new OddEntries(extent, geometry, places, findings);
  tellStructures(extent, geometry, kinds, owners);
  tellTables(extent, geometry, directories, kinds, odd, owners);
  const announced = await inspectStreamMarkers(extent);
  for (const { marker, offset } of announced)
    if (marker !== null) owners.range(kinds.marker, fileOffset(offset - SECTOR_SIZE), SECTOR_SIZE, 0);
  const tables = await extent.grainTables();
  if (tables === null || !isStorageKnown(extent)) return { ...nothing, announced };
  const lowest = Math.max(2, geometry.overheadSectors);
  const mirror = new MirrorCheck(extent.source, geometry.tableSize, directories.rgd);
  const listeners = { kind: kinds.grain, odd, owners };
  if (geometry.isCompressed) {
    const order = await walkStream(extent, tables, lowest, listeners, mirror);
    return { hasEqualMirror: mirror.isEqual, ...order, announced };
  }
  const alignment = geometry.overheadSectors === 0 ? 1 : geometry.grainSectors;
  await walkGrains(tables, { lowest, alignment }, listeners, (batch) => mirror.compare(batch));
  return { ...nothing, hasEqualMirror: mirror.isEqual, announced };
}

/** Whether the header's fields agree about compression; else what the entries point to is unknown. */
function isStorageKnown({ headers }: HostedLayout): boolean {
  const { flags, compressAlgorithm } = headers.current.fields;
  return flags.compressed === (compressAlgorithm === CompressAlgorithm.deflate);
}

function tellStructures(
  { headers, descriptorArea }: HostedLayout,
  { gd, rgd }: HostedGeometry,
  kinds: HostedKinds,
  owners: Owners,
): void {
  owners.range(kinds.header, fileOffset(0), SECTOR_SIZE, 0);
  if (headers.footer !== null)
    owners.range(kinds.footer, fileOffset(headers.footer.offset - SECTOR_SIZE), FOOTER_AREA, 0);
  if (descriptorArea !== null)
    owners.range(kinds.descriptor, fileOffset(descriptorArea.offset), descriptorArea.length, 0);
  const isSame = gd !== null && rgd !== null && gd.offset === rgd.offset;
  if (rgd !== null && !isSame) tellDirectory(rgd, kinds, owners);
  if (gd !== null) tellDirectory(gd, kinds, owners);
}

/** A directory takes whole sectors. What is outside the file was told when the extent was opened. */
function tellDirectory(
  { name, offset, length, available }: DirectoryPlace,
  kinds: HostedKinds,
  owners: Owners,
): void {
  if (available < length) return;
  owners.range(kinds[name], fileOffset(offset), Math.ceil(length / SECTOR_SIZE) * SECTOR_SIZE, 0);
}

function tellTables(
  extent: HostedLayout,
  geometry: HostedGeometry,
  { gd, rgd }: HostedDirectories,
  kinds: HostedKinds,
  odd: OddEntries,
  owners: Owners,
): void {
  // A table that both directories share is told once, as the mirror that it is not.
  const copies = new Float64Array(rgd.length);
  for (let index = 0; index < rgd.length; index++)
    copies[index] = rgd[index] === gd[index] ? 0 : (rgd[index] ?? 0) * SECTOR_SIZE;
  leaveOutStray(extent, copies, rgd, gd, (index, entry) => odd.strayTable('rgd', index, entry));
  walkTables(copies, geometry.tableSize, kinds.rgt, owners);
  const primary = new Float64Array(gd.length);
  for (let index = 0; index < gd.length; index++) primary[index] = (gd[index] ?? 0) * SECTOR_SIZE;
  leaveOutStray(extent, primary, gd, rgd, (index, entry) => odd.strayTable('gd', index, entry));
  walkTables(primary, geometry.tableSize, kinds.gt, owners);
}

/** Tells of tables that reach into the grains, and lets them own nothing: the grains there are not to blame. */
function leaveOutStray(
  { geometry, source }: HostedLayout,
  offsets: Float64Array,
  entries: Uint32Array,
  others: Uint32Array,
  onStray: (index: number, entry: number) => void,
): void {
  const lastStart = source.size - (geometry?.tableSize ?? 0);
  for (let index = 0; index < offsets.length; index++) {
    const entry = entries[index] ?? 0;
    if (entry * SECTOR_SIZE > lastStart || !isAmongGrains(geometry, entry, others[index] ?? 0)) continue;
    onStray(index, entry);
    offsets[index] = 0;
  }
}
