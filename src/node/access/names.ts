import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { isHttpUrl, parseUrl, redactUrl } from '../../io/http/url.ts';

/** A member of an archive, as it is named on the command line: `appliance.ova!disk1.vmdk`. */
export interface MemberPath {
  readonly archive: string;
  readonly member: string;
}

/** Reads a path as that of a member; `null` where it is none, or a file is called so. */
export function splitMember(path: string): MemberPath | null {
  const at = path.indexOf('!', 1);
  if (at < 0 || at === path.length - 1 || (!isHttpUrl(path) && existsSync(path))) return null;
  // The name of the archive may have exclamation marks itself: it is what ends like an archive.
  const match = /^(.+?\.(?:ova|tar|tgz|tar\.gz)(?:\?[^!]*)?)!(.+)$/is.exec(path);
  const [, archive, member] = match ?? [];
  if (archive !== undefined && member !== undefined) return { archive, member };
  return { archive: path.slice(0, at), member: path.slice(at + 1) };
}

/** What a file is by its name, which decides what is looked for in it. */
export function archiveKind(path: string): 'tar' | 'tar-gzip' | 'gzip' | null {
  const name = (isHttpUrl(path) ? (parseUrl(path)?.pathname ?? path) : path).toLowerCase();
  if (/\.(tgz|tar\.gz)$/.test(name)) return 'tar-gzip';
  if (/\.(ova|tar)$/.test(name)) return 'tar';
  return name.endsWith('.gz') ? 'gzip' : null;
}

/**
 * The name of a member beside another one, or below its folder; `null` where it is elsewhere.
 *
 * @param allowOutside whether it may be in any folder of the archive
 */
export function siblingMember(member: string, name: string, allowOutside: boolean): string | null {
  if (name === '' || name.startsWith('/') || /\p{Cc}/u.test(name)) return null;
  const folder = posix.dirname(posix.normalize(member));
  const path = posix.join(folder, name);
  const isBelow = folder === '.' ? !/^\.\.(\/|$)/.test(path) : path.startsWith(`${folder}/`);
  return isBelow || (allowOutside && !/^\.\.(\/|$)/.test(path)) ? path : null;
}

/** Whether a path names a file of this machine and nothing else. */
export function isPlainPath(path: string): boolean {
  return path !== '-' && !isHttpUrl(path) && splitMember(path) === null && archiveKind(path) === null;
}

/** A path as it may be shown: a URL without its credentials, a member with such a URL before it. */
export function redactPath(path: string): string {
  const member = splitMember(path);
  return member === null ? redactUrl(path) : `${redactUrl(member.archive)}!${member.member}`;
}
