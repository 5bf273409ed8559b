import { defineRule } from '../../../model/rule.ts';
import { bytesText, isClusterStart, MAX_L1_ENTRIES, neededL1Entries } from '../geometry.ts';
import type { Qcow2Image } from '../image.ts';
import { snapshotPlace } from '../snapshots.ts';
import { raisedBySpec } from './spec.ts';

const SNAPSHOTS = 'QEMU docs/interop/qcow2, "Snapshots"';

/** A snapshot table that does not fit. */
export const snapshotTableBounds = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-table-bounds',
  severity: 'error',
  depth: 'header',
  title: 'The snapshot table is out of bounds',
  spec: SNAPSHOTS,
  repair: 'lossy',
  message: (sentence) => sentence,
  explanation: {
    what: 'The snapshot table does not begin at a cluster, is not in the file, has an entry that runs beyond it, or is larger than qemu takes (65536 entries, 64 MiB).',
    why: 'The internal snapshots cannot be found. The current state of the disk can still be read.',
    how: 'A damaged header, a file that was cut off, or an image made to exhaust a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Copy the image again; or set the number of snapshots to 0, which gives them up.',
  },
  check({ snapshots }, tell) {
    if (snapshots.fault !== null) tell(snapshots.fault);
  },
});

/** A snapshot table that does not fit, as far as header and entries tell. */
export const snapshotTableField = raisedBySpec(snapshotTableBounds, ({ field, expected, actual, kind }) =>
  kind === 'endOfStream'
    ? `the snapshot table is cut off: ${field} needs ${expected}, but has ${actual}`
    : `${field} is ${actual}, must be ${expected}`,
);

/** An L1 table of a snapshot that does not fit. */
export const snapshotL1Bounds = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-l1-bounds',
  severity: 'error',
  depth: 'metadata',
  title: "A snapshot's L1 table is out of bounds",
  spec: SNAPSHOTS,
  repair: 'lossy',
  message: (sentence) => sentence,
  explanation: {
    what: "A snapshot's L1 table does not begin at a cluster, is not in the file, or is larger than 32 MiB.",
    why: 'The snapshot cannot be read. The current state of the disk can.',
    how: 'A damaged snapshot table, or a file that was cut off.',
    readers: 'qemu opens the image but not the snapshot; qemu-img check counts an error.',
    repair: 'Copy the image again; or delete the snapshot.',
  },
  check({ file, geometry, snapshots }, tell) {
    for (const snapshot of snapshots.entries) {
      const { l1Offset, l1Entries } = snapshot;
      const position = snapshot.entry.l1TableOffset;
      const at = snapshotPlace(file, snapshot, 'l1_table_offset');
      const name = `the L1 table of snapshot ${snapshot.label}`;
      // Of a larger one the spec has told the size.
      if (l1Entries === 0 || l1Entries > MAX_L1_ENTRIES) continue;
      if (l1Offset === 0 || !isClusterStart(position, geometry.clusterSize))
        tell({
          at,
          data: `${name} begins at byte ${position}, which is not the start of a cluster`,
          actual: String(position),
        });
      else if (l1Offset + 8 * l1Entries > geometry.limit)
        tell({
          at,
          data: `${name} lies at ${bytesText(position, 8n * BigInt(l1Entries))}, but the file ends at byte ${geometry.limit}`,
          actual: String(position),
        });
    }
  },
});

/** An L1 table of a snapshot that is too large. */
export const snapshotL1Size = raisedBySpec(
  snapshotL1Bounds,
  ({ field, actual }) => `${field} is ${actual}, more than the 4194304 entries that fit into 32 MiB`,
);

/** Extra data that are too short or too long. */
export const snapshotExtraSize = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-extra-size',
  severity: 'error',
  depth: 'metadata',
  title: "A snapshot's extra data have a wrong length",
  spec: SNAPSHOTS,
  repair: 'safe',
  message: (sentence) => sentence,
  explanation: {
    what: 'Version 3 demands at least 16 bytes of extra data for each snapshot (sizes of machine state and disk); more than 1024 no reader takes.',
    why: 'Without them the size of the disk in the snapshot is not known, and large machine states are cut.',
    how: 'An image of version 2 whose version was raised by hand, or a damaged table.',
    readers:
      'qemu-img check counts an error for too short ones and can repair it; qemu refuses too long ones.',
    repair: 'Rewrite the snapshot table with the current disk size (qemu-img check -r all).',
  },
  check({ file, geometry, snapshots }, tell) {
    if (geometry.version < 3) return;
    for (const snapshot of snapshots.entries) {
      const { extraDataSize } = snapshot.entry;
      if (extraDataSize >= 16) continue;
      tell({
        at: snapshotPlace(file, snapshot, 'extra_data_size'),
        data: `snapshot ${snapshot.label} has ${extraDataSize} bytes of extra data, version 3 demands at least 16`,
        expected: '>= 16',
        actual: String(extraDataSize),
      });
    }
  },
});

/** Extra data that are too long. */
export const snapshotExtraLimit = raisedBySpec(
  snapshotExtraSize,
  ({ field, actual }) => `${field} is ${actual}, more than the 1024 bytes that readers take`,
);

/** Ids that do not tell snapshots apart. */
export const snapshotId = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-id',
  severity: 'warning',
  depth: 'metadata',
  title: 'A snapshot cannot be addressed by its id',
  spec: SNAPSHOTS,
  repair: 'lossy',
  derivedFrom: ['qcow2/snapshot-extra-size'],
  message: (sentence) => sentence,
  explanation: {
    what: 'The id of a snapshot is empty, repeats that of another, or holds a zero byte. (A repeated name is only an info.)',
    why: 'Commands that take an id work on the wrong snapshot, or find none.',
    how: 'A writer other than qemu, or a damaged snapshot table.',
    readers: 'qemu takes the first snapshot that fits; qemu-img check does not look at ids.',
    repair: 'Rewrite the table with new ids.',
  },
  check({ file, snapshots }, tell) {
    const ids = new Set<string>();
    const names = new Set<string>();
    for (const snapshot of snapshots.entries) {
      const { id, name } = snapshot;
      const at = snapshotPlace(file, snapshot, 'id_str');
      if (id !== '' && ids.has(id))
        tell({ at, data: `snapshot ${snapshot.label} has the id of another`, actual: id });
      if (id.includes('\0'))
        tell({ at, data: `the id of snapshot ${snapshot.label} holds a zero byte`, actual: id });
      if (name !== '' && names.has(name))
        tell({
          at: snapshotPlace(file, snapshot, 'name'),
          data: `snapshot ${snapshot.label} has the name of another`,
          severity: 'info',
          actual: name,
        });
      ids.add(id);
      names.add(name);
    }
  },
});

/** An empty id. */
export const snapshotIdEmpty = raisedBySpec(
  snapshotId,
  ({ field }) => `${field} is 0: the snapshot has no id`,
);

/** A snapshot of another disk size than its table can map. */
export const snapshotDiskSize = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-disk-size',
  severity: 'warning',
  depth: 'metadata',
  title: "A snapshot's disk size is implausible",
  spec: SNAPSHOTS,
  repair: 'lossy',
  derivedFrom: ['qcow2/snapshot-l1-bounds'],
  message: (sentence) => sentence,
  explanation: {
    what: 'The disk size in a snapshot is 0, no multiple of 512, or more than its L1 table covers.',
    why: 'Going back to the snapshot would change the size of the disk, or fail.',
    how: 'A damaged snapshot table, or a writer that did not fill in the field.',
    readers:
      'qemu resizes the disk when it goes back to such a snapshot; qemu-img check does not look at it.',
    repair: 'Set the size that the disk had.',
  },
  check({ file, geometry, snapshots }, tell) {
    for (const snapshot of snapshots.entries) {
      const { diskSize, l1Entries, label, entry } = snapshot;
      if (diskSize === null || entry.diskSize === undefined) continue;
      const at = snapshotPlace(file, snapshot, 'disk_size');
      const actual = String(entry.diskSize);
      if (entry.diskSize % 512n !== 0n && diskSize !== geometry.size)
        tell({
          at,
          data: `snapshot ${label} has a disk of ${actual} bytes, which is no multiple of 512`,
          actual,
        });
      else if (neededL1Entries(geometry, diskSize) > l1Entries)
        tell({
          at,
          data: `snapshot ${label} has a disk of ${actual} bytes, but its L1 table has only ${l1Entries} entries`,
          actual,
        });
    }
  },
});

/** A disk of no size, as the entry tells. */
export const snapshotDiskZero = raisedBySpec(snapshotDiskSize, ({ field }) => `${field} is 0`);

/** A time that cannot be. */
export const snapshotDate = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-date',
  severity: 'info',
  depth: 'metadata',
  title: "A snapshot's date is implausible",
  spec: SNAPSHOTS,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'The date of a snapshot has a fraction of a second of 10^9 nanoseconds or more, or lies in the future.',
    why: 'Data are not affected; tools that sort or expire snapshots by date are misled.',
    how: 'A wrong clock when the snapshot was taken, or a damaged table.',
    readers: 'qemu shows the date as it is.',
    repair: 'None is needed.',
  },
  check({ file, snapshots }, tell) {
    const now = Date.now() / 1000;
    for (const snapshot of snapshots.entries) {
      const { dateSec } = snapshot.entry;
      if (dateSec <= now + 86_400) continue;
      tell({
        at: snapshotPlace(file, snapshot, 'date_sec'),
        data: `snapshot ${snapshot.label} is dated ${new Date(dateSec * 1000).toISOString()}, in the future`,
        actual: String(dateSec),
      });
    }
  },
});

/** A fraction of a second that is more than one. */
export const snapshotNanoseconds = raisedBySpec(
  snapshotDate,
  ({ field, actual }) => `${field} is ${actual}, which is a second or more`,
);

/** Saved machine state that does not fit. */
export const snapshotVmstate = defineRule<Qcow2Image, string>({
  id: 'qcow2/snapshot-vmstate',
  severity: 'warning',
  depth: 'metadata',
  title: "A snapshot's machine state is implausible",
  spec: SNAPSHOTS,
  repair: 'none',
  derivedFrom: ['qcow2/snapshot-l1-bounds', 'qcow2/snapshot-disk-size'],
  message: (sentence) => sentence,
  explanation: {
    what: 'The 64-bit and the 32-bit size of the saved machine state disagree, or the snapshot has too few L1 entries for the state behind its disk.',
    why: 'The disk of the snapshot can be read; the machine cannot be resumed from it, or not by every reader.',
    how: 'A damaged snapshot table, or a writer that filled in one of the two fields only.',
    readers: 'qemu uses the 64-bit size where it is present.',
    repair: 'None; take the disk of the snapshot without the machine state.',
  },
  check({ file, geometry, snapshots }, tell) {
    for (const snapshot of snapshots.entries) {
      const { vmStateSize, diskSize, l1Entries, label } = snapshot;
      if (vmStateSize === 0) continue;
      const span = geometry.clusterSize * geometry.l2Entries;
      const needed = Math.ceil((diskSize ?? geometry.size) / span) + Math.ceil(vmStateSize / span);
      if (needed <= l1Entries) continue;
      const large = snapshot.entry.vmStateSizeLarge;
      const actual = String(large ?? snapshot.entry.vmStateSize);
      tell({
        at: snapshotPlace(file, snapshot, large === undefined ? 'vm_state_size' : 'vm_state_size_large'),
        data: `snapshot ${label} has ${actual} bytes of machine state, which its ${l1Entries} L1 entries cannot map behind the disk`,
        actual,
      });
    }
  },
});

/** Sizes that disagree, as the entry tells. */
export const snapshotVmstateSizes = raisedBySpec(
  snapshotVmstate,
  ({ field, actual }) => `${field} is ${actual}, but the 32-bit field says another size`,
);

/** Anything wrong in the tables of a snapshot. */
export const snapshotEntryErrors = defineRule<
  unknown,
  { readonly snapshot: string; readonly problem: string }
>({
  id: 'qcow2/snapshot-entry-errors',
  severity: 'error',
  depth: 'metadata',
  title: 'The tables of a snapshot are damaged',
  spec: SNAPSHOTS,
  repair: 'none',
  message: ({ snapshot, problem }) => `in snapshot ${snapshot}: ${problem}`,
  explanation: {
    what: 'An L1 or L2 entry that belongs to an internal snapshot breaks a rule that also holds for the active tables: reserved bits, misaligned, outside the file, in the metadata.',
    why: 'Data of the snapshot are lost. The current state of the disk is not affected unless another finding says so.',
    how: 'As for the active tables: a fault of memory or storage, a file that was cut off, or reference counts that were too low.',
    readers: 'qemu fails when the snapshot is used; qemu-img check counts an error.',
    repair: 'Restore the image, or delete the snapshot.',
  },
});
