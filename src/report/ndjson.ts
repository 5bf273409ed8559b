import type { ImageReport } from '../model/report.ts';
import { escapeJson } from './escape.ts';

/** One image as one line of `check --output ndjson`. */
export function renderNdjson(image: ImageReport): string {
  return `${escapeJson(JSON.stringify(image))}\n`;
}
