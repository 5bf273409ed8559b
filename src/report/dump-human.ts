import type { DumpedStructure } from '../model/image.ts';
import { escapeText } from './escape.ts';
import { toDisplayValue } from './field-value.ts';
import { renderHex } from './hex-dump.ts';
import type { Style } from './style.ts';
import { formatCount, formatPosition } from './units.ts';
import { widest } from './wrap.ts';

/** One line of a structure before its columns are as wide as they must be. */
interface Row {
  readonly offset: string;
  readonly size: string;
  /** Indented by its depth. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** The bytes of structures, for those who want to see them too. */
export type StructureBytes = ReadonlyMap<DumpedStructure, Uint8Array>;

/**
 * `dump` for people: each structure under its name, a line a field, parts indented; its bytes where they are given.
 * Ends with a line feed.
 */
export function renderDumpHuman(
  structures: readonly DumpedStructure[],
  style: Style,
  bytes: StructureBytes = new Map(),
): string {
  return structures
    .map((structure) => renderStructure(structure, style) + renderBytes(structure, bytes.get(structure)))
    .join('\n');
}

function renderBytes({ offset }: DumpedStructure, bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : `\n${renderHex(bytes, offset)}`;
}

function renderStructure(structure: DumpedStructure, style: Style): string {
  const { name, file, offset, size } = structure;
  const place = `${file.path} at ${formatPosition(offset)}, ${formatCount(size, 'byte')}`;
  const rows = [...toRows(structure.fields, offset, 0)];
  const widthOf = (column: keyof Row, limit: number): number =>
    Math.min(limit, widest(rows.map((row) => row[column])));
  const widths = { offset: widthOf('offset', 16), size: widthOf('size', 8), name: widthOf('name', 36) };
  const typeWidth = widthOf('type', 24);
  const lines = rows.map((row) =>
    [
      `  ${style.quiet(row.offset.padStart(widths.offset))}`,
      style.quiet(row.size.padStart(widths.size)),
      row.name.padEnd(widths.name),
      style.quiet(row.type.padEnd(typeWidth)),
      row.value,
    ]
      .join('  ')
      .trimEnd(),
  );
  return `${[`${style.heading(escapeText(name))}  ${style.quiet(escapeText(place))}`, ...lines].join('\n')}\n`;
}

function* toRows(fields: DumpedStructure['fields'], base: number, depth: number): Iterable<Row> {
  for (const { name, type, offset, size, value, meaning, fields: parts } of fields) {
    const shown = parts === undefined ? toDisplayValue(value) : '';
    yield {
      offset: `0x${(base + offset).toString(16)}`,
      size: String(size),
      name: escapeText('  '.repeat(depth) + name),
      type: escapeText(type),
      value: escapeText(meaning === undefined ? shown : `${shown}  ${meaning}`.trimStart()),
    };
    if (parts !== undefined) yield* toRows(parts, base, depth + 1);
  }
}
