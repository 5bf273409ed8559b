import { SnapshotEntry, type Header } from '../../../../generated/qcow2.ts';
import type { Breach } from '../../../codec/index.ts';
import { fileOffset, type Source } from '../../../io/source.ts';
import type { SnapshotInfo } from '../../../model/image.ts';
import { Placed } from '../../shared/placed.ts';
import { breachTeller } from '../../shared/spec-rules.ts';
import type { Qcow2Context } from '../findings.ts';
import { decodeText } from './extensions.ts';
import { isClusterStart, toPosition, type Geometry } from './geometry.ts';
import { endOf } from './spans.ts';

/** One internal snapshot. */
export interface Snapshot {
  readonly index: number;
  readonly entry: Placed<SnapshotEntry>;
  /** First byte of the file after the entry with its padding. */
  readonly end: number;
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
}

const MAX_SNAPSHOTS = 65_536;
/** Larger tables no reader takes. */
const MAX_TABLE_BYTES = 64 * 1024 * 1024;
/** Fields, the largest extra data that readers take, id and name with their padding. */
const MAX_ENTRY_BYTES = 40 + 1024 + 2 * 65_535 + 8;
const NO_SNAPSHOTS: SnapshotTable = { offset: 0, length: 0, entries: [] };

/** Reads the snapshot table. Entries after one that is cut off are missing. */
export async function readSnapshots(
  context: Qcow2Context,
  source: Source,
  header: Placed<Header>,
  geometry: Geometry,
): Promise<SnapshotTable> {
  const { nbSnapshots: count, snapshotsOffset: position } = header.fields;
  if (count > MAX_SNAPSHOTS) return NO_SNAPSHOTS;
  // QEMU looks at the alignment of the position even where there are no snapshots.
  if (count === 0 && position % BigInt(geometry.clusterSize) === 0n && position < 2n ** 63n)
    return NO_SNAPSHOTS;
  const fault = judgeStart(position, geometry);
  if (fault !== null) {
    const found = { at: header.at('snapshots_offset'), data: fault, actual: String(position) };
    context.findings.tell('qcow2/snapshot-table-bounds', found);
    return NO_SNAPSHOTS;
  }
  const offset = toPosition(position);
  const length = Math.min(count * MAX_ENTRY_BYTES, geometry.limit - offset, MAX_TABLE_BYTES);
  const bytes = await source.read(fileOffset(offset), length);
  const entries = decodeEntries(context, bytes, offset, count);
  const end = entries.at(-1)?.end ?? offset;
  return { offset, length: end - offset, entries };
}

/** What is wrong with where the table begins, in a sentence. */
function judgeStart(position: bigint, { clusterSize, limit }: Geometry): string | null {
  if (position === 0n || !isClusterStart(position, clusterSize))
    return `the snapshot table begins at byte ${position}, which is not the start of a cluster`;
  if (toPosition(position) >= limit)
    return `the snapshot table should begin at byte ${position}, but the file ends at byte ${limit}`;
  return null;
}

function decodeEntries(
  { file, findings }: Qcow2Context,
  bytes: Uint8Array,
  offset: number,
  count: number,
): readonly Snapshot[] {
  const entries: Snapshot[] = [];
  for (let index = 0, at = 0; index < count; index++) {
    const place = { file, offset: offset + at, name: `snapshots[${index}]` };
    const breaches: Breach[] = [];
    const fields = SnapshotEntry.decode(bytes.subarray(at), (breach) => breaches.push(breach));
    // What follows extra data of an impossible length, the next entry among it, would only be misread.
    const misled = breaches.find(({ field }) => field === 'extra_data_size');
    (misled === undefined ? breaches : [misled]).forEach(breachTeller(findings, place));
    if (fields === undefined) break;
    const size = endOf(fields.at('padding'));
    entries.push(
      toSnapshot(index, new Placed(place, bytes.subarray(at, at + size), fields), place.offset + size),
    );
    if (misled !== undefined) break;
    at += size;
  }
  return entries;
}

function toSnapshot(index: number, entry: Placed<SnapshotEntry>, end: number): Snapshot {
  const { fields } = entry;
  const id = decodeText(fields.idStr);
  const name = decodeText(fields.name);
  return {
    index,
    entry,
    end,
    id,
    name,
    label: `${id === '' ? `#${index}` : id}${name === '' ? '' : ` ${JSON.stringify(name)}`}`,
    l1Offset: toPosition(fields.l1TableOffset),
    l1Entries: fields.l1Size,
    vmStateSize: toPosition(fields.vmStateSizeLarge ?? BigInt(fields.vmStateSize)),
    diskSize: fields.diskSize === undefined ? null : toPosition(fields.diskSize),
  };
}

/** A snapshot as `info` lists it. */
export function snapshotInfo({ id, name, entry: { fields } }: Snapshot): SnapshotInfo {
  const { dateSec, dateNsec, vmClockNsec, icount } = fields;
  const hasIcount = icount !== undefined && icount !== 0xffff_ffff_ffff_ffffn;
  return {
    id,
    name,
    vmStateSize: unrounded(fields.vmStateSizeLarge ?? BigInt(fields.vmStateSize)),
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
