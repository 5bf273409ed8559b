import type { SnapshotInfo } from '../model/image.ts';
import type { LayerInfo } from '../model/layer-info.ts';
import { renderChain } from './chain-human.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';
import { formatExactSize, formatSize } from './units.ts';

/**
 * `info` for people: a chain at one look, then the lines of `qemu-img info`, an empty line between layers. Ends
 * with a line feed.
 */
export function renderInfoHuman(layers: readonly LayerInfo[], style: Style, isChain = false): string {
  const picture =
    isChain && (layers.length > 1 || layers[0]?.parent != null) ? `${renderChain(layers, style)}\n` : '';
  return picture + layers.map((layer) => `${renderLayer(layer, style).join('\n')}\n`).join('\n');
}

function renderLayer(layer: LayerInfo, style: Style): string[] {
  const { info } = layer;
  const line = (label: string, value: string): string => `${style.quiet(`${label}:`)} ${escapeText(value)}`;
  const lines = [
    line('image', layer.path),
    line('file format', layer.variant === null ? layer.format : `${layer.format} (${layer.variant})`),
    line('virtual size', formatExactSize(layer.virtualSize)),
    line('disk size', layer.actualSize === null ? 'unknown' : formatSize(layer.actualSize)),
  ];
  if (info.encrypted === true) lines.push(line('encrypted', 'yes'));
  if (info.clusterSize !== null) lines.push(line('cluster_size', String(info.clusterSize)));
  if (info.dirty === true) lines.push(line('cleanly shut down', 'no'));
  return [
    ...lines,
    ...renderParent(layer, line),
    ...section('Snapshot list:', info.snapshots?.map(renderSnapshot) ?? [], style),
    ...section('Files:', layer.files.length > 1 ? layer.files.map(renderFile) : [], style),
    ...section(
      'Format specific information:',
      info.formatSpecific === null ? [] : renderValue(info.formatSpecific, 1),
      style,
    ),
  ];
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : [style.quiet(title), ...lines];
}

function renderFile({ path, role, size }: LayerInfo['files'][number]): string {
  return escapeText(`    ${role}: ${path} (${size === null ? 'not open' : formatSize(size)})`);
}

function renderParent({ parent }: LayerInfo, line: (label: string, value: string) => string): string[] {
  if (parent === null) return [];
  const lines = parent.name === '' ? [] : [line('backing file', describeParent(parent))];
  if (parent.name !== '' && parent.formatHint !== null)
    lines.push(line('backing file format', parent.formatHint));
  if (parent.reason !== null) lines.push(line('backing file not open', parent.reason));
  return lines;
}

function describeParent({ name, path }: NonNullable<LayerInfo['parent']>): string {
  return path === null || path === name ? name : `${name} (actual path: ${path})`;
}

function renderSnapshot({ id, name, vmStateSize, dateSec }: SnapshotInfo): string {
  const date = new Date(dateSec * 1000);
  const time = Number.isNaN(date.getTime())
    ? 'no date'
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return escapeText(`    ${id}  ${name}  ${time}  VM state ${formatSize(Number(vmStateSize))}`);
}

/** A value of `format-specific` as indented lines, keys with spaces for dashes as `qemu-img` has them. */
function renderValue(value: unknown, depth: number): string[] {
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((element, index): [string, unknown] => [`[${index}]`, element])
    : Object.entries(value ?? {}).map(([key, element]): [string, unknown] => [
        key.replaceAll('-', ' '),
        element,
      ]);
  const indent = '    '.repeat(depth);
  return entries.flatMap(([label, element]) =>
    typeof element === 'object' && element !== null
      ? [`${indent}${escapeText(label)}:`, ...renderValue(element, depth + 1)]
      : [`${indent}${escapeText(label)}: ${escapeText(String(element))}`],
  );
}
