import type { SnapshotInfo } from '../model/image.ts';
import type { LayerInfo } from '../model/layer-info.ts';
import { escapeJson } from './escape.ts';

/**
 * `info --output json`: one object with the keys of `qemu-img info`, or with `--backing-chain` an array of them.
 * Ends with a line feed.
 */
export function renderInfoJson(layers: readonly LayerInfo[], isChain: boolean): string {
  const objects = layers.map(toQemuShape);
  return `${escapeJson(JSON.stringify(isChain ? objects : objects[0], jsonSafe, 4))}\n`;
}

/** 64-bit values as decimal strings, so that nothing is rounded. */
function jsonSafe(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/**
 * Keys that `qemu-img` leaves out where there is nothing to say are left out here, too; `variant` and `files` are
 * ours.
 */
function toQemuShape(layer: LayerInfo): Record<string, unknown> {
  const { info } = layer;
  // A parent that the image knows without a name is none that `qemu-img` could tell of.
  const parent = layer.parent?.name === '' ? null : layer.parent;
  return withoutNothing({
    'virtual-size': layer.virtualSize,
    filename: layer.path,
    'cluster-size': info.clusterSize,
    format: layer.format,
    variant: layer.variant,
    'actual-size': layer.actualSize,
    encrypted: info.encrypted,
    compressed: info.compressed,
    'dirty-flag': info.dirty ?? false,
    'backing-filename': parent?.name,
    'full-backing-filename': parent === null ? null : (parent.path ?? fullName(parent.name, layer.path)),
    'backing-filename-format': parent?.formatHint,
    snapshots: info.snapshots?.map(toQemuSnapshot),
    'format-specific':
      info.formatSpecific === null ? null : { type: layer.format, data: info.formatSpecific },
    files: layer.files.length > 1 ? layer.files : null,
  });
}

/**
 * Where a parent that was not opened is looked for: beside the image, unless its name is absolute or names a
 * protocol (`path_combine` in the block layer of QEMU does the same).
 */
function fullName(name: string, imagePath: string): string {
  if (/^(\/|[^/]+:)/.test(name)) return name;
  return imagePath.slice(0, imagePath.lastIndexOf('/') + 1) + name;
}

function toQemuSnapshot(snapshot: SnapshotInfo): Record<string, unknown> {
  return withoutNothing({
    id: snapshot.id,
    name: snapshot.name,
    'vm-state-size': snapshot.vmStateSize,
    'date-sec': snapshot.dateSec,
    'date-nsec': snapshot.dateNsec,
    'vm-clock-sec': snapshot.vmClockSec,
    'vm-clock-nsec': snapshot.vmClockNsec,
    icount: snapshot.icount,
  });
}

function withoutNothing(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== null),
  );
}
