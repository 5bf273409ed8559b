import { listTar, tarMember, type TarListing } from '../io/archive/tar.ts';
import type { TarMember } from '../io/archive/tar-walk.ts';
import { fileOffset, type Source } from '../io/source.ts';
import { parseManifest, type ManifestEntry } from './manifest.ts';
import { parseOvf, type Ovf, type OvfFile } from './ovf.ts';

/** A tar with what its descriptor and its manifest say of its members. */
export interface Appliance {
  readonly archive: Source;
  readonly listing: TarListing;
  /** The first OVF descriptor; `null` where there is none. */
  readonly ovf: Ovf | null;
  /** The lines of the first manifest, by name. */
  readonly manifest: readonly ManifestEntry[];
}

/** Bytes of a descriptor or manifest that are read; real ones have some kilobytes. */
const MOST_TEXT = 4 * 1024 * 1024;

/**
 * Reads the list of an archive with its descriptor and manifest.
 *
 * @throws SourceError where it is no tar, or cannot be read
 */
export async function readAppliance(archive: Source): Promise<Appliance> {
  const listing = await listTar(archive);
  const ovf = await readText(archive, listing.members, '.ovf');
  const manifest = await readText(archive, listing.members, '.mf');
  return {
    archive,
    listing,
    ovf: ovf === null ? null : parseOvf(ovf),
    manifest: manifest === null ? [] : parseManifest(manifest),
  };
}

async function readText(archive: Source, members: readonly TarMember[], end: string): Promise<string | null> {
  const member = members.find(({ name, refusal }) => refusal === null && name.toLowerCase().endsWith(end));
  if (member === undefined || member.available > MOST_TEXT) return null;
  const bytes = await tarMember(archive, member).read(fileOffset(0), member.available);
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** A file that the descriptor or the manifest names and the archive lacks. */
export interface MissingMember {
  readonly name: string;
  readonly namedBy: 'OVF' | 'manifest';
  /** Whether the descriptor has it as the data of a disk. */
  readonly isDisk: boolean;
}

/** What is named and missing; URLs, and files in pieces of which the first is there, are not. */
export function findMissing({ listing, ovf, manifest }: Appliance): readonly MissingMember[] {
  // What follows the end of the list of members is not known.
  if (listing.damage !== null) return [];
  const names = new Set(listing.members.map(({ name }) => plainName(name)));
  const has = (name: string): boolean =>
    names.has(plainName(name)) || names.has(`${plainName(name)}.000000000`);
  const disks = new Set(ovf?.disks.map(({ file }) => file?.href));
  const missing = new Map<string, MissingMember>();
  for (const { href } of ovf?.files ?? [])
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(href) && !has(href))
      missing.set(href, { name: href, namedBy: 'OVF', isDisk: disks.has(href) });
  for (const { name } of manifest)
    if (!has(name) && !missing.has(name)) missing.set(name, { name, namedBy: 'manifest', isDisk: false });
  return [...missing.values()];
}

/** A member's name without `./` before it. */
export function plainName(name: string): string {
  return name.replace(/^(?:\.\/)+/, '');
}

/** What the descriptor says of a member. */
export function fileOf({ ovf }: Appliance, member: string): OvfFile | null {
  return ovf?.files.find(({ href }) => plainName(href) === plainName(member)) ?? null;
}

/** Ends of the names of disk images. */
const IMAGE = /\.(?:vmdk|vhd|vhdx|avhd|qcow2|qcow|img|raw|vdi)$/i;

/** Whether a member is a disk, which has a report of its own. */
export function isDisk({ ovf }: Appliance, member: string): boolean {
  return (
    IMAGE.test(member) ||
    ovf?.disks.some(({ file }) => file !== null && plainName(file.href) === plainName(member)) === true
  );
}

/**
 * The member in whose report is told what is about the archive as a whole: its first disk; `null` where it has
 * none.
 */
export function firstDisk(appliance: Appliance): string | null {
  const { members } = appliance.listing;
  return members.find(({ name, kind }) => kind === 'file' && isDisk(appliance, name))?.name ?? null;
}
