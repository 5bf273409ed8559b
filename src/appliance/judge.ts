import { readRanges } from '../io/read-ranges.ts';
import { findMember, tarMember } from '../io/archive/tar.ts';
import type { TarMember } from '../io/archive/tar-walk.ts';
import { fileOffset, type MaybePromise, type Source } from '../io/source.ts';
import type { Findings } from '../model/findings.ts';
import type { Image } from '../model/image.ts';
import type { Place } from '../model/problem.ts';
import type { Depth } from '../model/rule-info.ts';
import { fileOf, findMissing, firstDisk, isDisk, plainName, type Appliance } from './appliance.ts';
import type { ManifestEntry } from './manifest.ts';
import type { ArchiveFindings } from './rules.ts';

/**
 * The digest of bytes, hexadecimal in lower case; given by the platform.
 *
 * @returns `null` where it does not know the algorithm
 */
export type Digest = (algorithm: string, bytes: AsyncIterable<Uint8Array>) => MaybePromise<string | null>;

/** What of an appliance is judged. */
export interface Subject {
  readonly appliance: Appliance;
  /** The member that is being checked. */
  readonly member: string;
  /** The image in it; `null` where it could not be opened. */
  readonly image: Image | null;
  readonly depth: Depth;
}

/** Tells what the archive says of one member; with its first disk, what is about the archive as a whole. */
export async function judgeMember(
  subject: Subject,
  digest: Digest,
  findings: Findings<ArchiveFindings>,
): Promise<void> {
  const { appliance, member, depth } = subject;
  const { listing, manifest } = appliance;
  const found = findMember(listing.members, member);
  const first = firstDisk(appliance);
  const isFirst = first === null || plainName(first) === plainName(member);
  if (found !== null) judgeSizes(subject, found, findings);
  if (found === null || isFirst) judgeArchive(subject, isFirst, findings);
  else if (found.available < found.size) tellCut(appliance, found.name, findings);
  if (depth !== 'data') return;
  for (const entry of manifest) {
    const other = findMember(listing.members, entry.name);
    // What is cut off was told as that.
    if (other === null || other.refusal !== null || other.available < other.size) continue;
    if (other === found || (isFirst && !isDisk(appliance, other.name)))
      await judgeDigest(appliance, other, entry, digest, findings);
  }
}

function judgeSizes(
  { appliance, image }: Subject,
  { name, size }: TarMember,
  findings: Findings<ArchiveFindings>,
): void {
  const at = placeOf(appliance, name);
  const file = fileOf(appliance, name);
  const tell = (of: 'file' | 'disk', stated: number, found: number): void =>
    findings.tell('archive/ovf-size-mismatch', {
      ...{ at, expected: String(stated), actual: String(found) },
      data: { name, of, stated, found },
    });
  if (file?.size != null && !file.isChunked && file.size !== size) tell('file', file.size, size);
  if (image === null) return;
  for (const { file: own, capacity, unit } of appliance.ovf?.disks ?? []) {
    if (own === null || own !== file || capacity === null) continue;
    // A capacity in gibibytes is one that was rounded.
    if (Math.abs(capacity - image.size) >= unit) tell('disk', capacity, image.size);
  }
}

function judgeArchive(
  { appliance, member }: Subject,
  isFirst: boolean,
  findings: Findings<ArchiveFindings>,
): void {
  const { listing, ovf } = appliance;
  for (const { name, namedBy } of findMissing(appliance)) {
    const isOwn = plainName(name) === plainName(member);
    // A disk that is missing has a report of its own.
    if (isOwn || (isFirst && !isDisk(appliance, name)))
      findings.tell('archive/member-missing', { at: placeOf(appliance, name), data: { name, namedBy } });
  }
  if (!isFirst) return;
  const [first] = listing.members;
  if (ovf !== null && first !== undefined && !first.name.toLowerCase().endsWith('.ovf'))
    findings.tell('archive/ovf-not-first', {
      at: placeOf(appliance, first.name),
      data: { first: first.name },
    });
  if (listing.damage !== null) tellCut(appliance, member, findings);
}

function tellCut(appliance: Appliance, member: string, findings: Findings<ArchiveFindings>): void {
  const { damage } = appliance.listing;
  if (damage === null) return;
  const at = { ...placeOf(appliance, member), offset: null };
  findings.tell('archive/cut', { at, data: { reason: damage.reason } });
}

async function judgeDigest(
  appliance: Appliance,
  member: TarMember,
  { algorithm, digest: expected }: ManifestEntry,
  digest: Digest,
  findings: Findings<ArchiveFindings>,
): Promise<void> {
  const source = tarMember(appliance.archive, member);
  const actual = await digest(algorithm, bytesOf(source));
  if (actual === null || actual === expected) return;
  const at = placeOf(appliance, member.name);
  const { name } = member;
  findings.tell('archive/digest-mismatch', { at, expected, actual, data: { name, algorithm } });
}

async function* bytesOf(source: Source): AsyncGenerator<Uint8Array, void, undefined> {
  const all = [{ offset: fileOffset(0), length: source.size }];
  for await (const { bytes } of readRanges(source, all, { reuse: true })) yield bytes;
}

function placeOf({ archive }: Appliance, member: string): Place {
  const file = { path: `${archive.name}!${member}`, role: 'image', source: null } as const;
  return { file, offset: null, length: null, field: null };
}
