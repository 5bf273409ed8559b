import type { ImageReport } from '../model/report.ts';
import { escapeJson } from './escape.ts';
import { toJsonImage } from './json-image.ts';

/** One image as one line of `check --output ndjson`. */
export function renderNdjson(image: ImageReport): string {
  return `${escapeJson(JSON.stringify(toJsonImage(image)))}\n`;
}
