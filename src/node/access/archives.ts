import { SourceError } from '../../errors.ts';
import { recognise } from '../../formats/index.ts';
import { gunzip, isGzip } from '../../io/archive/gzip.ts';
import { findMember, isTar, listTar, streamTar, tarMember, type TarListing } from '../../io/archive/tar.ts';
import type { TarMember } from '../../io/archive/tar-walk.ts';
import { streamOf } from '../../io/forward-reader.ts';
import { fileOffset, readAvailable, type Source } from '../../io/source.ts';
import { closingAlso } from '../../io/window-source.ts';
import type { MemberPath } from './names.ts';
import type { PlainFiles } from './plain-files.ts';
import { spool } from './spool.ts';

/** An image that is packed as a whole. What is only called so is opened as it is. */
export async function openGzip(files: PlainFiles, path: string): Promise<Source> {
  const packed = await files.open(path);
  try {
    if (!isGzip(await readAvailable(packed, fileOffset(0), 3))) return packed;
    const unpacked = await spool(gunzip(streamOf(packed), packed.name), packed.name);
    await packed.close();
    return unpacked;
  } catch (error) {
    await packed.close();
    throw error;
  }
}

/** A member of an archive: of a tar where it is, of one that is packed after it was stored. */
export async function openMember(
  files: PlainFiles,
  { archive: path, member: name }: MemberPath,
): Promise<Source> {
  const archive = await files.open(path);
  try {
    if (isGzip(await readAvailable(archive, fileOffset(0), 3))) {
      const source = await spoolMember(archive, name);
      await archive.close();
      return source;
    }
    const source = tarMember(archive, memberOf(await listTar(archive), archive.name, name));
    return closingAlso(source, async () => archive.close());
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function spoolMember(archive: Source, name: string): Promise<Source> {
  for await (const { member, bytes } of streamTar(gunzip(streamOf(archive), archive.name), archive.name))
    if (findMember([member], name) !== null) return await spool(bytes, `${archive.name}!${member.name}`);
  throw noMember(archive.name, name);
}

function memberOf({ members, damage }: TarListing, archive: string, name: string): TarMember {
  const found = findMember(members, name);
  if (found !== null) return found;
  if (damage === null) throw noMember(archive, name);
  throw new SourceError('damaged-tar', `${archive}: ${damage.reason}, and ${name} is not before that`, {
    source: archive,
    offset: damage.offset,
  });
}

function noMember(archive: string, name: string): SourceError {
  return new SourceError('ENOENT', `${archive}!${name}: no such member`, { source: `${archive}!${name}` });
}

/** Names of the members of an archive that bear a format's marks; none where it is no archive. */
export async function imagesIn(files: PlainFiles, path: string): Promise<readonly string[]> {
  const archive = await files.open(path);
  try {
    const head = await readAvailable(archive, fileOffset(0), 512);
    if (isGzip(head)) return await packedImagesIn(archive);
    return isTar(head) ? await tarImagesIn(archive) : [];
  } finally {
    await archive.close();
  }
}

async function tarImagesIn(archive: Source): Promise<readonly string[]> {
  const names: string[] = [];
  for (const member of (await listTar(archive)).members)
    if (member.refusal === null && (await isImage(tarMember(archive, member)))) names.push(member.name);
  return names;
}

async function packedImagesIn(archive: Source): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { member, bytes } of streamTar(gunzip(streamOf(archive), archive.name), archive.name)) {
    if (member.refusal !== null) continue;
    const source = await spool(bytes, member.name);
    if (await isImage(source)) names.push(member.name);
    await source.close();
  }
  return names;
}

async function isImage(source: Source): Promise<boolean> {
  const head = await readAvailable(source, fileOffset(0), 4096);
  const tail = await readAvailable(source, fileOffset(Math.max(0, source.size - 2048)), 2048);
  return recognise({ head, tail, size: source.size }).some(({ recognition }) => recognition !== 'trace');
}
