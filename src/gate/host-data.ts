/** What a text tells about a machine. */
export interface HostData {
  /** What it is, with its article. */
  readonly what: string;
  /** The part of the text that tells it. */
  readonly text: string;
}

/** Characters of one text that are looked at. */
const MOST = 64 * 1024;

/** Folders of users, and the name after them. */
const USER_FOLDER =
  /(?:\/home\/|\/Users\/|[A-Za-z]:[\\/](?:Users|Documents and Settings)[\\/])([^\\/"'\s<>|]{1,64})/;
const DATASTORE = /\/vmfs\/volumes\/[^\s"']{1,255}|^\[[^\]\s]{1,64}\] ?[^\s"']{1,255}/;
const ROOTED =
  /(?:^|["'=\s])((?:\/[A-Za-z0-9._-]{1,255}){2,}|[A-Za-z]:\\[^\s"'<>|]{1,255}|\\\\[A-Za-z0-9._-]{1,255}\\[^\s"'<>|]{1,255})/;

/**
 * What a text tells about the machine where it was written: a user, a place in a datastore, a path; `null` where
 * nothing.
 */
export function hostDataIn(text: string): HostData | null {
  const seen = text.slice(0, MOST);
  const user = USER_FOLDER.exec(seen);
  if (user !== null) return { what: 'the folder of a user', text: user[0] };
  const datastore = DATASTORE.exec(seen);
  if (datastore !== null) return { what: 'a place in a datastore', text: datastore[0] };
  const path = ROOTED.exec(seen)?.[1];
  return path === undefined ? null : { what: 'a path', text: path };
}
