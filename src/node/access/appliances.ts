import { createHash, getHashes } from 'node:crypto';
import { judgeMember, type Digest } from '../../appliance/judge.ts';
import { findMissing, readAppliance } from '../../appliance/appliance.ts';
import { archiveFindings } from '../../appliance/rules.ts';
import { SourceError } from '../../errors.ts';
import { isTar } from '../../io/archive/tar.ts';
import { fileOffset, readAvailable } from '../../io/source.ts';
import type { CheckedImage } from '../../ops/check.ts';
import type { MemberPath } from './names.ts';
import type { PlainFiles } from './plain-files.ts';

/** Tells what an archive that is not packed says of a member: its descriptor, its manifest and its list. */
export async function judgeAppliance(
  files: PlainFiles,
  { archive: path, member }: MemberPath,
  { image, depth, problems }: CheckedImage,
): Promise<void> {
  const archive = await files.open(path);
  try {
    if (!isTar(await readAvailable(archive, fileOffset(0), 512))) return;
    const appliance = await readAppliance(archive);
    await judgeMember({ appliance, member, image, depth }, digest, archiveFindings(problems));
  } catch (error) {
    // What cannot be read of the archive cannot be read of the image either, which was told.
    if (!(error instanceof SourceError) || error.code !== 'not-tar') throw error;
  } finally {
    await archive.close();
  }
}

const digest: Digest = async (algorithm, bytes) => {
  if (!getHashes().includes(algorithm)) return null;
  const hash = createHash(algorithm);
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
};

/** Disks that the descriptor of an archive names and the archive lacks: each has a report that says so. */
export async function missingDisks(files: PlainFiles, path: string): Promise<readonly string[]> {
  const archive = await files.open(path);
  try {
    if (!isTar(await readAvailable(archive, fileOffset(0), 512))) return [];
    return findMissing(await readAppliance(archive)).flatMap(({ name, isDisk }) => (isDisk ? [name] : []));
  } finally {
    await archive.close();
  }
}
