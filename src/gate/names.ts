/** What is wrong with a name of another file, the worst first; each has a rule of its own. */
export type NameFlaw = 'device' | 'protocol' | 'absolute' | 'traversal';

/** The longest name that any reader takes, in bytes (qcow2 specification, backing_file_size). */
const MAX_NAME_BYTES = 1023;

/** Controls, DEL, line and paragraph separators, and marks that turn or hide what follows on a terminal. */
const CONTROLS =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;

const DEVICE_PATHS = /^\/(dev|proc|sys|vmfs\/devices)(\/|$)/;
/** Win32 device namespaces, and a drive by its number. */
const WINDOWS_DEVICE = /^\/\/[.?]\/|^\/\?\?\/|physicaldrive\d/i;
/** Names that mean a device in every folder of Windows. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)$/i;

/** What a name means that leaves the image's folder or no file can be; `null` for a plain relative path inside it. */
export function flawOfName(name: string): NameFlaw | null {
  const plain = withoutFileScheme(name);
  const path = plain.replaceAll('\\', '/');
  if (DEVICE_PATHS.test(foldDots(path)) || WINDOWS_DEVICE.test(path) || hasReservedPart(path))
    return 'device';
  if (/^[a-z][a-z0-9+._-]+:/i.test(plain)) return 'protocol';
  // A rooted path, one on a drive, one of another machine, one of a VMware datastore ("[name] path"), a home folder.
  if (/^\/|^[a-z]:|^\[[^\]]*\]|^~/i.test(path)) return 'absolute';
  return leavesFolder(path) ? 'traversal' : null;
}

/** Why a name can deceive those who print it or pass it on, as the end of a sentence; `null` where it cannot. */
export function deceitOfName(name: string): string | null {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > MAX_NAME_BYTES)
    return `it has ${bytes} bytes, more than the ${MAX_NAME_BYTES} that a name may have`;
  const control = CONTROLS.exec(name)?.[0];
  if (control === undefined) return null;
  const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `it contains the control character U+${code}`;
}

/** The path of a file URL with its percent signs read, as blktap writes locators; any other name as it is. */
function withoutFileScheme(name: string): string {
  const match = /^file:(\/\/(localhost(?=\/))?)?/i.exec(name);
  if (match === null) return name;
  const path = name.slice(match[0].length);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Without empty and single-dot parts, which change nothing: `//dev/./sda` is `/dev/sda`. */
function foldDots(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

function hasReservedPart(path: string): boolean {
  return path.split('/').some((part) => RESERVED.test(part.split('.')[0] ?? ''));
}

/** Whether a relative path is above its start anywhere on its way. */
function leavesFolder(path: string): boolean {
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}
