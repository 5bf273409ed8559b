import type { LayerInfo } from '../model/layer-info.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';
import { formatSize } from './units.ts';

/**
 * A chain at one look: a line for each layer, each below the one that is based on it, and why it ends where that is
 * not its end.
 */
export function renderChain(layers: readonly LayerInfo[], style: Style): string {
  const lines = layers.map((layer, index) => line(index, describe(layer), style));
  const parent = layers.at(-1)?.parent ?? null;
  if (parent !== null)
    lines.push(line(layers.length, `${parent.name} (not open: ${parent.reason ?? parent.state})`, style));
  return `${style.heading('chain:')}\n${lines.map((text) => `${text}\n`).join('')}`;
}

function line(depth: number, text: string, style: Style): string {
  const link = depth === 0 ? '' : style.quiet('based on ');
  return `  ${'  '.repeat(depth)}${link}${escapeText(text)}`;
}

function describe({ path, format, variant, virtualSize, actualSize }: LayerInfo): string {
  const kind = variant === null ? format : `${format} ${variant}`;
  const stored = actualSize === null ? '' : `, ${formatSize(actualSize)} stored`;
  return `${path} (${kind}, disk of ${formatSize(virtualSize)}${stored})`;
}
