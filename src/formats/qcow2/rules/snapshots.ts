import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { bytesText, isClusterStart, MAX_L1_ENTRIES, neededL1Entries } from '../layout/geometry.ts';
import { sentenceOr } from './sentence.ts';

const SNAPSHOTS = 'QEMU docs/interop/qcow2, "Snapshots"';

/** Makes the message of a rule. */
type Describe = (rule: string, data: unknown) => string;

/**
 * The rules on internal snapshots.
 *
 * @param describe makes the messages of the rules on entries, which apply to a snapshot's tables too
 */
export const snapshotRules = (describe: Describe) =>
  defineRules<Qcow2Image, Qcow2Findings>()({
    'qcow2/snapshot-table-bounds': {
      severity: 'error',
      depth: 'header',
      title: 'The snapshot table is out of bounds',
      spec: SNAPSHOTS,
      repair: 'lossy',
      message: sentenceOr(({ field, expected, actual, kind }) =>
        kind === 'endOfStream'
          ? `the snapshot table is cut off: ${field} needs ${expected}, but has ${actual}`
          : `${field} is ${actual}, must be ${expected}`,
      ),
    },
    'qcow2/snapshot-l1-bounds': {
      severity: 'error',
      depth: 'metadata',
      title: "A snapshot's L1 table is out of bounds",
      spec: SNAPSHOTS,
      repair: 'lossy',
      message: sentenceOr(
        ({ field, actual }) => `${field} is ${actual}, more than the 4194304 entries that fit into 32 MiB`,
      ),
      check({ geometry, snapshots }, tell) {
        for (const snapshot of snapshots.entries) {
          const { l1Offset, l1Entries } = snapshot;
          const position = snapshot.entry.fields.l1TableOffset;
          const at = snapshot.entry.at('l1_table_offset');
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
              data: `${name} is at ${bytesText(position, 8n * BigInt(l1Entries))}, but the file ends at byte ${geometry.limit}`,
              actual: String(position),
            });
        }
      },
    },
    'qcow2/snapshot-extra-size': {
      severity: 'error',
      depth: 'metadata',
      title: "A snapshot's extra data have a wrong length",
      spec: SNAPSHOTS,
      repair: 'safe',
      message: sentenceOr(
        ({ field, actual }) => `${field} is ${actual}, more than the 1024 bytes that readers take`,
      ),
      check({ geometry, snapshots }, tell) {
        if (geometry.version < 3) return;
        for (const snapshot of snapshots.entries) {
          const { extraDataSize } = snapshot.entry.fields;
          if (extraDataSize >= 16) continue;
          tell({
            at: snapshot.entry.at('extra_data_size'),
            data: `snapshot ${snapshot.label} has ${extraDataSize} bytes of extra data, version 3 demands at least 16`,
            expected: '>= 16',
            actual: String(extraDataSize),
          });
        }
      },
    },
    'qcow2/snapshot-id': {
      severity: 'warning',
      depth: 'metadata',
      title: 'A snapshot cannot be addressed by its id',
      spec: SNAPSHOTS,
      repair: 'lossy',
      derivedFrom: ['qcow2/snapshot-extra-size'],
      message: sentenceOr(({ field }) => `${field} is 0: the snapshot has no id`),
      check({ snapshots }, tell) {
        const ids = new Set<string>();
        const names = new Set<string>();
        for (const snapshot of snapshots.entries) {
          const { id, name } = snapshot;
          const at = snapshot.entry.at('id_str');
          if (id !== '' && ids.has(id))
            tell({ at, data: `snapshot ${snapshot.label} has the id of another`, actual: id });
          if (id.includes('\0'))
            tell({ at, data: `the id of snapshot ${snapshot.label} contains a zero byte`, actual: id });
          if (name !== '' && names.has(name))
            tell({
              at: snapshot.entry.at('name'),
              data: `snapshot ${snapshot.label} has the name of another`,
              severity: 'info',
              actual: name,
            });
          ids.add(id);
          names.add(name);
        }
      },
    },
    'qcow2/snapshot-disk-size': {
      severity: 'warning',
      depth: 'metadata',
      title: "A snapshot's disk size is implausible",
      spec: SNAPSHOTS,
      repair: 'lossy',
      derivedFrom: ['qcow2/snapshot-l1-bounds'],
      message: sentenceOr(({ field }) => `${field} is 0`),
      check({ geometry, snapshots }, tell) {
        for (const snapshot of snapshots.entries) {
          const { diskSize, l1Entries, label, entry } = snapshot;
          const exact = entry.fields.diskSize;
          if (diskSize === null || exact === undefined) continue;
          const at = entry.at('disk_size');
          const actual = String(exact);
          if (exact % 512n !== 0n && diskSize !== geometry.size)
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
    },
    'qcow2/snapshot-date': {
      severity: 'info',
      depth: 'metadata',
      title: "A snapshot's date is implausible",
      spec: SNAPSHOTS,
      repair: 'none',
      message: sentenceOr(({ field, actual }) => `${field} is ${actual}, which is a second or more`),
      check({ snapshots }, tell) {
        const now = Date.now() / 1000;
        for (const snapshot of snapshots.entries) {
          const { dateSec } = snapshot.entry.fields;
          if (dateSec <= now + 86_400) continue;
          tell({
            at: snapshot.entry.at('date_sec'),
            data: `snapshot ${snapshot.label} is dated ${new Date(dateSec * 1000).toISOString()}, in the future`,
            actual: String(dateSec),
          });
        }
      },
    },
    'qcow2/snapshot-vmstate': {
      severity: 'warning',
      depth: 'metadata',
      title: "A snapshot's machine state is implausible",
      spec: SNAPSHOTS,
      repair: 'none',
      derivedFrom: ['qcow2/snapshot-l1-bounds', 'qcow2/snapshot-disk-size'],
      message: sentenceOr(
        ({ field, actual }) => `${field} is ${actual}, but the 32-bit field says another size`,
      ),
      check({ geometry, snapshots }, tell) {
        for (const snapshot of snapshots.entries) {
          const { vmStateSize, diskSize, l1Entries, label } = snapshot;
          if (vmStateSize === 0) continue;
          const span = geometry.clusterSize * geometry.l2Entries;
          const needed = Math.ceil((diskSize ?? geometry.size) / span) + Math.ceil(vmStateSize / span);
          if (needed <= l1Entries) continue;
          const large = snapshot.entry.fields.vmStateSizeLarge;
          const actual = String(large ?? snapshot.entry.fields.vmStateSize);
          tell({
            at: snapshot.entry.at(large === undefined ? 'vm_state_size' : 'vm_state_size_large'),
            data: `snapshot ${label} has ${actual} bytes of machine state, which its ${l1Entries} L1 entries cannot map after the disk`,
            actual,
          });
        }
      },
    },
    'qcow2/snapshot-entry-errors': {
      severity: 'error',
      depth: 'metadata',
      title: 'The tables of a snapshot are damaged',
      spec: SNAPSHOTS,
      repair: 'none',
      message: ({ within, rule, data }) => `in snapshot ${within}: ${describe(rule, data)}`,
    },
    'qcow2/snapshot-with-data-file': {
      severity: 'error',
      depth: 'header',
      title: 'Internal snapshots and an external data file exclude each other',
      spec: 'QEMU docs/interop/qcow2, "External data file"',
      repair: 'lossy',
      message: () => 'the image has internal snapshots and an external data file',
    },
  });
