import type { FolderReport } from '../model/folder.ts';
import type { CheckReport, ImageReport } from '../model/report.ts';
import { escapeJson } from './escape.ts';
import { toJsonImage } from './json-image.ts';

/** The one document of `check --output json`. Ends with a line feed. */
export function renderJson(
  images: readonly ImageReport[],
  version: string,
  exitCode: number,
  folders: readonly FolderReport[] = [],
): string {
  const report: CheckReport = {
    schema: 'vdcheck-report/1',
    tool: { name: 'vdcheck', version },
    images: images.map(toJsonImage),
    exitCode,
    ...(folders.length === 0 ? {} : { folders }),
  };
  return `${escapeJson(JSON.stringify(report, null, 2))}\n`;
}
