import type { DynamicHeader } from '../../../../generated/vhd.ts';
import { fileOffset, type Source } from '../../../io/source.ts';
import type { OpenContext, Reference } from '../../../model/format.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../model/offsets.ts';
import type { Placed } from '../../shared/placed.ts';
import { formatCode, isBlktap } from './creator.ts';
import { isNullUuid } from './identity.ts';
import type { PlacedFooter, LocatedParent, Locator } from './image.ts';
import { baseName, decodeAnsi, decodeUtf16, decodeUtf8 } from './text.ts';

/** Bytes of a locator's data that are looked at: the longest path Windows has, twice over. */
const MAX_LOCATOR_BYTES = 0x20000;

/** Locators whose path is relative to the child. */
const RELATIVE = ['W2ru', 'Wi2r'];
/** Locators whose path is absolute; blktap stores relative ones here too. */
const ABSOLUTE = ['W2ku', 'MacX', 'Wi2k'];

/** Reads the parent locators that are in use, with their data. */
export async function readLocators(
  source: Source,
  header: Placed<DynamicHeader>,
): Promise<readonly Locator[]> {
  const locators: Locator[] = [];
  for (const [index, entry] of header.fields.parentLocators.entries()) {
    if (entry.platformCode === 0) continue;
    const code = formatCode(entry.platformCode).padEnd(4);
    const offset = toSafeNumber(entry.platformDataOffset);
    const length = entry.platformDataLength;
    const isInside = offset !== null && offset + length <= source.size && length <= MAX_LOCATOR_BYTES;
    const data = isInside ? await source.read(fileOffset(offset), length) : null;
    const text = data === null ? null : decodeLocator(code, data);
    locators.push({ index, code, offset, space: spaceBytes(entry.platformDataSpace), length, data, text });
  }
  return locators;
}

/**
 * Bytes of room that a locator states. The specification counts sectors, but Virtual PC, Hyper-V, VirtualBox and
 * blktap write bytes; blktap's way to tell them apart: below 512 it is sectors, else a multiple of 512 is bytes.
 *
 * @returns `null` where it is neither
 */
function spaceBytes(space: number): number | null {
  if (space < SECTOR_SIZE) return space * SECTOR_SIZE;
  return space % SECTOR_SIZE === 0 ? space : null;
}

function decodeLocator(code: string, data: Uint8Array): string | null {
  if (code === 'W2ru' || code === 'W2ku') return decodeUtf16(data, 'le');
  if (code === 'Wi2r' || code === 'Wi2k') return decodeAnsi(data);
  return code === 'MacX' ? decodeUtf8(data) : null;
}

/** The parent's name as the header has it. */
export function parentName({ fields }: Placed<DynamicHeader>): string {
  return decodeUtf16(fields.parentUnicodeName, 'be');
}

/**
 * The names under which the parent may be found, the most telling first: relative to the child, absolute, and the
 * bare file name, for disks that were moved with their parent.
 */
export function parentReference(
  footer: PlacedFooter,
  header: Placed<DynamicHeader>,
  locators: readonly Locator[],
): Reference {
  const textsOf = (codes: readonly string[]) =>
    codes.flatMap((code) =>
      locators.filter((locator) => locator.code === code).flatMap(({ text }) => text ?? []),
    );
  const name = parentName(header);
  const paths = [...textsOf(RELATIVE), ...textsOf(ABSOLUTE), name].filter((path) => path !== '');
  const candidates = [...paths.map(toLocalPath), ...paths.map((path) => baseName(toLocalPath(path)))];
  return {
    name: name === '' ? (paths[0] ?? '') : name,
    candidates: [...new Set(candidates.filter((path) => path !== ''))],
    formatHint: hasRawParent(footer, header) ? 'raw' : null,
  };
}

/** Finds out which files the locators point to, each by its own path alone. None stays open. */
export async function locateParents(
  context: OpenContext,
  locators: readonly Locator[],
): Promise<readonly LocatedParent[]> {
  const located: LocatedParent[] = [];
  for (const locator of locators) {
    if (locator.text === null || locator.text === '') continue;
    const name = toLocalPath(locator.text);
    const { state, file } = await context.openFile({ name }, 'parent');
    if (state !== 'opened' || file.source === null) continue;
    located.push({ locator, path: file.path, identity: file.source.identity });
    await file.source.close();
  }
  return located;
}

/** Whether the parent is a raw disk, which XenServer says by a null id. */
export function hasRawParent({ fields }: PlacedFooter, header: Placed<DynamicHeader>): boolean {
  return isBlktap(fields) && isNullUuid(header.fields.parentUniqueId);
}

/**
 * A path as this host writes it: no URL, slashes instead of backslashes. A drive letter stays, it is right where
 * there are drives.
 */
function toLocalPath(path: string): string {
  const plain = /^file:/i.test(path)
    ? decodePercent(path.replace(/^file:(\/\/(localhost(?=\/))?)?/i, ''))
    : path;
  return plain.replaceAll('\\', '/');
}

function decodePercent(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
