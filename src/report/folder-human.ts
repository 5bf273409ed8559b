import type { FolderReport } from '../model/folder.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';

/** What is in a folder, a line for each file: its role, its name, and who names it. */
export function renderFolder({ path, files }: FolderReport, style: Style): string {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const name = (file: string): string =>
    escapeText(file.startsWith(prefix) ? file.slice(prefix.length) : file);
  const width = files.reduce((most, { role }) => Math.max(most, role.length), 0);
  const lines = files.map(({ path: file, role, of }) => {
    const tail = of.length === 0 ? '' : style.quiet(` of ${of.map(name).join(', ')}`);
    return `  ${role.padEnd(width)}  ${name(file)}${tail}`;
  });
  return `\n${style.heading(`${escapeText(path)}:`)}\n${lines.join('\n')}\n`;
}
