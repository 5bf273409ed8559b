import { SourceError } from '../../errors.ts';
import { shortRead } from '../derived-source.ts';
import { ForwardReader } from '../forward-reader.ts';
import { fileOffset, type Source } from '../source.ts';
import { windowSource } from '../window-source.ts';
import { parseTarHeader, TAR_BLOCK } from './tar-header.ts';
import { paddingOf, TarWalk, type TarMember, type TarStep } from './tar-walk.ts';

/** Members that are listed at most; an appliance has a dozen. */
const MAX_MEMBERS = 65_536;

/** What is in a tar. */
export interface TarListing {
  readonly members: readonly TarMember[];
  /** Why the list ends before the archive does; `null` where it is whole. */
  readonly damage: { readonly offset: number; readonly reason: string } | null;
}

/** Whether a file that begins with these bytes, at least 512, is a tar. */
export function isTar(head: Uint8Array): boolean {
  return parseTarHeader(head.subarray(0, TAR_BLOCK)) !== null;
}

/**
 * Lists the members of a tar or OVA by their headers: a read of 512 bytes each, none of their contents.
 *
 * @throws SourceError `not-tar` where there is no first header; what reading throws
 */
export async function listTar(source: Source): Promise<TarListing> {
  const walk = new TarWalk();
  const members: TarMember[] = [];
  const listing = (offset: number, reason: string): TarListing => ({ members, damage: { offset, reason } });
  for (let offset = 0; offset + TAR_BLOCK <= source.size;) {
    let step: TarStep | null = walk.block(await source.read(fileOffset(offset), TAR_BLOCK));
    offset += TAR_BLOCK;
    if (step.kind === 'records') {
      if (offset + step.size > source.size) return listing(offset, CUT_OFF);
      const { size } = step;
      step = walk.records(await source.read(fileOffset(offset), size));
      offset += size + paddingOf(size);
    }
    if (step === null || step.kind === 'block') continue;
    if (step.kind === 'end') return { members, damage: null };
    if (step.kind === 'damage') {
      if (members.length === 0) throw notTar(source.name, step.reason);
      return listing(offset - TAR_BLOCK, step.reason);
    }
    if (step.kind !== 'member') continue;
    if (members.length === MAX_MEMBERS)
      return listing(offset - TAR_BLOCK, `it has more than ${MAX_MEMBERS} members`);
    const available = Math.min(step.stored, source.size - offset);
    members.push({ ...step.member, offset, available });
    if (available < step.stored) return listing(offset, CUT_OFF);
    offset += step.stored + paddingOf(step.stored);
  }
  if (members.length === 0) throw notTar(source.name, 'it is too short');
  // Without the two blocks of zeros at the end it may be cut off just between two members; all readers take it so.
  return { members, damage: null };
}

const CUT_OFF = 'the archive is cut off';

function notTar(name: string, reason: string): SourceError {
  return new SourceError('not-tar', `${name}: is no tar archive: ${reason}`, { source: name });
}

/** The member of this name, `./` before it or not; of several the last one, which is what unpacking leaves. */
export function findMember(members: readonly TarMember[], name: string): TarMember | null {
  const plain = (text: string): string => text.replace(/^(?:\.\/)+/, '');
  return members.findLast((member) => plain(member.name) === plain(name)) ?? null;
}

/**
 * A member as a source, as long as its bytes are there. Closing it closes nothing: the opener of the archive does.
 *
 * @throws SourceError `unsupported-member` with the reason: a sparse member, a link, a folder
 */
export function tarMember(archive: Source, member: TarMember): Source {
  const name = memberName(archive.name, member);
  demandReadable(name, member);
  return windowSource(archive, fileOffset(member.offset), member.available, name);
}

function memberName(archive: string, member: Pick<TarMember, 'name'>): string {
  return `${archive}!${member.name}`;
}

function demandReadable(name: string, { refusal }: Pick<TarMember, 'refusal'>): void {
  if (refusal !== null)
    throw new SourceError('unsupported-member', `${name}: cannot be read: ${refusal}`, { source: name });
}

/** A member as it passes by in a stream. */
export interface StreamedMember {
  /** `available` is what its header says. */
  readonly member: TarMember;
  /**
   * Its bytes, to be read before the next member is asked for, once; what is left is passed over.
   *
   * @throws SourceError `unsupported-member`; `short-read` where the stream ends early
   */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * The members of a tar that arrives as a stream, one after the other: a tgz, or a tar on standard input. Nothing is
 * held.
 *
 * @param name how messages call the archive
 * @throws SourceError `not-tar`, `damaged-tar`, `short-read`; what the stream throws
 */
export async function* streamTar(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<StreamedMember, void, undefined> {
  const reader = new ForwardReader(chunks, name);
  const walk = new TarWalk();
  let count = 0;
  try {
    for (;;) {
      const offset = reader.position;
      const block = await reader.upTo(TAR_BLOCK);
      if (block.length < TAR_BLOCK) {
        if (count === 0) throw notTar(name, 'it is too short');
        return;
      }
      let step: TarStep | null = walk.block(block);
      if (step.kind === 'records') {
        const { size } = step;
        step = walk.records(await reader.take(size));
        await reader.skip(paddingOf(size));
      }
      if (step === null || step.kind === 'block') continue;
      if (step.kind === 'end') return;
      if (step.kind === 'damage') {
        if (count === 0) throw notTar(name, step.reason);
        throw new SourceError('damaged-tar', `${name}: ${step.reason}`, {
          source: name,
          offset,
          length: TAR_BLOCK,
        });
      }
      if (step.kind !== 'member') continue;
      count++;
      const { stored } = step;
      const member = { ...step.member, offset: reader.position, available: stored };
      yield { member, bytes: bytesOf(reader, name, member) };
      const end = member.offset + stored;
      await reader.skip(end + paddingOf(stored) - reader.position);
    }
  } finally {
    await reader.close();
  }
}

async function* bytesOf(
  reader: ForwardReader,
  archive: string,
  member: TarMember,
): AsyncGenerator<Uint8Array, void, undefined> {
  const name = memberName(archive, member);
  demandReadable(name, member);
  const end = member.offset + member.size;
  while (reader.position < end) {
    const bytes = await reader.next(end - reader.position);
    if (bytes === null) throw shortRead(name, reader.position - member.offset, end - reader.position, 0);
    yield bytes;
  }
}
