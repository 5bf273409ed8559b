import { SnapshotEntry, type Header } from '../../../generated/qcow2.ts';
import type { Breach } from '../../codec/index.ts';
import { fileOffset, type Source } from '../../io/source.ts';
import type { ImageFile, SnapshotInfo } from '../../model/image.ts';
import type { Finding, Place } from '../../model/problem.ts';
import { decodeText, type SinkAt } from './extensions.ts';
import { isClusterStart, toPosition, type Geometry } from './geometry.ts';
import { endOf, headerPlace } from './places.ts';

/** One internal snapshot. */
export interface Snapshot {
  readonly index: number;
  /** Byte position of its table entry in the file. */
  readonly offset: number;
  /** First byte behind the entry with its padding. */
  readonly end: number;
  readonly entry: SnapshotEntry;
  readonly id: string;
  readonly name: string;
  /** Id and name, as messages call it. */
  readonly label: string;
  /** Byte position of its L1 table; rounded above 2^53. */
  readonly l1Offset: number;
  readonly l1Entries: number;
  /** Bytes of saved machine state; rounded above 2^53. */
  readonly vmStateSize: number;
  /** Bytes of its disk, rounded above 2^53; `null` where the entry does not say. */
  readonly diskSize: number | null;
}

/** The snapshot table. */
export interface SnapshotTable {
  readonly offset: number;
  /** Bytes that its entries take, as far as they could be read. */
  readonly length: number;
  readonly entries: readonly Snapshot[];
  /** What is wrong with where it lies. */
  readonly fault: Finding<string> | null;
}

const MAX_SNAPSHOTS = 65_536;
/** Larger tables no reader takes. */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;
/** Fields, the largest extra data that readers take, id and name with their padding. */
const MAX_ENTRY_BYTES = 40 + 1024 + 2 * 65_535 + 8;
const NO_SNAPSHOTS: SnapshotTable = { offset: 0, length: 0, entries: [], fault: null };

/** Reads the snapshot table. Entries behind one that is cut off are not there. */
export async function readSnapshots(
  file: ImageFile,
  source: Source,
  header: Header,
  { clusterSize, limit }: Geometry,
  sinkAt: SinkAt,
): Promise<SnapshotTable> {
  const count = header.nbSnapshots;
  if (count === 0 || count > MAX_SNAPSHOTS) return NO_SNAPSHOTS;
  const position = header.snapshotsOffset;
  const offset = toPosition(position);
  const fault = (sentence: string): SnapshotTable => ({
    ...NO_SNAPSHOTS,
    fault: {
      at: headerPlace(file, header, 'snapshots_offset'),
      data: sentence,
      actual: String(position),
    },
  });
  if (offset === 0 || !isClusterStart(position, clusterSize))
    return fault(`the snapshot table begins at byte ${position}, which is not the start of a cluster`);
  if (offset >= limit)
    return fault(`the snapshot table should begin at byte ${position}, but the file ends at byte ${limit}`);
  const length = Math.min(count * MAX_ENTRY_BYTES, limit - offset, MAX_TABLE_BYTES);
  const bytes = await source.read(fileOffset(offset), length);
  const entries = decodeEntries(bytes, offset, count, sinkAt);
  const last = entries.at(-1);
  const end = last === undefined ? offset : last.end;
  return { offset, length: end - offset, entries, fault: null };
}

function decodeEntries(
  bytes: Uint8Array,
  offset: number,
  count: number,
  sinkAt: SinkAt,
): readonly Snapshot[] {
  const entries: Snapshot[] = [];
  for (let index = 0, at = 0; index < count; index++) {
    const sink = sinkAt(offset + at, `snapshots[${index}]`);
    const breaches: Breach[] = [];
    const entry = SnapshotEntry.decode(bytes.subarray(at), (breach) => breaches.push(breach));
    // What follows extra data of an impossible length, the next entry among it, would only be misread.
    const misled = breaches.find(({ field }) => field === 'extra_data_size');
    (misled === undefined ? breaches : [misled]).forEach(sink);
    if (entry === undefined) break;
    const snapshot = toSnapshot(entry, index, offset + at);
    entries.push(snapshot);
    if (misled !== undefined) break;
    at = snapshot.end - offset;
  }
  return entries;
}

function toSnapshot(entry: SnapshotEntry, index: number, offset: number): Snapshot {
  const id = decodeText(entry.idStr);
  const name = decodeText(entry.name);
  const vmStateSize = toPosition(entry.vmStateSizeLarge ?? BigInt(entry.vmStateSize));
  const diskSize = entry.diskSize === undefined ? null : toPosition(entry.diskSize);
  return {
    index,
    offset,
    end: offset + endOf(entry.at('padding')),
    entry,
    id,
    name,
    label: `${id === '' ? `#${index}` : id}${name === '' ? '' : ` ${JSON.stringify(name)}`}`,
    l1Offset: toPosition(entry.l1TableOffset),
    l1Entries: entry.l1Size,
    vmStateSize,
    diskSize,
  };
}

/** Names of fields of a snapshot entry as the spec writes them. */
export type SnapshotField = Parameters<SnapshotEntry['at']>[0];

/** Where a field of a snapshot's table entry lies. */
export function snapshotPlace(
  file: ImageFile,
  { index, offset, entry }: Snapshot,
  field: SnapshotField,
): Place {
  const span = entry.at(field);
  return {
    file,
    offset: offset + (span?.offset ?? 0),
    length: span?.size ?? null,
    field: `snapshots[${index}].${field}`,
  };
}

/** A snapshot as `info` lists it. */
export function snapshotInfo({ id, name, entry }: Snapshot): SnapshotInfo {
  const { dateSec, dateNsec, vmClockNsec, icount } = entry;
  const hasIcount = icount !== undefined && icount !== 0xffff_ffff_ffff_ffffn;
  return {
    id,
    name,
    vmStateSize: unrounded(entry.vmStateSizeLarge ?? BigInt(entry.vmStateSize)),
    dateSec,
    dateNsec,
    vmClockSec: Number(vmClockNsec / 1_000_000_000n),
    vmClockNsec: Number(vmClockNsec % 1_000_000_000n),
    ...(hasIcount ? { icount: unrounded(icount) } : {}),
  };
}

function unrounded(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
